"""核对、期满: the nightly check of the hints, and windows that lapse

A clock without a hint keeps none: the next run looks at it at once, and knows from that that it comes late.

Revision ID: 0005
Revises: 0004
Create Date: 2026-11-28 08:10:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# Indexes of running clocks alone: what only history grows is not in them.
RUNNING = "ended_on IS NULL"
INDEXES = {"ix_deadline_running": RUNNING, "ix_deadline_without_hint": f"{RUNNING} AND look_on IS NULL"}
COUNTS = ("lapsed", "wrong_hints")


def upgrade() -> None:
    op.create_table(
        "sweep",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("begun_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("after_id", sa.Integer(), nullable=False),
        sa.Column("checked", sa.Integer(), nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.Column("unseen", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sweep")),
    )
    with op.batch_alter_table("tick_run", schema=None) as batch_op:
        for name in COUNTS:
            batch_op.add_column(sa.Column(name, sa.Integer(), server_default="0", nullable=False))
    for name, condition in INDEXES.items():
        only = {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}
        op.create_index(name, "deadline", ["kind", "effective_due"], unique=False, **only)


def downgrade() -> None:
    for name in INDEXES:
        op.drop_index(name, table_name="deadline")
    with op.batch_alter_table("tick_run", schema=None) as batch_op:
        for name in COUNTS:
            batch_op.drop_column(name)
    op.drop_table("sweep")
