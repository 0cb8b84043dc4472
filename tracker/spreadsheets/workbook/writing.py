"""Writing: every text as text (never a live formula), nothing cut without a mark, ready to print on A4."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

from tracker.core.clock import local
from tracker.core.dates import long_date

LONGEST_CELL = 32_767
PIECE = 32_700
LONGEST_PRINTED_HEAD = 250
LONGEST_PRINTED_FOOT = 120
A4 = 9
CONTINUED_SHEET = "续表"
NOTES_SHEET = "说明"
LIVE_IN_CSV = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_FORBIDDEN_IN_SHEET_NAMES = re.compile(r"[\[\]:*?/\\]")
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Column:
    """A column: its heading, its width in Latin letters, whether long texts in it wrap."""

    label: str
    width: int = 12
    wraps: bool = False


@dataclass(frozen=True)
class Written:
    """What was written: how many rows, and how many cells were too long for one and go on in the sheet 续表."""

    rows: int
    continued_cells: int


def write_table(
    target: Path | BinaryIO,
    title: str,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Any]],
    *,
    notes: Sequence[tuple[str, str]],
    by: str,
    at: datetime,
) -> Written:
    """Write a table row by row in little memory: heading in row 1, a row for each, then the sheet 说明.

    Cells may be text, dates, instants, whole numbers or None. `notes` are (what, value) pairs (filter, masking); the
    sheet 说明 adds who exported, when, and the number of rows. Returns what was written; raises OSError.
    """
    if isinstance(target, Path):
        with _beside(target) as file:
            return write_table(file, title, columns, rows, notes=notes, by=by, at=at)
    with _sink(target) as sink, xlsxwriter.Workbook(sink, {"constant_memory": True}) as book:
        book.set_properties({"title": title, "author": by})
        sheet = book.add_worksheet(_sheet_name(title))
        writer = _Writer(book, sheet, columns)
        writer.head()
        for cells in rows:
            writer.row(cells)
        facts = [("名称", title), *notes, ("导出人", by), ("导出时间", _stamp(at)), ("件数", str(writer.count))]
        above = "；".join(f"{what}：{value}" for what, value in notes)
        _set_print(sheet, f"{title}　共 {writer.count} 件　{above}", f"{by}　{_stamp(at)} 导出")
        sheet.autofilter(0, 0, max(writer.count, 1), len(columns) - 1)
        _write_notes(book, facts, writer)
    return Written(writer.count, writer.continued_cells)


@contextmanager
def _beside(target: Path) -> Iterator[BinaryIO]:
    """Write a file beside its place and put it there once it is whole: a full disk leaves no half of one."""
    draft = target.with_name(f".{target.name}.part")
    try:
        with draft.open("wb") as file:
            yield file
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


class _Nowhere(io.BytesIO):
    """Where the rest goes; it stays open also while both are thrown away, in whatever order."""

    def close(self) -> None:
        """Stay open."""


class _Sink:
    """A file for a library that tidies up after itself: once the disk refused something, the rest goes nowhere."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.error: OSError | None = None

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return lambda *arguments: self._done(name, *arguments)

    def _done(self, name: str, *arguments: Any) -> Any:
        try:
            return getattr(self._file, name)(*arguments)
        except OSError as error:
            self._file, self.error = _Nowhere(), error
            raise


@contextmanager
def _sink(target: BinaryIO) -> Iterator[_Sink]:
    """Give a file to the library; an error of the disk stays what it is, not what the library makes of it."""
    sink = _Sink(target)
    try:
        yield sink
    except FileCreateError as error:
        raise sink.error or error.__context__ or error from None


class _Writer:
    """The sheet while it is written; texts beyond a cell go on in a sheet of their own."""

    def __init__(self, book: Any, sheet: Any, columns: Sequence[Column]) -> None:
        self.book, self.sheet, self.columns = book, sheet, columns
        self.count = self.continued_cells = 0
        self._continued: Any = None
        self._continued_row = 0
        self._bold = book.add_format({"bold": True, "bottom": 1, "valign": "vcenter", "text_wrap": True})
        self._plain = book.add_format({"valign": "top"})
        self._wrapped = book.add_format({"valign": "top", "text_wrap": True})
        self._day = book.add_format({"valign": "top", "num_format": "yyyy-mm-dd"})
        self._instant = book.add_format({"valign": "top", "num_format": "yyyy-mm-dd hh:mm"})

    def head(self) -> None:
        for at, column in enumerate(self.columns):
            self.sheet.set_column(at, at, column.width)
            self.sheet.write_string(0, at, shown(column.label), self._bold)

    def row(self, cells: Sequence[Any]) -> None:
        self.count += 1
        for at, (column, value) in enumerate(zip(self.columns, cells, strict=True)):
            if isinstance(value, datetime):
                self.sheet.write_datetime(self.count, at, local(value).replace(tzinfo=None), self._instant)
            elif isinstance(value, date):
                self.sheet.write_datetime(self.count, at, value, self._day)
            elif isinstance(value, int) and not isinstance(value, bool):
                self.sheet.write_number(self.count, at, value, self._plain)
            elif value not in (None, ""):
                self._text(at, column, shown(str(value)), str(cells[0]))

    def _text(self, at: int, column: Column, text: str, key: str) -> None:
        form = self._wrapped if column.wraps else self._plain
        if _units(text) > LONGEST_CELL:
            pieces = _pieces(text)
            text = f"{pieces[0]}（续见“{CONTINUED_SHEET}”，共 {len(text)} 字）"
            self._continue(column, key, pieces[1:])
        self.sheet.write_string(self.count, at, text, form)

    def _continue(self, column: Column, key: str, pieces: Sequence[str]) -> None:
        if self._continued is None:
            self._continued = self.book.add_worksheet(CONTINUED_SHEET)
            for at, label in enumerate(("所在行", self.columns[0].label, "列", "第几段", "内容")):
                self._continued.write_string(0, at, label, self._bold)
        self.continued_cells += 1
        for number, piece in enumerate(pieces, 2):
            self._continued_row += 1
            self._continued.write_number(self._continued_row, 0, self.count + 1)
            for at, text in enumerate((shown(key), column.label, str(number), piece), 1):
                self._continued.write_string(self._continued_row, at, text)


def _write_notes(book: Any, facts: Sequence[tuple[str, str]], writer: _Writer) -> None:
    sheet = book.add_worksheet(NOTES_SHEET)
    sheet.set_column(0, 0, 12)
    sheet.set_column(1, 1, 80)
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    if writer.continued_cells:
        sentence = f"{writer.continued_cells} 格的文字超过一格所能容纳，续写在工作表“{CONTINUED_SHEET}”。"
        facts = [*facts, (CONTINUED_SHEET, sentence)]
    for number, (what, value) in enumerate(facts):
        sheet.write_string(number, 0, shown(what))
        sheet.write_string(number, 1, shown(value)[:PIECE], wrap)
    sheet.set_paper(A4)


def _set_print(sheet: Any, above: str, below: str) -> None:
    """Set up the paper: A4 across, the heading on every page, title, count and filter above, 第 x 页/共 y 页 below."""
    sheet.freeze_panes(1, 1)
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.8, bottom=0.6)
    sheet.repeat_rows(0)
    sheet.set_header("&L" + _printed(above, LONGEST_PRINTED_HEAD))
    sheet.set_footer("&L" + _printed(below, LONGEST_PRINTED_FOOT) + "&R第 &P 页/共 &N 页")


def _printed(text: str, longest: int) -> str:
    """Return text for a printed head or foot: one line, shortened, with its ampersands doubled."""
    line = " ".join(shown(text).split())
    doubled = line.replace("&", "&&")
    while len(doubled) > longest:
        line = line[: len(line) - 10]
        doubled = line.replace("&", "&&") + "…"
    return doubled


def write_csv(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Return a csv (UTF-8 with its mark, as spreadsheet programs expect) in which no cell can run as a formula."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([_dead(column) for column in columns])
    for cells in rows:
        writer.writerow([_dead(cell) for cell in cells])
    return text.getvalue().encode("utf-8-sig")


def _dead(cell: str) -> str:
    text = shown(cell)
    return f"'{text}" if cell.startswith(LIVE_IN_CSV) or text.startswith(LIVE_IN_CSV) else text


def shown(text: str) -> str:
    """Return text with every character that a spreadsheet or printer could not show replaced by a visible one."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _UNPRINTABLE.sub(lambda found: _picture(ord(found[0])), text)


def _picture(code: int) -> str:
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else "\ufffd"


def _units(text: str) -> int:
    """Return how much of a cell a text takes: Excel counts rare characters twice."""
    return len(text) + sum(character > "\uffff" for character in text)


def _pieces(text: str) -> list[str]:
    pieces, start, taken = [], 0, 0
    for at, character in enumerate(text):
        taken += 2 if character > "\uffff" else 1
        if taken > PIECE:
            pieces.append(text[start:at])
            start, taken = at, 2 if character > "\uffff" else 1
    return [*pieces, text[start:]]


def _sheet_name(title: str) -> str:
    return _FORBIDDEN_IN_SHEET_NAMES.sub(" ", shown(title)).strip("' ")[:31] or "台账"


def _stamp(at: datetime) -> str:
    there = local(at)
    return f"{long_date(there.date())} {there:%H:%M}"
