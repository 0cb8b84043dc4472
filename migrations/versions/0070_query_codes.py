"""查询码: what a petitioner asks after the matter with, beside its number

Revision ID: 0070
Revises: 0075
Create Date: 2026-11-30 23:40:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0070"
down_revision = "0075"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No slip of before has a code: the table begins empty."""
    op.create_table(
        "query_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("code_key", sa.String(length=32), nullable=False),
        sa.Column("given_at", sa.DateTime(), nullable=False),
        sa.Column("given_by_id", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["petition_case.id"], name=op.f("fk_query_code_case_id_petition_case")),
        sa.ForeignKeyConstraint(["given_by_id"], ["app_user.id"], name=op.f("fk_query_code_given_by_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_query_code")),
        sa.UniqueConstraint("code_key", name=op.f("uq_query_code_code_key")),
    )
    op.create_index("ix_query_code_case_id", "query_code", ["case_id"])
    good = sa.text("ended_at IS NULL")
    op.create_index(
        "uq_query_code_good", "query_code", ["case_id"], unique=True, sqlite_where=good, postgresql_where=good
    )


def downgrade() -> None:
    """Go back only while no code was given out: petitioners hold them."""
    if op.get_bind().scalar(sa.text("SELECT 1 FROM query_code LIMIT 1")):
        raise RuntimeError("已发放查询码，旧版本不认识，退回以后信访人查不到，已停止。请用升级前的备份恢复。")
    op.drop_index("uq_query_code_good", "query_code")
    op.drop_index("ix_query_code_case_id", "query_code")
    op.drop_table("query_code")
