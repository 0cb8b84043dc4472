"""On which day a rung of a clock is reached, and what a look at a clock finds. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from tracker.deadlines.limits import LimitKind
from tracker.deadlines.rules import NEVER, stands_still
from tracker.reminders.ladder.rules.moments import When
from tracker.reminders.ladder.rules.rungs import LEVEL_ORDER, Rung
from tracker.working_days.rules import Calendar, Pause, Unit, add_working_days, counted_after, counted_days

ANSWERED = "检查以前已经完成"
PASSED = "停摆期间已升到更高一级"
OUTRANKED = "已经发过更高一级"
BEFORE_CHANGE = "改期以前的节点"
NOTED = "已有办理记录"
TOO_SHORT = "时限太短，交办时已告知"
# Reminders ahead of a date that has moved since: their day belonged to the old date.
AHEAD = frozenset({When.SHARE, When.BEFORE})


class Ref(NamedTuple):
    """A thing that clocks are about: its kind and its id among those."""

    kind: str
    id: int


@dataclass(frozen=True, slots=True)
class Watched:
    """What of a clock decides its rungs, and what it is about. `paused_on`: the first day of a pause that lasts.

    `counted_on` is the day that was counted, before it moved past days of rest; None where that is `due_on`.
    `claimed_on` is the day of an act that was entered late and waits to be confirmed (补录，待核).
    """

    id: int
    kind: LimitKind
    about: Ref
    started_on: date
    due_on: date
    revision: int
    revised_on: date | None = None
    ended_on: date | None = None
    paused_on: date | None = None
    pauses: tuple[Pause, ...] = ()
    counted_on: date | None = None
    claimed_on: date | None = None


@dataclass
class DayCounter:
    """Counts days by one calendar and remembers what it counted: thousands of clocks share few dates."""

    calendar: Calendar
    _known: dict[tuple[date, int], date] = field(default_factory=dict)

    def working_days_from(self, day: date, amount: int) -> date:
        """Return the day a number of working days after a day (before it where negative)."""
        key = (day, amount)
        if key not in self._known:
            self._known[key] = add_working_days(day, amount, self.calendar)
        return self._known[key]

    def working_day_until(self, day: date) -> date:
        """Return a day itself where it is a working day, else the last one before it."""
        return day if self.calendar.is_working(day) else self.working_days_from(day, -1)


def reached_on(rung: Rung, clock: Watched, days: DayCounter) -> date:
    """Return the day on which a rung of a clock is reached; never before the clock began.

    A warning ahead of a date goes by the day that was counted (10-01), not by the one after the holidays (10-08), and
    comes on a working day: it must not lie unread until the date itself. What is urgent is told on any day.
    """
    return max(_day_of(rung, clock, days), clock.started_on)


def _day_of(rung: Rung, clock: Watched, days: DayCounter) -> date:
    if rung.when is When.SHARE:
        total = counted_days(clock.started_on, clock.due_on, clock.pauses)
        return counted_after(clock.started_on, -(-total * rung.number // 100), clock.pauses)
    if rung.when is When.AFTER or rung.urgent:
        return _counted(rung, clock.due_on, rung.number if rung.when is When.AFTER else -rung.number, days)
    last = (clock.counted_on or clock.due_on) if rung.number else clock.due_on
    return days.working_day_until(_counted(rung, last, -rung.number, days))


def _counted(rung: Rung, day: date, amount: int, days: DayCounter) -> date:
    return days.working_days_from(day, amount) if rung.unit == Unit.WORKING_DAY else day + timedelta(days=amount)


def rungs_of(kind: LimitKind, ladder: Iterable[Rung]) -> tuple[Rung, ...]:
    """Return the rungs in force for a kind of clock, in the order of the table."""
    return tuple(rung for rung in ladder if rung.active and kind in rung.kinds)


@dataclass(frozen=True, slots=True)
class Reached:
    """A rung that a look at a clock finds reached; `because` says why it is only recorded, not told."""

    rung: Rung
    on: date
    because: str = ""

    @property
    def rank(self) -> tuple[int, date]:
        """How high it stands: by level, then by day."""
        return LEVEL_ORDER.index(self.rung.level), self.on


@dataclass(frozen=True, slots=True)
class Look:
    """What a look at one clock finds: the rung to raise now, those only to record, and when to look again."""

    raise_now: Reached | None
    record: tuple[Reached, ...]
    next_on: date | None

    def wanted_on(self, today: date) -> date:
        """Return the day on which the clock wants to be looked at: today, where anything is to be written."""
        return today if self.raise_now or self.record else self.next_on or NEVER


def look(
    clock: Watched,
    ladder: Sequence[Rung],
    today: date,
    days: DayCounter,
    *,
    known: Mapping[str, bool],
    noted_on: date | None = None,
    not_before: date | None = None,
    follows: bool = False,
    draft_waits: bool = False,
) -> Look:
    """Return what is due for a clock today.

    `known` are the rungs recorded for this revision of its date (True: raised, False: only recorded). `noted_on` is
    the first work note since the clock began. `not_before` is the day after the reply day of a letter that is still
    out: no second letter before it (domain.md §2.3); while a draft to the same unit waits for its signer
    (`draft_waits`) there is no second draft. One that `follows` another clock of the same duty does not climb
    while that one runs. Of several rungs reached since the last look, the highest is
    raised and the others are recorded; of a clock that has ended, all are only recorded; of one that is paused
    (期间不计) nothing is said until somebody resumes it.
    """
    if clock.ended_on is None and stands_still(clock.paused_on, clock.due_on, today):
        return Look(None, (), None)
    mine = rungs_of(clock.kind, ladder)
    by_day = sorted(((reached_on(rung, clock, days), rung) for rung in mine), key=lambda pair: pair[0])
    until = today if clock.ended_on is None else min(today, clock.ended_on)
    fresh = [(on, rung) for on, rung in by_day if on <= until and rung.code not in known]
    letters_wait = not_before is not None and today < not_before
    reached = () if clock.ended_on else [rung for _, rung in fresh]
    held = _held(reached, letters_wait=letters_wait, draft_waits=draft_waits, follows=follows)
    held_until = (not_before if letters_wait and not follows else today + timedelta(days=1)) if held else None
    found = [_found(rung, on, clock, days, noted_on) for on, rung in fresh if rung.code not in held]
    if follows and clock.kind is LimitKind.ORDER_REPLY:
        # The letter itself has just said by when it wants its reply.
        found = [_only(each, TOO_SHORT) if each.rung.when in AHEAD else each for each in found]
    if held:
        # It only waits: what should have come ahead of the date is over.
        found = [_only(each, PASSED) if each.rung.when in AHEAD else each for each in found]
    told = [each for each in found if not each.because]
    highest = max(told, key=lambda each: each.rank, default=None)
    raised = [LEVEL_ORDER.index(rung.level) for rung in mine if known.get(rung.code)]
    outranked = highest is not None and bool(raised) and max(raised) > LEVEL_ORDER.index(highest.rung.level)
    if highest and outranked:
        record, highest = [_only(each, OUTRANKED) for each in found], None
    else:
        record = [_only(each, PASSED) for each in found if each is not highest]
    return Look(highest, tuple(record), _next(clock, by_day, today, held_until))


def _held(reached: Iterable[Rung], *, letters_wait: bool, draft_waits: bool, follows: bool) -> set[str]:
    """Return the rungs that only wait: for a letter or a draft that is out, or for the clock that leads."""
    return {
        rung.code
        for rung in reached
        if (rung.issues and letters_wait) or (rung.drafts and draft_waits) or (follows and rung.when is When.AFTER)
    }


def _found(rung: Rung, on: date, clock: Watched, days: DayCounter, noted_on: date | None) -> Reached:
    if clock.ended_on is not None:
        return Reached(rung, on, ANSWERED)
    if clock.revised_on and on < clock.revised_on and rung.when in AHEAD:
        return Reached(rung, on, BEFORE_CHANGE)
    if rung.when is When.BEFORE and rung.number and _day_of(rung, clock, days) <= clock.started_on:
        return Reached(rung, on, TOO_SHORT)
    if rung.unless_noted and noted_on is not None and noted_on <= on:
        return Reached(rung, on, NOTED)
    return Reached(rung, on)


def _only(reached: Reached, because: str) -> Reached:
    return reached if reached.because else Reached(reached.rung, reached.on, because)


def _next(clock: Watched, by_day: Sequence[tuple[date, Rung]], today: date, held_until: date | None) -> date | None:
    if clock.ended_on is not None and clock.ended_on <= today:
        return None
    ahead = [on for on, _ in by_day if on > today]
    return min([*ahead[:1], *([held_until] if held_until else [])], default=None)


def reply_by(rung: Rung, clock: Watched, ladder: Sequence[Rung], today: date, days: DayCounter) -> date | None:
    """Return the day by which a rung wants its reply: its working days from today.

    A letter's reply always falls due before the next letter can go out, however late it was sent itself.
    """
    if rung.reply_days is None:
        return None
    wanted = days.working_days_from(today, rung.reply_days)
    letters = (other for other in rungs_of(clock.kind, ladder) if other.issues and other.code != rung.code)
    later = [day for other in letters if (day := reached_on(other, clock, days)) > today]
    return max(today, min(wanted, days.working_days_from(min(later), -1))) if later else wanted
