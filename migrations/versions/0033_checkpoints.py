"""存证: signed checkpoints of both logs are kept, beside the copies that are held outside

Revision ID: 0033
Revises: 0032
Create Date: 2026-11-30 09:20:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_checkpoint",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at_utc", sa.DateTime(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("acts_frontier", sa.LargeBinary(), nullable=False),
        sa.Column("readings_frontier", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_checkpoint")),
    )


def downgrade() -> None:
    """What is held outside still checks an older version's log, which is the same log."""
    op.drop_table("audit_checkpoint")
