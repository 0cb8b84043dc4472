"""Who may see a case, as SQL: the twin of `cases/access/rules`, generated from the same tables.

Each list of a reader (the cases they are accused in, named for, assigned) is one indexed subquery. Where cases are
looked for, it is evaluated once (`visible_to`). Where they are found already, by a key or a page of keys, each is
looked up in it by its own key (`may_know`): the list itself may be as long as the reader's years in office.
"""

from collections.abc import Callable, Collection, Iterable
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, false, not_, or_, select, true, union_all
from sqlalchemy.orm import aliased

from tracker.cases.access import rules as access
from tracker.cases.access.rules import Access, Accused, Assigned, Denial, Matter, Relation
from tracker.cases.record.former_numbers import bears
from tracker.cases.record.models import AccusedParty, Assignment, Case, NamedReader
from tracker.cases.record.rules.codes import Confidentiality, SubjectStatus
from tracker.core import clock
from tracker.core.database import UTCDateTime, db
from tracker.core.errors import NotFound
from tracker.core.text import normalise
from tracker.people.rules import Reader, Role, area, does_case_work

KEPT_CLAUSES = 256
Clause = ColumnElement[bool]
CaseIds = Select[int]
# How the case is asked for in lists of keys: one of them has it.
Within = Callable[[Iterable[CaseIds]], Clause]

# What decides who may see one case.
_GIVEN = select(
    *(Assignment.department_id, Assignment.handler_id, Assignment.lead_official_id),
    *(Assignment.ended_on, Assignment.ended_because),
).where(Assignment.case_id == bindparam("case_id"))
_COMPLAINED = select(AccusedParty.user_id, AccusedParty.department_id, AccusedParty.status).where(
    AccusedParty.case_id == bindparam("case_id")
)
# Who is on a named list at the moment of asking: to stay, or until an end that is set (紧急查阅).
STILL_NAMED = or_(
    NamedReader.ended_at.is_(None),
    NamedReader.ended_at > bindparam("named_at", callable_=clock.now, type_=UTCDateTime()),
)
_NAMED = select(NamedReader.user_id, NamedReader.masked, NamedReader.ended_at).where(
    NamedReader.case_id == bindparam("case_id"), STILL_NAMED
)

_BLOCKS = or_(AccusedParty.status.is_(None), AccusedParty.status != SubjectStatus.CLEARED)


def numbers_closed(matter: Any = Case) -> Clause:
    """Return the condition on a matter, or on an alias of it, that it has 内部编号: twin of `Matter.numbers_closed`."""
    shuts_out = (
        select(AccusedParty.id)
        .where(or_(AccusedParty.user_id.is_not(None), AccusedParty.department_id.is_not(None)), _BLOCKS)
        .where(AccusedParty.case_id == matter.id)
        .correlate(matter)
        .exists()
    )
    return or_(matter.level != Confidentiality.ORDINARY, shuts_out)


NUMBERS_CLOSED = numbers_closed()
# The matter itself as a row of a list of keys, apart from the one that is asked for.
_Led = aliased(Case)
_COUNTS = or_(Assignment.ended_on.is_(None), Assignment.ended_because == access.ENDED_BY_CLOSE_OUT)


def _accused_in(*conditions: Clause) -> CaseIds:
    return select(AccusedParty.case_id).where(*conditions, _BLOCKS)


def _assigned(*conditions: Clause) -> CaseIds:
    return select(Assignment.case_id).where(*conditions, _COUNTS)


def _leads_alone(reader: Reader) -> CaseIds:
    return select(_Led.id).where(_Led.lead_official_id == reader.user_id, _Led.assignment_id.is_(None))


def _named_for(reader: Reader, *conditions: Clause) -> CaseIds:
    mine = (NamedReader.user_id == reader.user_id, STILL_NAMED)
    return select(NamedReader.case_id).where(*mine, *conditions)


def _listed(lists: Iterable[CaseIds]) -> Clause:
    """In the union of lists, which is read once."""
    return Case.id.in_(union_all(*lists))


def _looked_up(lists: Iterable[CaseIds]) -> Clause:
    """In one of lists, looked up by the key of the case."""
    return or_(*(each.where(each.selected_columns[0] == Case.id).correlate(Case).exists() for each in lists))


def _of_offices(office_ids: Iterable[int]) -> Clause | None:
    found = sorted(office_ids)
    return Case.office_id.in_(found) if found else None


def _to_call(of_offices: Clause | None) -> Clause | None:
    waits = (Case.ledger_status.in_(sorted(access.CALLED_BACK_IN)), Case.anonymous.is_(False))
    return None if of_offices is None else and_(of_offices, *waits)


DENIALS: dict[Denial, Callable[[Reader, Within], Clause]] = {
    Denial.INACTIVE: lambda reader, _within: false() if reader.active else true(),
    Denial.NO_CASE_WORK: lambda reader, _within: false() if does_case_work(reader) else true(),
    Denial.ACCUSED: lambda reader, within: within([_accused_in(AccusedParty.user_id == reader.user_id)]),
    Denial.OF_ACCUSED_UNIT: lambda reader, within: within(
        [_accused_in(AccusedParty.department_id.in_(sorted(reader.chain_ids)))]
    ),
    Denial.NOT_NAMED: lambda reader, within: and_(
        Case.level == Confidentiality.ACCUSATION, not_(within([_named_for(reader)]))
    ),
}
# A condition on the case itself where the relation is a matter of its office, else the list of the reader's cases;
# None where their posts cannot have the relation.
RELATIONS: dict[Relation, Callable[[Reader], Clause | CaseIds | None]] = {
    Relation.REGISTERED_IT: lambda reader: (
        Case.registered_by_id == reader.user_id if reader.holds(*access.REGISTERING_ROLES) else None
    ),
    Relation.OFFICE_REGISTRAR: lambda reader: _of_offices(access.REGISTERS[Relation.OFFICE_REGISTRAR](reader)),
    Relation.OFFICE_DESK: lambda reader: _of_offices(access.REGISTERS[Relation.OFFICE_DESK](reader)),
    Relation.OFFICE_SUPERVISOR: lambda reader: _of_offices(access.REGISTERS[Relation.OFFICE_SUPERVISOR](reader)),
    Relation.CALLER: lambda reader: _to_call(_of_offices(area(reader, Role.SUPERVISOR))),
    Relation.HANDLER: lambda reader: _assigned(
        Assignment.handler_id == reader.user_id, Assignment.department_id.in_(sorted(reader.department_ids))
    ),
    Relation.UNIT_HEAD: lambda reader: (
        _assigned(Assignment.department_id.in_(sorted(access.units_headed(reader))))
        if reader.holds(Role.DEPARTMENT_HEAD)
        else None
    ),
    Relation.UNIT_STAFF: lambda reader: _assigned(Assignment.department_id.in_(sorted(reader.department_ids))),
    Relation.LEAD_OFFICIAL: lambda reader: (
        _assigned(Assignment.lead_official_id == reader.user_id) if reader.holds(*access.LEAD_ROLES) else None
    ),
    Relation.OFFICE_LEAD: lambda reader: _leads_alone(reader) if reader.holds(*access.LEAD_ROLES) else None,
    Relation.PRINCIPAL_LEADER: lambda reader: _of_offices(access.REGISTERS[Relation.PRINCIPAL_LEADER](reader)),
    Relation.NAMED_READER: _named_for,
    Relation.NAMED_OPENER: lambda reader: _named_for(reader, NamedReader.masked.is_not(true())),
}


@lru_cache(maxsize=KEPT_CLAUSES)
def visible_to(reader: Reader) -> Clause:
    """Return the condition on `Case` for the cases this person may see; every query of cases carries it.

    The same posts give the same clause, kept because building it takes longer than running it; who is accused or
    named is asked of the database each time it runs.
    """
    return and_(_not_denied(reader, _listed), _granted(reader, lambda row: row.reads, _listed))


@lru_cache(maxsize=KEPT_CLAUSES)
def may_know(reader: Reader) -> Clause:
    """Return the same condition for cases that are found by their keys: none of the reader's other cases is read."""
    return and_(not_denied(reader), _granted(reader, lambda row: row.reads, _looked_up))


@lru_cache(maxsize=KEPT_CLAUSES)
def identity_open_to(reader: Reader) -> Clause:
    """Return the condition on `Case` for those whose petitioners this person may open: twin of `may_open_identity`.

    Only among these is a case found by the name of a person.
    """
    return and_(visible_to(reader), _granted(reader, lambda row: row.opens, _listed))


def accusations_known_to(reader: Reader) -> Clause:
    """Return the condition on `Case` for the accusations this person may see: those on whose named list they are."""
    return and_(Case.level == Confidentiality.ACCUSATION, _listed([_named_for(reader)]), not_denied(reader))


def concerned_in(reader: Reader) -> Clause:
    """Return the condition on `Case` that it complains of a person or a unit of theirs: twin of `access.concerned`."""
    return or_(*(DENIALS[each](reader, _listed) for each in (Denial.ACCUSED, Denial.OF_ACCUSED_UNIT)))


def not_denied(reader: Reader) -> Clause:
    """Return the condition on a case found by its key that nothing shuts the person out.

    That alone lets nobody read anything.
    """
    return _not_denied(reader, _looked_up)


def _not_denied(reader: Reader, within: Within) -> Clause:
    return and_(*(not_(shuts_out(reader, within)) for shuts_out in DENIALS.values()))


def _granted(reader: Reader, levels_of: Callable[[Access], frozenset[Confidentiality]], within: Within) -> Clause:
    """Return the access table for one reader, level by level.

    For readers of their own lists only, the union of those stands in front: the database starts from it.
    """
    found = {row.relation: RELATIONS[row.relation](reader) for row in access.ACCESS}
    held = {relation: clause for relation, clause in found.items() if clause is not None}
    lists_only = all(isinstance(clause, Select) for clause in held.values())
    in_front = _widest(held) if lists_only and within is _listed else []
    levels = []
    for level in Confidentiality:
        reading = _widest(row.relation for row in access.ACCESS if level in levels_of(row) and row.relation in held)
        among = true() if in_front and reading == in_front else _any((held[relation] for relation in reading), within)
        levels.append(and_(Case.level == level, among))
    granted = or_(*levels)
    return and_(_any((held[relation] for relation in in_front), within), granted) if in_front else granted


def _widest(relations: Iterable[Relation]) -> list[Relation]:
    """Leave out whose every case another relation finds too: handler and head are staff of their unit."""
    found = list(relations)
    narrow = {Relation.HANDLER, Relation.UNIT_HEAD} if Relation.UNIT_STAFF in found else set()
    narrow |= {Relation.NAMED_OPENER} if Relation.NAMED_READER in found else set()
    return [relation for relation in found if relation not in narrow]


def _any(relations: Iterable[Clause | CaseIds], within: Within) -> Clause:
    held = list(relations)
    lists = [relation for relation in held if isinstance(relation, Select)]
    clauses = [relation for relation in held if not isinstance(relation, Select)]
    return or_(false(), *clauses, *([within(lists)] if lists else []))


@lru_cache(maxsize=KEPT_CLAUSES)
def _visible_case(reader: Reader) -> Select[Any]:
    return select(Case).where(Case.public_id == bindparam("public_id"), may_know(reader))


def visible_case(public_id: str, reader: Reader) -> Case:
    """Return the case of an address; a case the person may not know of answers as one that does not exist.

    Raises NotFound.
    """
    found: Case | None = db.session.scalar(_visible_case(reader), {"public_id": public_id})
    if found is None:
        raise NotFound
    return found


def visible_case_numbered(register_no: str, reader: Reader) -> Case:
    """Return the case of a number (编号), also of its former one, as `visible_case` does; raises NotFound."""
    numbered = select(Case).where(bears(normalise(register_no).upper()), may_know(reader))
    found: Case | None = db.session.scalar(numbered)
    if found is None:
        raise NotFound
    return found


def complained_departments(case_ids: Collection[int]) -> dict[int, set[int]]:
    """Return the units that cases complain of (被反映单位), by case; cases that complain of none are left out."""
    rows = db.session.execute(
        select(AccusedParty.case_id, AccusedParty.department_id).where(
            AccusedParty.case_id.in_(case_ids), AccusedParty.department_id.is_not(None), _BLOCKS
        )
    )
    found: dict[int, set[int]] = {}
    for case_id, department_id in rows:
        found.setdefault(case_id, set()).add(department_id or 0)
    return found


def matter_of(case: Case) -> Matter:
    """Return what decides who may see a case, read afresh from the database, for the rules of access."""
    key = {"case_id": case.id}
    return matter_from(
        case,
        assignments=db.session.execute(_GIVEN, key),
        accused=db.session.execute(_COMPLAINED, key),
        named=db.session.execute(_NAMED, key),
    )


def matter_from(case: Case, *, assignments: Iterable[Any], accused: Iterable[Any], named: Iterable[Any]) -> Matter:
    """Return the same from rows that were read before, or from their columns."""
    running = [(row.user_id, row.masked, row.ended_at) for row in named]
    return Matter(
        level=case.level,
        office_id=case.office_id,
        registered_by_id=case.registered_by_id,
        lead_official_id=case.lead_official_id if case.assignment_id is None else None,
        assignments=tuple(
            Assigned(a.department_id, a.handler_id, a.lead_official_id, a.ended_on is not None, a.ended_because)
            for a in assignments
        ),
        accused=tuple(Accused(a.user_id, a.department_id, a.status) for a in accused),
        named_reader_ids=frozenset(user_id for user_id, _, _ in running),
        masked_reader_ids=frozenset(
            {user_id for user_id, masked, _ in running if masked}
            - {user_id for user_id, masked, _ in running if not masked}
        ),
        visitor_ids=frozenset(
            {user_id for user_id, _, until in running if until}
            - {user_id for user_id, _, until in running if not until}
        ),
        awaits_call=case.ledger_status in access.CALLED_BACK_IN and not case.anonymous,
    )
