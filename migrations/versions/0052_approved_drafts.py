"""审批: who referred a draft to the main leaders, and which of them approved it

Revision ID: 0052
Revises: 0055
Create Date: 2026-11-30 20:30:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0055"
branch_labels = None
depends_on = None

DRAFT = sa.table("act_draft", sa.column("referred_at", sa.DateTime()))
STEP = sa.table("case_step", sa.column("action", sa.String()))
STEPS = ("refer_draft", "approve_draft", "decline_draft")
MOMENTS, PEOPLE = ("referred_at", "approved_at"), ("referred_by_id", "approved_by_id")


def upgrade() -> None:
    """The new columns are sealed where they are set, so every older seal stays good."""
    for name in MOMENTS:
        op.add_column("act_draft", sa.Column(name, sa.DateTime(), nullable=True))
    for name in PEOPLE:
        reference = f"CONSTRAINT {op.f(f'fk_act_draft_{name}_app_user')} REFERENCES app_user (id)"
        op.execute(f"ALTER TABLE act_draft ADD COLUMN {name} INTEGER {reference}")


def downgrade() -> None:
    """Go back only while nothing was referred or approved: an older version would lose it."""
    bind = op.get_bind()
    referred = sa.select(sa.exists().where(DRAFT.c.referred_at.is_not(None)))
    if bind.scalar(referred) or bind.scalar(sa.select(sa.exists().where(STEP.c.action.in_(STEPS)))):
        raise RuntimeError("已有拟稿报请主要领导审批，旧版本存不下，退回会丢失，已停止。请用升级前的备份恢复。")
    for name in (*PEOPLE, *MOMENTS):
        op.execute(f"ALTER TABLE act_draft DROP COLUMN {name}")
