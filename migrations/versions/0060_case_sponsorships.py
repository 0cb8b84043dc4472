"""包案: matters that their lead officials sponsor

Revision ID: 0060
Revises: 0057
Create Date: 2026-11-30 22:00:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0057"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """It begins empty: earlier versions kept no sponsored matters."""
    op.create_table(
        "case_sponsorship",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("given_by_id", sa.Integer(), nullable=False),
        sa.Column("given_at", sa.DateTime(), nullable=False),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["petition_case.id"], name="fk_case_sponsorship_case_id"),
        sa.ForeignKeyConstraint(["given_by_id"], ["app_user.id"], name="fk_case_sponsorship_given_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_case_sponsorship"),
        sa.UniqueConstraint("public_id", name="uq_case_sponsorship_public_id"),
    )
    op.create_index("ix_case_sponsorship_case_id", "case_sponsorship", ["case_id"])


def downgrade() -> None:
    """Go back only while no matter is sponsored: an older version would lose that."""
    if op.get_bind().scalar(sa.text("SELECT 1 FROM case_sponsorship LIMIT 1")):
        raise RuntimeError("包案已有内容，旧版本不认识，退回会丢失，已停止。请用升级前的备份恢复。")
    op.drop_index("ix_case_sponsorship_case_id", "case_sponsorship")
    op.drop_table("case_sponsorship")
