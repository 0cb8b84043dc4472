"""The materials that older versions knew by a plain hash, found by themselves until each has a keyed one

Revision ID: 0050
Revises: 0047
Create Date: 2026-11-30 21:20:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0047"
branch_labels = None
depends_on = None

INDEX, PLAIN = "ix_attachment_plain_hash", sa.text("sha256 < 'k'")


def upgrade() -> None:
    op.create_index(INDEX, "attachment", ["id"], sqlite_where=PLAIN, postgresql_where=PLAIN)


def downgrade() -> None:
    op.drop_index(INDEX, "attachment")
