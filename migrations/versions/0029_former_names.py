"""曾用名, 原文: the names that people bore before; the sentence in which a letter names who is complained of

Revision ID: 0029
Revises: 0034
Create Date: 2026-11-30 08:40:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Both begin empty: what names were borne before this version is not known, and nothing is guessed."""
    op.create_table(
        "former_name",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name="fk_former_name_user_id_app_user"),
        sa.PrimaryKeyConstraint("id", name="pk_former_name"),
    )
    op.create_index("ix_former_name_user_id", "former_name", ["user_id"])
    op.add_column("accused_party", sa.Column("quoted", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    """Go back only while none was kept: an older version would match nobody by it."""
    connection = op.get_bind()
    accused = sa.table("accused_party", sa.column("quoted"))
    kept = (sa.exists().select_from(sa.table("former_name")), sa.exists().where(accused.c.quoted.is_not(None)))
    if any(connection.scalar(sa.select(each)) for each in kept):
        raise RuntimeError("已登记曾用名或者来信原文中的指名，旧版本存不下，退回会丢失，已停止。请用升级前的备份恢复。")
    with op.batch_alter_table("accused_party") as batch:
        batch.drop_column("quoted")
    op.drop_index("ix_former_name_user_id", "former_name")
    op.drop_table("former_name")
