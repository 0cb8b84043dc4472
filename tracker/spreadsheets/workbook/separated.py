"""Reading text tables: csv in the encodings that Chinese offices save, never guessed away, never with letters lost."""

import csv
import io
import re

from tracker.spreadsheets.workbook.tables import (
    Limits,
    SheetRow,
    Table,
    refuse,
    tabled,
    too_many_columns,
    too_many_rows,
    too_much_text,
)

MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32", "UTF-32"),
    (b"\x00\x00\xfe\xff", "utf-32", "UTF-32"),
    (b"\xef\xbb\xbf", "utf-8-sig", "UTF-8"),
    (b"\xff\xfe", "utf-16", "UTF-16"),
    (b"\xfe\xff", "utf-16", "UTF-16"),
)
UNMARKED = (("utf-8", "UTF-8"), ("gb18030", "GB18030"))
DELIMITERS = (",", ";", "\t")
LONGEST_CELL = 131_072
RESAVE = "请用表格软件打开后另存为 xlsx，或者另存为“CSV UTF-8”再试。"
_BINARY = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f]")
_MARKUP = re.compile(r"\s*<(!doctype|html|\?xml|svg|table)", re.IGNORECASE)
_DECLARED = re.compile(r"sep=([,;\t])\r?\n?")


def read_separated(content: bytes, name: str, limits: Limits) -> Table:
    """Read a text table. Raises DomainError where its letters or its quotes cannot be made out."""
    text, encoding = _decoded(content)
    if _MARKUP.match(text):
        raise refuse(f"文件名是 .{name.rsplit('.', 1)[-1]}，内容却是网页，{RESAVE}")
    declared = _DECLARED.match(text)
    rows, first = [], 2 if declared else 1
    lines = io.StringIO(text[declared.end() :] if declared else text, newline="")
    reader = csv.reader(lines, delimiter=declared[1] if declared else _delimiter(text), strict=True)
    characters = 0
    try:
        for number, cells in enumerate(reader, first):
            characters += sum(map(len, cells))
            _check_size(number, cells, characters, limits)
            if any(cell.strip() for cell in cells):
                rows.append(SheetRow(number, _trimmed(cells)))
    except csv.Error:
        raise refuse(
            f"第 {len(rows) + first} 行起的引号不成对，或者一格超过 {LONGEST_CELL} 字，分不清各格的内容，{RESAVE}"
        ) from None
    return tabled(name, rows, sheet=None, encoding=encoding, notices=[f"按 {encoding} 编码读取，请核对预览里的文字。"])


def _check_size(number: int, cells: list[str], characters: int, limits: Limits) -> None:
    if number > limits.rows + 1:
        raise too_many_rows(limits)
    if len(cells) > limits.columns and any(cell.strip() for cell in cells[limits.columns :]):
        raise too_many_columns(limits)
    if characters > limits.characters:
        raise too_much_text(limits)


def _trimmed(cells: list[str]) -> tuple[str, ...]:
    while cells and not cells[-1].strip():
        cells.pop()
    return tuple(cells)


def _decoded(content: bytes) -> tuple[str, str]:
    """Return the text and the name of its encoding: by its mark, else UTF-8, else GB18030, each strictly."""
    marked = next((mark for mark in MARKS if content.startswith(mark[0])), None)
    for codec, label in (marked[1:],) if marked else UNMARKED:
        try:
            text = content.decode(codec)
        except UnicodeDecodeError:
            continue
        if "\x00" in text or len(_BINARY.findall(text)) > len(text) // 100:
            break
        return text.removeprefix("\ufeff"), label
    raise refuse(f"认不出文件的文字编码，或者它不是文本，{RESAVE}")


def _delimiter(text: str) -> str:
    """Return the separator that cuts the first filled line into most pieces; quoted ones do not count."""
    line = next((line for line in re.sub(r'"[^"]*"', "", text[:65536]).splitlines() if line.strip(" ")), "")
    return max(DELIMITERS, key=line.count)
