"""定时运行的条件，阶梯版本已决定的事项

Revision ID: 0006
Revises: 0005
Create Date: 2026-11-28 08:00:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

COLUMNS = (("tick_run", "ran_under"), ("ladder_edition", "decided"))


def upgrade() -> None:
    for table, name in COLUMNS:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column(name, sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    """Go back only while no edition says what it decided on: the seal of one that does would break without it."""
    edition = sa.table("ladder_edition", sa.column("decided", sa.JSON(none_as_null=True)))
    decided = sa.select(sa.func.count()).select_from(edition).where(edition.c.decided.is_not(None))
    if op.get_bind().execute(decided).scalar():
        raise RuntimeError("升级后启用过督办阶梯，退回旧版本会使它的印记不符，已停止。请用升级前的备份恢复。")
    for table, name in COLUMNS:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column(name)
