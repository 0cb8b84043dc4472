"""等谁办: the people whom a matter waits for, by name, where no single person has it."""

from collections.abc import Sequence
from datetime import date

from tracker.cases.access.rules import may_see
from tracker.cases.lifecycle.case_file import CaseFile
from tracker.cases.lifecycle.rules.awaiting import awaited
from tracker.cases.record.rules.codes import LedgerStatus, Status
from tracker.people.models import User
from tracker.people.queries import holders, readers_for
from tracker.people.rules import Role
from tracker.reminders.ladder.rules.rungs import Recipient
from tracker.reminders.telling.posts import Directory

# What such a post is called before a name, and the role that holds it in the unit or the office.
_CALLED = {
    Recipient.OFFICE: ("受理员", Role.ACCEPTOR),
    Recipient.SUPERVISOR: ("督查员", Role.SUPERVISOR),
    Recipient.UNIT_HEAD: ("负责人", Role.DEPARTMENT_HEAD),
    Recipient.OFFICE_HEAD: ("负责人", Role.DEPARTMENT_HEAD),
    Recipient.PRINCIPAL: ("主要领导", Role.PRINCIPAL_LEADER),
}
# Who of them answers for the office from above.
ABOVE = (Recipient.SUPERVISOR, Recipient.PRINCIPAL)


def awaited_people(file: CaseFile, today: date) -> str:
    """Return the post and the names of those who must act now and may see the matter: 督查员 郝明.

    Empty where the matter waits for nobody, or for the one person who has it; the post alone where nobody holds it.
    """
    case = file.case
    given, status, ledger = case.assignment, Status(case.status), LedgerStatus(case.ledger_status)
    unit_gone = bool(file.marks(today).unit_mark)
    drafts = [each.stage for each in file.waiting_for_signature]
    asked = awaited(status, ledger, with_unit=given is not None, unit_gone=unit_gone, drafts=drafts)
    posts = () if case.is_history else asked
    first = posts[0] if posts else None
    if first is Recipient.OWNER and given is None:
        first = Recipient.OFFICE
    elif first is Recipient.OWNER and given is not None and given.handler is None:
        first = Recipient.UNIT_HEAD
    if first not in _CALLED:
        return ""
    called, role = _CALLED[first]
    unit_id = given.department_id if given is not None and first is Recipient.UNIT_HEAD else case.office_id
    if first in ABOVE:
        people: Sequence[User] = next(iter(Directory(today).answering_for(role, case.office)), [])
    else:
        people = [post.user for post in holders(role, [unit_id], today)]
    names = dict.fromkeys(person.name for person in _seeing(file, people, today))
    return f"{called} {'、'.join(names)}".strip()


def _seeing(file: CaseFile, people: Sequence[User], today: date) -> list[User]:
    """Return those who may see the matter; of an ordinary one that complains of nobody that is no question."""
    matter = file.matter
    if not matter.numbers_closed:
        return list(people)
    readers = zip(people, readers_for(people, today), strict=True)
    return [person for person, reader in readers if may_see(reader, matter)]
