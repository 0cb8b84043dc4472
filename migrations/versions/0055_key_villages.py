"""重点难点村台账: entries, problems, linked matters, plans, duties and the trail

Revision ID: 0055
Revises: 0046
Create Date: 2026-11-30 20:10:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0046"
branch_labels = None
depends_on = None

LIVE = sa.text("(stage NOT IN ('struck_off', 'withdrawn'))")


def upgrade() -> None:
    """They begin empty: earlier versions kept no villages."""
    op.create_table(
        "village_duty",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("words", sa.String(length=200), nullable=True),
        sa.Column("task", sa.String(length=500), nullable=True),
        sa.Column("times", sa.String(length=200), nullable=True),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("given_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["department.id"], name="fk_village_duty_office_id"),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name="fk_village_duty_place_id"),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name="fk_village_duty_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_village_duty"),
        sa.UniqueConstraint("public_id", name="uq_village_duty_public_id"),
    )
    op.create_index("ix_village_duty_place_id", "village_duty", ["place_id", "ended_on"])
    op.create_index("ix_village_duty_user_id", "village_duty", ["user_id", "ended_on"])

    op.create_table(
        "village_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("entered_on", sa.Date(), nullable=False),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("election_on", sa.Date(), nullable=True),
        sa.Column("result", sa.String(length=500), nullable=True),
        sa.Column("result_at", sa.DateTime(), nullable=True),
        sa.Column("struck_off_on", sa.Date(), nullable=True),
        sa.Column("signed_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["decided_by_id"], ["app_user.id"], name="fk_village_entry_decided_by_id"),
        sa.ForeignKeyConstraint(["office_id"], ["department.id"], name="fk_village_entry_office_id"),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name="fk_village_entry_place_id"),
        sa.ForeignKeyConstraint(["signed_by_id"], ["app_user.id"], name="fk_village_entry_signed_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_village_entry"),
        sa.UniqueConstraint("number", name="uq_village_entry_number"),
        sa.UniqueConstraint("public_id", name="uq_village_entry_public_id"),
    )
    op.create_index("ix_village_entry_place_id", "village_entry", ["place_id"])
    op.create_index(
        "uq_village_entry_live", "village_entry", ["place_id"], unique=True, sqlite_where=LIVE, postgresql_where=LIVE
    )

    op.create_table(
        "village_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("changes", sa.String(length=500), nullable=True),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.Column("written_by_id", sa.Integer(), nullable=False),
        sa.Column("approved_on", sa.Date(), nullable=True),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("used_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["approved_by_id"], ["app_user.id"], name="fk_village_plan_approved_by_id"),
        sa.ForeignKeyConstraint(["entry_id"], ["village_entry.id"], name="fk_village_plan_entry_id"),
        sa.ForeignKeyConstraint(["written_by_id"], ["app_user.id"], name="fk_village_plan_written_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_village_plan"),
        sa.UniqueConstraint("entry_id", "number", "version", name="uq_village_plan_entry_id_number_version"),
        sa.UniqueConstraint("public_id", name="uq_village_plan_public_id"),
    )
    op.create_table(
        "village_problem",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("listed_by_id", sa.Integer(), nullable=True),
        sa.Column("listed_on", sa.Date(), nullable=False),
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("progress", sa.String(length=1000), nullable=True),
        sa.Column("struck_off_on", sa.Date(), nullable=True),
        sa.Column("signed_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name="fk_village_problem_department_id"),
        sa.ForeignKeyConstraint(["entry_id"], ["village_entry.id"], name="fk_village_problem_entry_id"),
        sa.ForeignKeyConstraint(["listed_by_id"], ["app_user.id"], name="fk_village_problem_listed_by_id"),
        sa.ForeignKeyConstraint(["signed_by_id"], ["app_user.id"], name="fk_village_problem_signed_by_id"),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name="fk_village_problem_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_village_problem"),
        sa.UniqueConstraint("entry_id", "number", name="uq_village_problem_entry_id_number"),
        sa.UniqueConstraint("public_id", name="uq_village_problem_public_id"),
    )
    op.create_index("ix_village_problem_department_id", "village_problem", ["department_id"])
    op.create_index("ix_village_problem_user_id", "village_problem", ["user_id"])

    op.create_table(
        "village_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("problem_id", sa.Integer(), nullable=True),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("from_stage", sa.String(length=20), nullable=True),
        sa.Column("to_stage", sa.String(length=20), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("acting_as", sa.String(length=200), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.Column("said", sa.Text(), nullable=True),
        sa.Column("told", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["app_user.id"], name="fk_village_line_by_id"),
        sa.ForeignKeyConstraint(["entry_id"], ["village_entry.id"], name="fk_village_line_entry_id"),
        sa.ForeignKeyConstraint(["problem_id"], ["village_problem.id"], name="fk_village_line_problem_id"),
        sa.PrimaryKeyConstraint("id", name="pk_village_line"),
    )
    op.create_index("ix_village_line_entry_id", "village_line", ["entry_id", "id"])
    op.create_index("ix_village_line_problem_id", "village_line", ["problem_id"])

    op.create_table(
        "village_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("register_no", sa.String(length=40), nullable=False),
        sa.Column("problem_id", sa.Integer(), nullable=True),
        sa.Column("linked_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["petition_case.id"], name="fk_village_link_case_id"),
        sa.ForeignKeyConstraint(["entry_id"], ["village_entry.id"], name="fk_village_link_entry_id"),
        sa.ForeignKeyConstraint(["problem_id"], ["village_problem.id"], name="fk_village_link_problem_id"),
        sa.PrimaryKeyConstraint("id", name="pk_village_link"),
        sa.UniqueConstraint("public_id", name="uq_village_link_public_id"),
    )
    op.create_index("ix_village_link_case_id", "village_link", ["case_id"])
    op.create_index("ix_village_link_entry_id", "village_link", ["entry_id"])


def downgrade() -> None:
    """Go back only while no village was entered and nobody was given one: an older version would lose them."""
    connection = op.get_bind()
    if any(connection.scalar(sa.text(f"SELECT 1 FROM {table} LIMIT 1")) for table in ("village_entry", "village_duty")):
        raise RuntimeError("重点难点村台账已有内容，旧版本不认识，退回会丢失，已停止。请用升级前的备份恢复。")
    op.drop_index("ix_village_link_entry_id", "village_link")
    op.drop_index("ix_village_link_case_id", "village_link")

    op.drop_table("village_link")
    op.drop_index("ix_village_line_problem_id", "village_line")
    op.drop_index("ix_village_line_entry_id", "village_line")

    op.drop_table("village_line")
    op.drop_index("ix_village_problem_user_id", "village_problem")
    op.drop_index("ix_village_problem_department_id", "village_problem")

    op.drop_table("village_problem")
    op.drop_table("village_plan")
    op.drop_index("uq_village_entry_live", "village_entry")
    op.drop_index("ix_village_entry_place_id", "village_entry")

    op.drop_table("village_entry")
    op.drop_index("ix_village_duty_user_id", "village_duty")
    op.drop_index("ix_village_duty_place_id", "village_duty")

    op.drop_table("village_duty")
