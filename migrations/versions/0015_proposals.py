"""拟办意见: what the office proposes to do goes with the matter to the unit

Revision ID: 0015
Revises: 0014
Create Date: 2026-11-29 12:00:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

GIVEN = sa.table("assignment", sa.column("proposal", sa.Text()))


def upgrade() -> None:
    """The new column is sealed where it is set, so every older seal stays good."""
    op.add_column("assignment", sa.Column("proposal", sa.Text(), nullable=True))


def downgrade() -> None:
    """Go back only while nothing was proposed: an older version has no room for it."""
    if op.get_bind().scalar(sa.select(sa.exists().where(GIVEN.c.proposal.is_not(None)))):
        raise RuntimeError("已有交办、转送写了拟办意见，旧版本存不下，退回会丢失，已停止。请用升级前的备份恢复。")
    with op.batch_alter_table("assignment") as batch:
        batch.drop_column("proposal")
