"""Opening the people of a case (查看身份): who petitions, who is complained of; on the record, for one page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tracker import audit
from tracker.audit import Event
from tracker.cases.access.rules import may_open_identity, may_see
from tracker.cases.access.scope import matter_of
from tracker.cases.acts.accused import may_decide
from tracker.cases.record.models import AccusedParty, Case
from tracker.cases.record.rules.codes import Confidentiality
from tracker.core.clock import local_date
from tracker.core.errors import Forbidden, NotFound
from tracker.people.models import User
from tracker.people.queries import reader_for
from tracker.petitioners.service import OpenedPetitioner, open_identity
from tracker.statutes.queries import cited
from tracker.statutes.rules.provisions import P

SHORTEST_PURPOSE_OF_ACCUSATION = 4
SHORTEST_PURPOSE = 2


@dataclass(frozen=True)
class OpenedPeople:
    """The people of a case unmasked, for one page of one reader."""

    petitioners: Sequence[OpenedPetitioner]
    accused: Sequence[AccusedParty]


def open_people(case: Case, *, by: User, purpose: str, now: datetime) -> OpenedPeople:
    """Open the petitioners and the accused of a case to one reader; the caller commits before a byte leaves.

    Raises NotFound where the person may not know of the case, Forbidden, DomainError without a purpose.
    """
    reader, matter = reader_for(by, local_date(now)), matter_of(case)
    if not may_see(reader, matter):
        raise NotFound
    if not may_open_identity(reader, matter):
        basis = cited(P.T30_3, on=local_date(now))
        raise Forbidden(f"您可以查看本件，但不在可以查看信访人身份的人员之内（{basis}）。")
    sealed = case.level == Confidentiality.ACCUSATION
    shortest = SHORTEST_PURPOSE_OF_ACCUSATION if sealed else SHORTEST_PURPOSE
    people = open_identity(case.id, by=by, purpose=purpose, now=now, shortest_purpose=shortest)
    return OpenedPeople(people, list(case.accused))


def open_accused(case: Case, *, by: User, now: datetime) -> Sequence[AccusedParty]:
    """Open the accused of a case to the people who decide whom their names mean (核实被反映人), on the record.

    Raises NotFound where the person may not know of the case, Forbidden.
    """
    today = local_date(now)
    reader = reader_for(by, today)
    if not may_see(reader, matter_of(case)):
        raise NotFound
    if not may_decide(case, by, reader, today):
        raise Forbidden("被反映人由信访部门负责人或者举报专办岗位核实；他们须回避的，由主要领导决定。")
    rows = list(case.accused)
    payload = {"accused": [row.id for row in rows]}
    audit.record_reading(Event.IDENTITY_OPENED, by=by, now=now, case_id=case.id, payload=payload, text="核实被反映人")
    return rows
