"""Mappings: columns found by their heading however it is written, rows read as matters, what is missing is named."""

from datetime import date, datetime, time

import pytest

from tracker.cases.intake.rules.history import DayAndHour, HistoryRow
from tracker.cases.record.rules.codes import Channel, Purpose
from tracker.core.errors import DomainError
from tracker.spreadsheets.mappings import MAPPINGS, mapping_named, match_columns, read_row
from tracker.spreadsheets.workbook import Cell, SheetRow, Table

TODAY = date(2026, 11, 21)
HEAD = ("留言编号", "留言用户", "留言主题", "留言时间", "留言详情", "答复意见", "答复时间")
PROVINCE_HEAD = (
    "信访件编号", "姓名", "信访人数", "住址", "手机号码", "问题属地", "信访目的", "内容分类", "信访日期",
    "登记日期", "限办时间", "信访形式", "概况", "是否办结", "是否全国初次信访", "联名信或集体访",
    "信访件状态", "登记部门", "登记人",
)  # fmt: skip


def table(header: tuple[str, ...], *rows: tuple[Cell, ...]) -> Table:
    """Make a table as it is read."""
    numbered = tuple(SheetRow(number, row) for number, row in enumerate(rows, 2))
    return Table("list.xlsx", "Sheet1", None, header, 1, numbered)


def read(*cells: Cell, mapping: str = "liuyan", header: tuple[str, ...] = HEAD) -> tuple[HistoryRow | None, list[str]]:
    """Read one row through a mapping."""
    one = table(header, cells)
    chosen = MAPPINGS[mapping]
    return read_row(one.rows[0], chosen, match_columns(one, chosen), today=TODAY)


def message(**changes: Cell) -> list[Cell]:
    """A good row of a question platform, with changes."""
    good = dict(
        zip(
            HEAD,
            ("2554", "A0001", "反映道路", "2019/4/24 16:03:40", "路坏了。", "已修好。", "2019/5/9 9:49:10"),
            strict=True,
        )
    )
    return list({**good, **changes}.values())


def test_a_message_with_its_reply() -> None:
    row, problems = read(*message(留言详情="\n\t\t\t\n\t\t第一段　。\n第二段。 "))
    assert problems == []
    assert row == HistoryRow(
        source_no="2554",
        received=DayAndHour(date(2019, 4, 24), time(16, 3, 40)),
        title="反映道路",
        summary="第一段　。\n第二段。",
        channel=Channel.ONLINE,
        purpose=Purpose.SETTLEMENT,
        answered=DayAndHour(date(2019, 5, 9), time(9, 49, 10)),
        answer="已修好。",
        petitioner_name="A0001",
    )


def test_a_message_without_a_reply_is_a_matter_without_an_answer() -> None:
    row, problems = read(*message(答复意见="", 答复时间=""))
    assert problems == []
    assert row is not None
    assert (row.answer, row.answered) == (None, None)


@pytest.mark.parametrize(
    ("title", "purpose"),
    [
        ("咨询A市落户政策", Purpose.CONSULTATION),
        ("关于公交站名的建议", Purpose.SUGGESTION),
        ("请求解决供暖", Purpose.SETTLEMENT),
    ],
)
def test_the_purpose_by_the_word_in_the_title(title: str, purpose: Purpose) -> None:
    row, _ = read(*message(留言主题=title))
    assert row is not None
    assert row.purpose is purpose


@pytest.mark.parametrize(
    ("changes", "problems"),
    [
        ({"留言主题": "", "留言详情": " \n"}, ["留言主题和留言详情都是空的。"]),
        ({"留言时间": ""}, ["没有留言时间。"]),
        ({"留言时间": "农历正月"}, ["留言时间：看不懂“农历正月”，应写成 2019/2/28 9:05:01 或者 2019-02-28。"]),
        ({"留言时间": "2026/11/22", "答复意见": "", "答复时间": ""}, ["留言时间（2026年11月22日）晚于今天，请核对。"]),
        ({"答复时间": "2019/4/23"}, ["答复时间早于收到时间，请核对两个时间。"]),
        ({"答复时间": "2019/4/24 16:03:39"}, ["答复时间早于收到时间，请核对两个时间。"]),
        ({"答复时间": ""}, ["有答复意见，没有答复时间。"]),
        ({"答复意见": ""}, ["有答复时间，没有答复意见。"]),
        ({"留言编号": "1" * 61}, ["留言编号有 61 字，超过 60 字。"]),
        (
            {"留言时间": "2019/2/30", "答复时间": "x"},
            ["留言时间：没有“2019/2/30”这个时间。", "答复时间：看不懂“x”，应写成 2019/2/28 9:05:01 或者 2019-02-28。"],
        ),
    ],
)
def test_everything_wrong_with_a_row_is_said(changes: dict[str, Cell], problems: list[str]) -> None:
    assert read(*message(**changes)) == (None, problems)


def test_a_short_row_is_a_row_with_empty_cells() -> None:
    assert read("1", "A", "标题") == (None, ["没有留言时间。"])


def test_a_missing_title_is_the_beginning_of_the_text_and_a_long_one_is_kept_in_it() -> None:
    no_title, _ = read(*message(留言主题="", 留言详情="一" * 50))
    long_title, _ = read(*message(留言主题="长" * 250, 留言详情="正文"))
    no_text, _ = read(*message(留言详情=""))
    assert no_title is not None
    assert (no_title.title, no_title.summary) == ("一" * 39 + "…", "一" * 50)
    assert long_title is not None
    assert (long_title.title, long_title.summary) == ("长" * 199 + "…", "长" * 250 + "\n\n正文")
    assert no_text is not None
    assert no_text.summary == "反映道路"


def test_numbers_in_full_width_are_the_same_numbers() -> None:
    assert read(*message(留言编号="２５５４")) == read(*message())


def test_columns_in_any_order_and_others_beside_them() -> None:
    header = ("序号", "答复　时间", "*答复意见", "【留言详情】", "留言时间：", "主题", "留言用户", "留言编号", "点赞数")
    one = table(header, ("7", "2019/5/9", "好", "正文", "2019/4/24", "标题", "A1", "9", "3"))
    matched = match_columns(one, MAPPINGS["liuyan"])
    row, problems = read_row(one.rows[0], MAPPINGS["liuyan"], matched, today=TODAY)
    assert problems == []
    assert row is not None
    assert (row.source_no, row.title, row.summary, row.answer) == ("9", "标题", "正文", "好")
    assert matched.notices == ("没有读的列：序号、点赞数。",)


def test_a_column_that_stands_twice_is_told() -> None:
    matched = match_columns(table((*HEAD, "留言详情")), MAPPINGS["liuyan"])
    assert matched.positions["summary"] == 4
    assert matched.notices == ("“留言详情”有 2 列，取左起第 5 列。",)


def test_every_missing_column_is_named_at_once() -> None:
    with pytest.raises(DomainError) as caught:
        match_columns(table(("编号", "留言主题", "内容")), MAPPINGS["liuyan"])
    assert caught.value.field == "file"
    assert caught.value.message.startswith("表头（第 1 行）缺少：留言时间、留言详情、答复意见、答复时间；")


def test_an_unknown_mapping_names_those_there_are() -> None:
    assert mapping_named("province") is MAPPINGS["province"]
    with pytest.raises(DomainError, match="可用的有：liuyan（网上留言及答复）、province（省信访信息系统导出表）。"):
        mapping_named("x")


def province(**changes: Cell) -> list[Cell]:
    """A good row of the province's export, with changes."""
    good = dict(
        zip(
            PROVINCE_HEAD,
            (
                "1400002026010100001", "张建国", "31人", "润城镇上庄村", "13812345678", "140522102207", "求决",
                "民政_基层选举和社区建设_村委会选举", datetime(2026, 10, 8), "2026/10/9",
                "2026/12/8", "来访", "反映选举。", "否", "是", "集体访", "正在办理", "省信访局", "王某",
            ),
            strict=True,
        )
    )  # fmt: skip
    return list({**good, **changes}.values())


def test_a_row_of_the_province() -> None:
    row, problems = read(*province(), mapping="province", header=PROVINCE_HEAD)
    assert problems == []
    assert row is not None
    assert (row.source_no, row.superior_no, row.superior_office) == (
        row.superior_no,
        "1400002026010100001",
        "省信访信息系统",
    )
    assert (row.received, row.superior_due_on) == (DayAndHour(date(2026, 10, 8)), date(2026, 12, 8))
    assert (row.people_count, row.channel, row.purpose) == (31, Channel.VISIT, Purpose.SETTLEMENT)
    assert row.category == ("民政", "基层选举和社区建设", "村委会选举")
    assert (row.village_code, row.place_note) == ("140522102207", "140522102207")
    assert (row.title, row.answered) == ("反映选举。", None)
    assert row.facts["state"] == "正在办理"
    assert row.facts["finished"] == "否"


@pytest.mark.parametrize(
    ("changes", "attribute", "value"),
    [
        ({"信访形式": "领导信箱"}, "channel", Channel.ONLINE),
        ({"信访形式": "走访"}, "channel", Channel.VISIT),
        ({"信访形式": ""}, "channel", Channel.OTHER),
        ({"信访目的": "揭发控告"}, "purpose", Purpose.ACCUSATION),
        ({"信访目的": ""}, "purpose", Purpose.OTHER),
        ({"信访目的": "其他"}, "purpose", Purpose.OTHER),
        ({"信访目的": "举报"}, "purpose", Purpose.ACCUSATION),
        ({"信访目的": "检举、控告"}, "purpose", Purpose.ACCUSATION),
        ({"信访目的": "纪检监察检举控告"}, "purpose", Purpose.ACCUSATION),
        ({"内容分类": "纪检监察_举报村干部"}, "purpose", Purpose.ACCUSATION),
        ({"问题属地": "阳城县润城镇"}, "village_code", None),
        ({"问题属地": "１４０５２２１０２２０７"}, "village_code", None),
        ({"内容分类": ""}, "category", ()),
        ({"限办时间": ""}, "superior_due_on", None),
        ({"信访人数": ""}, "people_count", 1),
    ],
)
def test_words_of_the_province_become_ours(changes: dict[str, Cell], attribute: str, value: object) -> None:
    row, problems = read(*province(**changes), mapping="province", header=PROVINCE_HEAD)
    assert problems == []
    assert getattr(row, attribute) == value


def test_what_is_wrong_with_a_row_of_the_province() -> None:
    changes = {"信访件编号": "", "信访日期": "x", "概况": "", "信访人数": "0"}
    row, problems = read(*province(**changes), mapping="province", header=PROVINCE_HEAD)
    assert row is None
    assert len(problems) == 4


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"信访目的": "?"}, "不认识的信访目的“?”"),
        ({"信访目的": "投诉"}, "不认识的信访目的“投诉”"),
        ({"信访形式": "12345热线"}, "不认识的信访形式“12345热线”"),
    ],
)
def test_a_value_that_the_mapping_does_not_know_stops_the_row(changes: dict[str, Cell], words: str) -> None:
    row, problems = read(*province(**changes), mapping="province", header=PROVINCE_HEAD)
    assert row is None
    assert words in "".join(problems)
