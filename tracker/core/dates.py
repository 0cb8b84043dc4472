"""Dates as clerks type them, and as the office reads them."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date, time, timedelta
from enum import StrEnum

from tracker.core.errors import DomainError

EARLIEST = date(2000, 1, 1)
LATEST = date(2100, 12, 31)
LAST_HOUR, LAST_MINUTE = 23, 59
WEEKDAYS = "一二三四五六日"
_WORDS = {"今天": 0, "今日": 0, "昨天": -1, "昨日": -1, "前天": -2, "明天": 1, "明日": 1}
_FULL = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_CLOCK = re.compile(r"(?P<hour>\d{1,2})(?::|时|点)(?P<minute>\d{1,2})?分?")
_SHORT = re.compile(r"(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?")


class Meaning(StrEnum):
    """What a day is the day of: it decides the year of a date typed without one."""

    HAPPENED = "happened"  # 收到日期, 送达日期: the nearest past day, today included
    LIMIT = "limit"  # 反馈时限, 回复期限: the nearest day to come, today included
    EITHER = "either"  # 任职日期, 启用日期: the nearest day, behind or ahead


_FITS: dict[Meaning, Callable[[date, date], bool]] = {
    Meaning.HAPPENED: lambda day, today: day <= today,
    Meaning.LIMIT: lambda day, today: day >= today,
    Meaning.EITHER: lambda day, today: True,
}


def parse_date(text: str, today: date, meaning: Meaning = Meaning.HAPPENED, *, field: str | None = None) -> date:
    """Return the date a person typed: 20261120, 2026-11-20, 2026/11/20, 11月20日, 今天.

    A date without a year is that of last year, this or next which its meaning asks for. Raises DomainError with a
    sentence on anything else, and on a day that none of these years has. `readDate` of the script reads the same.
    """
    text = text.strip().translate(_DIGITS)
    if text in _WORDS:
        return today + timedelta(days=_WORDS[text])
    parts = _match(text)
    if parts is None:
        raise DomainError(f"看不懂日期“{text[:20]}”，可写 20261120、2026-11-20 或 11月20日。", field=field)
    found = _day(*parts, today, meaning)
    if found is None:
        raise DomainError(f"没有“{text}”这一天，请核对日期。", field=field)
    return in_range(found, field=field)


_DIGITS = str.maketrans("０１２３４５６７８９－．／", "0123456789-./")


def _match(text: str) -> tuple[int | None, int, int] | None:
    if len(text) > 20 or not text.isascii() and any(c.isdigit() and not c.isascii() for c in text):
        return None
    full = _FULL.fullmatch(text) or _COMPACT.fullmatch(text)
    if full:
        return int(full[1]), int(full[2]), int(full[3])
    short = _SHORT.fullmatch(text)
    return (None, int(short[1]), int(short[2])) if short else None


def _day(year: int | None, month: int, day: int, today: date, meaning: Meaning) -> date | None:
    if year is not None:
        return _existing(year, month, day)
    near = (_existing(each, month, day) for each in (today.year - 1, today.year, today.year + 1))
    fitting = [found for found in near if found and _FITS[meaning](found, today)]
    return min(fitting, key=lambda found: abs(found - today), default=None)


def _existing(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def in_range(day: date, *, field: str | None = None) -> date:
    """Return the day if it lies in 2000–2100.

    Raises DomainError, at the field if one is named.
    """
    if not EARLIEST <= day <= LATEST:
        raise DomainError(f"日期 {day.isoformat()} 超出范围（2000 年至 2100 年）。", field=field)
    return day


def month_day(day: date) -> str:
    """Return 1月19日."""
    return f"{day.month}月{day.day}日"


def long_date(day: date) -> str:
    """Return 2026年11月20日 (GB/T 9704: Arabic figures, no leading zeros)."""
    return f"{day.year}年{day.month}月{day.day}日"


def weekday(day: date) -> str:
    """Return 周二."""
    return f"周{WEEKDAYS[day.weekday()]}"


def parse_clock(text: str) -> time:
    """Read an hour of the day as people write it (24 小时制): 9:05, 14：30, 14时30分, 9点. Raises DomainError."""
    found = _CLOCK.fullmatch(unicodedata.normalize("NFKC", text).replace(" ", ""))
    hour, minute = (int(found["hour"]), int(found["minute"] or 0)) if found else (24, 0)
    if hour > LAST_HOUR or minute > LAST_MINUTE:
        raise DomainError("请按 24 小时制写时刻，如 14:30。")
    return time(hour, minute)
