"""失败行: the rows of a sheet that were not taken, with the reasons, so that they can be mended and read again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from tracker.spreadsheets.workbook import Cell, Column, Table, Written, write_csv, write_table

TITLE = "失败行"


@dataclass(frozen=True)
class Failed:
    """A row that cannot be taken, and why, one sentence for each thing that is wrong; "" where a row above says it."""

    number: int
    reasons: tuple[str, ...]
    cells: tuple[Cell, ...]


def write_failed(
    table: Table,
    rows: Sequence[Failed],
    target: Path | BinaryIO,
    *,
    width: int,
    notes: Sequence[tuple[str, str]] = (),
    by: str,
    at: datetime,
) -> Written:
    """Write failed rows as xlsx, their columns so many Latin letters wide. Raises OSError."""
    heads = (Column(head or "（无表头）", width) for head in _heads(table, rows))
    columns = [Column("行号", 6), Column("原因", 40, wraps=True), *heads]
    source = [("来源", table.name), *notes]
    return write_table(target, TITLE, columns, _written(table, rows), notes=source, by=by, at=at)


def failed_csv(table: Table, rows: Sequence[Failed]) -> bytes:
    """Return failed rows as csv."""
    heads = ["行号", "原因", *(head or "（无表头）" for head in _heads(table, rows))]
    return write_csv(heads, ([str(cell) for cell in cells] for cells in _written(table, rows)))


def _heads(table: Table, rows: Sequence[Failed]) -> list[str]:
    """Return the headings, with empty ones for cells that stand to their right."""
    widest = max((len(row.cells) for row in rows), default=0)
    return [*table.header, *[""] * (widest - len(table.header))]


def _written(table: Table, rows: Sequence[Failed]) -> Iterator[list[str | int]]:
    """Yield the cells of each row, as many as there are headings: a row may be shorter."""
    width = len(_heads(table, rows))
    for row in rows:
        cells = [_as_read(cell) for cell in row.cells] + [""] * (width - len(row.cells))
        reason = "；".join(each.rstrip("。") for each in row.reasons)
        yield [row.number, f"{reason}。" if reason else "", *cells]


def _as_read(cell: Cell) -> str:
    """Return a cell as text that can be read again as the same."""
    return cell.strftime("%Y-%m-%d %H:%M:%S") if isinstance(cell, datetime) else str(cell)
