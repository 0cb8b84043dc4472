"""期限: the running clocks of a person are found by their key

Revision ID: 0075
Revises: 0068
Create Date: 2026-11-30 21:15:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0075"
down_revision = "0068"
branch_labels = None
depends_on = None

INDEX, RUNNING = "ix_deadline_running_of_person", sa.text("ended_on IS NULL")


def upgrade() -> None:
    """Whoever leaves is asked what runs in their name: that read every running clock."""
    op.create_index(
        INDEX, "deadline", ["owner_user_id", "effective_due"], sqlite_where=RUNNING, postgresql_where=RUNNING
    )


def downgrade() -> None:
    """The older version reads every running clock again."""
    op.drop_index(INDEX, "deadline")
