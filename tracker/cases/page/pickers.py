"""Whom a case can be given to: units, their people, lead officials; where it is shown, with what lies with them."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy import case as either
from sqlalchemy import func, select

from tracker.cases.access.rules import LEAD_ROLES, Matter
from tracker.cases.access.scope import matter_of, may_know
from tracker.cases.lifecycle.rules.proposals import ProposedDay
from tracker.cases.record.models import Assignment, Case
from tracker.cases.record.rules.codes import Track
from tracker.core.database import db
from tracker.core.dates import long_date
from tracker.deadlines.counting import term_of
from tracker.deadlines.limits import LIMITS, LimitKind
from tracker.deadlines.queries import running
from tracker.people.models import Department, Post
from tracker.people.queries import active_departments, chains, holders_of, line_of
from tracker.people.rules import DepartmentKind, Reader, Role
from tracker.working_days.queries import calendar
from tracker.working_days.rules import extended

# Units that a matter is given to (承办单位); leaders lead, and discipline inspection takes over by its own step.
HANDLING_KINDS = (DepartmentKind.TOWNSHIP, DepartmentKind.BUREAU, DepartmentKind.OTHER, DepartmentKind.PETITION_OFFICE)
UNIT_ROLES = (Role.HANDLER, Role.DEPARTMENT_HEAD)
# Where more than so many matters lie with the units that are offered, nobody waits for their count.
MOST_COUNTED = 2000

Choice = tuple[str, str]
Grouped = list[tuple[str, list[Choice]]]


@dataclass(frozen=True)
class Load:
    """What lies with somebody: cases in hand, and how many of them are late."""

    open: int = 0
    late: int = 0

    @property
    def words(self) -> str:
        """在办 5，逾期 1; nothing where nothing is there."""
        late = f"，逾期 {self.late}" if self.late else ""
        return f"　在办 {self.open}{late}" if self.open else ""


@dataclass(frozen=True)
class Leads:
    """Who can lead a case (领办领导), and who is proposed; nobody where there is more than one. Values are ids."""

    choices: list[Choice]
    proposed: str


@dataclass(frozen=True)
class Pickers:
    """The choices of one case: units, their people by unit, lead officials and who of them is proposed. Values are ids.

    `sole_handlers` are the units with one handler alone beside their head, each with that person.
    """

    units: list[Choice]
    staff: Grouped
    leads: list[Choice] = field(default_factory=list)
    proposed_lead: str = ""
    sole_handlers: dict[str, str] = field(default_factory=dict)


def pickers(case: Case, *, reader: Reader, today: date, kinds: Collection[DepartmentKind] = HANDLING_KINDS) -> Pickers:
    """Return whom the case can be given to, leaving out the accused and their units (回避)."""
    return _offered(case, matter_of(case), reader, today, kinds)


def pickers_for(cases: Sequence[Case], *, reader: Reader, today: date) -> Pickers:
    """Return whom all of some cases can be given to, leaving out who is complained of in any of them (回避)."""
    matters = [matter_of(case) for case in cases]
    together = replace(matters[0], accused=tuple(each for matter in matters for each in matter.accused))
    strictest = next((case for case in cases if case.vote_buying), cases[0])
    return _offered(strictest, together, reader, today, HANDLING_KINDS)


def _offered(case: Case, matter: Matter, reader: Reader, today: date, kinds: Collection[DepartmentKind]) -> Pickers:
    found = _staffed(_units(matter, reader, today, kinds), matter, today)
    leads = _leads(case, matter, today)
    return replace(found, leads=leads.choices, proposed_lead=leads.proposed)


def unit_staff(department: Department, case: Case, *, today: date) -> Pickers:
    """Return the people of one unit who may handle the case."""
    return _staffed([department], matter_of(case), today)


def _staffed(units: Sequence[Department], matter: Matter, today: date) -> Pickers:
    people = list(_allowed(holders_of(UNIT_ROLES, [unit.id for unit in units], today), matter))
    named = [(str(unit.id), unit.short_name) for unit in units]
    return Pickers(named, _by_unit(units, people), sole_handlers=_sole_handlers(people))


def _sole_handlers(people: Iterable[Post]) -> dict[str, str]:
    handlers: dict[str, set[str]] = {}
    for post in people:
        if post.role == Role.HANDLER:
            handlers.setdefault(str(post.department_id), set()).add(str(post.user_id))
    return {unit: next(iter(found)) for unit, found in handlers.items() if len(found) == 1}


def with_loads(found: Pickers, *, reader: Reader, today: date) -> Pickers:
    """Return the same choices for a page: each unit and handler with what lies there, as the reader may know."""
    handled, of_units = _loads([int(unit_id) for unit_id, _ in found.units], reader, today)
    units = [(unit_id, name + of_units.get(int(unit_id), Load()).words) for unit_id, name in found.units]
    staff = [
        (unit, [(user_id, name + handled.get(int(user_id), Load()).words) for user_id, name in people])
        for unit, people in found.staff
    ]
    return replace(found, units=units, staff=staff)


def lead_officials(case: Case, *, today: date) -> Leads:
    """Return who can lead the case (领办领导)."""
    return _leads(case, matter_of(case), today)


def extension_choices(case: Case) -> list[Choice]:
    """Return by how many days the handling term can be extended, each with the day it leads to, the longest first."""
    clock = next((each for each in running(case.id) if each.kind == LimitKind.HANDLING), None)
    if clock is None:
        return []
    days = calendar()
    term = term_of(clock, days)
    most = LIMITS[LimitKind.HANDLING].extendable_days
    ends = ((count, extended(term, count, days)) for count in range(most, 0, -1))
    return [
        (str(count), f"{count} 日，至 {long_date(end.effective)}{'（暂定）' if end.provisional else ''}")
        for count, end in ends
    ]


def later_feedback(case: Case) -> ProposedDay:
    """Return to which day 反馈时限 may be moved: that of the handling term, where this ends later."""
    ends = {each.kind: each.effective_due for each in running(case.id)}
    now, handling = ends.get(LimitKind.FEEDBACK), ends.get(LimitKind.HANDLING)
    said = f"现在的反馈时限是 {long_date(now)}。" if now else ""
    if now is None or handling is None or handling <= now:
        return ProposedDay(None, said)
    return ProposedDay(handling, f"{said}办理期限到 {long_date(handling)}，按这一天代拟，可以改。")


def is_made_again(case: Case) -> bool:
    """Return whether an opinion is to be made again that 复查 or 复核 revoked (撤销，责令重新办理)."""
    return any(each.kind == LimitKind.REDO for each in running(case.id))


def _units(matter: Matter, reader: Reader, today: date, kinds: Collection[DepartmentKind]) -> list[Department]:
    """Return the units of the reader's area that are not complained of."""
    area = frozenset[int]().union(*(post.scope_ids for post in reader.posts))
    found = [unit for unit in active_departments(today, kinds) if unit.id in area]
    if matter.accused_department_ids:
        within = chains([unit.id for unit in found])
        found = [unit for unit in found if not within[unit.id] & matter.accused_department_ids]
    return found


def _allowed(people: Iterable[Post], matter: Matter) -> Iterator[Post]:
    return (post for post in people if post.user_id not in matter.accused_user_ids)


def _by_unit(units: Iterable[Department], people: Iterable[Post]) -> Grouped:
    by_unit: dict[int, dict[int, str]] = {}
    for post in people:
        words = f"{post.user.name}（{post.title}）"
        by_unit.setdefault(post.department_id, {}).setdefault(post.user_id, words)
    return [
        (unit.short_name, [(str(user_id), words) for user_id, words in by_unit[unit.id].items()])
        for unit in units
        if unit.id in by_unit
    ]


def _leads(case: Case, matter: Matter, today: date) -> Leads:
    """Return leaders of the area and above; of a vote-buying case only main leaders (主要领导负责、牵头办理).

    Proposed is who leads it already, else the 分管领导 (of vote buying the main leader) nearest above the office.
    """
    roles = (Role.PRINCIPAL_LEADER,) if case.vote_buying else tuple(sorted(LEAD_ROLES))
    line = line_of(case.office)
    posts = list(_allowed(holders_of(roles, line, today), matter))
    choices = {str(post.user_id): f"{post.user.name}（{post.title}）" for post in reversed(posts)}
    usual = [post for post in posts if post.role == roles[0]]
    above = min((line.index(post.department_id) for post in usual), default=None)
    nearest = {str(post.user_id) for post in usual if line.index(post.department_id) == above}
    if case.lead is not None:
        nearest = {str(case.lead.id)} & choices.keys()
    return Leads(
        [(key, choices[key]) for key in dict.fromkeys(str(post.user_id) for post in posts)],
        nearest.pop() if len(nearest) == 1 else "",
    )


def _loads(unit_ids: Collection[int], reader: Reader, today: date) -> tuple[dict[int, Load], dict[int, Load]]:
    """Return what lies with each handler and each unit, of the cases the reader may see. One query.

    Nothing where it is more than MOST_COUNTED: a part of it would be no answer.
    """
    in_hand = (
        select(Assignment.department_id, Assignment.handler_id, Case.next_due_on)
        .join(Case, Case.id == Assignment.case_id)
        .where(Assignment.department_id.in_(sorted(unit_ids)), Assignment.ended_on.is_(None))
        .where(Assignment.track == Track.HANDLING.value, may_know(reader))
        .limit(MOST_COUNTED + 1)
        .subquery()
    )
    late = func.sum(either((in_hand.c.next_due_on < today, 1), else_=0))
    each = (in_hand.c.department_id, in_hand.c.handler_id)
    rows = db.session.execute(select(*each, func.count(), late).group_by(*each)).all()
    if sum(row[2] for row in rows) > MOST_COUNTED:
        return {}, {}
    people: dict[int, Load] = {}
    units: dict[int, Load] = {}
    for department_id, handler_id, count, late_count in rows:
        for totals, key in ((units, department_id), (people, handler_id)):
            if key is not None:
                before = totals.get(key, Load())
                totals[key] = Load(before.open + count, before.late + int(late_count))
    return people, units
