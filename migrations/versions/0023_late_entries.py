"""补录，待核: of a clock, the day of an act that was entered after its last day, when, and what was found of it

Clocks of before keep their ends: what was entered late then counted at once, and nobody is asked again.

Revision ID: 0023
Revises: 0022
Create Date: 2026-11-29 21:30:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

COLUMNS = {
    "claimed_on": sa.Date(),
    "claimed_at": sa.DateTime(),
    "claimed_days": sa.Integer(),
    "claim_upheld": sa.Boolean(),
}
CLOCKS = sa.table("deadline", sa.column("claimed_at", sa.DateTime()))


def upgrade() -> None:
    """The new columns are sealed where they are set, so every older seal stays good."""
    for name, kind in COLUMNS.items():
        op.add_column("deadline", sa.Column(name, kind, nullable=True))


def downgrade() -> None:
    """Go back only while nothing was entered late: an older version knows neither what waits nor what was found."""
    if op.get_bind().scalar(sa.select(sa.exists().where(CLOCKS.c.claimed_at.is_not(None)))):
        raise RuntimeError("有的期限有过期补录，待核实或者核实过，旧版本存不下，已停止。请用升级前的备份恢复。")
    for name in reversed(COLUMNS):
        op.drop_column("deadline", name)
