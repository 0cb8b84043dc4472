"""入账: a village enters the ledger by a person's decision, with its problems; corrections and mistakes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from tracker import audit
from tracker.cases.record.numbering import next_paper_no
from tracker.core.clock import local_date
from tracker.core.database import db
from tracker.core.dates import long_date
from tracker.core.errors import DomainError, Forbidden
from tracker.core.text import worded
from tracker.key_villages.access import KEEPING, leads_here, parts
from tracker.key_villages.models import VillageEntry, VillageProblem
from tracker.key_villages.queries.facts import live_entry_at
from tracker.key_villages.rules.acts import VillageAct, VillagePart
from tracker.key_villages.rules.codes import KIND_LABELS, WAITING, VillageKind, VillageStage
from tracker.key_villages.service.clocks import begin_election, begin_problem, end_election, end_signing
from tracker.key_villages.service.taking import taking, write_line
from tracker.people.models import Department, User
from tracker.people.queries import answerable, reader_for
from tracker.people.rules import area
from tracker.places import queries as places
from tracker.places.models import Place
from tracker.places.rules import VILLAGE_LEVEL

# The character of the numbers of the ledger: 村〔2026〕12号.
SERIES = "村"
LONGEST_TEXT, LONGEST_REASON, LONGEST_RESULT = 500, 1000, 500


@dataclass(frozen=True)
class ListedProblem:
    """A problem as it is listed: what it is, which unit and person owe it, until when.

    `begun_on`: its limit runs since that day (a finding that becomes a problem); today where none is given.
    """

    text: str
    department_id: int
    user_id: int
    due_on: date
    begun_on: date | None = None


def enter(
    place: Place,
    *,
    office: Department,
    kind: VillageKind,
    reason: str,
    decided_by: User,
    entered_on: date,
    by: User,
    now: datetime,
    problems: Sequence[ListedProblem] = (),
    imported_as: str | None = None,
) -> VillageEntry:
    """Enter a village on the ledger (入账) by the decision of a leader, with the first problems.

    `imported_as` is the mark of the run that read it in from a sheet.

    Raises Forbidden for whoever keeps no ledger of this office, DomainError for a place that is no open village, one
    that stands on it already, and a decision of nobody who may decide.
    """
    reader, today = reader_for(by, local_date(now)), local_date(now)
    if office.id not in area(reader, *KEEPING):
        raise Forbidden("登记入账应由信访部门（换届办）办理。")
    village = _village(place)
    may_decide(decided_by, office, today)
    if entered_on > today:
        raise DomainError("入账日期不能晚于今天。", field="entered_on")
    entry = VillageEntry(
        number=next_paper_no(now, office.id, SERIES, closed=False),
        office_id=office.id,
        place_id=village.id,
        kind=kind.value,
        reason=worded(reason, "入账理由", LONGEST_REASON, "reason"),
        entered_on=entered_on,
        entered_at=now,
        decided_by_id=decided_by.id,
        imported_as=imported_as,
        stage=VillageStage.OPEN.value,
        round=1,
        version=1,
    )
    db.session.add(entry)
    db.session.flush()
    _record(entry, problems, by=by, now=now)
    return entry


def _record(entry: VillageEntry, problems: Sequence[ListedProblem], *, by: User, now: datetime) -> None:
    """Write the first line of a village's trail, list its first problems, and write into the log."""
    leader = db.session.get_one(User, entry.decided_by_id)
    told = [f"{leader.name}决定", KIND_LABELS[VillageKind(entry.kind)]]
    write_line(entry, None, VillageAct.ENTER, by=by, now=now, before=None, happened_on=entry.entered_on,
               said=entry.reason, told=told)  # fmt: skip
    for each in problems:
        _list(entry, each, by=by, today=local_date(now))
    db.session.flush()
    about = {"village": [entry.id, 0], "act": VillageAct.ENTER.value}
    audit.record(audit.Event.VILLAGE_STEPPED, by=by, now=now, payload=about)


def _village(place: Place) -> Place:
    """Return the village that is entered: as it is now, and on the ledger nowhere yet."""
    village = places.successor(place)
    if village.level != VILLAGE_LEVEL or village.closed_on is not None:
        raise DomainError("请选择一个现有的村（社区）。", field="village")
    standing = live_entry_at(places.subtree_ids(village))
    if standing is not None:
        raise DomainError(f"{village.short_name}已经在账（{standing.number}）。", field="village")
    return village


def may_decide(leader: User, office: Department, today: date) -> None:
    """Check that somebody may decide that a village enters the ledger of an office; raises DomainError."""
    if not leads_here(leader, office, today):
        raise DomainError("入账应由本地的领导决定，请选择领办领导或者主要领导。", field="decided_by")


def list_problem(
    entry: VillageEntry, problem: ListedProblem, *, by: User, now: datetime, said: str = "", version: int | None = None
) -> VillageProblem:
    """List one more problem of a village (列入问题). Raises DomainError, Forbidden, StaleVersion."""
    with taking(entry, VillageAct.LIST_PROBLEM, by=by, now=now, said=said or problem.text, version=version) as step:
        row = _list(step.entry, problem, by=by, today=step.today)
        step.told.append(f"第 {row.number} 个问题，{row.owner.name}，{long_date(row.due_on)}前")
        if step.entry.stage in WAITING:
            # What was applied for is not true any more.
            step.entry.stage = VillageStage.RETURNED.value
            end_signing(step.entry, on=step.today)
        return row


def _list(entry: VillageEntry, problem: ListedProblem, *, by: User, today: date) -> VillageProblem:
    owner, unit = answerable(problem.user_id, problem.department_id, today)
    begun_on = problem.begun_on or today
    if problem.due_on < begun_on:
        first = "今天" if begun_on == today else long_date(begun_on)
        raise DomainError(f"解决的期限不能早于{first}。", field="due_on")
    row = VillageProblem(
        entry=entry,
        number=max((each.number for each in entry.problems), default=0) + 1,
        text=worded(problem.text, "问题", LONGEST_TEXT, "text"),
        department_id=unit.id,
        user_id=owner.id,
        owner=owner,
        due_on=problem.due_on,
        listed_by_id=by.id,
        listed_on=today,
        stage=VillageStage.OPEN.value,
        round=1,
        version=1,
    )
    db.session.add(row)
    db.session.flush()
    begin_problem(row, on=begun_on)
    return row


def hand_over(
    problem: VillageProblem,
    *,
    department_id: int,
    user_id: int,
    by: User,
    now: datetime,
    said: str,
    version: int | None = None,
) -> None:
    """Give a problem to another unit or person (更换责任人); its day stays. Raises DomainError, Forbidden."""
    with taking(problem, VillageAct.HAND_OVER, by=by, now=now, said=said, version=version) as step:
        owner, unit = answerable(user_id, department_id, step.today)
        if (problem.department_id, problem.user_id) == (unit.id, owner.id):
            raise DomainError("责任单位和责任人没有改变。", field="owner")
        step.told.append(f"{problem.owner.name} → {unit.short_name}{owner.name}")
        problem.department_id, problem.user_id, problem.owner = unit.id, owner.id, owner
        db.session.flush()
        begin_problem(problem, on=min(step.today, problem.due_on))


def reschedule(
    problem: VillageProblem, *, due_on: date, by: User, now: datetime, said: str, version: int | None = None
) -> None:
    """Give a problem another day (改期), as the sponsor decides; the one before stays on the record.

    Raises DomainError, Forbidden.
    """
    with taking(problem, VillageAct.RESCHEDULE, by=by, now=now, said=said, version=version) as step:
        if due_on < step.today or due_on == problem.due_on:
            raise DomainError("新的期限不能早于今天，也不能和原来相同。", field="due_on")
        step.told.append(f"{long_date(problem.due_on)} → {long_date(due_on)}")
        problem.due_on = due_on
        begin_problem(problem, on=step.today)


def correct_entry(
    entry: VillageEntry,
    *,
    kind: VillageKind,
    reason: str,
    by: User,
    now: datetime,
    said: str,
    version: int | None = None,
) -> None:
    """Correct kind and reason of an entry (更正); what stood there stays on the record. Raises DomainError."""
    with taking(entry, VillageAct.CORRECT, by=by, now=now, said=said, version=version) as step:
        text = worded(reason, "入账理由", LONGEST_REASON, "reason")
        if (kind.value, text) == (entry.kind, entry.reason):
            raise DomainError("没有改变。", field="reason")
        step.told += [f"{KIND_LABELS[VillageKind(entry.kind)]} → {KIND_LABELS[kind]}", f"原理由：{entry.reason}"]
        entry.kind, entry.reason = kind.value, text


def correct_problem(
    problem: VillageProblem, *, text: str, by: User, now: datetime, said: str, version: int | None = None
) -> None:
    """Correct how a problem is put (更正表述); the former words stay on the record. Raises DomainError."""
    with taking(problem, VillageAct.CORRECT, by=by, now=now, said=said, version=version) as step:
        told = worded(text, "问题", LONGEST_TEXT, "text")
        if told == problem.text:
            raise DomainError("没有改变。", field="text")
        step.told.append(f"原表述：{problem.text}")
        problem.text = told


def set_election(
    entry: VillageEntry, *, election_on: date, by: User, now: datetime, said: str, version: int | None = None
) -> None:
    """Set or move the election day of a village (定选举日); its result is due that day. Raises DomainError."""
    with taking(entry, VillageAct.SET_ELECTION, by=by, now=now, said=said, version=version) as step:
        if entry.result_at is not None:
            raise DomainError("选举结果已经报了，选举日不能再改。", field="election_on")
        if election_on < entry.entered_on:
            raise DomainError("选举日不能早于入账日期。", field="election_on")
        step.told.append(f"{_day(entry.election_on)} → {long_date(election_on)}")
        entry.election_on = election_on
        begin_election(entry, on=step.today)


def _day(day: date | None) -> str:
    return long_date(day) if day else "未定"


def report_result(entry: VillageEntry, *, by: User, now: datetime, said: str, version: int | None = None) -> None:
    """Report the result of an election (报选举结果): in time on its day, later with the reason. Raises DomainError."""
    with taking(entry, VillageAct.REPORT_RESULT, by=by, now=now, said=said, version=version) as step:
        if len(step.said) > LONGEST_RESULT:
            raise DomainError(f"最多 {LONGEST_RESULT} 个字。", field="said")
        if entry.result_at is not None:
            raise DomainError("选举结果已经报了。", field="said")
        entry.result, entry.result_at = step.said, now
        end_election(entry, on=step.today, met=True, at=now)


def may_keep(entry: VillageEntry, user: User, today: date) -> bool:
    """Return whether a person keeps the ledger on which a village stands."""
    return VillagePart.KEEPER in parts(reader_for(user, today), entry, None, today)
