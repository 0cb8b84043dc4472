"""What the timer asks of the things that clocks are about, and the rows that answer.

`Subject` is a kind of thing that clocks belong to, `PaperKind` a kind of writing about it with a clock of its own.
Whatever is asked for a batch is asked of many things of one kind at once.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, bindparam

from tracker.core.clock import local_date
from tracker.core.database import Model, UTCDateTime
from tracker.deadlines.models import Deadline
from tracker.people.models import Department, User
from tracker.people.rules import Reader
from tracker.reminders.ladder.rules.moments import Behaviour
from tracker.reminders.ladder.rules.reach import Ref
from tracker.reminders.ladder.rules.rungs import Recipient, Rung, RungLevel
from tracker.reminders.models import Escalation

Clause = ColumnElement[bool]
Ids = Collection[int]


@dataclass(frozen=True, slots=True)
class Free:
    """A thing that nobody works on just now, locked until the transaction ends.

    `office_id` issues papers about it, in its `round`, their numbers of the closed series (内部编号) if `closed`.
    Units in `shut_out` and those below them must not hear of it (条例第三十条). `facts` are the thing's own; they are
    given back to `Subject.wrote`.
    """

    office_id: int
    round: int
    closed: bool
    shut_out: frozenset[int]
    facts: Any


@dataclass(frozen=True)
class Standing:
    """How people stand towards one thing, for one clock of it: who has it, who leads, who may know.

    `unit` owes the clock, else it has the thing; `owner` is the person. `gone` says why nobody need be told of
    anything any more, `over` why nothing is asked any more; both are empty while it is live. Of a `confidential` one
    nothing leaves the machine but that there is something; `open_to_group` says whether a group may hear of it.
    `awaited` are the posts that it waits for now, `hangs` those that are to see to it because its unit or people cannot
    act any more (待重新交办、待改派). Where no post can be told, `last` are the people who may know in
    any case, called `last_label`.
    """

    office: Department
    unit: Department
    owner: User | None
    leads: tuple[User, ...]
    may_know: Callable[[Reader], bool]
    number: str
    gone: str
    over: str
    confidential: bool
    open_to_group: bool
    awaited: Callable[[], frozenset[Recipient]]
    hangs: Callable[[], frozenset[Recipient]]
    last: tuple[User, ...]
    last_label: str


@dataclass(frozen=True, slots=True)
class SubjectWords:
    """How a thing is called, and the page where it is: endpoint and public id.

    `named`: its number may leave the house.
    """

    number: str
    title: str
    page: str
    public_id: str
    named: bool


@dataclass(frozen=True, slots=True)
class Watch:
    """How a behaviour (情形) is seen: a statement of what was seen before an instant, built once.

    It selects `subject_id`, `revision`, `thing_id` and `at`, and is run with what `until` gives. `seen_on` is the kind
    of thing that it is seen on. What lasts is asked for once a day (`daily`).
    """

    seen_on: str
    statement: Callable[[], Select[*tuple[Any, ...]]]
    daily: bool = False


# Events further back were never within a silence that the timer bridges by itself (reminders/gate/rules).
EVENT_WINDOW = timedelta(days=62)
UNTIL, UNTIL_DAY = bindparam("until", type_=UTCDateTime), bindparam("until_day", type_=Date)
SINCE, SINCE_DAY = bindparam("since", type_=UTCDateTime), bindparam("since_day", type_=Date)


def until(instant: datetime) -> dict[str, date]:
    """Return what a `Watch` asks by: before which instant something was seen, and since when."""
    since, day = instant - EVENT_WINDOW, local_date(instant)
    return {"until": instant, "until_day": day, "since": since, "since_day": day - EVENT_WINDOW}


@dataclass(frozen=True)
class Wanted:
    """A letter that a rung of the ladder wants (自动发单): about which clock, to which unit, with its day of reply."""

    escalation: Escalation
    deadline_id: int
    about: Ref
    free: Free
    department_id: int
    user_id: int | None
    rung: Rung
    text: str
    reply_by: date


@dataclass(frozen=True)
class Issued:
    """A letter that went out: its level, number and day of reply, and the rows that were written or changed with it.

    One that waits for its `signer`, in words, has no number yet.
    """

    wanted: Wanted
    level: RungLevel
    paper: str
    number: str
    department: str
    text: str
    reply_by: date
    rows: tuple[Model, ...]
    signer: str = ""


@dataclass(frozen=True)
class Out:
    """Until when letters may still be answered: by the clock that each is about, else by thing and unit.

    What the office was sent itself stands without a unit too. `drafts` are the things and units of which a draft
    waits for its signer.
    """

    by_clock: Mapping[int, date]
    by_unit: Mapping[tuple[Ref, int | None], date]
    drafts: Collection[tuple[Ref, int]]

    def until(self, deadline_id: int, about: Ref, department_id: int | None) -> date | None:
        """Return the last reply day that holds up the next letter about a clock; another unit's holds up nothing.

        No unit stands for the office itself.
        """
        found = (self.by_clock.get(deadline_id), self.by_unit.get((about, department_id)))
        return max((day for day in found if day), default=None)


@dataclass(frozen=True)
class Letters:
    """The papers that the ladder issues by itself. `hold` locks their counters of a year, before anything else.

    `out` returns which are out on a day, of some things or (None) of all. `issue` writes those that are wanted, one
    for each thing and unit, or drafts them where a person signs their level. `withdraw` takes back the unanswered ones
    of raised rungs, found by a condition and among these ids, with the reason; it returns what it changed by
    escalation. `about_running` is the condition on a clock
    that it is the reply to a letter about a clock that still runs: the next letter asks for both.
    """

    hold: Callable[[int], None]
    out: Callable[[date, Collection[Ref] | None], Out]
    issue: Callable[[Sequence[Wanted], datetime], Sequence[Issued]]
    withdraw: Callable[[Clause, Ids, datetime, str], Mapping[int, Sequence[Model]]]
    about_running: Callable[[], Clause]


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A kind of thing that clocks belong to, and everything that the timer asks of it. No answer has a default.

    - `kind`, `parts`: what stands in `Deadline.subject` for it and for its parts.
    - `column`: the column `case_id` of clocks, notices and escalations, where it names the thing; else None.
    - `lock`: lock things in the order of their keys. `free`: lock those that nobody works on, in one statement.
    - `noted`: the days of signs of work on each, in order. `units`: which unit has each.
    - `standing`: how people stand towards one, for a clock; with what a rung was seen on.
    - `known`, `listed`: the ids of which a person may know, by key and as a list. `live`: those still in hand.
    - `counted`: the ids that figures count for who does no case work: those with open numbers; with the log, all.
    - `own`: the ids whose dates are a person's own business.
    - `open_to`: of the kinds of things that a rung is seen on, the ids that do not shut a person out.
    - `words`: how each is called and where its page is.
    - `wrote`: the lines that a letter leaves with the thing, by letter. `refreshed`: what hangs on its clocks.
    - `watches`: the behaviours that are seen on it.
    """

    kind: str
    parts: frozenset[str]
    column: str | None
    lock: Callable[[Ids], None]
    free: Callable[[Ids], Mapping[int, Free]]
    noted: Callable[[Ids], Mapping[int, Sequence[date]]]
    units: Callable[[Ids], Mapping[int, int]]
    standing: Callable[[int, Deadline | None, Ref | None], Standing]
    known: Callable[[Reader], Select[Any]]
    listed: Callable[[Reader], Select[Any]]
    counted: Callable[[Reader], Select[Any]]
    live: Callable[[], Select[Any]]
    own: Callable[[Reader, date], Select[Any]]
    open_to: Mapping[str, Callable[[Reader], Select[Any]]]
    words: Callable[[Ids], Mapping[int, SubjectWords]]
    wrote: Callable[[Sequence[Issued], datetime], Sequence[Sequence[Model]]]
    refreshed: Callable[[Ids], Mapping[int, Model]]
    watches: Mapping[Behaviour, Watch]

    @property
    def kinds(self) -> frozenset[str]:
        """What its clocks may name as their subject."""
        return self.parts | {self.kind}


@dataclass(frozen=True, kw_only=True)
class PaperKind:
    """A kind of writing about a thing (督办单、批示) with a clock of its own; all else is asked of the thing.

    `model` has the columns `subject`, `subject_id` and `case_id` of what it is about. `issuer`: who wrote one, None
    for the ladder. `personal`: its clock is nobody's business but that of the person who owes it. `letters`: where
    the ladder issues it.
    """

    kind: str
    model: Any
    issuer: Callable[[int], User | None]
    personal: bool
    letters: Letters | None
