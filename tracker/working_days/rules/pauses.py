"""Pauses (期间不计): days that a running term leaves out, such as those of a hearing (听证) or a suspension (中止).

A pause begins with its first day and holds until the day on which the counting goes on. A day that several pauses
share is left out once; a pause that begins after the last day of a term changes nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from tracker.working_days.rules.calendar import ONE_DAY, Calendar, CountedDay

JOINED = "、"


@dataclass(frozen=True, slots=True, order=True)
class Pause:
    """Days that do not count, from `first` to the day before `resumed`; `resumed` is None while it lasts.

    `because` names the days (听证期间), `basis` says on which article they do not count.
    """

    first: date
    resumed: date | None
    because: str
    basis: str = ""

    def holds_on(self, day: date) -> bool:
        """Return whether a day lies in the pause."""
        return self.first <= day and (self.resumed is None or day < self.resumed)

    @property
    def days(self) -> Iterable[date]:
        """The days of a pause that is over; none of one that lasts, because nobody knows how many they will be."""
        length = (self.resumed - self.first).days if self.resumed else 0
        return (self.first + timedelta(days=n) for n in range(length))


@dataclass(frozen=True, eq=False)
class PausedCalendar(Calendar):
    """A calendar in which the days of pauses are not worked and do not count; `left_out` names them."""

    left_out: Mapping[date, str] = field(default_factory=dict)

    def counts(self, on: date) -> bool:
        """Return whether a day is counted in a term of calendar days."""
        return on not in self.left_out

    def is_working(self, on: date) -> bool:
        """Return whether a day is worked and counted."""
        return self.counts(on) and super().is_working(on)

    def day(self, on: date) -> CountedDay:
        """Return a day with its name: that of the pause it lies in, the holiday, 周末, or nothing."""
        because = self.left_out.get(on)
        return super().day(on) if because is None else CountedDay(on, False, because, paused=True)


def leaving_out(calendar: Calendar, pauses: Iterable[Pause]) -> Calendar:
    """Return a calendar without the days of pauses that are over; one that lasts leaves nothing out yet."""
    names: dict[date, dict[str, None]] = {}
    for pause in sorted(set(pauses), key=lambda each: (each.first, each.because)):
        for day in pause.days:
            names.setdefault(day, {})[pause.because] = None
    left_out = {day: JOINED.join(because) for day, because in names.items()}
    return PausedCalendar(calendar.marks, calendar.years, calendar.weekend, left_out) if left_out else calendar


def pause_on(pauses: Iterable[Pause], day: date) -> Pause | None:
    """Return the pause that a day lies in, of several the one that began first; None where the term is counted."""
    return min((each for each in pauses if each.holds_on(day)), key=lambda each: each.first, default=None)


def counted_days(start: date, end: date, pauses: Iterable[Pause]) -> int:
    """Return how many days after `start` up to and including `end` lie in no pause that is over."""
    left_out = {day for pause in pauses for day in pause.days if start < day <= end}
    return (end - start).days - len(left_out)


def left_out_days(start: date, pauses: Iterable[Pause]) -> int:
    """Return how many days after `start` lie in pauses that are over, each day once."""
    return len({day for pause in pauses for day in pause.days if day > start})


def counted_after(start: date, amount: int, pauses: Iterable[Pause]) -> date:
    """Return the last of a number of days after `start` that lie in no pause that is over."""
    left_out, end = {day for pause in pauses for day in pause.days}, start
    if not left_out:
        return start + timedelta(days=amount)
    while amount > 0:
        end += ONE_DAY
        amount -= end not in left_out
    return end
