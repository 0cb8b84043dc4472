"""核实字样: an imported row that only says 举报、检举、控告、揭发 is closed until somebody has looked what it is."""

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select

from tracker import audit
from tracker.audit import Event
from tracker.cases.access.named_readers import running_named_readers
from tracker.cases.access.scope import may_know
from tracker.cases.acts.accused import clear_accused
from tracker.cases.acts.naming import is_word
from tracker.cases.record.models import AccusedParty, Case
from tracker.cases.record.rules.codes import ROUTE_LABELS, Confidentiality, Purpose, Route, SubjectStatus
from tracker.core.database import db, locked
from tracker.core.errors import DomainError
from tracker.people.models import User
from tracker.people.rules import Reader

MOST_AT_ONCE = 200


class SettledAs(StrEnum):
    """What a row is that accuses nobody in office."""

    SETTLEMENT = "settlement"
    ENFORCEMENT = "enforcement"


SETTLED_AS_LABELS = {
    SettledAs.SETTLEMENT: "不是检举控告，按求决办理",
    SettledAs.ENFORCEMENT: f"不是检举控告，按{ROUTE_LABELS[Route.ENFORCEMENT]}办理",
}


def word_questions(run_id: int, reader: Reader) -> Sequence[Case]:
    """Return the cases of an import whose word nobody has settled, as far as the person may know of them."""
    undecided = select(AccusedParty.case_id).where(
        AccusedParty.case_id == Case.id,
        AccusedParty.user_id.is_(None),
        AccusedParty.department_id.is_(None),
        AccusedParty.decided_at.is_(None),
    )
    rows = db.session.scalars(
        select(Case)
        .where(
            Case.import_run_id == run_id,
            Case.level == Confidentiality.ACCUSATION,
            Case.purpose != Purpose.ACCUSATION,
            undecided.exists(),
            may_know(reader),
        )
        .order_by(Case.id)
        .limit(MOST_AT_ONCE)
    )
    return [case for case in rows if any(is_word(row.name) and row.is_open for row in case.accused)]


def others_open(case: Case) -> bool:
    """Return whether a post, a person or an organ is named besides the word: each is decided on by itself first."""
    return any(not is_word(row.name) and row.status != SubjectStatus.CLEARED for row in case.accused)


def settle_word(case: Case, settled: SettledAs, *, by: User, now: datetime, version: int | None = None) -> None:
    """Say that a closed row accuses nobody in office (核实字样): it is read like any other from now on.

    Raises NotFound, Forbidden, StaleVersion as every decision on an accused, DomainError where somebody is named.
    """
    locked(case)
    word = next((row for row in case.accused if is_word(row.name) and row.is_open), None)
    if word is None:
        raise DomainError("本件没有待核实的字样。")
    if others_open(case):
        raise DomainError(f"{case.register_no} 写到了具体的人、职务或者机关，请先在“核实被反映人”里逐个核实。")
    clear_accused(word, by=by, reason=SETTLED_AS_LABELS[settled], now=now, version=version)
    _open_again(case, now)
    payload = {"level": case.level, "settled": settled.value, "version": case.version}
    audit.record(Event.CASE_CORRECTED, by=by, now=now, case_id=case.id, payload=payload)


def _open_again(case: Case, now: datetime) -> None:
    """Take back what the word alone had brought about: the level, the named list."""
    case.level = Confidentiality.ORDINARY.value
    case.purpose = Purpose.SETTLEMENT.value
    for row in running_named_readers(case):
        row.ended_at = now
    db.session.flush()


def settle_words(cases: Collection[Case], settled: SettledAs, *, by: User, now: datetime) -> int:
    """Do so for a selection; return how many. Raises as `settle_word` does, and then none is settled."""
    for case in sorted(cases, key=lambda each: each.id):
        settle_word(case, settled, by=by, now=now)
    return len(cases)
