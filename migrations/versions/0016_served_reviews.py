"""复查意见的送达: when and how the petitioner got it; the 30 days for 复核 count from then

What was recorded before keeps its window, which counts from the day of the opinion: when it was served is not known and
is not guessed. Recording the service starts the lawful window instead.

Revision ID: 0016
Revises: 0015
Create Date: 2026-11-29 13:00:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

CLOCKS = sa.table("deadline", sa.column("kind", sa.String()))
SERVED = sa.table("review", sa.column("served_on", sa.Date()))
COLUMNS = ("served_on", "service_method", "served_to", "service_note")


def upgrade() -> None:
    """The new columns are sealed where they are set, so every older seal stays good."""
    op.add_column("review", sa.Column("served_on", sa.Date(), nullable=True))
    op.add_column("review", sa.Column("service_method", sa.String(length=12), nullable=True))
    op.add_column("review", sa.Column("served_to", sa.String(length=40), nullable=True))
    op.add_column("review", sa.Column("service_note", sa.String(length=200), nullable=True))


def downgrade() -> None:
    """Go back only while no service was recorded and no matter taken back: an older version knows neither."""
    if op.get_bind().scalar(sa.select(sa.exists().where(CLOCKS.c.kind == "reassignment"))):
        raise RuntimeError("已有收回后重新交办的期限，旧版本不认识，退回会出错，已停止。请用升级前的备份恢复。")
    if op.get_bind().scalar(sa.select(sa.exists().where(SERVED.c.served_on.is_not(None)))):
        raise RuntimeError("已有复查意见登记了送达，旧版本存不下，退回会丢失，已停止。请用升级前的备份恢复。")
    with op.batch_alter_table("review") as batch:
        for name in COLUMNS:
            batch.drop_column(name)
