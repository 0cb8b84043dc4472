"""索引从缩小范围的键开始

Revision ID: 0003
Revises: 0002
Create Date: 2026-11-28 08:00:00
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("deadline", schema=None) as batch_op:
        batch_op.drop_index("ix_deadline_case_id_ended_on")
        batch_op.create_index("ix_deadline_case_id_ended_on", ["case_id", "ended_on", "effective_due"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("deadline", schema=None) as batch_op:
        batch_op.drop_index("ix_deadline_case_id_ended_on")
        batch_op.create_index("ix_deadline_case_id_ended_on", ["case_id", "ended_on"], unique=False)
