"""Broken, hostile and lying files: each gets a sentence, within time and memory, and nothing gets out."""

import io
import resource
import subprocess
import sys
import time
import zipfile
from dataclasses import replace
from typing import Any

import pytest

from tests.spreadsheets.files import csv_bytes, raw_xlsx, repacked, shared, xlsx
from tracker.core.errors import DomainError
from tracker.spreadsheets.workbook import LIMITS, read_table
from tracker.spreadsheets.workbook.sheets import PARSER

GOOD = xlsx([("编号", "标题"), ("1", "甲")])
SHEET = "xl/worksheets/sheet1.xml"
MOST_SECONDS = 2
MOST_BYTES = 300 * 1024 * 1024


def spent() -> float:
    """Give the seconds of processor time of this process and of those it ended."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def refusal(content: bytes, name: str = "list.xlsx", **limits: Any) -> str:
    """Read a file that cannot be read; give the sentence, which must be Chinese and stand at the file's field."""
    with pytest.raises(DomainError) as caught:
        read_table(content, name, limits=replace(LIMITS, **limits))
    assert caught.value.field == "file"
    assert caught.value.message.endswith("。")
    assert any("\u4e00" <= character <= "\u9fff" for character in caught.value.message)
    return caught.value.message


def test_the_good_file_is_good() -> None:
    assert read_table(GOOD, "list.xlsx").rows[0].cells == ("1", "甲")
    assert read_table(repacked(GOOD, {"docProps/more.xml": b"<a/>"}), "list.xlsx").rows[0].cells == ("1", "甲")


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "list.xlsx", "空的"),
        (b"", "list.csv", "空的"),
        (GOOD, "list.csv", "内容却不是文本"),
        (GOOD, "list.pdf", "不收“.pdf”"),
        (GOOD, "list", "无扩展名"),
        (b"a,b\n1,2\n", "list.xlsx", "内容却不是 Excel 工作簿"),
        (b"%PDF-1.7 ...", "list.xls", "内容却不是 Excel 工作簿"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "list.csv", "文字编码"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "list.csv", "内容却是网页"),
        (b"  <!DOCTYPE html>\n<p>", "list.csv", "内容却是网页"),
        (b"\xff\xfe\x00", "list.csv", "文字编码"),
        ("编号".encode("utf-16-le"), "list.csv", "文字编码"),
        (b"a,b\n1,\x00\n", "list.csv", "文字编码"),
        ('编号,标题\n1,"没有收口\n2,乙\n'.encode(), "list.csv", "引号不成对"),
        ('编号,标题\n1,"甲"乙\n'.encode(), "list.csv", "引号不成对"),
        (b"a,b\n1," + b"x" * 140_000, "list.csv", "超过 131072 字"),
        (b"\n\n , \n", "list.csv", "没有内容"),
        (GOOD[: len(GOOD) // 2], "list.xlsx", "可能已损坏"),
        (GOOD[:30], "list.xlsx", "可能已损坏"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + b"\xff" * 600, "list.xls", "可能已损坏"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + "EncryptedPackage".encode("utf-16-le"), "list.xlsx", "设有打开密码"),
        (repacked(GOOD, {"xl/vbaProject.bin": b"x"}), "list.xlsx", "带有宏"),
        (xlsx([]), "list.xlsx", "没有内容"),
    ],
)
def test_what_is_no_table_is_refused_with_a_reason(content: bytes, name: str, words: str) -> None:
    assert words in refusal(content, name)


def test_a_container_that_is_no_workbook() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", "<a/>")
    assert "不是 Excel 工作簿" in refusal(out.getvalue())


def test_damaged_parts_are_told_as_damage() -> None:
    assert "可能已损坏" in refusal(repacked(GOOD, {SHEET: b"<worksheet><sheetData><row"}))
    cut = bytearray(GOOD)
    at = GOOD.index(b"xl/worksheets/sheet1.xml") + 40
    cut[at : at + 20] = b"\x00" * 20
    assert "可能已损坏" in refusal(bytes(cut))


@pytest.mark.parametrize(
    "head",
    [
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><worksheet/>',
        b'<!-- <worksheet> --><!DOCTYPE x SYSTEM "file:///etc/passwd"><worksheet/>',
        '<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet/>'.encode("utf-16"),
        b"<!ENTITY a 'a'>",
        b" " * 70_000 + b"<!DOCTYPE x><worksheet/>",
    ],
)
def test_definitions_are_refused(head: bytes) -> None:
    assert refusal(repacked(GOOD, {SHEET: head})) is not None
    if len(head) < 60_000:
        assert "DTD" in refusal(repacked(GOOD, {SHEET: head}))


def test_a_file_that_unpacks_to_far_too_much_is_not_unpacked() -> None:
    bomb = repacked(GOOD, {SHEET: b"<worksheet>" + b" " * 60_000_000})
    assert len(bomb) < 100_000
    started = spent()
    assert "远大于正常的表格" in refusal(bomb)
    assert "远大于正常的表格" in refusal(GOOD, unpacked_bytes=100)
    assert spent() - started < MOST_SECONDS


def test_a_directory_that_lies_about_sizes_is_found_out() -> None:
    filler = b"<worksheet>" + b" " * 30_000_000 + b"</worksheet>"
    bomb = bytearray(repacked(GOOD, {SHEET: filler}))
    honest, lie = len(filler).to_bytes(4, "little"), (1000).to_bytes(4, "little")
    assert bomb.count(honest) == 2
    assert "可能已损坏" in refusal(bytes(bomb.replace(honest, lie)))


def test_many_entries_and_strange_names_are_never_unpacked() -> None:
    assert "个部件" in refusal(repacked(GOOD, {f"x/{n}": b"" for n in range(LIMITS.entries)}))
    strange = repacked(GOOD, {"../../outside.xml": b"<a/>", "/etc/passwd": b""})
    assert read_table(strange, "list.xlsx").rows[0].cells == ("1", "甲")


def test_the_limits_of_rows_columns_text_and_bytes() -> None:
    rows = [("编号", "标题"), ("1", "甲"), ("2", "乙"), ("3", "丙")]
    for content, name in ((xlsx(rows), "list.xlsx"), (csv_bytes(rows), "list.csv")):
        assert len(read_table(content, name, limits=replace(LIMITS, rows=3)).rows) == 3
        assert "超过 2 行" in refusal(content, name, rows=2)
        assert "超过 1 列" in refusal(content, name, columns=1)
        assert "文字超过" in refusal(content, name, characters=5)
        assert "超过 0 MB" in refusal(content, name, file_bytes=10)


def corner() -> bytes:
    """Two cells, the first and the last one that a sheet can have."""

    def fill(book: Any, sheet: Any) -> None:
        sheet.write(0, 0, "编号")
        sheet.write(1_048_575, 16_383, "末格")

    return raw_xlsx(fill)


def test_a_sheet_that_would_take_all_memory_is_given_up() -> None:
    started = spent()
    assert "占用的内存或时间超过上限" in refusal(corner())
    assert spent() - started < MOST_SECONDS


def test_a_parser_that_takes_too_long_is_ended() -> None:
    rows = [("编号", "标题")] + [(str(n), "甲" * 50) for n in range(20_000)]
    assert "占用的内存或时间超过上限" in refusal(xlsx(rows), seconds=0)


def test_the_parser_may_write_no_file_and_brings_in_nothing_of_the_program() -> None:
    text = PARSER.read_text(encoding="utf-8")
    assert "import tracker" not in text
    assert "from tracker" not in text
    assert "RLIMIT_FSIZE" in text


def child_peak(content: bytes) -> int:
    """Run the parser alone and give its own peak of memory in bytes."""
    arguments = (LIMITS.memory_bytes, LIMITS.seconds, LIMITS.rows, LIMITS.columns, LIMITS.characters)
    watched = (
        f"import runpy, sys\nsys.argv = ['parser', {', '.join(repr(str(a)) for a in arguments)}]\n"
        f"runpy.run_path({str(PARSER)!r}, run_name='__main__')\n"
        "sys.stderr.write(open('/proc/self/status').read().split('VmHWM:')[1].split()[0])"
    )
    done = subprocess.run([sys.executable, "-I", "-c", watched], input=content, capture_output=True, check=False)
    return int(done.stderr) * 1024 if done.returncode == 0 else 0


def test_every_bad_file_of_others_is_read_or_refused_within_its_time_and_memory() -> None:
    folder = shared("badfiles")
    files = sorted(path for path in folder.glob("*/*") if path.is_file())
    assert len(files) == 84
    read: list[str] = []
    refused: dict[str, DomainError] = {}
    slowest, largest = 0.0, 0
    for file in files:
        started = spent()
        try:
            read.append(read_table(file, file.name).name)
        except DomainError as error:
            refused[file.name] = error
        slowest = max(slowest, spent() - started)
        if file.suffix != ".csv":
            largest = max(largest, child_peak(file.read_bytes()))
    assert slowest <= MOST_SECONDS
    assert 0 < largest <= MOST_BYTES
    assert (len(read), len(refused)) == (65, 19)
    assert {"issue_385.xls", "OOM_alloc3.xls", "too_small.xls", "empty.csv"} <= refused.keys()
    assert all(error.field == "file" and error.message.endswith("。") for error in refused.values())
