"""人大代表建议: suggestions, units, answers, talks and inspections, promises, the trail

Revision ID: 0072
Revises: 0065
Create Date: 2026-12-01 20:00:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0072"
down_revision = "0065"
branch_labels = None
depends_on = None
INDEXES = (
    ("deputy_suggestion", "office_id", ["office_id", "stage"]),
    ("deputy_suggestion", "leader_id", ["leader_id"]),
    ("suggestion_unit", "suggestion_id", ["suggestion_id"]),
    ("suggestion_unit", "department_id", ["department_id"]),
    ("suggestion_unit", "user_id", ["user_id"]),
    ("suggestion_answer", "suggestion_id", ["suggestion_id"]),
    ("suggestion_record", "suggestion_id", ["suggestion_id"]),
    ("suggestion_promise", "suggestion_id", ["suggestion_id"]),
    ("suggestion_promise", "user_id", ["user_id"]),
    ("suggestion_line", "suggestion_id", ["suggestion_id", "id"]),
    ("suggestion_line", "promise_id", ["promise_id", "id"]),
)


def _key(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_{table}_{column}")


def upgrade() -> None:
    """They begin empty: earlier versions kept no suggestions."""
    op.create_table(
        "deputy_suggestion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("transfer_letter", sa.String(length=200), nullable=True),
        sa.Column("suggestion_no", sa.String(length=40), nullable=True),
        sa.Column("congress", sa.String(length=100), nullable=False),
        sa.Column("session", sa.String(length=100), nullable=True),
        sa.Column("lead_deputy", sa.String(length=60), nullable=True),
        sa.Column("joint_deputies", sa.String(length=1000), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("assigned_on", sa.Date(), nullable=False),
        sa.Column("lengthened_on", sa.Date(), nullable=True),
        sa.Column("key_on", sa.Date(), nullable=True),
        sa.Column("committee", sa.String(length=100), nullable=True),
        sa.Column("leader_id", sa.Integer(), nullable=True),
        sa.Column("entered_by_id", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        _key("deputy_suggestion", "office_id", "department"),
        _key("deputy_suggestion", "leader_id", "app_user"),
        _key("deputy_suggestion", "entered_by_id", "app_user"),
        sa.PrimaryKeyConstraint("id", name="pk_deputy_suggestion"),
        sa.UniqueConstraint("number", name="uq_deputy_suggestion_number"),
        sa.UniqueConstraint("public_id", name="uq_deputy_suggestion_public_id"),
    )
    op.create_table(
        "suggestion_unit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("suggestion_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(length=10), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("helped_on", sa.Date(), nullable=True),
        sa.Column("helped", sa.String(length=1000), nullable=True),
        _key("suggestion_unit", "suggestion_id", "deputy_suggestion"),
        _key("suggestion_unit", "department_id", "department"),
        _key("suggestion_unit", "user_id", "app_user"),
        sa.PrimaryKeyConstraint("id", name="pk_suggestion_unit"),
    )
    op.create_table(
        "suggestion_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("suggestion_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=False),
        sa.Column("document_no", sa.String(length=60), nullable=True),
        sa.Column("result", sa.String(length=1), nullable=True),
        sa.Column("signed_by", sa.String(length=60), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("opinion", sa.String(length=20), nullable=True),
        sa.Column("heard_on", sa.Date(), nullable=True),
        sa.Column("said", sa.String(length=1000), nullable=True),
        sa.Column("struck_at", sa.DateTime(), nullable=True),
        _key("suggestion_answer", "suggestion_id", "deputy_suggestion"),
        _key("suggestion_answer", "department_id", "department"),
        sa.PrimaryKeyConstraint("id", name="pk_suggestion_answer"),
    )
    op.create_table(
        "suggestion_record",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("suggestion_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("led_by", sa.String(length=100), nullable=False),
        sa.Column("rank", sa.String(length=10), nullable=True),
        sa.Column("present", sa.String(length=200), nullable=True),
        sa.Column("found", sa.String(length=1000), nullable=False),
        sa.Column("struck_at", sa.DateTime(), nullable=True),
        _key("suggestion_record", "suggestion_id", "deputy_suggestion"),
        sa.PrimaryKeyConstraint("id", name="pk_suggestion_record"),
        sa.UniqueConstraint("public_id", name="uq_suggestion_record_public_id"),
    )
    op.create_table(
        "suggestion_promise",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("suggestion_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("promised_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("kept_on", sa.Date(), nullable=True),
        sa.Column("proof", sa.String(length=1000), nullable=True),
        sa.Column("stage", sa.String(length=10), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        _key("suggestion_promise", "suggestion_id", "deputy_suggestion"),
        _key("suggestion_promise", "department_id", "department"),
        _key("suggestion_promise", "user_id", "app_user"),
        sa.PrimaryKeyConstraint("id", name="pk_suggestion_promise"),
        sa.UniqueConstraint("public_id", name="uq_suggestion_promise_public_id"),
    )
    op.create_table(
        "suggestion_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("suggestion_id", sa.Integer(), nullable=False),
        sa.Column("promise_id", sa.Integer(), nullable=True),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("from_stage", sa.String(length=20), nullable=True),
        sa.Column("to_stage", sa.String(length=20), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("acting_as", sa.String(length=200), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.Column("said", sa.LargeBinary(), nullable=True),
        sa.Column("told", sa.Text(), nullable=True),
        sa.Column("kept", sa.LargeBinary(), nullable=True),
        sa.Column("taken_back_at", sa.DateTime(), nullable=True),
        _key("suggestion_line", "suggestion_id", "deputy_suggestion"),
        _key("suggestion_line", "promise_id", "suggestion_promise"),
        _key("suggestion_line", "by_id", "app_user"),
        sa.PrimaryKeyConstraint("id", name="pk_suggestion_line"),
    )
    for table, name, columns in INDEXES:
        op.create_index(f"ix_{table}_{name}", table, columns)


def downgrade() -> None:
    """Go back only while no suggestion was entered: an older version would lose it."""
    if op.get_bind().scalar(sa.text("SELECT 1 FROM deputy_suggestion LIMIT 1")):
        raise RuntimeError("代表建议已有内容，旧版本不认识，退回会丢失，已停止。请用升级前的备份恢复。")
    for table, name, _columns in reversed(INDEXES):
        op.drop_index(f"ix_{table}_{name}", table)
    for table in ("line", "promise", "record", "answer", "unit"):
        op.drop_table(f"suggestion_{table}")
    op.drop_table("deputy_suggestion")
