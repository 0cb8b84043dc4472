"""期间不计、小时: the pauses of a clock are rows, and a clock may end at an instant

Revision ID: 0012
Revises: 0011
Create Date: 2026-11-29 12:00:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

INSTANTS = ("due_at", "ended_at")
CLOCKS = sa.table("deadline", *(sa.column(name) for name in ("id", "excluded_days", *INSTANTS)))
PAUSES = sa.table("deadline_pause", sa.column("id"))


def upgrade() -> None:
    """The new columns of the clock are sealed where they are set, so every older seal stays good."""
    if exists(sa.select(CLOCKS.c.id).where(CLOCKS.c.excluded_days != 0)):
        raise RuntimeError("有的期限登记了不计的天数，却没有起止日期，没有哪个版本这样登记过，已停止。请先核对。")
    op.create_table(
        "deadline_pause",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("deadline_id", sa.Integer(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("resumed_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("basis", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["deadline_id"], ["deadline.id"], name=op.f("fk_deadline_pause_deadline_id_deadline")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadline_pause")),
    )
    op.create_index("ix_deadline_pause_deadline_id", "deadline_pause", ["deadline_id", "first_on"])
    lasting = sa.text("resumed_on IS NULL")
    op.create_index(
        "ix_deadline_pause_lasting",
        "deadline_pause",
        ["deadline_id"],
        unique=True,
        sqlite_where=lasting,
        postgresql_where=lasting,
    )
    for name in INSTANTS:
        op.add_column("deadline", sa.Column(name, sa.DateTime(), nullable=True))
    op.add_column("deadline", sa.Column("paused_on", sa.Date(), nullable=True))


def downgrade() -> None:
    """Go back only while no clock was paused and none ends at an instant: an older version knows neither."""
    if exists(sa.select(PAUSES.c.id)):
        raise RuntimeError("已有期限暂停过（期间不计），旧版本会算错到期日，已停止。请用升级前的备份恢复。")
    if exists(sa.select(CLOCKS.c.id).where(sa.or_(*(CLOCKS.c[name].is_not(None) for name in INSTANTS)))):
        raise RuntimeError("已有按小时计算的期限，旧版本不知道到期的时刻，已停止。请用升级前的备份恢复。")
    for name in ("paused_on", *INSTANTS):
        op.drop_column("deadline", name)
    op.drop_table("deadline_pause")


def exists(which: sa.Select) -> bool:
    """Return whether a statement finds a row."""
    return op.get_bind().execute(which.limit(1)).first() is not None
