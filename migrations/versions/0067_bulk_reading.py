"""大量查阅告警: who read unusually much in a short time, told once

Revision ID: 0067
Revises: 0062
Create Date: 2026-11-30 23:30:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0067"
down_revision = "0062"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody was watched before: the table begins empty."""
    op.create_table(
        "bulk_reading",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("at_least", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("raised_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_bulk_reading_user_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_reading")),
    )
    op.create_index("ix_bulk_reading_raised_at", "bulk_reading", ["raised_at"])


def downgrade() -> None:
    """Go back only while none was raised: an alarm is part of the record."""
    if op.get_bind().scalar(sa.text("SELECT 1 FROM bulk_reading LIMIT 1")):
        raise RuntimeError("已有大量查阅告警，旧版本不认识，退回会丢失，已停止。请用升级前的备份恢复。")
    op.drop_index("ix_bulk_reading_raised_at", "bulk_reading")
    op.drop_table("bulk_reading")
