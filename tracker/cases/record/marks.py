"""Whether the unit and the people of a matter can still act: marks for lists and pages (已撤销、已停用、已离任)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from tracker.cases.record.models import Case
from tracker.cases.record.rules.holding import person_mark, unit_mark
from tracker.people.queries import Roster, roster
from tracker.people.rules import Role

LEADING = frozenset({Role.LEAD_OFFICIAL.value, Role.PRINCIPAL_LEADER.value})


@dataclass(frozen=True)
class Marks:
    """The marks of the unit, the handler and the lead official of one matter; empty while they can act."""

    unit_mark: str = ""
    handler_mark: str = ""
    lead_mark: str = ""


@dataclass(frozen=True)
class Named:
    """Whom a matter names: its unit, handler and lead official, with what ended for each."""

    department_id: int | None
    closed_on: date | None
    handler_id: int | None
    handler_disabled: bool
    lead_id: int | None
    lead_disabled: bool


def named_by(matter: Case) -> Named:
    """Return whom a matter names now."""
    given, lead = matter.assignment, matter.lead
    leading = (lead.id if lead else None, lead is not None and not lead.is_active)
    if given is None:
        return Named(None, None, None, False, *leading)
    handler = given.handler
    disabled = handler is not None and not handler.is_active
    return Named(given.department_id, given.department.valid_to, given.handler_id, disabled, *leading)


def roster_of(named: Iterable[Named], today: date) -> Roster:
    """Return who is at work of those whom matters name. One query."""
    found = list(named)
    people = {id_ for each in found for id_ in (each.handler_id, each.lead_id) if id_}
    units = {each.department_id for each in found if each.department_id}
    return roster(units, people, today) if units or people else Roster()


def marks(named: Named, at_work: Roster, today: date) -> Marks:
    """Return the marks of one matter."""
    lead = person_mark(disabled=named.lead_disabled, holds_post=at_work.holds(named.lead_id, LEADING))
    lead = lead if named.lead_id else ""
    if named.department_id is None:
        return Marks(lead_mark=lead)
    closed = named.closed_on is not None and named.closed_on < today
    handler = person_mark(
        disabled=named.handler_disabled, holds_post=at_work.works_in(named.department_id, named.handler_id)
    )
    unit = unit_mark(closed=closed, has_people=at_work.has_people(named.department_id))
    return Marks(unit, handler if named.handler_id else "", lead)
