"""发不出去: what could not be sent is found without reading what was

Revision ID: 0077
Revises: 0076
Create Date: 2026-11-30 22:35:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0077"
down_revision = "0076"
branch_labels = None
depends_on = None

INDEX, DEAD = "ix_delivery_dead", sa.text("state = 'dead'")


def upgrade() -> None:
    """The page of what could not be sent went through every copy that was."""
    op.create_index(INDEX, "delivery", ["not_before"], sqlite_where=DEAD, postgresql_where=DEAD)


def downgrade() -> None:
    """The older version goes through every copy again."""
    op.drop_index(INDEX, "delivery")
