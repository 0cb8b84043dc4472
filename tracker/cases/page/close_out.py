"""The close-out checklist as it is shown and printed (销号核对单): what the program saw, then the four stations."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from tracker.cases.acts.close_out import STATION_WORDS
from tracker.cases.lifecycle.case_file import CaseFile
from tracker.cases.lifecycle.checklist import checklist_of
from tracker.cases.lifecycle.rules.close_out import SATISFACTION_LABELS, CheckState, Satisfaction
from tracker.cases.record.models import CallBack, CloseOutDecision
from tracker.cases.record.rules.codes import LedgerStatus
from tracker.core.clock import local
from tracker.core.dates import long_date, month_day


@dataclass(frozen=True)
class Item:
    """One line of the checklist: `state` is ok, open, wrong or none (不适用)."""

    text: str
    state: str
    words: str


@dataclass(frozen=True)
class StationLine:
    """One of the four stations: who decided what, when, in which words. Empty while it has not been reached."""

    role: str
    agreed: bool
    opinion: str = ""
    name: str = ""
    on: str = ""


@dataclass(frozen=True)
class PastAttempt:
    """A refusal on the way (退回补办): which station, who, when, why."""

    station: str
    name: str
    on: str
    reason: str


@dataclass(frozen=True)
class CloseOut:
    """The checklist of a case, ready for a page."""

    checks: tuple[Item, ...]
    stations: tuple[StationLine, ...]
    call_backs: tuple[str, ...]
    refusals: tuple[PastAttempt, ...]
    done: int
    total: int

    @property
    def lines(self) -> tuple[Item, ...]:
        """Every line: what was checked, then the stations."""
        return (*self.checks, *map(station_item, self.stations))


_STATES = {CheckState.DONE: "ok", CheckState.MISSING: "open", CheckState.NOT_APPLICABLE: "none"}


def close_out(file: CaseFile) -> CloseOut:
    """Return the checklist with the stations of the running attempt."""
    decisions = _running_attempt(file)
    stations = tuple(_station(name, decisions) for name in STATION_WORDS)
    called = file.calls
    checks = (*checked(file), _call_back_item(file))
    counted = [item for item in (*checks, *map(station_item, stations)) if item.state != "none"]
    return CloseOut(
        checks=checks,
        stations=stations,
        call_backs=tuple(_call_back_words(each) for each in called),
        refusals=tuple(_refusals(file)),
        done=sum(item.state == "ok" for item in counted),
        total=len(counted),
    )


def _running_attempt(file: CaseFile) -> dict[str, CloseOutDecision]:
    """Return the decisions of the attempt that runs, by station; none after a refusal."""
    runs = file.case.ledger_status not in (LedgerStatus.OPEN, LedgerStatus.RETURNED)
    return {each.station: each for each in file.attempt} if runs else {}


def checked(file: CaseFile) -> Iterator[Item]:
    """Return what the program checked, ready for a page."""
    return (Item(line.label, _STATES[line.state], line.words) for line in checklist_of(file))


def _call_back_item(file: CaseFile) -> Item:
    label, count = "回访信访人（由承办单位以外的人）", len(file.valid_calls)
    if file.unfit_to_call:
        return Item(label, "none", f"不适用：{file.unfit_to_call}")
    return Item(label, "ok" if count else "open", f"{count} 次" if count else "未回访（答复送达以后）")


def _station(name: str, decisions: dict[str, CloseOutDecision]) -> StationLine:
    made = decisions.get(name)
    if made is None:
        return StationLine(STATION_WORDS[name], False)
    return StationLine(STATION_WORDS[name], made.agreed, made.opinion, made.decided_by.name, _day(made.decided_at))


def station_item(station: StationLine) -> Item:
    """Return a station as a line of the checklist."""
    state = "ok" if station.agreed else "wrong" if station.name else "open"
    return Item(station.role, state, f"{station.name} {station.on}" if station.name else "—")


def _day(at: datetime) -> str:
    return long_date(local(at).date())


def _call_back_words(each: CallBack) -> str:
    day, name = month_day(each.called_on), each.called_by.name
    if not each.reached:
        return f"{day} {name}回访，未联系上：{each.note}"
    verdict = f"，评价{SATISFACTION_LABELS[Satisfaction(each.satisfaction)]}" if each.satisfaction else ""
    return f"{day} {name}回访{verdict}：{each.note}"


def _refusals(file: CaseFile) -> Iterator[PastAttempt]:
    for each in file.decisions:
        if not each.agreed:
            yield PastAttempt(STATION_WORDS[each.station], each.decided_by.name, _day(each.decided_at), each.opinion)
