"""Reading one cell as what it means: a line, a text, a day with its hour, a number. What is wrong is collected."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from tracker.cases.intake.rules.history import DayAndHour
from tracker.core.dates import in_range, long_date
from tracker.core.errors import DomainError
from tracker.core.text import clean, clean_line
from tracker.spreadsheets.workbook import Cell

# Excel counts days from here; the day 1900-02-29, which it believes in, lies before every date that is taken.
SERIAL_ZERO = date(1899, 12, 30)
_SERIAL = re.compile(r"[3-7]\d{4}(\.\d+)?")
_DAY = r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?"
_HOUR = r"(上午|下午|am|pm)?\s*(\d{1,2})\s*[:时点]\s*(\d{1,2})\s*[:分]?\s*(?:(\d{1,2})(?:\.\d+)?\s*秒?)?\s*(am|pm)?"
_WRITTEN = re.compile(rf"{_DAY}(?:\s*t?\s*(?:星期.|周.)?\s*{_HOUR})?", re.IGNORECASE)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\s*(\d{2})(\d{2})(\d{2})?)?")
_AFTERNOON = ("下午", "pm")
_FIRST_NUMBER = re.compile(r"\d{1,5}")
MOST_PEOPLE = 99_999


class Cells:
    """The mapped cells of one row, by field; reading them collects sentences about what is wrong."""

    def __init__(self, values: Mapping[str, Cell], labels: Mapping[str, str], *, today: date) -> None:
        self._values, self._labels, self._today = values, labels, today
        self.problems: list[str] = []

    def line(self, field: str, longest: int) -> str | None:
        """Return one line of text, None where it is empty; a problem where it is too long to be kept whole."""
        text = clean_line(_text(self._values.get(field, "")))
        if len(text) > longest:
            self.problems.append(f"{self._labels[field]}有 {len(text)} 字，超过 {longest} 字。")
        return text or None

    def text(self, field: str) -> str | None:
        """Return a text with its line breaks, None where it is empty."""
        return clean(_text(self._values.get(field, ""))) or None

    def moment(self, field: str, *, required: bool = False, ahead: bool = False) -> DayAndHour | None:
        """Return a day, with its hour where it is given; a problem where it is missing or unreadable.

        One after today is a problem too, unless it may lie `ahead`.
        """
        value = self._values.get(field, "")
        if isinstance(value, str) and not value.strip():
            if required:
                self.problems.append(f"没有{self._labels[field]}。")
            return None
        try:
            found = read_moment(value)
        except DomainError as error:
            self.problems.append(f"{self._labels[field]}：{error.message}")
            return None
        if found.day > self._today and not ahead:
            self.problems.append(f"{self._labels[field]}（{long_date(found.day)}）晚于今天，请核对。")
        return found

    def people(self, field: str) -> int:
        """Return a number of people; one where nothing is said."""
        text = self.line(field, 20) or "1"
        found = _FIRST_NUMBER.fullmatch(unicodedata.normalize("NFKC", text).removesuffix("人").strip())
        if found is None or not 1 <= int(found[0]) <= MOST_PEOPLE:
            self.problems.append(f"{self._labels[field]}“{text[:20]}”不是 1 至 {MOST_PEOPLE} 的人数。")
            return 1
        return int(found[0])

    def require(self, field: str) -> None:
        """Note a problem where a cell is empty."""
        if not clean_line(_text(self._values.get(field, ""))):
            self.problems.append(f"没有{self._labels[field]}。")


def _text(value: Cell) -> str:
    if isinstance(value, datetime):
        return value.isoformat(" ")
    return value if isinstance(value, str) else value.isoformat()


def read_moment(value: Cell) -> DayAndHour:
    """Return the day and hour of a true date, a written one (2019/2/28 9:05:01, full width too), an Excel serial.

    Midnight to the second is taken for a day without an hour. Raises DomainError with a sentence.
    """
    if isinstance(value, datetime):
        return _moment(value.date(), value.time())
    if isinstance(value, date):
        return _moment(value, None)
    text = " ".join(unicodedata.normalize("NFKC", value).split())
    if _SERIAL.fullmatch(text):
        return _of_serial(float(text))
    written, compact = _WRITTEN.fullmatch(text), _COMPACT.fullmatch(text)
    try:
        if written:
            return _moment(date(*_numbers(written, 1, 2, 3)), _hour_written(written))
        if compact:
            return _moment(date(*_numbers(compact, 1, 2, 3)), _hour_compact(compact))
    except ValueError:
        raise DomainError(f"没有“{text[:30]}”这个时间。") from None
    raise DomainError(f"看不懂“{text[:30]}”，应写成 2019/2/28 9:05:01 或者 2019-02-28。")


def _moment(day: date, hour: time | None) -> DayAndHour:
    return DayAndHour(in_range(day), None if hour == time() else hour)


def _of_serial(serial: float) -> DayAndHour:
    days, rest = divmod(round(serial * 86_400), 86_400)
    at = datetime.combine(SERIAL_ZERO + timedelta(days=days), time()) + timedelta(seconds=rest)
    return _moment(at.date(), at.time())


def _numbers(found: re.Match[str], *groups: int) -> list[int]:
    return [int(found[group] or 0) for group in groups]


def _hour_written(found: re.Match[str]) -> time | None:
    if found[5] is None:
        return None
    hour, minute, second = _numbers(found, 5, 6, 7)
    half = (found[4] or found[8] or "").casefold()
    if half in _AFTERNOON and hour < 12:
        hour += 12
    return time(hour, minute, second)


def _hour_compact(found: re.Match[str]) -> time | None:
    hour, minute, second = _numbers(found, 4, 5, 6)
    return time(hour, minute, second) if found[4] else None
