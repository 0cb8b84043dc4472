"""运行记录: the runs that wait for somebody's word are found by an index of their own

Revision ID: 0044
Revises: 0030
Create Date: 2026-11-30 18:10:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0030"
branch_labels = None
depends_on = None

HELD = sa.text("held IS true")


def upgrade() -> None:
    """No row changes."""
    op.create_index("ix_tick_run_held", "tick_run", ["id"], sqlite_where=HELD, postgresql_where=HELD)


def downgrade() -> None:
    """No row changes."""
    op.drop_index("ix_tick_run_held", "tick_run")
