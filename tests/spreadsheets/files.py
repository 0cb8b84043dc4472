"""Spreadsheets for tests: small ones of our own making, and those of the folder with shared data where it is there."""

import io
import os
import zipfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

PROJECT = Path(__file__).resolve().parents[2]


def shared(*parts: str) -> Path:
    """Give a file or folder of the shared data, or skip the test ($TRACKER_SHARED, or `shared` beside the project)."""
    folder = Path(os.environ.get("TRACKER_SHARED") or PROJECT.parent / "shared")
    path = folder.joinpath("data", *parts)
    if not path.exists():
        pytest.skip(f"no {'/'.join(parts)} in the shared data")
    return path


def xlsx(rows: Iterable[Sequence[Any]], *, title: str = "Sheet1", more: Callable[[Any], None] | None = None) -> bytes:
    """Make a workbook of one sheet as another program would."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    if more:
        more(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def raw_xlsx(fill: Callable[[Any, Any], None]) -> bytes:
    """Make a workbook cell by cell: `fill` gets the book and its sheet."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        fill(book, book.add_worksheet("Sheet1"))
    return out.getvalue()


def repacked(content: bytes, changes: dict[str, bytes]) -> bytes:
    """Put other parts into a workbook's container."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            new.writestr(entry.filename, changes.get(entry.filename, old.read(entry.filename)))
        for name in changes.keys() - set(old.namelist()):
            new.writestr(name, changes[name])
    return out.getvalue()


def csv_bytes(rows: Iterable[Sequence[str]], encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    """Make a text table, every cell in quotes."""
    lines = (delimiter.join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows)
    return "\r\n".join(lines).encode(encoding)
