"""Writing: read again with other eyes (openpyxl), no cell is alive, nothing is lost, the paper is set up."""

import io
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.spreadsheets.files import shared
from tracker.spreadsheets.workbook import Column, Written, read_table, write_csv, write_table
from tracker.spreadsheets.workbook.writing import LONGEST_CELL, shown

AT = datetime(2026, 11, 21, 1, 31, tzinfo=UTC)
COLUMNS = (Column("登记编号", 16), Column("概况", 40, wraps=True))
LIVE = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x/?"&B1)', "{=1}", "http://x.cn", "＝1+1")


def written(rows: Iterable[Sequence[Any]], columns: Sequence[Column] = COLUMNS, **more: Any) -> tuple[bytes, Written]:
    """Write a table and give its bytes."""
    out = io.BytesIO()
    given_ = {"notes": [("筛选", "逾期答复")], "by": "李晓梅", "at": AT, **more}
    done = write_table(out, "信访台账", columns, rows, **given_)
    return out.getvalue(), done


def reopened(content: bytes) -> Any:
    """Open what was written with openpyxl."""
    return openpyxl.load_workbook(io.BytesIO(content))


def test_a_row_for_each_and_one_for_the_heading() -> None:
    content, done = written([("XF-1", "甲"), ("XF-2", None), ("XF-3", "")])
    sheet = reopened(content)["信访台账"]
    assert [[cell.value for cell in row] for row in sheet] == [
        ["登记编号", "概况"],
        ["XF-1", "甲"],
        ["XF-2", None],
        ["XF-3", None],
    ]
    assert done == Written(rows=3, continued_cells=0)


@pytest.mark.parametrize("text", LIVE)
def test_what_looks_like_a_formula_is_text(text: str) -> None:
    content, _ = written([(text, text)])
    for row in reopened(content)["信访台账"].iter_rows(min_row=2):
        for cell in row:
            assert cell.data_type == "s"
            assert cell.hyperlink is None
            assert cell.value == shown(text)


def test_dates_are_dates_and_numbers_numbers() -> None:
    columns = tuple(Column(label) for label in "甲乙丙")
    content, _ = written([(date(2026, 2, 28), AT, 31)], columns)
    assert [cell.value for cell in reopened(content)["信访台账"][2]] == [
        datetime(2026, 2, 28),
        datetime(2026, 11, 21, 9, 31),
        31,
    ]


def test_control_characters_are_shown_and_harm_nobody() -> None:
    content, _ = written([("a\x00b\x0b\x1b\x7f\u202egpj\ud83d\ufffe", "行一\n行二\t末")])
    cells = [cell.value for cell in reopened(content)["信访台账"][2]]
    assert cells == ["a\u2400b\u240b\u241b\u2421\ufffdgpj\ufffd\ufffd", "行一\n行二\t末"]


def test_what_excel_would_read_as_an_escape_stays_as_written() -> None:
    content, _ = written([("_x0041_", "file_x000D_name")])
    assert read_table(content, "x.xlsx").rows[0].cells == ("_x0041_", "file_x000D_name")


@pytest.mark.parametrize("text", ["长" * 40_000, "\U00020087" * 20_000, "长" * (LONGEST_CELL + 1)])
def test_a_text_too_long_for_a_cell_goes_on_elsewhere_and_nothing_is_lost(text: str) -> None:
    content, done = written([("XF-1", "短"), ("XF-2", text)])
    book = reopened(content)
    first = book["信访台账"]["B3"].value
    mark = f"（续见“续表”，共 {len(text)} 字）"
    assert first.endswith(mark)
    rest = list(book["续表"].iter_rows(min_row=2, values_only=True))
    assert first.removesuffix(mark) + "".join(row[4] for row in rest) == text
    assert [row[:4] for row in rest] == [(3, "XF-2", "概况", str(n)) for n in range(2, len(rest) + 2)]
    assert done == Written(rows=2, continued_cells=1)
    assert "续写在工作表“续表”" in "".join(str(row[1].value) for row in book["说明"])


def test_a_text_that_just_fits_is_left_alone() -> None:
    content, done = written([("XF-1", "长" * LONGEST_CELL)])
    assert reopened(content)["信访台账"]["B2"].value == "长" * LONGEST_CELL
    assert done.continued_cells == 0


def test_the_paper_and_who_exported_what_when() -> None:
    content, _ = written([("XF-1", "甲")] * 3, notes=[("筛选", "属地=上庄村 & 逾期")])
    book = reopened(content)
    sheet = book["信访台账"]
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert (sheet.freeze_panes, sheet.print_title_rows) == ("B2", "$1:$1")
    assert sheet.oddFooter.right.text == "第 &P 页/共 &N 页"
    assert sheet.oddHeader.left.text == "信访台账 共 3 件 筛选：属地=上庄村 && 逾期"
    assert "李晓梅 2026年11月21日 09:31 导出" in sheet.oddFooter.left.text
    assert {row[0].value: row[1].value for row in book["说明"]} == {
        "名称": "信访台账",
        "筛选": "属地=上庄村 & 逾期",
        "导出人": "李晓梅",
        "导出时间": "2026年11月21日 09:31",
        "件数": "3",
    }


def test_a_long_filter_is_shortened_on_paper_and_whole_in_the_notes() -> None:
    words = "&甲" * 300
    content, _ = written([("XF-1", "甲")], notes=[("筛选", words)])
    book = reopened(content)
    assert len(book["信访台账"].oddHeader.left.text) <= 252
    assert words in {row[1].value for row in book["说明"]}


def test_nothing_to_write_is_a_heading_alone(tmp_path: Path) -> None:
    target = tmp_path / "台账.xlsx"
    write_table(target, "信访/台账[1]", COLUMNS, [], notes=[], by="系统", at=AT)
    book = openpyxl.load_workbook(target)
    assert book.sheetnames == ["信访 台账 1", "说明"]
    assert book.worksheets[0].max_row == 1


@given(st.lists(st.tuples(st.text(max_size=40), st.text(max_size=40)), min_size=1, max_size=5))
def test_any_text_comes_back_as_it_is_shown(rows: list[tuple[str, str]]) -> None:
    book = reopened(written([*rows, ("末", "行")])[0])
    cells = [[cell.value for cell in row] for row in book["信访台账"].iter_rows(min_row=2, max_col=2)]
    expected = [[shown(text) or None for text in row] for row in [*rows, ("末", "行")]]
    assert [[_read(value) for value in row] for row in cells] == expected


def _read(value: str | None) -> str | None:
    """Undo what openpyxl leaves of Excel's own escape."""
    return value.replace("_x005F_", "_") if value else value


def test_the_naughty_strings_all_come_back() -> None:
    lines = shared("naughty", "blns.txt").read_text(encoding="utf-8").splitlines()
    lines += shared("naughty", "csv-injection.txt").read_text(encoding="utf-8").splitlines()
    rows = [(str(number), line) for number, line in enumerate(lines) if line.strip()]
    content, _ = written(rows)
    sheet = reopened(content)["信访台账"]
    assert sheet.max_row == len(rows) + 1
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} == {"s"}
    assert [row.cells[1] for row in read_table(content, "x.xlsx").rows] == [shown(line) for _, line in rows]


@pytest.mark.parametrize("text", [*LIVE[:7], "＋1", "－1", "＠x"])
def test_no_cell_of_a_csv_is_alive(text: str) -> None:
    content = write_csv(["原因", text], [[text, "甲,乙"]])
    assert content.startswith(b"\xef\xbb\xbf")
    table = read_table(content, "失败行.csv")
    assert table.header == ("原因", f"'{shown(text)}".strip())
    assert table.rows[0].cells[0] == f"'{shown(text)}"
