"""“为什么是这一天”: the sentence and the table."""

from datetime import datetime, timedelta

from tests.working_days.support import iso, official
from tracker.working_days.rules import (
    Calendar,
    Pause,
    Unit,
    YearStatus,
    additions,
    amount_words,
    day_table,
    derivation,
    due,
    extended,
    hour_derivation,
    passed_over,
)

DAY, WORKING_DAY, MONTH = Unit.DAY, Unit.WORKING_DAY, Unit.MONTH


def why(start: str, amount: int, unit: Unit) -> str:
    return derivation(due(iso(start), amount, unit, official()))


def test_why_this_day() -> None:
    assert why("2026-02-10", 5, WORKING_DAY) == (
        "2026年2月10日（次日起算）＋5个工作日（跳过2月15日至23日春节，计入2月14日调休上班）＝2026年2月24日 周二"
    )
    assert why("2026-02-10", 15, DAY) == "2026年2月10日（次日起算）＋15日＝2026年2月25日 周三"
    assert why("2026-08-02", 60, DAY) == (
        "2026年8月2日（次日起算）＋60日＝2026年10月1日 周四，逢国庆节（10月1日至7日）顺延至2026年10月8日 周四"
    )
    assert why("2026-04-24", 15, DAY) == (
        "2026年4月24日（次日起算）＋15日＝2026年5月9日 周六（劳动节调休上班，不顺延）"
    )
    assert why("2026-02-27", 15, DAY) == (
        "2026年2月27日（次日起算）＋15日＝2026年3月14日 周六，逢周末（3月14日至15日）顺延至2026年3月16日 周一"
    )
    assert why("2025-11-30", 3, MONTH) == (
        "2025年11月30日（次日起算）＋3个月＝2026年2月28日 周六（2月没有30日，取月末；春节调休上班，不顺延）"
    )
    assert why("2026-11-20", 0, DAY) == "2026年11月20日当日＝2026年11月20日 周五"


def test_provisional_dates_say_so_and_why() -> None:
    assert why("2026-11-20", 60, DAY) == (
        "2026年11月20日（次日起算）＋60日＝2027年1月19日 周二（暂定：2027年放假安排尚未录入）"
    )
    forecast = Calendar({}, {2027: YearStatus.PROVISIONAL})
    assert derivation(due(iso("2027-03-01"), 5, WORKING_DAY, forecast)).endswith("（暂定：2027年放假安排尚未正式公布）")
    both = derivation(due(iso("2027-12-20"), 20, WORKING_DAY, official()))
    assert "2027年放假安排尚未录入、2028年放假安排尚未录入" in both


def test_dates_of_another_year_carry_it() -> None:
    assert why("2018-12-28", 2, WORKING_DAY) == (
        "2018年12月28日（次日起算）＋2个工作日（跳过12月30日至2019年1月1日元旦，计入12月29日调休上班）"
        "＝2019年1月2日 周三"
    )


def test_many_weekends_are_told_by_their_number() -> None:
    assert "周末14天" in why("2026-11-20", 30, WORKING_DAY)
    assert "跳过3月7日至8日周末" in why("2026-03-02", 5, WORKING_DAY)


def test_extensions_follow_in_the_sentence() -> None:
    term = due(iso("2026-11-20"), 60, DAY, official(), additions(extension_days=30))
    assert derivation(term) == (
        "2026年11月20日（次日起算）＋60日＝2027年1月19日；"
        "批准延期＋30日＝2027年2月18日 周四（暂定：2027年放假安排尚未录入）"
    )


def test_the_table_of_working_days() -> None:
    rows = day_table(due(iso("2026-02-10"), 5, WORKING_DAY, official()), official())
    assert [(row.date.day, row.counted_no, row.mark) for row in rows] == [
        (10, None, ""), (11, 1, ""), (12, 2, ""), (13, 3, ""), (14, 4, "班"),
        *((day, None, "休") for day in range(15, 24)), (24, 5, ""),
    ]  # fmt: skip
    assert rows[0].note == "起算日，不计入"
    assert (rows[5].name, rows[5].weekday) == ("春节", "周日")
    assert rows[-1].note == "期限届满"


def test_the_table_of_calendar_days_shows_where_it_moved() -> None:
    rows = day_table(due(iso("2026-08-02"), 60, DAY, official()), official())
    assert len(rows) == 1 + 60 + 7
    assert (rows[60].counted_no, rows[60].note) == (60, "期限届满")
    assert [row.counted_no for row in rows[61:]] == [None] * 7
    assert rows[-1].note == "顺延后的最后一日"
    assert {row.name for row in rows if row.date.isoweekday() > 5 and row.date.month == 8} == {"周末"}


def test_the_table_numbers_an_extension_on() -> None:
    rows = day_table(extended(due(iso("2026-03-02"), 10, DAY, official()), 3, official()), official())
    numbered = [row.counted_no for row in rows if row.counted_no]
    assert numbered == list(range(1, 14))
    assert [row.note for row in rows if row.note][1:] == ["期限届满", "批准延期后届满", "顺延后的最后一日"]


def test_the_table_of_a_same_day() -> None:
    (row,) = day_table(due(iso("2026-11-20"), 0, DAY, official()), official())
    assert (row.date, row.note) == (iso("2026-11-20"), "当日")


def test_amounts_in_words() -> None:
    assert [amount_words(n, unit) for n, unit in ((60, DAY), (5, WORKING_DAY), (3, MONTH), (0, DAY))] == [
        "60日", "5个工作日", "3个月", "当日",
    ]  # fmt: skip


def test_hours_say_the_moment() -> None:
    begun = datetime(2026, 9, 30, 17, 5)
    assert hour_derivation(begun, 24, begun + timedelta(hours=24)) == (
        "2026年9月30日 17:05 起＋24小时＝2026年10月1日 周四 17:05（按小时计，夜间和休息日不扣除）"
    )


def test_what_a_pause_took_is_said_by_itself_where_a_letter_names_the_day() -> None:
    heard = Pause(iso("2026-03-10"), iso("2026-03-13"), "听证期间")
    term = due(iso("2026-03-02"), 30, DAY, official(), rolls=False, pauses=[heard])
    assert passed_over(term) == "跳过3月10日至12日听证期间"
    assert passed_over(due(iso("2026-03-02"), 30, DAY, official())) == ""
