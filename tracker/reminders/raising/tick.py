"""What the batches of one run of the timer share, and what they add up."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime

from tracker.core.clock import local_date
from tracker.reminders.ladder.queries import Ladder
from tracker.reminders.ladder.rules.reach import DayCounter
from tracker.reminders.subjects.table import Subjects

# On SQLite a batch keeps the file for itself: a hundred letters are about half a second of it.
BATCH = 100


@dataclass(frozen=True)
class Tick:
    """One run of the timer while it works: its row, the instant, the table, the subjects, whether notices are held.

    `last_on` is the day of the last good run: what was reached before today and after it is late (迟发).
    """

    run_id: int | None
    now: datetime
    ladder: Ladder
    days: DayCounter
    subjects: Subjects
    last_on: date | None = None
    hold: bool = False

    @property
    def today(self) -> date:
        """The Beijing day of the run."""
        return local_date(self.now)

    def is_late(self, on: date) -> bool:
        """Return whether a rung of an earlier day is noticed late because the timer stood still on that day."""
        return on < self.today and (self.last_on is None or self.last_on < on)


@dataclass
class Tally:
    """What a run did: clocks looked at, rungs raised by code, recorded only by reason, how many came late.

    `lapsed` windows ended; `wrong` clocks had a hint that would have hidden them.
    """

    examined: int = 0
    raised: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    late: int = 0
    lapsed: int = 0
    wrong: int = 0

    def add(self, other: "Tally") -> None:
        """Add what another batch did."""
        self.examined += other.examined
        self.raised += other.raised
        self.skipped += other.skipped
        self.late += other.late
        self.lapsed += other.lapsed
        self.wrong += other.wrong
