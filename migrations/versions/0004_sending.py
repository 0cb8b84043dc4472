"""发送方式的状态，邮箱地址被拒绝

Revision ID: 0004
Revises: 0003
Create Date: 2026-11-28 08:30:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# What the version before wrote where a server knew no such recipient.
REFUSED = "邮件服务器拒收这个收件人（55%"


def upgrade() -> None:
    op.create_table(
        "way_state",
        sa.Column("way", sa.String(length=8), nullable=False),
        sa.Column("down_since", sa.DateTime(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(), nullable=True),
        sa.Column("sent_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("way", name=op.f("pk_way_state")),
    )
    op.add_column("delivery", sa.Column("address_refused", sa.Boolean(), server_default=sa.false(), nullable=False))
    delivery = sa.table("delivery", *(sa.column(name) for name in ("state", "last_error", "address_refused")))
    refused = (delivery.c.state == "dead", delivery.c.last_error.like(REFUSED))
    op.execute(delivery.update().where(*refused).values(address_refused=sa.true()))


def downgrade() -> None:
    op.drop_column("delivery", "address_refused")
    op.drop_table("way_state")
