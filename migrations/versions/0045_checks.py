"""日志核对: what each check of the record found, and when

Revision ID: 0045
Revises: 0042
Create Date: 2026-11-30 18:30:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """It begins empty: the first check of the timer is of the whole."""
    op.create_table(
        "audit_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("wrong", sa.String(length=300), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_audit_check"),
    )


def downgrade() -> None:
    """An older version keeps no list of checks; each can be made again."""
    op.drop_table("audit_check")
