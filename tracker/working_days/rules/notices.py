"""The yearly notice of holidays (放假安排通知): reading a file of it, and refusing one that cannot be right."""

import csv
import io
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from tracker.core.errors import DomainError
from tracker.working_days.rules.calendar import EARLIEST, LATEST, WEEKEND, YEAR_END, NoticeDay, YearStatus

KINDS = {
    "off": False,
    "holiday": False,
    "休": False,
    "放假": False,
    "休息": False,
    "work": True,
    "workday": True,
    "班": True,
    "上班": True,
    "调休": True,
    "调休上班": True,
}
COLUMNS = {
    "date": "date",
    "日期": "date",
    "kind": "kind",
    "类型": "kind",
    "休或班": "kind",
    "name": "name",
    "名称": "name",
    "节日": "name",
}
MUST_BE_OFF = ((1, 1), (5, 1), (10, 1), (10, 2), (10, 3))
MOST_WEEKENDS_WORKED = 14
WORKING_DAYS_IN_A_YEAR = range(240, 261)
LONGEST_NAME = 40
_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?|(\d{4})(\d{2})(\d{2})")
_WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True, slots=True)
class HolidayNotice:
    """A notice read from a file: the year it is for (None where the file does not say), its source, its days."""

    year: int | None
    source: str
    days: tuple[NoticeDay, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A year's holidays as somebody would load them (拟载入的放假安排): looked at first, then applied."""

    year: int
    days: tuple[NoticeDay, ...]
    source: str
    status: YearStatus = YearStatus.OFFICIAL


def decoded(content: bytes) -> str:
    """Return the text of a file that a spreadsheet wrote: UTF-8, else GB18030. Raises DomainError on anything else."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise DomainError("文件不是文本（应为 UTF-8 或 GB18030 编码的 JSON 或 CSV），请核对是否选错了文件。")


def parse_notice(content: bytes) -> HolidayNotice:
    """Read a notice from JSON of the holiday-cn form or from CSV (date,kind,name). Raises DomainError."""
    text = decoded(content)
    return _from_json(text) if text.lstrip().startswith(("{", "[")) else _from_csv(text)


def parse_day(text: str) -> date | None:
    """Return the date written as 2027-01-01, 2027/1/1, 2027年1月1日 or 20270101; None for anything else."""
    found = _DATE.fullmatch(text.strip())
    if not found:
        return None
    parts = [int(part) for part in found.groups() if part]
    try:
        return date(*parts)
    except ValueError:
        return None


def _from_json(text: str) -> HolidayNotice:
    try:
        content = json.loads(text)
        days = tuple(_json_day(day) for day in content["days"])
        papers = [str(paper) for paper in content.get("papers") or ()]
        return HolidayNotice(int(content["year"]), "；".join(papers), _without_resumptions(days))
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        raise DomainError(
            '看不懂这个 JSON 文件，应为 {"year": 2027, "papers": [...], "days": [{"name": "元旦", '
            '"date": "2027-01-01", "isOffDay": true}, ...]}。'
        ) from None


def _json_day(day: dict[str, Any]) -> NoticeDay:
    if not isinstance(day["isOffDay"], bool):
        raise TypeError("isOffDay")
    return NoticeDay(date.fromisoformat(day["date"]), not day["isOffDay"], str(day["name"]).strip())


def _without_resumptions(days: Sequence[NoticeDay]) -> tuple[NoticeDay, ...]:
    """Leave out a weekday “worked” right after a holiday: 2020's notice says 2月3日起正常上班, a truism."""
    off = {day.date for day in days if not day.is_working}
    return tuple(
        day
        for day in days
        if not (day.is_working and day.date.isoweekday() not in WEEKEND and day.date - timedelta(days=1) in off)
    )


def _from_csv(text: str) -> HolidayNotice:
    lines = text.splitlines()
    remarks = [line.lstrip("# ").strip() for line in lines if line.startswith("#")]
    rows = [(number, line) for number, line in enumerate(lines, 1) if line.strip() and not line.startswith("#")]
    table = list(csv.reader(io.StringIO("\n".join(line for _, line in rows))))
    if not table:
        raise DomainError("文件是空的，没有任何放假日期，未录入。")
    heads = [COLUMNS.get(head.strip().lower(), "") for head in table[0]]
    if not {"date", "kind", "name"} <= set(heads):
        raise DomainError("CSV 第一行应是表头 date,kind,name（日期,类型,名称）。")
    numbers = [number for number, _ in rows]
    days = [_csv_day(dict(zip(heads, row, strict=False)), at) for at, row in zip(numbers[1:], table[1:], strict=False)]
    return HolidayNotice(None, remarks[0] if remarks else "", tuple(days))


def _csv_day(row: dict[str, str], line: int) -> NoticeDay:
    on, kind = parse_day(row.get("date", "")), row.get("kind", "").strip().lower()
    if on is None:
        raise DomainError(f"第{line}行：看不懂日期“{row.get('date', '')[:20]}”，应写成 2027-01-01。")
    if kind not in KINDS:
        raise DomainError(f"第{line}行：类型“{kind[:20]}”应为 off（放假）或 work（调休上班）。")
    return NoticeDay(on, KINDS[kind], row.get("name", "").strip())


def checked_days(year: int, days: Iterable[NoticeDay]) -> tuple[NoticeDay, ...]:
    """Return a year's days in order. Raises DomainError with the sentence that says what is wrong with them.

    The notice of a year may reach into the last days of the December before it (元旦调休), nowhere else.
    """
    if not EARLIEST.year <= year <= LATEST.year:
        raise DomainError(f"年份 {year} 超出范围（2000年至2100年）。")
    ordered = sorted(days, key=lambda day: day.date)
    if not ordered:
        raise DomainError(f"{year}年的放假安排是空的，没有任何日期，未录入；没有安排不等于不放假。")
    for day in ordered:
        _check_day(year, day)
    for day, following in zip(ordered, ordered[1:], strict=False):
        if day.date == following.date:
            raise DomainError(f"{_words(day.date)}出现了两次，请核对。")
    _check_whole(year, ordered)
    return tuple(ordered)


def with_day(days: Iterable[NoticeDay], on: date, change: NoticeDay | None) -> tuple[NoticeDay, ...]:
    """Return a notice's days with one of them changed (改一天); None takes the day out: it is an ordinary day again.

    Raises DomainError where that changes nothing.
    """
    kept = {day.date: day for day in days}
    if kept.get(on) == change:
        raise DomainError(f"{_words(on)}本来就是这样安排的，没有变化。", field="day")
    kept.pop(on, None)
    return tuple(sorted([*kept.values(), *([change] if change else [])], key=lambda day: day.date))


def _check_day(year: int, day: NoticeDay) -> None:
    on = day.date
    at_year_end = on.year == year - 1 and (on.month, on.day) >= YEAR_END
    if on.year != year and not at_year_end:
        raise DomainError(f"{_words(on)}不在{year}年内，请核对年份是否选对。")
    if day.is_working and on.isoweekday() not in WEEKEND:
        raise DomainError(f"{_words(on)}是周{_WEEKDAYS[on.weekday()]}，本来就上班，不应标为调休上班。")
    if not day.name.strip() or len(day.name) > LONGEST_NAME:
        raise DomainError(f"{_words(on)}没有写明是哪个节日（1至{LONGEST_NAME}个字）。")
    if not day.name.isprintable():
        raise DomainError(f"{_words(on)}的节日名称里有不能显示的字符，请重新填写。")


def _check_whole(year: int, days: Sequence[NoticeDay]) -> None:
    """Refuse a notice that no State Council would issue: far too many weekends worked, no National Day."""
    worked = [day for day in days if day.is_working]
    if len(worked) > MOST_WEEKENDS_WORKED:
        raise DomainError(f"调休上班日有{len(worked)}天，明显不合常理（历年最多12天），请核对文件。")
    off = {day.date for day in days if not day.is_working}
    for month, number in MUST_BE_OFF:
        if date(year, month, number) not in off:
            raise DomainError(f"缺少{_words(date(year, month, number))}的放假安排，文件可能不完整，请核对。")
    total = _working_days(year, {day.date: day.is_working for day in days})
    if total not in WORKING_DAYS_IN_A_YEAR:
        raise DomainError(f"照此安排{year}年共有{total}个工作日，明显不合常理（历年为248至252天），请核对文件。")


def _working_days(year: int, marks: dict[date, bool]) -> int:
    first = date(year, 1, 1)
    days = (first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days))
    return sum(marks.get(day, day.isoweekday() not in WEEKEND) for day in days)


def _words(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
