"""上级要求办结日期 as a clock: new words alone, begun by the first daily run for what is in hand

Revision ID: 0020
Revises: 0019
Create Date: 2026-11-29 18:00:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

CLOCKS = sa.table("deadline", sa.column("kind", sa.String()))
STEPS = sa.table("case_step", sa.column("action", sa.String()))


def upgrade() -> None:
    """Nothing is changed: the clocks of older matters are written by the program, with their lines in the log."""


def downgrade() -> None:
    """Go back only while no such clock and no such act exists."""
    bind = op.get_bind()
    for used in (CLOCKS.c.kind == "superior_report", STEPS.c.action.in_(("set_superior_day", "report_superior"))):
        if bind.scalar(sa.select(sa.exists().where(used))):
            raise RuntimeError("已有报上级办结的期限，旧版本不认识，退回会出错，已停止。请用升级前的备份恢复。")
