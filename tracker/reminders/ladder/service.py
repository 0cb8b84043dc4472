"""Adopting a ladder (修改督办阶梯): the whole table becomes a new edition; every running clock is looked at again."""

from collections.abc import Sequence
from datetime import datetime

from tracker import audit
from tracker.audit import Event
from tracker.core.database import db
from tracker.core.errors import DomainError, StaleVersion
from tracker.deadlines.hints import ask_to_look_again
from tracker.people.models import User
from tracker.reminders.ladder.queries import current
from tracker.reminders.ladder.rules.checks import faults
from tracker.reminders.ladder.rules.defaults import subjects
from tracker.reminders.ladder.rules.kept import to_json
from tracker.reminders.ladder.rules.rungs import Rung
from tracker.reminders.models import LadderEdition

# What stands for the program's own table where an edition is named.
SHIPPED = 0


def adopt(
    rungs: Sequence[Rung], *, by: User, now: datetime, reason: str, instead_of: int | None = None
) -> LadderEdition:
    """Put a ladder in force; every running clock is looked at again under it.

    `instead_of` is the edition that was changed (0: the program's own table). Raises DomainError where the table
    contradicts itself or no reason is given, StaleVersion where another was adopted meanwhile.
    """
    audit.lock_log()
    if instead_of is not None and instead_of != (current().edition_id or SHIPPED):
        raise StaleVersion("督办阶梯刚被别人修改过，您的修改没有启用。请打开现在的阶梯，重新修改。")
    faults_found = faults(rungs)
    if faults_found:
        raise DomainError("；".join(faults_found))
    if not reason.strip():
        raise DomainError("请写明为什么修改。", field="reason")
    edition = LadderEdition(adopted_at=now, adopted_by_id=by.id, reason=reason.strip(), rungs=to_json(rungs))
    edition.decided = [subject.value for subject in subjects()]
    db.session.add(edition)
    db.session.flush()
    ask_to_look_again(now)
    audit.record(Event.LADDER_ADOPTED, by=by, now=now, payload={"edition": edition.id}, text=reason)
    return edition
