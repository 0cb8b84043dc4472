"""文书再次发出、无法告知: when a paper was sent again after it had come back, and why nobody can be told

Papers of before keep what is known of them: when they were sent is not known and is not guessed.

Revision ID: 0019
Revises: 0018
Create Date: 2026-11-29 17:00:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

PAPER = sa.table("case_document", sa.column("resent_on", sa.Date()), sa.column("untold", sa.String()))


def upgrade() -> None:
    """The new columns are sealed where they are set, so every older seal stays good."""
    op.add_column("case_document", sa.Column("resent_on", sa.Date(), nullable=True))
    op.add_column("case_document", sa.Column("untold", sa.String(length=100), nullable=True))


def downgrade() -> None:
    """Go back only while no paper has either fact: an older version would lose it."""
    told = sa.or_(PAPER.c.resent_on.is_not(None), PAPER.c.untold.is_not(None))
    if op.get_bind().scalar(sa.select(sa.exists().where(told))):
        raise RuntimeError("有文书登记了再次发出或者无法告知，旧版本存不下，退回会丢失，已停止。请用升级前的备份恢复。")
    with op.batch_alter_table("case_document") as batch:
        batch.drop_column("untold")
        batch.drop_column("resent_on")
