"""督导: rounds of inspection, the villages they go to, what they find, and what is done about it

Revision ID: 0056
Revises: 0053
Create Date: 2026-11-30 21:30:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0053"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """They begin empty: earlier versions kept no rounds."""
    op.create_table(
        "inspection_round",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("led_by_id", sa.Integer(), nullable=False),
        sa.Column("team", sa.String(length=500), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=False),
        sa.Column("opened_by_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["led_by_id"], ["app_user.id"], name="fk_inspection_round_led_by_id"),
        sa.ForeignKeyConstraint(["office_id"], ["department.id"], name="fk_inspection_round_office_id"),
        sa.ForeignKeyConstraint(["opened_by_id"], ["app_user.id"], name="fk_inspection_round_opened_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_inspection_round"),
        sa.UniqueConstraint("public_id", name="uq_inspection_round_public_id"),
    )
    op.create_index("ix_inspection_round_office_id", "inspection_round", ["office_id"])
    op.create_table(
        "inspected_village",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name="fk_inspected_village_place_id"),
        sa.ForeignKeyConstraint(["round_id"], ["inspection_round.id"], name="fk_inspected_village_round_id"),
        sa.PrimaryKeyConstraint("id", name="pk_inspected_village"),
        sa.UniqueConstraint("round_id", "place_id", name="uq_inspected_village_round_id_place_id"),
    )
    op.create_table(
        "village_finding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("found_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("found_by_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("reported", sa.String(length=1000), nullable=True),
        sa.Column("rechecked_on", sa.Date(), nullable=True),
        sa.Column("problem_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name="fk_village_finding_department_id"),
        sa.ForeignKeyConstraint(["found_by_id"], ["app_user.id"], name="fk_village_finding_found_by_id"),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name="fk_village_finding_place_id"),
        sa.ForeignKeyConstraint(["problem_id"], ["village_problem.id"], name="fk_village_finding_problem_id"),
        sa.ForeignKeyConstraint(["round_id"], ["inspection_round.id"], name="fk_village_finding_round_id"),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name="fk_village_finding_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_village_finding"),
        sa.UniqueConstraint("public_id", name="uq_village_finding_public_id"),
        sa.UniqueConstraint("round_id", "number", name="uq_village_finding_round_id_number"),
    )
    op.create_index("ix_village_finding_department_id", "village_finding", ["department_id"])
    op.create_index("ix_village_finding_place_id", "village_finding", ["place_id"])
    op.create_index("ix_village_finding_problem_id", "village_finding", ["problem_id"])
    op.create_index("ix_village_finding_user_id", "village_finding", ["user_id"])
    op.create_table(
        "finding_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("finding_id", sa.Integer(), nullable=True),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("from_stage", sa.String(length=20), nullable=True),
        sa.Column("to_stage", sa.String(length=20), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("acting_as", sa.String(length=200), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.Column("said", sa.Text(), nullable=True),
        sa.Column("told", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["app_user.id"], name="fk_finding_line_by_id"),
        sa.ForeignKeyConstraint(["finding_id"], ["village_finding.id"], name="fk_finding_line_finding_id"),
        sa.ForeignKeyConstraint(["round_id"], ["inspection_round.id"], name="fk_finding_line_round_id"),
        sa.PrimaryKeyConstraint("id", name="pk_finding_line"),
    )
    op.create_index("ix_finding_line_finding_id", "finding_line", ["finding_id", "id"])
    op.create_index("ix_finding_line_round_id", "finding_line", ["round_id", "id"])


def downgrade() -> None:
    """Go back only while no round was entered: an older version would lose it."""
    if op.get_bind().scalar(sa.text("SELECT 1 FROM inspection_round LIMIT 1")):
        raise RuntimeError("督导已有内容，旧版本不认识，退回会丢失，已停止。请用升级前的备份恢复。")
    op.drop_index("ix_finding_line_finding_id", "finding_line")
    op.drop_index("ix_finding_line_round_id", "finding_line")
    op.drop_table("finding_line")
    op.drop_index("ix_village_finding_department_id", "village_finding")
    op.drop_index("ix_village_finding_place_id", "village_finding")
    op.drop_index("ix_village_finding_problem_id", "village_finding")
    op.drop_index("ix_village_finding_user_id", "village_finding")
    op.drop_table("village_finding")
    op.drop_table("inspected_village")
    op.drop_index("ix_inspection_round_office_id", "inspection_round")
    op.drop_table("inspection_round")
