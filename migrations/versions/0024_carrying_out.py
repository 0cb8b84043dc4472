"""落实支持的诉求 as a clock: new words alone; answers served before have none, for the rule did not hold then

Revision ID: 0024
Revises: 0023
Create Date: 2026-11-29 19:00:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

CLOCKS = sa.table("deadline", sa.column("kind", sa.String()))


def upgrade() -> None:
    """Nothing is changed."""


def downgrade() -> None:
    """Go back only while no such clock exists."""
    if op.get_bind().scalar(sa.select(sa.exists().where(CLOCKS.c.kind == "carrying_out"))):
        raise RuntimeError("已有落实支持的诉求的期限，旧版本不认识，退回会出错，已停止。请用升级前的备份恢复。")
