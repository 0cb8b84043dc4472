"""知悉名单: who reads what is told, and not who told it

Revision ID: 0030
Revises: 0036
Create Date: 2026-11-30 17:50:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Who was named by an older version keeps what they were given."""
    op.add_column("named_reader", sa.Column("masked", sa.Boolean(), nullable=True))


def downgrade() -> None:
    """Go back only while nobody stands there masked: an older version would open identities to them."""
    if op.get_bind().scalar(sa.text("SELECT 1 FROM named_reader WHERE masked LIMIT 1")):
        raise RuntimeError("知悉名单上有只看脱敏件的人员，旧版本会让他们看到信访人身份，已停止。请用升级前的备份恢复。")
    op.drop_column("named_reader", "masked")
