"""期限: the running clocks of a person are found by their key

Revision ID: 0075
Revises: 0068
Create Date: 2026-11-30 21:15:00
"""

from alembic import op

revision = "0075"
down_revision = "0068"
branch_labels = None
depends_on = None

INDEX = "ix_deadline_owner_user_id_ended_on"


def upgrade() -> None:
    """Whoever leaves is asked what runs in their name: that read every running clock."""
    op.create_index(INDEX, "deadline", ["owner_user_id", "ended_on"])


def downgrade() -> None:
    """The older version reads every running clock again."""
    op.drop_index(INDEX, "deadline")
