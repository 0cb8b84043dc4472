"""Reading a workbook in a process of its own, whose memory and seconds are limited."""

import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

from tracker.core.errors import DomainError
from tracker.core.programs import Running, started
from tracker.spreadsheets.workbook.tables import (
    MEGABYTE,
    Cell,
    Limits,
    SheetRow,
    Table,
    refuse,
    tabled,
    too_many_columns,
    too_many_rows,
    too_much_text,
)

PARSER = Path(__file__).with_name("parser.py")
GRACE_SECONDS = 10
LONG_NUMBERS_NAMED = 5


def read_sheets(content: bytes, name: str, limits: Limits) -> Table:
    """Read the first visible sheet of a workbook that holds anything. Raises DomainError where it cannot be read."""
    rows: list[SheetRow] = []
    about: dict[str, Any] = {}
    shortened: list[int] = []
    with _parsing(content, limits) as lines:
        for line in lines:
            if isinstance(line, dict):
                about.update(line)
            else:
                rows.append(SheetRow(line[0], tuple(_cell(cell) for cell in line[1])))
                if any(isinstance(cell, list) and cell[0] == "n" for cell in line[1]):
                    shortened.append(line[0])
    if "refused" in about:
        raise _refusal(about["refused"], limits)
    if not about.get("end"):
        raise refuse(
            f"读取这个文件要占用的内存或时间超过上限（{limits.memory_bytes // MEGABYTE} MB、{limits.seconds} 秒），"
            "不予读取；请把需要的内容复制到新的工作簿，另存后再试。"
        )
    return tabled(name, rows, sheet=about["sheet"], encoding=None, notices=_notices(about, shortened))


def _notices(about: dict[str, Any], shortened: list[int]) -> list[str]:
    notices = []
    if about["others"]:
        notices.append(f"只读第一张有内容的工作表“{about['sheet']}”，另有 {about['others']} 张没有读。")
    if shortened:
        named = "、".join(str(number) for number in shortened[:LONG_NUMBERS_NAMED])
        notices.append(
            f"第 {named} {'等 ' + str(len(shortened)) + ' ' if len(shortened) > LONG_NUMBERS_NAMED else ''}"
            "行有超过 15 位的数字没有存成文本，表格软件已把末几位改成 0，请核对原件。"
        )
    return notices


def _cell(cell: Any) -> Cell:
    if isinstance(cell, str):
        return cell
    kind, value = cell
    if kind == "d":
        return date.fromisoformat(value)
    return datetime.fromisoformat(value) if kind == "t" else str(value)


def _refusal(why: str, limits: Limits) -> DomainError:
    refusals = {
        "password": refuse("文件设有打开密码，请在表格软件里去掉密码，另存后再试。"),
        "broken": refuse("文件打不开：可能已损坏、没有传完或者版本太旧，请用表格软件打开后另存为 xlsx 再试。"),
        "empty": refuse("文件里没有内容：没有一张显示着的工作表写有文字，请核对是不是选错了文件。"),
        "memory": refuse("读取这个文件要占用的内存超过上限，不予读取；请把需要的内容复制到新的工作簿，另存后再试。"),
        "rows": too_many_rows(limits),
        "columns": too_many_columns(limits),
        "text": too_much_text(limits),
    }
    return refusals[why]


@contextmanager
def _parsing(content: bytes, limits: Limits) -> Iterator[Iterator[Any]]:
    """Start the parser on a file and give its lines; it is ended, whatever happens, after its time."""
    arguments = (limits.memory_bytes, limits.seconds, limits.rows, limits.columns, limits.characters)
    command = [sys.executable, "-I", str(PARSER), *map(str, arguments)]
    with started(command, {"PYTHONIOENCODING": "utf-8", "LC_ALL": "C.UTF-8"}) as process:
        watch = threading.Timer(limits.seconds + GRACE_SECONDS, process.kill)
        watch.start()
        try:
            yield _lines(process, content)
        finally:
            watch.cancel()
            process.kill()


def _lines(process: Running, content: bytes) -> Iterator[Any]:
    """Hand the file to the parser, then yield its lines; a line cut short by its end is not one."""
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(content)
        process.stdin.close()
    except BrokenPipeError:
        return
    for line in process.stdout:
        if line.endswith(b"\n"):
            yield json.loads(line)
