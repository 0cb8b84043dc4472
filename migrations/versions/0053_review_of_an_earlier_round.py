"""复查、复核: of which round the answer is, where the matter was opened again since

Revision ID: 0053
Revises: 0058
Create Date: 2026-11-30 21:00:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0058"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Whatever was asked for before is of the round in which it was asked."""
    op.add_column("review", sa.Column("answer_round", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Go back only while none is of an earlier round: an older version would take it for one of the present answer."""
    if op.get_bind().scalar(sa.text("SELECT 1 FROM review WHERE answer_round IS NOT NULL LIMIT 1")):
        raise RuntimeError("已有对以前一轮答复的复查、复核，旧版本存不下，退回会丢失，已停止。请用升级前的备份恢复。")
    op.execute("ALTER TABLE review DROP COLUMN answer_round")
