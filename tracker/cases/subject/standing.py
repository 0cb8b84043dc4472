"""How people stand towards a case, for one of its clocks: who owes it, who leads, who may know."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from tracker.cases.access.named_readers import running_named_readers
from tracker.cases.access.rules import Matter, denial, may_see
from tracker.cases.access.scope import matter_of
from tracker.cases.lifecycle.rules.awaiting import awaited
from tracker.cases.record.marks import marks, named_by, roster_of
from tracker.cases.record.models import ActDraft, Assignment, Case
from tracker.cases.record.rules.codes import Confidentiality, LedgerStatus, Status
from tracker.cases.subject.behaviours import REPEAT
from tracker.core import clock as clock_now
from tracker.core.database import db
from tracker.deadlines.models import Deadline
from tracker.people.models import Department, User
from tracker.people.rules import Reader
from tracker.reminders.ladder.rules.reach import Ref
from tracker.reminders.ladder.rules.rungs import Recipient
from tracker.reminders.subjects.answers import Standing

GONE_WORDS = {Status.MERGED: "本件已并案", Status.VOIDED: "本件已作废"}
CLOSED = "本件已销号"
NAMED_READERS = "知悉名单所列人员"
# Read with the case, in one statement.
_GIVEN = (
    joinedload(Case.assignment).options(
        joinedload(Assignment.department), joinedload(Assignment.handler), joinedload(Assignment.lead_official)
    ),
    joinedload(Case.lead_official),
)


def standing(case_id: int, clock: Deadline | None, seen_on: Ref | None) -> Standing:
    """Return how people stand towards a case; whoever is shut out of the repeat that a rung is about knows nothing."""
    case = db.session.get_one(Case, case_id, options=(joinedload(Case.office), *_GIVEN))
    matter, repeat = matter_of(case), _repeat(seen_on)
    owed = _Owed(case, clock)
    accusation = case.level == Confidentiality.ACCUSATION
    return Standing(
        office=case.office,
        unit=owed.unit,
        owner=owed.owner,
        leads=owed.leads,
        may_know=_may_know(matter, repeat),
        number=case.register_no,
        gone=GONE_WORDS.get(Status(case.status), ""),
        over=CLOSED if case.ledger_status == LedgerStatus.CLOSED else "",
        confidential=case.level != Confidentiality.ORDINARY,
        awaited=lambda: _awaited(case),
        hangs=lambda: _hangs(case),
        open_to_group=not any(_complains(each) for each in (matter, repeat)),
        last=tuple(row.user for row in running_named_readers(case)) if accusation else (),
        last_label=NAMED_READERS,
    )


def _awaited(case: Case) -> frozenset[Recipient]:
    status, ledger, with_unit = Status(case.status), LedgerStatus(case.ledger_status), case.assignment is not None
    waiting = select(ActDraft).where(ActDraft.case_id == case.id, ActDraft.outcome.is_(None))
    drafts = {each.stage for each in db.session.scalars(waiting)}
    return frozenset(awaited(status, ledger, with_unit=with_unit, drafts=drafts))


def _hangs(case: Case) -> frozenset[Recipient]:
    """Return who sees to it that the matter can be acted on again, for what ended of its unit and people."""
    today, named = clock_now.today(), named_by(case)
    found = marks(named, roster_of([named], today), today)
    said = {
        Recipient.OFFICE: found.unit_mark,
        Recipient.UNIT_HEAD: found.handler_mark,
        Recipient.OFFICE_HEAD: found.lead_mark,
    }
    return frozenset(post for post, mark in said.items() if mark)


def _repeat(seen_on: Ref | None) -> Matter | None:
    repeat = db.session.get(Case, seen_on.id) if seen_on is not None and seen_on.kind == REPEAT else None
    return matter_of(repeat) if repeat is not None else None


def _may_know(matter: Matter, repeat: Matter | None) -> Callable[[Reader], bool]:
    return lambda reader: may_see(reader, matter) and (repeat is None or denial(reader, repeat) is None)


def _complains(matter: Matter | None) -> bool:
    """Return whether a matter complains of somebody in the system: they may sit in the group that reads the chat."""
    return matter is not None and bool(matter.accused_user_ids or matter.accused_department_ids)


@dataclass(frozen=True)
class _Owed:
    """Who owes a clock of a case."""

    case: Case
    clock: Deadline | None

    @property
    def given(self) -> Assignment | None:
        """The assignment that the clock belongs to, else the case's own; None where no unit has the case."""
        if self.clock is not None and self.clock.subject == "assignment":
            return db.session.get(Assignment, self.clock.subject_id)
        return self.case.assignment

    @property
    def unit(self) -> Department:
        """The unit that owes the clock, else the handling unit, else the office."""
        if self.clock is not None and self.clock.owner_department is not None:
            return self.clock.owner_department
        return self.given.department if self.given else self.case.office

    @property
    def owner(self) -> User | None:
        """The person who owes the clock: named on it, else the handler where the clock is their unit's."""
        if self.clock is not None and self.clock.owner is not None:
            return self.clock.owner
        given = self.given
        return given.handler if given and given.department_id == self.unit.id else None

    @property
    def leads(self) -> tuple[User, ...]:
        """The lead official (领办领导) of the assignment, else of the case."""
        lead = (self.given.lead_official if self.given else None) or self.case.lead
        return (lead,) if lead else ()
