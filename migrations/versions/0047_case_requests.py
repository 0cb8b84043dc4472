"""件的申请: what one asks about one matter, and another decides

Revision ID: 0047
Revises: 0049
Create Date: 2026-11-30 20:40:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0049"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """It begins empty."""
    op.create_table(
        "case_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("approved", sa.Boolean(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("until", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["petition_case.id"], name="fk_case_request_case_id_petition_case"),
        sa.ForeignKeyConstraint(["asked_by_id"], ["app_user.id"], name="fk_case_request_asked_by_id_app_user"),
        sa.ForeignKeyConstraint(["decided_by_id"], ["app_user.id"], name="fk_case_request_decided_by_id_app_user"),
        sa.PrimaryKeyConstraint("id", name="pk_case_request"),
        sa.UniqueConstraint("public_id", name="uq_case_request_public_id"),
    )
    op.create_index("ix_case_request_case_id", "case_request", ["case_id"])
    op.create_index("ix_case_request_asked_by_id_asked_at", "case_request", ["asked_by_id", "asked_at"])
    op.create_index("ix_case_request_kind_asked_at", "case_request", ["kind", "asked_at"])


def downgrade() -> None:
    """Go back only while nothing was asked: an older version would take who reads for an hour for one who never may."""
    if op.get_bind().scalar(sa.text("SELECT 1 FROM case_request LIMIT 1")):
        raise RuntimeError(
            "已有查阅、列入名单、降低保密级别的申请，旧版本不认识，退回会丢失，已停止。请用升级前的备份恢复。"
        )
    op.drop_index("ix_case_request_kind_asked_at", "case_request")
    op.drop_index("ix_case_request_asked_by_id_asked_at", "case_request")
    op.drop_index("ix_case_request_case_id", "case_request")
    op.drop_table("case_request")
