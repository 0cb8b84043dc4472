"""拟稿、签发: papers of supervision that wait for their signer

Revision ID: 0025
Revises: 0024
Create Date: 2026-11-29 17:00:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

DRAFTS = sa.table("order_draft", sa.column("id", sa.Integer()))


def upgrade() -> None:
    op.create_table(
        "order_draft",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("public_id", sa.String(length=22), nullable=False, unique=True),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("subject", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), sa.ForeignKey("petition_case.id")),
        sa.Column("escalation_id", sa.Integer(), sa.ForeignKey("escalation.id")),
        sa.Column("about_deadline_id", sa.Integer(), sa.ForeignKey("deadline.id")),
        sa.Column("office_id", sa.Integer(), sa.ForeignKey("department.id"), nullable=False),
        sa.Column("department_id", sa.Integer(), sa.ForeignKey("department.id"), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("reply_by", sa.Date(), nullable=False),
        sa.Column("drafted_at", sa.DateTime(), nullable=False),
        sa.Column("drafted_by_id", sa.Integer(), sa.ForeignKey("app_user.id")),
        sa.Column("signer", sa.String(length=20), nullable=False),
        sa.Column("asked_id", sa.Integer(), sa.ForeignKey("app_user.id")),
        sa.Column("decided_at", sa.DateTime()),
        sa.Column("decided_by_id", sa.Integer(), sa.ForeignKey("app_user.id")),
        sa.Column("refused_because", sa.Text()),
        sa.Column("order_id", sa.Integer(), sa.ForeignKey("supervision_order.id")),
    )
    op.create_index("ix_order_draft_case_id", "order_draft", ["case_id"])
    waiting = sa.text("decided_at IS NULL")
    op.create_index(
        "ix_order_draft_waiting", "order_draft", ["case_id"], sqlite_where=waiting, postgresql_where=waiting
    )


def downgrade() -> None:
    """Go back only while nothing was drafted: an older version knows neither drafts nor their acts."""
    if op.get_bind().scalar(sa.select(sa.exists().where(DRAFTS.c.id.is_not(None)))):
        raise RuntimeError("已有督办文书的拟稿，旧版本存不下，退回会丢失，已停止。请用升级前的备份恢复。")
    op.drop_table("order_draft")
