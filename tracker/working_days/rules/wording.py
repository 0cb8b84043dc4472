"""“为什么是这一天”: the sentence and the printable table, both read off the steps that produced the date."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from tracker.working_days.rules.calendar import WEEKEND_NAME, Calendar, CountedDay, YearStatus
from tracker.working_days.rules.pauses import leaving_out
from tracker.working_days.rules.terms import UNIT_LABELS, CountedStretch, DueDate, Kept, Rolled, Unit, Unsettled

UNSETTLED_WORDS = {
    YearStatus.NOT_LOADED: "{year}年放假安排尚未录入",
    YearStatus.PROVISIONAL: "{year}年放假安排尚未正式公布",
}
_WEEKDAYS = "一二三四五六日"
_FEW_WEEKEND_DAYS = 2


def amount_words(amount: int, unit: Unit) -> str:
    """Return 5个工作日, 60日, 3个月; 当日 for zero."""
    return f"{amount}{UNIT_LABELS[unit]}" if amount else "当日"


def derivation(term: DueDate) -> str:
    """Return the line that says why it is this day (为什么是这一天)."""
    counts = [step for step in term.steps if isinstance(step, CountedStretch)]
    notes = [_month_end(counts[-1])] if counts[-1].month_end else []
    line = "；".join(_count_words(count, last=count is counts[-1]) for count in counts)
    for step in term.steps:
        if isinstance(step, Kept):
            notes.append(f"{step.day.name}调休上班，不顺延")
    line += f"（{'；'.join(notes)}）" if notes else ""
    for step in term.steps:
        if isinstance(step, Rolled):
            line += f"，逢{_names(step.over)}（{_span(step.over, step.start.year)}）顺延至{_full(step.end)}"
        elif isinstance(step, Unsettled):
            line += f"（暂定：{_unsettled_words(step)}）"
    return line


def hour_derivation(started_at: datetime, hours: int, due_at: datetime) -> str:
    """Return the line that says why it is this moment; the instants are those of the office's own time."""
    begun, end = f"{_long(started_at.date())} {started_at:%H:%M} 起", f"{_full(due_at.date())} {due_at:%H:%M}"
    return f"{begun}＋{amount_words(hours, Unit.HOUR)}＝{end}（按小时计，夜间和休息日不扣除）"


def passed_over(term: DueDate) -> str:
    """Return what a count of calendar days left out: 跳过3月10日至12日听证期间; nothing where it left nothing out."""
    return _passed(next(step for step in term.steps if isinstance(step, CountedStretch)))


def _count_words(count: CountedStretch, *, last: bool) -> str:
    if not count.amount and not count.because:
        head = f"{_long(count.start)}当日"
    elif count.because:
        head = f"{count.because}＋{amount_words(count.amount, count.unit)}"
    else:
        head = f"{_long(count.start)}（次日起算）＋{amount_words(count.amount, count.unit)}"
    passed = _passed(count)
    return f"{head}{f'（{passed}）' if passed else ''}＝{_full(count.end) if last else _long(count.end)}"


def _passed(count: CountedStretch) -> str:
    """Return 跳过2月15日至23日春节、周末4天，计入2月14日调休上班."""
    skipped = [words for words in (_holidays(count), _weekends(count)) if words]
    made_up = "、".join(_short(day.date, count.start.year) for day in count.made_up)
    parts = [f"跳过{'、'.join(skipped)}"] if skipped else []
    return "，".join([*parts, f"计入{made_up}调休上班"] if made_up else parts)


def _holidays(count: CountedStretch) -> str:
    named = (day for day in count.skipped if day.name != WEEKEND_NAME)
    return "、".join(f"{_span(run, count.start.year)}{run[0].name}" for run in _runs(named))


def _weekends(count: CountedStretch) -> str:
    days = [day for day in count.skipped if day.name == WEEKEND_NAME]
    if len(days) > _FEW_WEEKEND_DAYS:
        return f"周末{len(days)}天"
    return "、".join(f"{_span(run, count.start.year)}{WEEKEND_NAME}" for run in _runs(days))


def _runs(days: Iterable[CountedDay]) -> Iterator[tuple[CountedDay, ...]]:
    """Yield days on end that carry one name: the run of a holiday, the two days of a weekend."""
    for _, run in groupby(enumerate(days), lambda pair: (pair[1].date - timedelta(days=pair[0]), pair[1].name)):
        yield tuple(day for _, day in run)


def _names(days: Iterable[CountedDay]) -> str:
    return "、".join(dict.fromkeys(day.name for day in days))


def _month_end(count: CountedStretch) -> str:
    month = (count.start.month - 1 + count.amount) % 12 + 1
    return f"{month}月没有{count.start.day}日，取月末"


def _unsettled_words(step: Unsettled) -> str:
    pairs = zip(step.years, step.statuses, strict=True)
    return "、".join(
        UNSETTLED_WORDS.get(status, UNSETTLED_WORDS[YearStatus.NOT_LOADED]).format(year=year) for year, status in pairs
    )


def _long(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _full(day: date) -> str:
    return f"{_long(day)} 周{_WEEKDAYS[day.weekday()]}"


def _short(day: date, year: int) -> str:
    return f"{day.month}月{day.day}日" if day.year == year else _long(day)


def _span(days: tuple[CountedDay, ...], year: int) -> str:
    """Return 2月15日至23日, 1月31日至2月6日, 2018年12月30日至2019年1月1日; the year is left out where it is `year`."""
    first, last = days[0].date, days[-1].date
    if first == last:
        return _short(first, year)
    if (first.year, first.month) == (last.year, last.month):
        return f"{_short(first, year)}至{last.day}日"
    return f"{_short(first, year)}至{_short(last, first.year)}"


@dataclass(frozen=True, slots=True)
class DayRow:
    """One line of the printed table. `counted_no` is the day's number in its count, None for a day not counted."""

    date: date
    counted_no: int | None
    mark: str
    name: str
    note: str = ""

    @property
    def weekday(self) -> str:
        """Return 周二."""
        return f"周{_WEEKDAYS[self.date.weekday()]}"


def day_table(term: DueDate, calendar: Calendar) -> list[DayRow]:
    """Return every day from the start to the effective end, with its number (期限日历, for printing)."""
    calendar = leaving_out(calendar, term.pauses)
    first = calendar.day(term.start)
    note = "当日" if term.nominal == term.start else "起算日，不计入"
    rows = [DayRow(first.date, None, first.mark, first.name, note)]
    number, unit = 0, term.unit
    for step in term.steps:
        if isinstance(step, CountedStretch):
            number, unit = (number if step.unit is unit else 0), step.unit
            number = _count_rows(rows, step, number, calendar)
        elif isinstance(step, Rolled):
            _rolled_rows(rows, step, calendar)
    return rows


def _count_rows(rows: list[DayRow], count: CountedStretch, number: int, calendar: Calendar) -> int:
    """Add the rows of one count, numbered on from `number`; return the last number."""
    skipped = {day.date for day in count.skipped}
    for offset in range(1, (count.end - count.start).days + 1):
        day = calendar.day(count.start + timedelta(days=offset))
        counts = count.unit is not Unit.MONTH and day.date not in skipped
        number += counts
        note = _end_note(count) if day.date == count.end else ""
        rows.append(DayRow(day.date, number if counts else None, day.mark, day.name, note))
    return number


def _end_note(count: CountedStretch) -> str:
    return f"{count.because}后届满" if count.because else "期限届满"


def _rolled_rows(rows: list[DayRow], step: Rolled, calendar: Calendar) -> None:
    for day in (*step.over[1:], calendar.day(step.end)):
        note = "顺延后的最后一日" if day.date == step.end else f"顺延（{day.mark}）"
        rows.append(DayRow(day.date, None, day.mark, day.name, note))
