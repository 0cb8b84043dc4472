"""权限申请: what widens access is asked for by one administrator, approved by another, and waits

Revision ID: 0040
Revises: 0045
Create Date: 2026-11-30 17:50:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0045"
branch_labels = None
depends_on = None

PENDING = sa.text("ended_at IS NULL")


def upgrade() -> None:
    """It begins empty: what was given before this version was given by one person."""
    op.create_table(
        "grant_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("role", sa.String(length=20), nullable=True),
        sa.Column("title", sa.String(length=40), nullable=True),
        sa.Column("handles_accusations", sa.Boolean(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=True),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("approved_at", sa.DateTime(), nullable=True),
        sa.Column("takes_effect_at", sa.DateTime(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name="fk_grant_request_user_id_app_user"),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name="fk_grant_request_department_id_department"),
        sa.ForeignKeyConstraint(["asked_by_id"], ["app_user.id"], name="fk_grant_request_asked_by_id_app_user"),
        sa.ForeignKeyConstraint(["approved_by_id"], ["app_user.id"], name="fk_grant_request_approved_by_id_app_user"),
        sa.ForeignKeyConstraint(["ended_by_id"], ["app_user.id"], name="fk_grant_request_ended_by_id_app_user"),
        sa.PrimaryKeyConstraint("id", name="pk_grant_request"),
        sa.UniqueConstraint("public_id", name="uq_grant_request_public_id"),
    )
    op.create_index("ix_grant_request_user_id", "grant_request", ["user_id"])
    op.create_index(
        "ix_grant_request_pending",
        "grant_request",
        ["takes_effect_at", "id"],
        sqlite_where=PENDING,
        postgresql_where=PENDING,
    )


def downgrade() -> None:
    """Go back only while nothing was asked for and nobody is 安全管理员: an older version knows neither."""
    connection = op.get_bind()
    asked = connection.scalar(sa.text("SELECT 1 FROM grant_request LIMIT 1"))
    held = connection.scalar(sa.text("SELECT 1 FROM post WHERE role = 'security_admin' LIMIT 1"))
    if asked or held:
        raise RuntimeError("已有安全管理员或者权限申请，旧版本不认识，退回会丢失，已停止。请用升级前的备份恢复。")
    op.drop_index("ix_grant_request_pending", "grant_request")
    op.drop_index("ix_grant_request_user_id", "grant_request")
    op.drop_table("grant_request")
