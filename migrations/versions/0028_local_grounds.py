"""地方规定的理由: grounds of refusal that only a region's own rules have, switched on by the office with their basis

Revision ID: 0028
Revises: 0027
Create Date: 2026-11-29 21:10:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """It begins empty: until the office enters one, only the grounds of the Regulations hold."""
    op.create_table(
        "local_ground",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("ground", sa.String(length=30), nullable=False),
        sa.Column("in_force", sa.Boolean(), nullable=False),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("article", sa.String(length=40), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("set_at", sa.DateTime(), nullable=False),
        sa.Column("set_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["set_by_id"], ["app_user.id"], name="fk_local_ground_set_by_id_app_user"),
        sa.PrimaryKeyConstraint("id", name="pk_local_ground"),
        sa.UniqueConstraint("public_id", name="uq_local_ground_public_id"),
    )


def downgrade() -> None:
    """Go back only while nothing was entered: an older version would print such grounds without their basis."""
    if op.get_bind().scalar(sa.select(sa.exists().select_from(sa.table("local_ground")))):
        raise RuntimeError("已启用过地方规定的理由，旧版本没有依据可印，退回会丢失，已停止。请用升级前的备份恢复。")
    op.drop_table("local_ground")
