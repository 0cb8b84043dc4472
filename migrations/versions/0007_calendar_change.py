"""日历变更: a change of the calendar under way, what it has counted, and that every clock is to be looked at again

Revision ID: 0007
Revises: 0006
Create Date: 2026-11-28 08:00:00.000000
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calendar_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("source", sa.String(length=500), nullable=False),
        sa.Column("days", sa.JSON(), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("started_by_id", sa.Integer(), nullable=True),
        sa.Column("acting_as", sa.String(length=200), nullable=False),
        sa.Column("switched_at", sa.DateTime(), nullable=True),
        sa.Column("finished_at", sa.DateTime(), nullable=True),
        sa.Column("unfinished", sa.Boolean(), nullable=True),
        sa.Column("phase", sa.String(length=12), nullable=False),
        sa.Column("after_id", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("seen_line", sa.Integer(), nullable=False),
        sa.Column("counted_on", sa.Date(), nullable=False),
        sa.Column("moved", sa.Integer(), nullable=False),
        sa.Column("corrected", sa.Integer(), nullable=False),
        sa.Column("progressed_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["started_by_id"], ["app_user.id"], name=op.f("fk_calendar_change_started_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_change")),
        sa.UniqueConstraint("unfinished", name=op.f("uq_calendar_change_unfinished")),
    )
    op.create_table(
        "recounted_clock",
        sa.Column("clock_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("due_before", sa.Date(), nullable=False),
        sa.Column("revision_before", sa.Integer(), nullable=False),
        sa.Column("nominal_due", sa.Date(), nullable=False),
        sa.Column("effective_due", sa.Date(), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("revised_on", sa.Date(), nullable=True),
        sa.Column("seal", sa.String(length=24), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["petition_case.id"], name=op.f("fk_recounted_clock_case_id")),
        sa.ForeignKeyConstraint(["clock_id"], ["deadline.id"], name=op.f("fk_recounted_clock_clock_id")),
        sa.PrimaryKeyConstraint("clock_id", name=op.f("pk_recounted_clock")),
    )
    with op.batch_alter_table("recounted_clock", schema=None) as batch_op:
        batch_op.create_index("ix_recounted_clock_state_case_id", ["state", "case_id"], unique=False)
        batch_op.create_index("ix_recounted_clock_case_id", ["case_id"], unique=False)
    op.create_table(
        "recounted_case",
        sa.Column("case_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("next_due_on", sa.Date(), nullable=True),
        sa.Column("seal", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["petition_case.id"], name=op.f("fk_recounted_case_case_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_recounted_case")),
    )
    op.create_table(
        "look_again",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("after_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_look_again")),
    )


def downgrade() -> None:
    """Go back only while nothing would be lost: a change that was begun is on the record."""
    if op.get_bind().execute(sa.select(sa.func.count()).select_from(sa.table("calendar_change"))).scalar():
        raise RuntimeError("表 calendar_change 里已有日历变更，退回旧版本会丢失，已停止。请用升级前的备份恢复。")
    for name in ("look_again", "recounted_case", "recounted_clock", "calendar_change"):
        op.drop_table(name)
