"""What a row of the lifecycle says of a step, column by column (办理流程表的栏目). Pure."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from tracker.cases.lifecycle.rules.actions import Action, Guard, Station
from tracker.cases.record.rules.codes import DocumentKind, LedgerStatus, Status
from tracker.deadlines.limits import LimitKind
from tracker.reminders.ladder.rules.rungs import Recipient
from tracker.statutes.rules.provisions import Basis

ENDED = frozenset(
    {
        *(Status.DELIVERED, Status.DIVERTED, Status.NOT_ACCEPTED),
        *(Status.NO_LONGER_ACCEPTED, Status.TRANSFERRED, Status.WITHDRAWN),
    }
)
AT_WORK = frozenset({LedgerStatus.OPEN, LedgerStatus.RETURNED})


Named = TypeVar("Named", bound=StrEnum)


class About(StrEnum):
    """What a clock is about: the matter, an assignment, a 催办单 or 督办单, a 批示, a 移交 or 转送. Stored with it."""

    CASE = "case"
    ASSIGNMENT = "assignment"
    ORDER = "order"
    INSTRUCTION = "instruction"
    FORWARDING = "forwarding"


class Since(StrEnum):
    """From which day a clock counts: of entry, of the receipt, of the step, or another day that its form asks for."""

    TODAY = "today"
    HAPPENED = "happened_on"
    RECEIPT = "receipt"
    DELIVERED = "delivered_on"
    SENT = "sent_on"
    SERVED = "served_on"
    ACCEPTED = "accepted_on"
    HANDED_OVER = "handed_over_on"
    ASKED = "received_on"
    CONCLUDED = "concluded_on"
    CARRIED_OUT = "carried_out_on"

    @property
    def field(self) -> str:
        """The field of the form that asks for the day; empty where nobody is asked."""
        return "" if self in (Since.TODAY, Since.RECEIPT) else self.value


class Prominence(StrEnum):
    """Where a step is offered: in the panel 下一步, or beside the paper that it answers or takes back.

    In the panel somebody waits for it, or it may be taken, or it ends or undoes something. A paper is answered by the
    people it was sent to, whatever their stations: only the section 督办 knows them.
    """

    MAIN = "main"
    MORE = "more"
    GRAVE = "grave"
    PAPER = "paper"


class Words(StrEnum):
    """Whether a step must be put into words: not, why it is taken (理由), or what is said in the matter (办理情况)."""

    NONE = "none"
    WHY = "why"
    SAID = "said"


class Record(StrEnum):
    """What a step adds to the file of the case (案卷); the values name the lists of the file."""

    ASSIGNMENT = "assignments"
    OBJECTION = "objections"
    DOCUMENT = "documents"
    DECISION = "decisions"
    CALL_BACK = "call_backs"
    TICK = "ticks"
    LOOK_BACK = "look_backs"
    REPORT = "reports"
    FORWARDING = "forwardings"
    REVIEW = "reviews"
    DRAFT = "drafts"
    ORDER_DRAFT = "order_drafts"


class Handover(StrEnum):
    """Whose hands a step changes (责任天数): to a unit, back to the office, another person, the reviewing organ."""

    TO_UNIT = "to_unit"
    BACK = "back"
    TO_HANDLER = "to_handler"
    TO_LEAD = "to_lead"
    TO_REVIEW = "to_review"
    FROM_REVIEW = "from_review"


@dataclass(frozen=True)
class Start:
    """A clock that a step starts (起算): what it is about, and from which day it counts.

    Who owes it stands in LIMITS. A clock without a number of days begins where the step names its last day.
    `always`: whatever the matter was before, for the step makes it one that has this clock.
    """

    kind: LimitKind
    about: About = About.CASE
    since: Since = Since.TODAY
    always: bool = False


@dataclass(frozen=True)
class Stop:
    """Clocks that a step ends: all of a kind in the matter, or those of the one thing that the step is about.

    They end on the day of the act, or on that which its form gives for `on`: where it gives none, they run on.
    Of those `in_turn` one act meets one: the clock that is due first.
    """

    kind: LimitKind
    about: About | None = None
    on: Since | None = None
    in_turn: bool = False


@dataclass(frozen=True)
class Work:
    """The new work that a step brings to others (告诉谁): the heading of the notice, the posts, what they are asked.

    `alone` are the posts where no unit has the matter. `its_clock`: the unit that owes the clock which the step starts.
    `lasting`: it is told whether or not the matter waits for the post now.
    """

    heading: str
    told: tuple[Recipient, ...]
    asked: str
    alone: tuple[Recipient, ...] | None = None
    its_clock: bool = False
    lasting: bool = False

    def posts(self, *, with_unit: bool) -> tuple[Recipient, ...]:
        """Return the posts that are told."""
        return self.told if with_unit or self.alone is None else self.alone


@dataclass(frozen=True)
class StepRule:
    """One row of the lifecycle. `to` or `ledger_to` None: that track stays where it is.

    `stops` are clocks whose act this is; `cancels` are clocks that become pointless with it; `supersedes` are clocks
    of an earlier paper whose place this one takes (以后一份为准). `issues` is the document that it writes (文书),
    `work` whether it is a sign that somebody works on the matter, `tells` who gets new work by it.
    `drafts` is the act that it drafts for whoever may take it (拟稿).
    `derives`: it changes what the matter is, so the clocks that belong to what it is are derived again (期限随事实).
    `resumes` are clocks that run on from their own day, for the act that ended them is taken back (撤销).
    `recounts` are clocks that are counted again by the days of its form (更正、不计入期限), running or ended.
    `beside` are the main steps to which it is another way to decide: it stands next to them.
    """

    action: Action
    label: str
    froms: frozenset[Status]
    to: Status | None
    by: frozenset[Station]
    prominence: Prominence
    words: Words
    ledger_froms: frozenset[LedgerStatus]
    ledger_to: LedgerStatus | None
    guards: tuple[Guard, ...]
    starts: tuple[Start, ...]
    stops: tuple[Stop, ...]
    cancels: tuple[Stop, ...]
    supersedes: tuple[Stop, ...]
    records: tuple[Record, ...]
    issues: DocumentKind | None
    hands: Handover | None
    work: bool
    tells: Work | None
    drafts: Action | None
    derives: bool
    recounts: tuple[LimitKind, ...]
    resumes: tuple[LimitKind, ...]
    beside: tuple[Action, ...]
    basis: Basis

    @property
    def moves(self) -> bool:
        """Whether it moves a track."""
        return self.to is not None or self.ledger_to is not None

    @property
    def closes_out(self) -> bool:
        """Whether it belongs to the close-out (销号): the procedure is over, the ledger is not."""
        return self.froms == ENDED and LedgerStatus.CLOSED not in self.ledger_froms

    @property
    def counted_from(self) -> str:
        """The field of its form from whose day its clocks count; empty where they count from another day."""
        return next((each.since.field for each in self.starts if each.since.field), "")

    @property
    def writes(self) -> tuple[Record, ...]:
        """What it adds to the file of the case, its document included."""
        return (*self.records, Record.DOCUMENT) if self.issues else self.records


def row(
    action: Action,
    label: str,
    froms: Status | frozenset[Status],
    to: Status | None,
    by: Station | frozenset[Station],
    prominence: Prominence,
    words: Words,
    *,
    ledger: LedgerStatus | frozenset[LedgerStatus] = AT_WORK,
    ledger_to: LedgerStatus | None = None,
    guards: tuple[Guard, ...] = (),
    starts: tuple[Start, ...] = (),
    stops: tuple[Stop, ...] = (),
    cancels: tuple[Stop, ...] = (),
    supersedes: tuple[Stop, ...] = (),
    records: tuple[Record, ...] = (),
    issues: DocumentKind | None = None,
    hands: Handover | None = None,
    work: bool = False,
    tells: Work | None = None,
    drafts: Action | None = None,
    derives: bool = False,
    recounts: tuple[LimitKind, ...] = (),
    resumes: tuple[LimitKind, ...] = (),
    beside: tuple[Action, ...] = (),
    basis: Basis = (),
) -> StepRule:
    """Return a row of the table; one state stands for the set of it, and the ledger is at work unless it is named."""
    # fmt: off
    return StepRule(
        action=action, label=label, froms=_set_of(froms), to=to, by=_set_of(by), prominence=prominence, words=words,
        ledger_froms=_set_of(ledger), ledger_to=ledger_to, guards=guards,
        starts=starts, stops=stops, cancels=cancels, supersedes=supersedes, records=records, issues=issues,
        hands=hands, work=work, tells=tells, drafts=drafts, derives=derives, recounts=recounts,
        resumes=resumes, beside=beside, basis=basis,
    )
    # fmt: on


def _set_of(one: Named | frozenset[Named]) -> frozenset[Named]:
    """Return a set where one stands for the set of it."""
    return one if isinstance(one, frozenset) else frozenset({one})
