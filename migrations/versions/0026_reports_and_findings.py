"""重大紧急报告、选举效力结论: when found out, to whom, when they had it; the result, its number and day

What was recorded before knows none of this, and nothing is guessed. The columns are sealed where they are set.

Revision ID: 0026
Revises: 0025
Create Date: 2026-11-29 17:20:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

COLUMNS = {
    "leader_report": {"discovered_on": sa.Date(), "organs": sa.String(length=100), "received_on": sa.Date()},
    "assignment": {
        "validity_result": sa.String(length=12),
        "conclusion_no": sa.String(length=60),
        "concluded_on": sa.Date(),
    },
}


def upgrade() -> None:
    for table, columns in COLUMNS.items():
        for name, kind in columns.items():
            op.add_column(table, sa.Column(name, kind, nullable=True))


def downgrade() -> None:
    """Go back only while none of it was recorded: an older version has no room for it."""
    for table, columns in COLUMNS.items():
        kept = sa.table(table, *(sa.column(name) for name in columns))
        known = sa.or_(*(kept.c[name].is_not(None) for name in columns))
        if op.get_bind().scalar(sa.select(sa.exists().where(known))):
            raise RuntimeError(
                "已有重大紧急报告或者选举效力结论的日期、文号，旧版本存不下，退回会丢失，已停止。请用升级前的备份恢复。"
            )
    for table, columns in COLUMNS.items():
        with op.batch_alter_table(table) as batch:
            for name in columns:
                batch.drop_column(name)
