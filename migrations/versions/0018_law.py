"""依据表和本单位规定: what the office enters about editions and articles, and its own numbers for limits

Revision ID: 0018
Revises: 0017
Create Date: 2026-11-29 17:30:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

NEW = ("law_entry", "own_limit")


def upgrade() -> None:
    """Both begin empty: until something is entered the program's own table holds."""
    op.create_table(
        "law_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("edition", sa.String(length=40), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("provision", sa.String(length=30), nullable=True),
        sa.Column("article", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["entered_by_id"], ["app_user.id"], name="fk_law_entry_entered_by_id_app_user"),
        sa.PrimaryKeyConstraint("id", name="pk_law_entry"),
        sa.UniqueConstraint("public_id", name="uq_law_entry_public_id"),
    )
    op.create_table(
        "own_limit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("set_at", sa.DateTime(), nullable=False),
        sa.Column("set_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["set_by_id"], ["app_user.id"], name="fk_own_limit_set_by_id_app_user"),
        sa.PrimaryKeyConstraint("id", name="pk_own_limit"),
        sa.UniqueConstraint("public_id", name="uq_own_limit_public_id"),
    )


def downgrade() -> None:
    """Go back only while nothing was entered: an older version would lose it, and print by its own table again."""
    for name in NEW:
        if op.get_bind().scalar(sa.select(sa.exists().select_from(sa.table(name)))):
            raise RuntimeError("已录入条文版本、条号或者本单位规定，退回会丢失，已停止。请用升级前的备份恢复。")
    for name in reversed(NEW):
        op.drop_table(name)
