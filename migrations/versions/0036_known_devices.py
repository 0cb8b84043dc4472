"""登录过的设备: where a person has signed in before, their own tries count there alone

Revision ID: 0036
Revises: 0033
Create Date: 2026-11-30 17:10:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """It begins empty: everybody's present device is known after their next sign-in."""
    op.create_table(
        "known_device",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("first_at", sa.DateTime(), nullable=False),
        sa.Column("last_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name="fk_known_device_user_id_app_user"),
        sa.PrimaryKeyConstraint("id", name="pk_known_device"),
        sa.UniqueConstraint("public_id", name="uq_known_device_public_id"),
        sa.UniqueConstraint("token_hash", "user_id", name="uq_known_device_token_hash_user_id"),
    )
    op.create_index("ix_known_device_user_id", "known_device", ["user_id"])
    with op.batch_alter_table("user_session") as table:
        table.add_column(sa.Column("device_id", sa.Integer(), nullable=True))
        table.create_foreign_key("fk_user_session_device_id_known_device", "known_device", ["device_id"], ["id"])
        table.create_index("ix_user_session_device_id", ["device_id"])


def downgrade() -> None:
    """Nothing is lost but the list: everybody signs in as before."""
    with op.batch_alter_table("user_session") as table:
        table.drop_index("ix_user_session_device_id")
        table.drop_constraint("fk_user_session_device_id_known_device", type_="foreignkey")
        table.drop_column("device_id")
    op.drop_table("known_device")
