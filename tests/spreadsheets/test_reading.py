"""Reading good files: every cell exactly, dates as dates, numbers without tails, csv in the encodings offices save."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.spreadsheets.files import csv_bytes, raw_xlsx, xlsx
from tracker.core.errors import DomainError
from tracker.spreadsheets.workbook import read_table

HEAD = ("留言编号", "留言时间")


def test_text_is_kept_to_the_letter() -> None:
    text = "\n\t\t　　反映：“道路”\n第二段　\t末尾  "
    table = read_table(xlsx([("编号", "详情"), ("A-001", text)]), "letters.xlsx")
    assert table.header == ("编号", "详情")
    assert table.rows[0].cells == ("A-001", text)
    assert (table.sheet, table.encoding, table.header_row, table.rows[0].number) == ("Sheet1", None, 1, 2)
    assert table.notices == ()


def test_true_dates_are_dates() -> None:
    def fill(book: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, HEAD)
        sheet.write_datetime(1, 0, date(2019, 2, 28), book.add_format({"num_format": "yyyy/m/d"}))
        sheet.write_datetime(1, 1, datetime(2019, 2, 28, 9, 5, 1), book.add_format({"num_format": "yyyy/m/d h:mm:ss"}))

    assert read_table(raw_xlsx(fill), "dates.xlsx").rows[0].cells == (
        date(2019, 2, 28),
        datetime(2019, 2, 28, 9, 5, 1),
    )


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (2554, "2554"),
        (0.1, "0.1"),
        (43524.378, "43524.378"),
        (20190228, "20190228"),
        (-5, "-5"),
        (123456789012345, "123456789012345"),
        (0, "0"),
    ],
)
def test_numbers_have_no_tail_and_no_exponent(number: float, shown: str) -> None:
    table = read_table(xlsx([HEAD, (number, "x")]), "numbers.xlsx")
    assert table.rows[0].cells[0] == shown
    assert table.notices == ()


def test_a_number_that_lost_its_end_is_written_out_and_told() -> None:
    table = read_table(xlsx([HEAD, (123456789012345678, "x"), ("123456789012345678", "y")]), "ids.xlsx")
    lost, kept = (row.cells[0] for row in table.rows)
    assert "e" not in str(lost)
    assert str(lost).startswith("123456789012345")
    assert kept == "123456789012345678"
    assert table.notices == ("第 2 行有超过 15 位的数字没有存成文本，表格软件已把末几位改成 0，请核对原件。",)


def test_a_formula_is_read_as_its_value_and_text_like_one_as_text() -> None:
    def fill(book: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, HEAD)
        sheet.write_formula(1, 0, "=1+1", None, 2)
        sheet.write_string(1, 1, "=1+1")

    assert read_table(raw_xlsx(fill), "formula.xlsx").rows[0].cells == ("2", "=1+1")


def test_the_title_above_the_heading_is_passed_over_and_rows_keep_their_numbers() -> None:
    rows = [("××县信访台账",), (), ("编号", "标题"), (), ("1", "甲"), ("", "  "), ("2", "乙"), (), ()]
    table = read_table(xlsx(rows), "ledger.xlsx")
    assert table.header_row == 3
    assert [(row.number, row.cells) for row in table.rows] == [(5, ("1", "甲")), (7, ("2", "乙"))]


def test_the_first_visible_sheet_with_content_is_read_and_the_others_are_told() -> None:
    def more(book: Any) -> None:
        book["封面"].sheet_state = "hidden"
        book.create_sheet("空表")
        book.create_sheet("台账").append(["编号", "标题"])
        book.create_sheet("附表").append(["甲", "乙"])

    table = read_table(xlsx([("不读", "这张")], title="封面", more=more), "book.xlsx")
    assert (table.sheet, table.header) == ("台账", ("编号", "标题"))
    assert table.notices == ("只读第一张有内容的工作表“台账”，另有 2 张没有读。",)


@pytest.mark.parametrize(
    ("encoding", "label"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8"),
        ("utf-16", "UTF-16"),
        ("utf-32", "UTF-32"),
        ("gb18030", "GB18030"),
        ("gbk", "GB18030"),
    ],
)
def test_csv_in_every_encoding(encoding: str, label: str) -> None:
    name = "张𠂇" if encoding != "gbk" else "张建国"
    table = read_table(csv_bytes([("编号", "姓名"), ("1", name)], encoding), "list.csv")
    assert table.rows[0].cells == ("1", name)
    assert table.encoding == label
    assert table.notices == (f"按 {label} 编码读取，请核对预览里的文字。",)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_separator_is_found(delimiter: str) -> None:
    rows = [("编号", "主题,或;题目", "时间"), ("1", "甲", "今天")]
    assert read_table(csv_bytes(rows, delimiter=delimiter), "list.csv").header == rows[0]


def test_line_breaks_and_quotes_inside_cells_and_the_numbers_of_rows() -> None:
    table = read_table('编号,详情\r\n1,"第一行\n第二行，""引文"""\r\n\r\n3,乙\r\n'.encode(), "list.csv")
    assert [(row.number, row.cells) for row in table.rows] == [(2, ("1", '第一行\n第二行，"引文"')), (4, ("3", "乙"))]


def test_numbers_and_dates_of_csv_stay_text() -> None:
    table = read_table(b"a,b\n00123,2019/2/28 9:05:01\n", "list.csv")
    assert table.rows[0].cells == ("00123", "2019/2/28 9:05:01")


def test_a_path_is_read_like_bytes(tmp_path: Path) -> None:
    file = tmp_path / "台账.csv"
    file.write_bytes(csv_bytes([HEAD, ("1", "2")]))
    assert read_table(file, file.name) == read_table(file.read_bytes(), "台账.csv")
    with pytest.raises(DomainError, match="打不开文件 没有"):
        read_table(tmp_path / "没有.csv", "没有.csv")
