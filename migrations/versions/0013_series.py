"""编号系列: numbers run for each office, kind, year, and for what not everybody of the office may know apart

The office of the first case goes on with the numbers there are, also those of papers; other offices begin their own.
What an older version gave, it keeps. A closed series goes down under the name that stands in its numbers (XFN, 督内),
and is known again by it.

Revision ID: 0013
Revises: 0012
Create Date: 2026-11-29 12:00:00
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

REGISTER, REGISTER_CLOSED, PAPER_CLOSED = "XF", "XFN", "内"


def upgrade() -> None:
    were = rows_of("register_counter", "series", "year", "last")
    op.drop_table("register_counter")
    codes = op.create_table(
        "office_code",
        sa.Column("office_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("code", sa.String(length=4), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["department.id"], name=op.f("fk_office_code_office_id_department")),
        sa.PrimaryKeyConstraint("office_id", name=op.f("pk_office_code")),
        sa.UniqueConstraint("code", name=op.f("uq_office_code_code")),
    )
    counters = op.create_table(
        "register_counter",
        sa.Column("office_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office_code.office_id"], name=op.f("fk_register_counter_office_id_office_code")
        ),
        sa.PrimaryKeyConstraint("office_id", "kind", "year", "closed", name=op.f("pk_register_counter")),
    )
    offices = offices_in_order()
    coded = [{"office_id": id_, "code": str(at) if at > 1 else ""} for at, id_ in enumerate(offices, start=1)]
    op.bulk_insert(codes, coded)
    # Without an office nothing was ever numbered: such rows stand at nothing.
    kept = [counter(offices[0], *row) for row in were] if offices else []
    op.bulk_insert(counters, kept)


def offices_in_order() -> list[int]:
    """Return the offices that have cases, in the order of their first; else the petition offices there are."""
    ids = "SELECT office_id FROM petition_case GROUP BY office_id ORDER BY min(id)"
    found = op.get_bind().scalars(sa.text(ids)).all()
    if not found:
        ids = "SELECT id FROM department WHERE kind = 'petition_office' ORDER BY id LIMIT 1"
        found = op.get_bind().scalars(sa.text(ids)).all()
    return list(found)


def counter(office_id: int, series: str, year: int, last: int) -> dict[str, Any]:
    """Return what a series is now."""
    closed = series == REGISTER_CLOSED or series.endswith(PAPER_CLOSED)
    kind = REGISTER if series == REGISTER_CLOSED else series.removesuffix(PAPER_CLOSED)
    return {"office_id": office_id, "kind": kind, "year": year, "closed": closed, "last": last}


def downgrade() -> None:
    refuse_a_second_office()
    were = rows_of("register_counter", "office_id", "kind", "year", "closed", "last")
    first = op.get_bind().scalar(sa.text("SELECT office_id FROM office_code WHERE code = ''"))
    op.drop_table("register_counter")
    op.drop_table("office_code")
    counters = op.create_table(
        "register_counter",
        sa.Column("series", sa.String(length=20), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("series", "year", name=op.f("pk_register_counter")),
    )
    kept = [row for row in were if row.office_id == first]
    op.bulk_insert(counters, [{"series": series(row), "year": row.year, "last": row.last} for row in kept])


def refuse_a_second_office() -> None:
    """Go back only while one office gives numbers: an older version would not know whose they are."""
    others = sa.text(
        "SELECT code FROM register_counter JOIN office_code ON office_code.office_id = register_counter.office_id"
        " WHERE code <> '' AND last > 0 LIMIT 1"
    )
    if op.get_bind().execute(others).first():
        raise RuntimeError("已有第二个信访部门单独编号，旧版本不能区分，会重号，已停止。请用升级前的备份恢复。")


def series(row: Any) -> str:
    """Return what stands in the numbers of a counter."""
    if not row.closed:
        return str(row.kind)
    return REGISTER_CLOSED if row.kind == REGISTER else f"{row.kind}{PAPER_CLOSED}"


def rows_of(table: str, *columns: str) -> Sequence[Any]:
    """Return the rows of a table: there is one for each series and year."""
    chosen = sa.select(*(sa.column(name) for name in columns)).select_from(sa.table(table))
    return op.get_bind().execute(chosen).all()
