"""What a closed unit or somebody who left leaves behind: moved where the law says whither, else told (承接、告知).

The timer does it, and whoever closes a unit at once. Done twice it is harmless: what was moved is gone from the list,
what was told has its notice. Of a matter only those hear who may see it: each notice is about the one matter.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, bindparam, select
from sqlalchemy.orm import joinedload

from tracker import audit
from tracker.audit import Event
from tracker.cases.access.scope import matter_of
from tracker.cases.acts.accused import conflicts_of
from tracker.cases.acts.going_over import WENT_OVER, go_over
from tracker.cases.acts.office import holds_post
from tracker.cases.lifecycle.loose_ends import handler_gone, lead_gone, unit_gone
from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.lifecycle.rules.step_rows import About
from tracker.cases.lifecycle.stepping import refresh_next_due, system_line
from tracker.cases.lifecycle.telling import end_of_hour
from tracker.cases.record.marks import Marks, marks, named_by, roster_of
from tracker.cases.record.models import IN_HAND, Assignment, Case, CaseStep
from tracker.cases.record.rules.codes import Confidentiality, Track
from tracker.cases.record.rules.holding import marked
from tracker.core.clock import local_date
from tracker.core.database import Day, db
from tracker.core.dates import long_date
from tracker.core.pacing import Pace
from tracker.deadlines.models import Deadline
from tracker.deadlines.queries import running
from tracker.deadlines.service import stop_clock
from tracker.notifications.models import Notice
from tracker.notifications.service import announce
from tracker.people.models import Department, User
from tracker.people.queries import gone_since, in_office, people_of
from tracker.reminders.ladder.rules.rungs import Recipient
from tracker.reminders.telling.recipients import LOOSE, NEW_WORK
from tracker.working_days.queries import calendar

# What a closed unit left to its successor, or nobody: the source of such notices.
WENT = "over"
# So many matters are locked at once.
AT_ONCE = 50


def tie_up(now: datetime, pace: Pace) -> int:
    """Move what closed units leave to their successors, and tell of what hangs; return how many matters were moved."""
    today, moved = local_date(now), 0
    waiting = list(db.session.scalars(_with_closed(today)))
    while waiting:
        some, waiting = waiting[:AT_ONCE], waiting[AT_ONCE:]
        with pace.turn():
            moved += _go_over(some, now)
    untold = _untold(today)
    while untold:
        told, untold = untold[:AT_ONCE], untold[AT_ONCE:]
        with pace.turn():
            _tell(told, now)
    return moved


def _with_closed(today: date) -> Any:
    """Return the running assignments of closed units in matters in hand that may go over by themselves."""
    closed = select(Department.id).where(Department.valid_to < today)
    return (
        select(Assignment.id)
        .join(Case, Case.id == Assignment.case_id)
        .where(Assignment.department_id.in_(closed), Assignment.ended_on.is_(None), IN_HAND, _ITSELF)
        .order_by(Assignment.id)
    )


# An accusation is moved by nobody but the people on its named list.
_ITSELF: ColumnElement[bool] = Case.level != Confidentiality.ACCUSATION


def _go_over(assignment_ids: Sequence[int], now: datetime) -> int:
    audit.lock_log()
    today = local_date(now)
    named = select(Assignment.case_id).where(Assignment.id.in_(assignment_ids))
    free = select(Case).where(Case.id.in_(named)).order_by(Case.id)
    free = free.with_for_update(of=Case, skip_locked=True).execution_options(populate_existing=True)
    cases = {case.id: case for case in db.session.scalars(free)}
    rows = db.session.scalars(select(Assignment).where(Assignment.id.in_(assignment_ids)).order_by(Assignment.id))
    return sum(_one_over(cases[row.case_id], row, now, today) for row in list(rows) if row.case_id in cases)


def _one_over(case: Case, old: Assignment, now: datetime, today: date) -> bool:
    """Let the successor go on with one assignment; without one that may, an assisting part ends, the rest waits."""
    if old.ended_on is not None:
        return False
    new = _successor(case, old, today)
    if new is None and old.track == Track.HANDLING:
        return False
    clocks = list(running(case.id))
    main, facts = old.track == Track.HANDLING, {"former": old.department.name}
    if new is None:
        _end(old, clocks, today)
    else:
        handler = old.handler if old.handler and _works_in(old.handler, new, today) else None
        go_over(case, old, new, handler, clocks=clocks, today=today)
        facts |= {"department": new.name, "handler": handler.name if handler else ""}
        facts |= {"lead_official": old.lead_official.name if old.lead_official else ""}
    last_day = f"于{long_date(old.department.valid_to)}" if old.department.valid_to else ""
    reason = f"{old.department.name}{last_day}撤销，" + (f"由{new.name}接着办理。" if new else "协办、调查终止。")
    case.version += 1
    refresh_next_due(case)
    action = Action.TAKE_OVER if main else Action.SIDE_OVER
    line = system_line(case.id, case, action, at=now, reason=reason, facts=facts)
    db.session.add(line)
    db.session.flush()
    _tell_of_move(case, line, reason, now, main=main, to_unit=new is not None)
    payload = {"action": line.action, "step": line.id, "version": case.version}
    audit.record(Event.CASE_STEPPED, by=None, now=now, case_id=case.id, payload=payload, text=reason)
    return new is not None


def _works_in(user: User, department: Department, today: date) -> bool:
    return user.is_active and holds_post(user, department.id, today)


def _successor(case: Case, old: Assignment, today: date) -> Department | None:
    """Return who goes on: the successor in office that has people; nobody who is complained of, nor whom they serve."""
    found = in_office(old.department, today)
    if found.id == old.department_id or found.id not in people_of([found.id], today):
        return None
    return None if conflicts_of(case, matter_of(case), found.id, [], today) else found


def _end(old: Assignment, clocks: Sequence[Deadline], today: date) -> None:
    old.ended_on, old.ended_because = today, WENT_OVER
    for clock in clocks:
        if (clock.subject, clock.subject_id) == (About.ASSIGNMENT.value, old.id):
            stop_clock(clock, on=today, met=False, by_action=Action.SIDE_OVER.value)


def _tell_of_move(case: Case, line: CaseStep, why: str, now: datetime, *, main: bool, to_unit: bool) -> None:
    """Tell the unit that has the matter now; of an assisting part the office, which asked for it."""
    posts = (Recipient.OWNER, Recipient.UNIT_HEAD) if main else (Recipient.OFFICE,)
    asked = "请接着办理；没有承办人的，请先指定。期限照原来的算。" if main else "请与现在的协办单位联系。"
    if not to_unit:
        asked = "请看还要不要另请单位协办、调查。"
    for post in posts:
        announce(
            f"over:{line.id}:{post.value}",
            now=now,
            days=calendar(),
            earliest=end_of_hour(now),
            source=NEW_WORK if main else WENT,
            source_id=line.id,
            case_id=case.id,
            told=post.value,
            heading="接着办理" if main else "协办单位已撤销",
            why=why,
            asked=asked,
        )


@dataclass(frozen=True)
class Loose:
    """One thing that hangs: of which matter, who is told, and the words; the key says it once."""

    key: str
    case_id: int
    assignment_id: int | None
    told: Recipient
    heading: str
    why: str
    asked: str


def _untold(today: date) -> list[Loose]:
    """Return what hangs now and was not told yet."""
    found = [each for which in (_stranded, _left, _unled) for each in which(today)]
    keys = {each.key for each in found}
    known = set(db.session.scalars(select(Notice.key).where(Notice.key.in_(keys)))) if keys else set()
    return [each for each in found if each.key not in known]


_NAMED = (
    joinedload(Case.assignment).options(
        joinedload(Assignment.department), joinedload(Assignment.handler), joinedload(Assignment.lead_official)
    ),
    joinedload(Case.lead_official),
)


def _hanging(which: Callable[[Day], ColumnElement[bool]], today: date) -> Iterator[tuple[Case, Marks]]:
    rows = list(db.session.scalars(_matters(which), {"today": today}))
    at_work = roster_of(map(named_by, rows), today)
    for row in sorted(rows, key=lambda each: each.id):
        yield row, marks(named_by(row), at_work, today)


@cache
def _matters(which: Callable[[Day], ColumnElement[bool]]) -> Select[Case]:
    """Return the statement of what hangs in one way: every run asks it."""
    return select(Case).where(which(bindparam("today", type_=Date))).options(*_NAMED)


def _given(which: Callable[[Day], ColumnElement[bool]], today: date) -> Iterator[tuple[Assignment, Marks]]:
    for case, mark in _hanging(which, today):
        if case.assignment is not None:
            yield case.assignment, mark


def _stranded(today: date) -> Iterator[Loose]:
    for row, mark in _given(unit_gone, today):
        since = row.department.valid_to if row.department.valid_to and row.department.valid_to < today else "empty"
        why = f"承办单位{marked(row.department.short_name, mark.unit_mark)}，本件没有单位办理。"
        yield Loose(
            f"unit-gone:{row.id}:{since}", row.case_id, row.id, Recipient.OFFICE, "待重新交办", why,
            "请重新交办；职责不清的，报本级党委、政府指定。",
        )  # fmt: skip


def _left(today: date) -> Iterator[Loose]:
    for row, mark in _given(handler_gone, today):
        why = f"承办人{marked(row.handler.name if row.handler else '', mark.handler_mark)}，本件没有人承办。"
        key = f"handler-gone:{row.id}:{_ended(row.handler, today)}"
        yield Loose(key, row.case_id, row.id, Recipient.UNIT_HEAD, "待改派", why, "请更换承办人，期限照原来的算。")


def _unled(today: date) -> Iterator[Loose]:
    for case, mark in _hanging(lead_gone, today):
        lead, given = case.lead, case.assignment_id
        why = f"领办领导{marked(lead.name if lead else '', mark.lead_mark)}，本件没有人领办。"
        key = f"lead-gone:{given or f'case-{case.id}'}:{_ended(lead, today)}"
        yield Loose(key, case.id, given, Recipient.OFFICE_HEAD, "待更换领办领导", why, "请更换领办领导。")


def _ended(user: User | None, today: date) -> str:
    """Return since when a person is gone, so that who comes back and leaves again is told of again."""
    if user is None:
        return ""
    return f"{user.id}:{gone_since(user, today) or ''}"


def _tell(found: Sequence[Loose], now: datetime) -> None:
    entries = []
    for each in found:
        notice = announce(
            each.key,
            now=now,
            days=calendar(),
            earliest=end_of_hour(now),
            source=LOOSE,
            source_id=each.assignment_id or each.case_id,
            case_id=each.case_id,
            told=each.told.value,
            heading=each.heading,
            why=each.why,
            asked=each.asked,
        )
        entries.append(audit.LogEntry(each.case_id, {"assignment": each.assignment_id, "told": each.told}, [notice]))
    audit.record_all(Event.WORK_HANGS, entries, by=None, now=now)
