"""复查、复核的结果: 变更 and 不予受理 as acts of their own, the day of the organ after 撤销, the seal that comes back

Nothing is changed on the way up: what was recorded before stays as it was. The way down is refused where an older
version would meet a word that it does not know.

Revision ID: 0017
Revises: 0016
Create Date: 2026-11-29 17:00:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

CASES = sa.table("petition_case", sa.column("ledger_status", sa.String()))
CLOCKS = sa.table("deadline", sa.column("kind", sa.String()))
STEPS = sa.table("case_step", sa.column("action", sa.String()))
NEW_ACTS = (
    "change_opinion",
    "dismiss_review",
    "serve_re_examination",
    "hold_hearing",
    "record_force_majeure",
    "report_result",
    "move_feedback",
)


def upgrade() -> None:
    """New words alone."""


def downgrade() -> None:
    """Go back only while nobody used the new words."""
    bind = op.get_bind()
    for used, what in (
        (CASES.c.ledger_status == "under_review", "有销号后正在复查、复核的信访件"),
        (CLOCKS.c.kind == "redo", "已有重新作出处理意见的期限"),
        (STEPS.c.action.in_(NEW_ACTS), "已有旧版本没有的复查、复核步骤"),
    ):
        if bind.scalar(sa.select(sa.exists().where(used))):
            raise RuntimeError(f"{what}，旧版本不认识，退回会出错，已停止。请用升级前的备份恢复。")
