"""Run apart, as a script: read one workbook from standard input within limits, write its rows as lines of JSON.

Nothing of the program is imported here. Whatever a hostile file does, it does to this process, which may take so
much memory and so many seconds, and write no file; the parent reads the lines, or the exit.

Lines: {"sheet": name, "others": n}, then [row number, cells] each; a cell is text, or ["d", ISO date],
["t", ISO instant], ["n", digits] for a number that has lost its last digits. Last: {"end": true} or {"refused": why}.
"""

import io
import json
import resource
import sys
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import python_calamine

EXACT = 10**15
DAY_ZERO = datetime.combine(date(1899, 12, 30), time())


def main() -> None:
    """Read the limits from the arguments (memory, seconds, rows, columns, characters) and the file from stdin."""
    memory, seconds, rows, columns, characters = (int(argument) for argument in sys.argv[1:6])
    content = io.BytesIO(sys.stdin.buffer.read())
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        for line in lines(python_calamine.CalamineWorkbook.from_filelike(content), rows, columns, characters):
            sys.stdout.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")
    except python_calamine.PasswordError:
        sys.stdout.write('{"refused":"password"}\n')
    except MemoryError:
        sys.stdout.write('{"refused":"memory"}\n')
    except BaseException:  # a panic of the parser is no Exception
        sys.stdout.write('{"refused":"broken"}\n')


def lines(workbook: Any, most_rows: int, most_columns: int, most_characters: int) -> Iterator[Any]:
    """Yield the lines for the first visible sheet that holds anything."""
    sheet, others = first_filled(workbook)
    if sheet is None:
        yield {"refused": "empty"}
    elif sheet.end[0] > most_rows:
        yield {"refused": "rows"}
    else:
        yield {"sheet": sheet.name, "others": others}
        yield from rows_of(sheet, most_columns, most_characters)


def first_filled(workbook: Any) -> tuple[Any, int]:
    """Return the first visible sheet that holds anything, and how many others there are."""
    chosen, others = None, 0
    for about in workbook.sheets_metadata:
        if about.typ != python_calamine.SheetTypeEnum.WorkSheet:
            continue
        if chosen is None and about.visible == python_calamine.SheetVisibleEnum.Visible:
            sheet = workbook.get_sheet_by_name(about.name)
            chosen = sheet if sheet.end is not None else None
        else:
            others += 1
    return chosen, others


def rows_of(sheet: Any, most_columns: int, most_characters: int) -> Iterator[Any]:
    """Yield the rows that hold anything, numbered as the spreadsheet program numbers them."""
    characters = 0
    for number, cells in enumerate(sheet.iter_rows(), 1):
        row = [shown(cell) for cell in cells]
        while row and row[-1] == "":
            row.pop()
        characters += sum(map(len, row))
        if len(row) > most_columns or characters > most_characters:
            yield {"refused": "columns" if len(row) > most_columns else "text"}
            return
        if any(row):
            yield [number, row]
    yield {"end": True}


def shown(cell: Any) -> str | list[str]:
    """Return a cell as it crosses to the parent: text exactly, numbers in plain digits, dates in ISO."""
    if isinstance(cell, str):
        return cell.replace("\r\n", "\n").encode("utf-8", "replace").decode()
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, (int, float)):
        return digits(cell)
    if isinstance(cell, datetime):
        return ["t", cell.isoformat()]
    if isinstance(cell, date):
        return ["d", cell.isoformat()]
    if isinstance(cell, timedelta):
        return duration(cell)
    return cell.isoformat() if isinstance(cell, time) else str(cell)


def digits(number: int | float) -> str | list[str]:
    """Return a number in plain digits: 2554.0 is 2554, 1.1e17 is written out and marked, for its end is lost."""
    if isinstance(number, float) and (number != number or number in (float("inf"), float("-inf"))):
        return str(number)
    if abs(number) >= 1e40:
        return str(number)
    plain = format(Decimal(repr(number)), "f")
    plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
    return ["n", plain] if abs(number) >= EXACT and number == int(number) else plain


def duration(length: timedelta) -> str | list[str]:
    """Return a span: long ones are instants in a format of hours ([h]:mm) that calamine takes for a duration."""
    try:
        instant = DAY_ZERO + length
    except OverflowError:
        return str(length)
    return ["t", instant.isoformat()] if length.days > 20_000 else str(length)


if __name__ == "__main__":
    main()
