"""移交、转送系统外机关: to which kind of organ, its number, what stands for a receipt, its return, 组织（人事）部门

What was handed over before went to discipline inspection; nothing else is known of it, and it has no clock of a
receipt, for the rule did not hold then. The columns are sealed where they are set.

Revision ID: 0027
Revises: 0026
Create Date: 2026-11-29 19:40:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

TABLE = "discipline_transfer"
COLUMNS = {
    "forwarded_to": sa.String(length=12),
    "paper_no": sa.String(length=60),
    "no_receipt": sa.String(length=200),
    "returned_on": sa.Date(),
    "return_reason": sa.Text(),
    "personnel": sa.String(length=100),
    "personnel_told_on": sa.Date(),
}
CLOCKS = sa.table("deadline", sa.column("kind", sa.String()))
STEPS = sa.table("case_step", sa.column("action", sa.String()))


def upgrade() -> None:
    for name, kind in COLUMNS.items():
        op.add_column(TABLE, sa.Column(name, kind, nullable=True))


def downgrade() -> None:
    """Go back only while none of it was recorded: an older version has no room for it."""
    kept = sa.table(TABLE, *(sa.column(name) for name in COLUMNS))
    known = (
        sa.exists().where(sa.or_(*(kept.c[name].is_not(None) for name in COLUMNS))),
        sa.exists().where(CLOCKS.c.kind == "forwarding_receipt"),
        sa.exists().where(STEPS.c.action.in_(("forward", "take_back"))),
    )
    if any(op.get_bind().scalar(sa.select(each)) for each in known):
        raise RuntimeError(
            "已有移交、转送系统外机关的机关种类、文号或者回执期限，旧版本存不下，退回会丢失，已停止。请用升级前的备份恢复。"
        )
    with op.batch_alter_table(TABLE) as batch:
        for name in COLUMNS:
            batch.drop_column(name)
