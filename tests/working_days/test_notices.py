"""Reading a notice of holidays from a file, and refusing one that cannot be right."""

import json
from datetime import date, timedelta

import pytest

from tests.working_days.support import HERE, SHARED, iso
from tracker.core.errors import DomainError
from tracker.working_days.notices import FOLDER, shipped_notices
from tracker.working_days.rules import NoticeDay, YearStatus, checked_days, decoded, parse_day, parse_notice

HOLIDAY_CN = SHARED / "data" / "holidays"


def notice_of(year: int) -> list[NoticeDay]:
    """Return a plausible notice of any year: the fixed holidays, and a Saturday worked for each of two weekdays."""
    off = [(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3), (10, 4), (10, 5)]
    return [NoticeDay(date(year, month, day), False, "节") for month, day in off]


def as_json(year: object, days: object, **more: object) -> bytes:
    return json.dumps({"year": year, "papers": [], "days": days, **more}).encode()


def test_a_plausible_notice_passes_in_order() -> None:
    days = notice_of(2027)
    assert checked_days(2027, reversed(days)) == tuple(days)


def test_an_empty_year_is_refused() -> None:
    """holiday-cn's 2027.json exists with no days: taken at its word it would mean a year without holidays."""
    with pytest.raises(DomainError, match="2027年的放假安排是空的"):
        checked_days(2027, parse_notice(as_json(2027, [])).days)


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (NoticeDay(iso("2026-10-01"), False, "国庆节"), "2026年10月1日不在2027年内"),
        (NoticeDay(iso("2028-01-01"), False, "元旦"), "2028年1月1日不在2027年内"),
        (NoticeDay(iso("2026-12-27"), True, "元旦"), "2026年12月27日不在2027年内"),
        (NoticeDay(iso("2027-01-01"), False, "元旦"), "2027年1月1日出现了两次"),
        (NoticeDay(iso("2027-03-03"), True, "调休"), "2027年3月3日是周三，本来就上班"),
        (NoticeDay(iso("2027-06-09"), False, " "), "没有写明是哪个节日"),
        (NoticeDay(iso("2027-06-09"), False, "端" * 41), "没有写明是哪个节日"),
        (NoticeDay(iso("2027-06-09"), False, "端\u202e午"), "不能显示的字符"),
    ],
)
def test_a_day_that_cannot_be_right_is_refused(more: NoticeDay, sentence: str) -> None:
    with pytest.raises(DomainError, match=sentence):
        checked_days(2027, [*notice_of(2027), more])


def test_forty_worked_weekends_are_refused() -> None:
    holidays = {day.date for day in notice_of(2027)}
    sundays = [on for n in range(52) if (on := date(2027, 1, 3) + timedelta(weeks=n)) not in holidays]
    with pytest.raises(DomainError, match="调休上班日有40天"):
        checked_days(2027, [*notice_of(2027), *(NoticeDay(on, True, "调休") for on in sundays[:40])])


def test_a_year_without_national_day_is_refused() -> None:
    days = [day for day in notice_of(2027) if day.date != iso("2027-10-02")]
    with pytest.raises(DomainError, match="缺少2027年10月2日"):
        checked_days(2027, days)


def test_a_year_of_idleness_is_refused() -> None:
    june = [NoticeDay(date(2027, 6, 1) + timedelta(days=n), False, "节") for n in range(30)]
    with pytest.raises(DomainError, match="共有2[0-3][0-9]个工作日"):
        checked_days(2027, [*notice_of(2027), *june])


@pytest.mark.parametrize("year", [1999, 2101])
def test_a_year_out_of_range_is_refused(year: int) -> None:
    with pytest.raises(DomainError, match="超出范围"):
        checked_days(year, notice_of(year))


def test_the_last_days_of_december_before_belong_to_a_notice() -> None:
    december = NoticeDay(iso("2018-12-29"), True, "元旦")
    assert december in checked_days(2019, shipped_notices()[2019].days)
    with pytest.raises(DomainError, match="本来就上班"):
        checked_days(2027, [*notice_of(2027), NoticeDay(iso("2026-12-31"), True, "元旦")])


def test_csv_in_english_and_chinese_utf8_and_gb18030() -> None:
    english = "# 国办发明电〔2026〕9号\ndate,kind,name\n2027-01-01,off,元旦\n2027/2/6,work,春节\n"
    chinese = "日期,类型,名称\r\n2027年1月1日,放假,元旦\r\n20270206,调休上班,春节\r\n\r\n"
    expected = (NoticeDay(iso("2027-01-01"), False, "元旦"), NoticeDay(iso("2027-02-06"), True, "春节"))
    for content in (english.encode(), b"\xef\xbb\xbf" + chinese.encode(), chinese.encode("gb18030")):
        assert parse_notice(content).days == expected
    assert parse_notice(english.encode()).source == "国办发明电〔2026〕9号"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "文件是空的"),
        ("\n# 只有注释\n".encode(), "文件是空的"),
        (b"a,b,c\n1,2,3\n", "表头"),
        (b"date,kind,name\n2027-02-30,off,x\n", "第2行：看不懂日期“2027-02-30”"),
        (b"# x\n\ndate,kind,name\n2027-01-01,off,x\n2027-01-02,maybe,x\n", "第5行：类型“maybe”"),
        (b"date,kind,name\n2027-01-01\n", "第2行：类型“”"),
        (b"PK\x03\x04\x00\x00\xff\xff", "不是文本"),
        (b"\x00\x01\x02", "不是文本"),
        (b"{not json", "看不懂这个 JSON"),
        (b"[1, 2]", "看不懂这个 JSON"),
        (b"[" * 100_000, "看不懂这个 JSON"),
        (b'{"year": 1e999, "days": []}', "看不懂这个 JSON"),
        (b'{"year": 2027}', "看不懂这个 JSON"),
        (as_json(2027, [{"date": "2027-01-01", "name": "x"}]), "看不懂这个 JSON"),
        (as_json(2027, [{"date": "2027-01-01", "name": "x", "isOffDay": "yes"}]), "看不懂这个 JSON"),
        (as_json(2027, [{"date": "1 January", "name": "x", "isOffDay": True}]), "看不懂这个 JSON"),
        (as_json(2027, "none"), "看不懂这个 JSON"),
        (as_json(None, []), "看不懂这个 JSON"),
    ],
)
def test_files_that_are_no_notice_get_a_sentence(content: bytes, sentence: str) -> None:
    with pytest.raises(DomainError, match=sentence):
        parse_notice(content)


def test_json_of_the_holiday_cn_form() -> None:
    days = [
        {"name": "元旦", "date": "2027-01-01", "isOffDay": True},
        {"name": "元旦", "date": "2027-01-03", "isOffDay": False},
    ]
    notice = parse_notice(as_json(2027, days, papers=["http://example.org/notice"]))
    assert (notice.year, notice.source) == (2027, "http://example.org/notice")
    assert notice.days == (NoticeDay(iso("2027-01-01"), False, "元旦"), NoticeDay(iso("2027-01-03"), True, "元旦"))


def test_a_weekday_on_which_work_resumes_is_no_make_up_day() -> None:
    """2020's second notice says 2月3日（星期一）起正常上班; the file carries that Monday as a worked day."""
    days = [
        {"name": "春节", "date": "2027-02-12", "isOffDay": True},
        {"name": "春节", "date": "2027-02-15", "isOffDay": False},
        {"name": "春节", "date": "2027-02-16", "isOffDay": True},
        {"name": "春节", "date": "2027-02-17", "isOffDay": False},
    ]
    dates = [day.date.day for day in parse_notice(as_json(2027, days)).days]
    assert dates == [12, 15, 16], "the 17th follows a holiday and says nothing; the 15th is a mistake to be refused"


def test_dates_as_they_are_written() -> None:
    assert [parse_day(text) for text in ("2027-1-1", " 2027.01.01 ", "2027年1月1日", "20270101")] == [
        iso("2027-01-01")
    ] * 4
    assert [parse_day(text) for text in ("", "2027-13-01", "1月1日", "2027-01-01x")] == [None] * 4


def test_texts_are_read_in_either_encoding() -> None:
    assert decoded("元旦".encode("gb18030")) == decoded("元旦".encode()) == "元旦"


def test_the_shipped_notices_name_their_documents() -> None:
    assert sorted(shipped_notices()) == list(range(2018, 2027))
    for year, notice in shipped_notices().items():
        assert f"{year}年" in notice.source
        assert f"国办发明电〔{year - 1}〕" in notice.source
    assert "国办发明电〔2020〕1号" in shipped_notices()[2020].source
    assert {file.name for file in FOLDER.glob("*.csv")} == {f"{year}.csv" for year in range(2018, 2027)}


@pytest.mark.skipif(not HOLIDAY_CN.exists(), reason="the files of holiday-cn are not here (TRACKER_SHARED)")
@pytest.mark.parametrize("year", range(2018, 2025))
def test_the_shipped_notices_are_those_of_holiday_cn(year: int) -> None:
    notice = parse_notice((HOLIDAY_CN / f"holiday-cn-{year}.json").read_bytes())
    assert notice.year == year
    assert checked_days(year, notice.days) == shipped_notices()[year].days


def test_statuses_fit_their_column() -> None:
    assert max(len(status) for status in YearStatus) <= 20
    assert HERE.name == "working_days"
