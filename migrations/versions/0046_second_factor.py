"""两步验证: a secret for each person who signs in with two factors

Revision ID: 0046
Revises: 0043
Create Date: 2026-11-30 20:10:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """It begins empty: whose posts ask for it enable it at their next page."""
    op.create_table(
        "second_factor",
        sa.Column("user_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=True),
        sa.Column("since", sa.DateTime(), nullable=True),
        sa.Column("last_step", sa.Integer(), nullable=True),
        sa.Column("recovery", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name="fk_second_factor_user_id_app_user"),
        sa.PrimaryKeyConstraint("user_id", name="pk_second_factor"),
    )


def downgrade() -> None:
    """Go back only while nobody has one: an older version would let everybody in by the password alone."""
    if op.get_bind().scalar(sa.text("SELECT 1 FROM second_factor LIMIT 1")):
        raise RuntimeError("已有人启用两步验证，旧版本不认识，退回以后只凭密码就能登录，已停止。请用升级前的备份恢复。")
    op.drop_table("second_factor")
