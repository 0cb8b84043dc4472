"""共性问题: problems, their matters, suggestions to improve, the trail

Revision ID: 0073
Revises: 0070
Create Date: 2026-12-01 21:00:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0073"
down_revision = "0070"
branch_labels = None
depends_on = None
INDEXES = (
    ("common_problem", "office_id", ["office_id", "stage"]),
    ("common_problem", "department_id", ["department_id"]),
    ("common_problem", "user_id", ["user_id"]),
    ("common_matter", "problem_id", ["problem_id"]),
    ("common_matter", "case_id", ["case_id"]),
    ("improvement_advice", "problem_id", ["problem_id"]),
    ("improvement_advice", "department_id", ["department_id"]),
    ("common_line", "problem_id", ["problem_id", "id"]),
)


def _key(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_{table}_{column}")


def upgrade() -> None:
    """They begin empty: earlier versions kept no common problems."""
    op.create_table(
        "common_problem",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("measure", sa.String(length=1000), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("founded_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("carried_out_on", sa.Date(), nullable=True),
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        _key("common_problem", "office_id", "department"),
        _key("common_problem", "category_id", "category"),
        _key("common_problem", "place_id", "place"),
        _key("common_problem", "department_id", "department"),
        _key("common_problem", "user_id", "app_user"),
        sa.PrimaryKeyConstraint("id", name="pk_common_problem"),
        sa.UniqueConstraint("number", name="uq_common_problem_number"),
        sa.UniqueConstraint("public_id", name="uq_common_problem_public_id"),
    )
    op.create_table(
        "common_matter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("problem_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("gathered_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        _key("common_matter", "problem_id", "common_problem"),
        _key("common_matter", "case_id", "petition_case"),
        sa.PrimaryKeyConstraint("id", name="pk_common_matter"),
    )
    op.create_table(
        "improvement_advice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("problem_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=2000), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.Column("replied_on", sa.Date(), nullable=True),
        sa.Column("adoption", sa.String(length=10), nullable=True),
        sa.Column("reply", sa.String(length=2000), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        _key("improvement_advice", "problem_id", "common_problem"),
        _key("improvement_advice", "department_id", "department"),
        _key("improvement_advice", "user_id", "app_user"),
        sa.PrimaryKeyConstraint("id", name="pk_improvement_advice"),
        sa.UniqueConstraint("number", name="uq_improvement_advice_number"),
        sa.UniqueConstraint("public_id", name="uq_improvement_advice_public_id"),
    )
    op.create_table(
        "common_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("problem_id", sa.Integer(), nullable=False),
        sa.Column("advice_id", sa.Integer(), nullable=True),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("from_stage", sa.String(length=20), nullable=True),
        sa.Column("to_stage", sa.String(length=20), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("acting_as", sa.String(length=200), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.Column("said", sa.Text(), nullable=True),
        sa.Column("told", sa.Text(), nullable=True),
        _key("common_line", "problem_id", "common_problem"),
        _key("common_line", "advice_id", "improvement_advice"),
        _key("common_line", "by_id", "app_user"),
        sa.PrimaryKeyConstraint("id", name="pk_common_line"),
    )
    for table, name, columns in INDEXES:
        op.create_index(f"ix_{table}_{name}", table, columns)


def downgrade() -> None:
    """Go back only while no common problem was founded: an older version would lose it."""
    if op.get_bind().scalar(sa.text("SELECT 1 FROM common_problem LIMIT 1")):
        raise RuntimeError("共性问题已有内容，旧版本不认识，退回会丢失，已停止。请用升级前的备份恢复。")
    for table, name, _columns in reversed(INDEXES):
        op.drop_index(f"ix_{table}_{name}", table)
    for table in ("common_line", "improvement_advice", "common_matter", "common_problem"):
        op.drop_table(table)
