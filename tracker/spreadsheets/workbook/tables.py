"""What a spreadsheet is once it is read: a heading, rows with their numbers, and what the reader should be told."""

from dataclasses import dataclass
from datetime import date, datetime

from tracker.core.errors import DomainError

MEGABYTE = 1 << 20
Cell = str | date | datetime
HEADING_LOOKED_FOR_IN = 20


@dataclass(frozen=True)
class Limits:
    """How much one file may be, packed and unpacked, and what reading it may cost."""

    file_bytes: int = 20 * MEGABYTE
    unpacked_bytes: int = 200 * MEGABYTE
    unpacked_ratio: int = 100
    entries: int = 2_000
    rows: int = 100_000
    columns: int = 200
    characters: int = 40_000_000
    memory_bytes: int = 600 * MEGABYTE
    seconds: int = 20


LIMITS = Limits()


@dataclass(frozen=True)
class SheetRow:
    """One row as the spreadsheet program numbers it; text exactly as it stands, true dates as dates."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Table:
    """One sheet: its heading row, the rows under it that hold anything, and notices in words."""

    name: str
    sheet: str | None
    encoding: str | None
    header: tuple[str, ...]
    header_row: int
    rows: tuple[SheetRow, ...]
    notices: tuple[str, ...] = ()


def refuse(sentence: str) -> DomainError:
    """Return the refusal of a file, placed at the file's field."""
    return DomainError(sentence, field="file")


def too_many_rows(limits: Limits) -> DomainError:
    """Return the refusal of a table that is too long."""
    return refuse(f"表格超过 {limits.rows} 行，请分成几个文件再读入。")


def too_many_columns(limits: Limits) -> DomainError:
    """Return the refusal of a table that is too wide."""
    return refuse(f"表格超过 {limits.columns} 列，请删去右侧多余的列，只留需要的内容，另存后再试。")


def too_much_text(limits: Limits) -> DomainError:
    """Return the refusal of a table with too much text."""
    return refuse(f"表格的文字超过 {limits.characters // 10_000} 万字，请分成几个文件再读入。")


def tabled(name: str, rows: list[SheetRow], *, sheet: str | None, encoding: str | None, notices: list[str]) -> Table:
    """Return the table of rows that hold something; the heading is the first with two cells filled.

    What stands above it (the name of the ledger, its unit and date) is passed over.
    Raises DomainError for a sheet without a word.
    """
    if not rows:
        raise refuse("文件里没有内容：没有一行写有文字，请核对是不是选错了文件。")
    at = next((i for i, row in enumerate(rows[:HEADING_LOOKED_FOR_IN]) if _filled(row) > 1), 0)
    heading = rows[at]
    return Table(
        name=name,
        sheet=sheet,
        encoding=encoding,
        header=tuple(str(cell).strip() for cell in heading.cells),
        header_row=heading.number,
        rows=tuple(rows[at + 1 :]),
        notices=tuple(notices),
    )


def _filled(row: SheetRow) -> int:
    return sum(bool(str(cell).strip()) for cell in row.cells)
