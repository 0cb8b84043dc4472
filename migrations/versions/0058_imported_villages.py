"""读入的重点难点村: the mark of the run by which a village came in

Revision ID: 0058
Revises: 0048
Create Date: 2026-11-30 21:30:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0058"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What was entered before came in by hand."""
    op.execute("ALTER TABLE village_entry ADD COLUMN imported_as VARCHAR(20)")


def downgrade() -> None:
    """Go back only while nothing was read in: an older version could not take a run back."""
    if op.get_bind().scalar(sa.text("SELECT 1 FROM village_entry WHERE imported_as IS NOT NULL LIMIT 1")):
        raise RuntimeError("已有从表格读入的重点难点村，旧版本不认识，退回会丢失，已停止。请用升级前的备份恢复。")
    op.execute("ALTER TABLE village_entry DROP COLUMN imported_as")
