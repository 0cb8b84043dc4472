"""The clocks of the ledger, and who is told: a problem's day, the signatures that are waited for, an election's result.

A problem's clock ends when its owner applies, and runs on as if never stopped where that is returned (原期限不变).
"""

from datetime import date, datetime

from sqlalchemy import ColumnElement, select

from tracker.core.clock import at_local, local_date
from tracker.core.database import db
from tracker.deadlines.limits import LIMITS, LimitKind
from tracker.deadlines.models import Deadline
from tracker.deadlines.own_limits import amount_on
from tracker.deadlines.service import run_on, start_clock, stop_clock
from tracker.key_villages.access import DUTY_PARTS, holder_of
from tracker.key_villages.models import VillageEntry, VillageLine, VillageProblem
from tracker.key_villages.rules.acts import ACT_LABELS, WAITS_FOR, ActRow, GateThing, VillageAct, VillagePart
from tracker.key_villages.rules.codes import WAITING, VillageStage
from tracker.notifications.service import announce
from tracker.people.models import User
from tracker.reminders.ladder.rules.rungs import Recipient
from tracker.working_days.queries import calendar
from tracker.working_days.rules import due

ENTRY, PROBLEM = "village_entry", "village_problem"
# The posts that a signature waits for, where it is no named person's.
POSTS = {VillagePart.UNIT_HEAD: Recipient.UNIT_HEAD, VillagePart.KEEPER: Recipient.OFFICE}
DUTY_OF = {part: duty for duty, part in DUTY_PARTS.items()}


def running(kind: LimitKind, subject: str, subject_id: int) -> Deadline | None:
    """Return the running clock of a kind of a village or a problem."""
    return last_clock(kind, subject, subject_id, Deadline.ended_on.is_(None))


def last_clock(kind: LimitKind, subject: str, subject_id: int, *which: ColumnElement[bool]) -> Deadline | None:
    """Return the last clock of a kind of a thing, of those that pass a condition."""
    of_thing = (Deadline.subject == subject, Deadline.subject_id == subject_id, Deadline.kind == kind.value)
    return db.session.scalars(select(Deadline).where(*of_thing, *which).order_by(Deadline.id.desc())).first()


def begin_problem(problem: VillageProblem, *, on: date) -> Deadline:
    """Start the clock of a problem up to the day of its row; the one that ran before ends in its favour."""
    before = running(LimitKind.VILLAGE_PROBLEM, PROBLEM, problem.id)
    if before is not None:
        stop_clock(before, on=on, met=False, by_action=VillageAct.RESCHEDULE)
    clock = start_clock(
        LimitKind.VILLAGE_PROBLEM,
        case_id=None,
        subject=PROBLEM,
        subject_id=problem.id,
        started_on=on,
        round_no=problem.round,
        due_on=problem.due_on,
        owner_department_id=problem.department_id,
        owner_user_id=problem.user_id,
    )
    db.session.flush()
    return clock


def begin_election(entry: VillageEntry, *, on: date) -> None:
    """Start the clock of an election's result (选举结果当天报): it ends with that day. Another day takes its place."""
    end_election(entry, on=on, met=False)
    if entry.election_on is None:
        return
    start_clock(
        LimitKind.ELECTION_RESULT,
        case_id=None,
        subject=ENTRY,
        subject_id=entry.id,
        started_on=entry.election_on,
        started_at=at_local(entry.election_on, 0),
        owner_user_id=_person(entry, VillagePart.TOWNSHIP, on),
    )


def end_election(entry: VillageEntry, *, on: date, met: bool, at: datetime | None = None) -> None:
    """End the clock of an election's result, where one runs."""
    clock = running(LimitKind.ELECTION_RESULT, ENTRY, entry.id)
    if clock is not None:
        stop_clock(
            clock, on=max(on, clock.started_on), met=met, by_action=VillageAct.REPORT_RESULT, at=at if met else None
        )


def follow(
    entry: VillageEntry, problem: VillageProblem | None, row: ActRow, line: VillageLine, *, now: datetime
) -> None:
    """Let clocks and notices follow an act: the owner's day, the signature that was given, the one that is next."""
    today = local_date(now)
    if problem is not None:
        _owners_clock(problem, row.act, line.happened_on, today)
    subject, subject_id = (ENTRY, entry.id) if problem is None else (PROBLEM, problem.id)
    if row.to is not None:
        _stop_signing(subject, subject_id, row.act, today)
    clock = None
    if row.to in WAITING and row.next_part is not None:
        clock = _begin_signing(entry, problem, row.next_part, today)
        db.session.flush()
    if row.next_part is not None:
        _tell(entry, problem, row, line, clock, now)


def _owners_clock(problem: VillageProblem, act: VillageAct, on: date, today: date) -> None:
    """Stop the clock of a problem with the application; let it run on where that is returned."""
    clock = running(LimitKind.VILLAGE_PROBLEM, PROBLEM, problem.id)
    if act is VillageAct.APPLY and clock is not None:
        stop_clock(clock, on=max(on, clock.started_on), met=True, by_action=act)
    if act is VillageAct.WITHDRAW and clock is not None:
        stop_clock(clock, on=today, met=False, by_action=act)
    last = last_clock(LimitKind.VILLAGE_PROBLEM, PROBLEM, problem.id)
    if act is VillageAct.RETURN and last is not None:
        run_on(last, today=today)


def _stop_signing(subject: str, subject_id: int, act: VillageAct, today: date, *, met: bool = True) -> None:
    waiting = running(LimitKind.VILLAGE_SIGNING, subject, subject_id)
    if waiting is not None:
        stop_clock(waiting, on=today, met=met, by_action=act)


def end_signing(entry: VillageEntry, *, on: date) -> None:
    """End the clock of whoever was to sign for a village: a new problem made that pointless."""
    _stop_signing(ENTRY, entry.id, VillageAct.LIST_PROBLEM, on, met=False)


def _begin_signing(entry: VillageEntry, problem: VillageProblem | None, part: VillagePart, today: date) -> Deadline:
    """Start the clock of whoever signs next; its day is counted once and stays, whatever the calendar becomes."""
    kind = LimitKind.VILLAGE_SIGNING
    day = due(today, amount_on(kind, today), LIMITS[kind].unit, calendar()).effective
    unit = problem.department_id if problem is not None and part is VillagePart.UNIT_HEAD else entry.office_id
    return start_clock(
        kind,
        case_id=None,
        subject=ENTRY if problem is None else PROBLEM,
        subject_id=entry.id if problem is None else problem.id,
        started_on=today,
        due_on=day,
        owner_department_id=unit,
        owner_user_id=_person(entry, part, today),
    )


def _person(entry: VillageEntry, part: VillagePart, day: date) -> int | None:
    duty = DUTY_OF.get(part)
    held = holder_of(entry, duty, day) if duty else None
    return held.user_id if held else None


def _tell(
    entry: VillageEntry,
    problem: VillageProblem | None,
    row: ActRow,
    line: VillageLine,
    clock: Deadline | None,
    now: datetime,
) -> None:
    """Tell whom it waits for now: a named person, or the post that signs."""
    part = row.next_part
    if part is None:
        return
    user_id = (
        problem.user_id if part is VillagePart.OWNER and problem is not None else _person(entry, part, local_date(now))
    )
    post = POSTS.get(part, Recipient.LEAD if part is VillagePart.SPONSOR else Recipient.OWNER)
    thing = GateThing.VILLAGE if problem is None else GateThing.PROBLEM
    name = entry.place.short_name if problem is None else f"{entry.place.short_name}第 {problem.number} 个问题"
    announce(
        f"village:{line.id}",
        now=now,
        days=calendar(),
        source="village",
        source_id=line.id,
        about=(ENTRY, entry.id) if problem is None else (PROBLEM, problem.id),
        deadline_id=clock.id if clock else None,
        user_id=user_id,
        told=None if user_id is not None else post.value,
        heading=ACT_LABELS[thing, row.act],
        why=f"{name}：{_name_of(line)}办理了“{row.label}”。",
        asked=ASKED[row.act],
    )


def _name_of(line: VillageLine) -> str:
    by = db.session.get(User, line.by_id) if line.by_id else None
    return by.name if by else ""


# What is asked of whoever is told of an act.
ASKED: dict[VillageAct, str] = {
    VillageAct.APPLY: "请审核；不同意的，写明理由退回。",
    VillageAct.AGREE: "请核对。",
    VillageAct.CHECK: "请签批。",
    VillageAct.RETURN: "请按退回的理由补办，原期限不变。",
    VillageAct.RECUR: "出现反复，请重新办理。",
}


def waits_for(thing: GateThing, stage: VillageStage) -> VillagePart | None:
    """Return who owes the next signature at a stage."""
    return WAITS_FOR.get((thing, stage)) if stage in WAITING else None
