"""The file of division codes: code,name,level,parent_code, in UTF-8 or GB18030. Pure."""

import csv
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass

from tracker.core.errors import DomainError
from tracker.places.rules.names import LEVEL_NAMES, code_error, level_of, name_error, parent_code_of

COLUMNS = ("code", "name", "level", "parent_code")
SHOWN_ERRORS = 20
_NOT_TEXT = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
_HEADS = "第一行应为 code,name,level,parent_code"


class FileRefused(DomainError):
    """A file that cannot be imported; `sentences` name the rows."""

    def __init__(self, sentences: tuple[str, ...]) -> None:
        more = len(sentences) - SHOWN_ERRORS
        self.sentences = (*sentences[:SHOWN_ERRORS], *((f"……还有 {more} 处。",) if more > 0 else ()))
        super().__init__(f"文件有 {len(sentences)} 处错误，一行也没有读入。", field="file")


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """One line of the file: its number in the file, and the place it names."""

    number: int
    code: str
    name: str
    level: int
    parent_code: str | None


@dataclass(frozen=True)
class PlaceFile:
    """A file that was read without an error, and the hash of its bytes."""

    rows: tuple[PlaceLine, ...]
    sha256: str


def read_file(content: bytes) -> PlaceFile:
    """Read a file of division codes (区划代码文件).

    Raises FileRefused with a sentence for every wrong row, DomainError where it is no such file at all.
    """
    rows: list[PlaceLine] = []
    errors: list[str] = []
    first: dict[str, int] = {}
    for number, cells in _lines(_decoded(content)):
        found = _row_errors(cells)
        if not found and cells[0] in first:
            found = [f"代码 {cells[0]} 与第 {first[cells[0]]} 行重复"]
        errors += [f"第 {number} 行：{sentence}。" for sentence in found]
        if not found:
            first[cells[0]] = number
            rows.append(PlaceLine(number, cells[0], cells[1], int(cells[2]), cells[3] or None))
    if errors:
        raise FileRefused(tuple(errors))
    if not rows:
        raise DomainError("文件里只有表头，没有区划。", field="file")
    return PlaceFile(tuple(rows), hashlib.sha256(content).hexdigest())


def _decoded(content: bytes) -> str:
    if not content.strip():
        raise DomainError("文件是空的。", field="file")
    if content.startswith(_NOT_TEXT) or b"\x00" in content:
        raise DomainError("文件不是 CSV 文本（或是 UTF-16 编码），请在表格软件里另存为“CSV UTF-8”。", field="file")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise DomainError("文件的编码既不是 UTF-8 也不是 GB18030，请另存为“CSV UTF-8”。", field="file")


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that hold anything, each with its line number; the head is checked and left out."""
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        heads = [head.strip().lower() for head in next(reader, [])]
        if missing := [column for column in COLUMNS if column not in heads]:
            raise DomainError(f"{_HEADS}，现在缺少 {'、'.join(missing)}。", field="file")
        places = [heads.index(column) for column in COLUMNS]
        for cells in reader:
            if any(cell.strip() for cell in cells):
                cells += [""] * (len(heads) - len(cells))
                yield reader.line_num, [cells[place].strip() for place in places]
    except csv.Error:
        raise DomainError(f"第 {reader.line_num} 行不是正确的 CSV（可能缺引号），请核对。", field="file") from None


def _row_errors(cells: list[str]) -> list[str]:
    code, name, level, parent_code = cells
    errors = [error for error in (code_error(code), name_error(name)) if error]
    if level not in ("1", "2", "3", "4", "5"):
        errors.append(f"级别“{level[:20]}”应为 1（省）到 5（村）")
    return errors or _contradictions(code, int(level), parent_code)


def _contradictions(code: str, level: int, parent_code: str) -> list[str]:
    if level_of(code) != level:
        found = f"{level_of(code)}（{LEVEL_NAMES[level_of(code)]}）"
        return [f"代码 {code} 是 {found}，级别列写的却是 {level}（{LEVEL_NAMES[level]}）"]
    expected = parent_code_of(code) or ""
    if parent_code != expected:
        return [f"代码 {code} 的上级应为 {expected or '空'}，parent_code 列写的却是“{parent_code[:20] or '空'}”"]
    return []
