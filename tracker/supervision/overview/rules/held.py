"""责任天数: in whose hands a case lay on each day. Every day of its age belongs to exactly one of them. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.lifecycle.rules.lifecycle import handover
from tracker.cases.lifecycle.rules.step_rows import ENDED, Handover
from tracker.cases.record.rules.codes import LedgerStatus, Status
from tracker.cases.record.rules.holding import GONE, Hands, in_hands_of


class Stage(StrEnum):
    """What the days are for: the work, what lies between, and what stops it."""

    OFFICE = "office"
    UNSIGNED = "unsigned"
    WORK = "work"
    RETURN = "return"
    ANSWERED = "answered"
    CHECKING = "checking"
    REWORK = "rework"
    REVIEW = "review"
    SERVICE = "service"
    MERGED = "merged"
    CLOSED = "closed"


STAGE_LABELS: dict[Stage, str] = {
    Stage.OFFICE: "登记、分类、交办",
    Stage.UNSIGNED: "待签收",
    Stage.WORK: "办理",
    Stage.RETURN: "退回待裁定",
    Stage.ANSWERED: "办结后未申请销号",
    Stage.CHECKING: "销号审核",
    Stage.REWORK: "退回补办",
    Stage.REVIEW: "复查（复核）期间",
    Stage.SERVICE: "复查（复核）意见待送达",
    Stage.MERGED: "并案期间",
    Stage.CLOSED: "已销号，后又重新办理",
}
# Days on which neither the office nor a unit could act.
PAUSES = frozenset({Stage.REVIEW, Stage.MERGED, Stage.CLOSED})
CLOSING = frozenset({LedgerStatus.REQUESTED, LedgerStatus.CONFIRMED, LedgerStatus.CHECKED})


@dataclass(frozen=True)
class HandOver:
    """A line of the trail, as far as it can change hands: its day, the states after it, whom it names."""

    on: date
    action: Action
    status: Status
    ledger: LedgerStatus
    unit: str = ""
    handler: str = ""
    lead_official: str = ""
    organ: str = ""


@dataclass(frozen=True)
class Hold:
    """Who has the case, and what for; nobody while it is closed or merged."""

    unit: str
    person: str
    stage: Stage


@dataclass(frozen=True)
class Segment:
    """Days in one pair of hands: from `start` until the day before `end`."""

    hold: Hold
    start: date
    end: date

    @property
    def days(self) -> int:
        """How many days these are."""
        return (self.end - self.start).days


@dataclass(frozen=True)
class Timeline:
    """The age of a case in segments without gap or overlap; it ends today, or when the case was closed."""

    started_on: date
    ended_on: date
    over: bool
    segments: tuple[Segment, ...]

    @property
    def days(self) -> int:
        """How old the case is."""
        return (self.ended_on - self.started_on).days


@dataclass(frozen=True)
class _State:
    office: str
    status: Status
    ledger: LedgerStatus
    unit: str = ""
    handler: str = ""
    lead_official: str = ""
    organ: str = ""
    reviewing: bool = False


def timeline(changes: Sequence[HandOver], *, office: str, today: date) -> Timeline:
    """Return in whose hands a case lay, from its first line on. `changes` in the order of the trail, at least one.

    A day belongs to the one who has the case when it ends. The age ends with the act that closed, merged or voided the
    case; what lay between a close-out and a new round is a segment of its own.
    """
    first = changes[0]
    state = _State(office, first.status, first.ledger)
    day, over_since, found = first.on, None, []
    for change in changes:
        on = max(day, change.on)
        found.append(Segment(_hold(state), day, on))
        day, state = on, _after(state, change)
        over_since = (over_since or on) if _is_over(state) else None
    ended_on = over_since or max(day, today)
    found.append(Segment(_hold(state), day, max(day, ended_on)))
    kept = (each for each in found if over_since is None or each.end <= over_since)
    return Timeline(first.on, ended_on, over_since is not None, _joined(kept))


def _is_over(state: _State) -> bool:
    return state.ledger is LedgerStatus.CLOSED or state.status in GONE


def _after(state: _State, change: HandOver) -> _State:
    """Return who is named after a line of the trail, and where the case stands."""
    named: dict[str, Any] = {}
    hands = handover(change.action)
    if hands is Handover.BACK:
        stays = change.lead_official or ("" if state.unit else state.lead_official)
        named = {"unit": "", "handler": "", "lead_official": stays, "reviewing": False}
    elif hands is Handover.TO_UNIT:
        named = {"unit": change.unit, "handler": change.handler, "lead_official": change.lead_official}
    elif hands is Handover.TO_HANDLER and change.handler:
        named["handler"] = change.handler
    elif hands is Handover.TO_LEAD and change.lead_official:
        named["lead_official"] = change.lead_official
    elif hands is Handover.TO_REVIEW:
        named = {"reviewing": True, "organ": change.organ}
    elif hands is Handover.FROM_REVIEW:
        named["reviewing"] = False
    return replace(state, status=change.status, ledger=change.ledger, **named)


def _hold(state: _State) -> Hold:
    stage = _stage(state)
    if stage is Stage.REVIEW:
        return Hold(state.organ or "复查（复核）机关", "", stage)
    hands = Hands(state.status, state.ledger, False, state.office, state.unit, state.handler, state.lead_official)
    return Hold(*in_hands_of(hands), stage)


def _stage(state: _State) -> Stage:
    if state.ledger is LedgerStatus.CLOSED:
        return Stage.CLOSED
    if state.status in GONE:
        return Stage.MERGED
    if state.reviewing and state.status is Status.DELIVERED:
        return Stage.REVIEW
    if state.ledger is LedgerStatus.UNDER_REVIEW:
        return Stage.SERVICE
    if state.ledger in CLOSING:
        return Stage.CHECKING
    if state.status is Status.OBJECTED:
        return Stage.RETURN
    if state.ledger is LedgerStatus.RETURNED:
        return Stage.REWORK
    if state.status in ENDED:
        return Stage.ANSWERED
    if not state.unit:
        return Stage.OFFICE
    return Stage.UNSIGNED if state.status is Status.ASSIGNED else Stage.WORK


def _joined(segments: Iterable[Segment]) -> tuple[Segment, ...]:
    """Leave out what lasted no day, and join what did not change hands."""
    found: list[Segment] = []
    for each in segments:
        if each.days and found and found[-1].hold == each.hold:
            found[-1] = replace(found[-1], end=each.end)
        elif each.days:
            found.append(each)
    return tuple(found)


@dataclass(frozen=True)
class Share:
    """The days of one unit and person: together, and by what they were for, in the order of the work."""

    unit: str
    person: str
    days: int
    by_stage: tuple[tuple[Stage, int], ...]


def shares(segments: Iterable[Segment]) -> tuple[Share, ...]:
    """Return the days of each unit and person, units with the most days first; pauses stand apart, last."""
    counted: dict[tuple[bool, str, str], Counter[Stage]] = {}
    for each in segments:
        key = (each.hold.stage in PAUSES, each.hold.unit, each.hold.person)
        counted.setdefault(key, Counter())[each.hold.stage] += each.days
    by_unit: Counter[tuple[bool, str]] = Counter()
    for (pause, unit, _person), stages in counted.items():
        by_unit[pause, unit] += stages.total()
    order = sorted(counted, key=lambda key: (key[0], -by_unit[key[:2]], key[1], -counted[key].total(), key[2]))
    return tuple(
        Share(unit, person, counted[pause, unit, person].total(), _in_order(counted[pause, unit, person]))
        for pause, unit, person in order
    )


def _in_order(stages: Counter[Stage]) -> tuple[tuple[Stage, int], ...]:
    return tuple((stage, stages[stage]) for stage in Stage if stages[stage])
