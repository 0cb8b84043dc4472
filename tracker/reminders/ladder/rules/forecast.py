"""What a ladder tells about a clock while the timer looks every day: for the preview and the simulation. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from tracker.reminders.ladder.rules.reach import DayCounter, Reached, Watched, look, reached_on, reply_by, rungs_of
from tracker.reminders.ladder.rules.rungs import Rung

Told = tuple[date, Reached]
# A walk of one clock, given the day of the first sign of work on its case (None: there is none).
Walk = Callable[[date | None], Sequence[Told]]


def walked(
    clock: Watched,
    ladder: Sequence[Rung],
    first: date,
    last: date,
    days: DayCounter,
    *,
    known: Mapping[str, bool],
    noted_on: date | None = None,
    not_before: date | None = None,
    follows: bool = False,
) -> list[Told]:
    """Return what goes out about a running clock from one day to another, each with its day.

    It looks as the timer does, by the same rules and on the same days; nobody answers a letter meanwhile, so the
    next one waits for its reply day. One that `follows` another does so all the time.
    """
    told: list[Told] = []
    seen, day = dict(known), first
    while day <= last:
        found = look(clock, ladder, day, days, known=seen, noted_on=noted_on, not_before=not_before, follows=follows)
        seen.update((each.rung.code, False) for each in found.record)
        if found.raise_now is not None:
            rung = found.raise_now.rung
            told.append((day, found.raise_now))
            seen[rung.code] = True
            if rung.issues:
                not_before = _after_reply(rung, clock, ladder, day, days)
        if found.next_on is None:
            break
        day = found.next_on
    return told


def _after_reply(rung: Rung, clock: Watched, ladder: Sequence[Rung], day: date, days: DayCounter) -> date | None:
    wanted = reply_by(rung, clock, ladder, day, days)
    return wanted + timedelta(days=1) if wanted else None


def went_out(
    clock: Watched, ladder: Sequence[Rung], first: date, last: date, days: DayCounter, noted_on: date | None = None
) -> list[Told]:
    """Return what a ladder would have told about a clock in a past time, had it been in force all along.

    A rung of the day on which the clock ended counts: the timer looks before the office opens.
    """
    passed = {
        rung.code: True for rung in rungs_of(clock.kind, ladder) if reached_on(rung, clock, days) < first
    }  # told before the time that is asked about
    until = last if clock.ended_on is None else min(last, clock.ended_on)
    return walked(replace(clock, ended_on=None), ladder, first, until, days, known=passed, noted_on=noted_on)


@dataclass(frozen=True, slots=True)
class Path:
    """What is told about all clocks that are alike: where nobody has noted work, and where it was noted at once.

    `quiet` are the days of the rungs that a sign of work keeps away. Thousands of clocks share few paths.
    """

    plain: tuple[Told, ...]
    noted: tuple[Told, ...]
    quiet: tuple[date, ...]
    walk: Walk

    @property
    def is_doubtful(self) -> bool:
        """Return whether it matters what was noted on the case."""
        return self.plain != self.noted

    def told(self, noted_on: date | None) -> tuple[Told, ...]:
        """Return what is told where the first sign of work was on a day."""
        if noted_on is None or all(noted_on > day for day in self.quiet):
            return self.plain
        return self.noted if all(noted_on <= day for day in self.quiet) else tuple(self.walk(noted_on))


def path_of(clock: Watched, ladder: Sequence[Rung], days: DayCounter, walk: Walk) -> Path:
    """Return the path of a clock, for all that are alike."""
    quiet = tuple(reached_on(rung, clock, days) for rung in rungs_of(clock.kind, ladder) if rung.unless_noted)
    plain = tuple(walk(None))
    return Path(plain, tuple(walk(clock.started_on)) if quiet else plain, quiet, walk)
