"""The named list of an accusation (检举控告知悉名单)."""

from collections.abc import Collection, Iterable
from datetime import date, datetime

from sqlalchemy import select

from tracker.cases.access.rules import Matter, concerned
from tracker.cases.access.scope import matter_of
from tracker.cases.record.models import AccusedParty, Case, NamedReader
from tracker.cases.record.rules.codes import Confidentiality, SubjectStatus
from tracker.core.clock import local_date
from tracker.core.database import db
from tracker.notifications.service import announce
from tracker.people.models import User
from tracker.people.queries import accusation_handlers, holders, line_of, readers_for
from tracker.people.rules import Role
from tracker.working_days.queries import calendar

ACCUSATION_POST, LEADS_IT = "举报专办岗位", "领办领导"
WITHOUT_ACCUSATION_POST = "本单位无人专办检举控告"


def running_named_readers(case: Case) -> list[NamedReader]:
    """Return who is on the named list to stay, in the order they came; who reads for a while is not among them."""
    return list(
        db.session.scalars(
            select(NamedReader)
            .where(NamedReader.case_id == case.id, NamedReader.ended_at.is_(None))
            .order_by(NamedReader.id)
        )
    )


def add_named_reader(
    case: Case,
    user_id: int,
    *,
    because: str,
    by: User | None,
    now: datetime,
    masked: bool = False,
    until: datetime | None = None,
) -> None:
    """Put one person on the named list (知悉名单), once; the caller writes the log.

    `masked`: they need what is told, and not who told it (只看脱敏件); who stands there masked and gets another duty
    stands there anew. `until`: they stand there for a while (紧急查阅), and no longer than that.
    """
    before = next((row for row in running_named_readers(case) if row.user_id == user_id), None)
    if before is not None and (masked or not before.masked):
        return
    if before is not None:
        before.ended_at = now
    given = {"because": because, "added_at": now, "added_by_id": by.id if by else None, "ended_at": until}
    db.session.add(NamedReader(case_id=case.id, user_id=user_id, masked=masked or None, **given))
    db.session.flush()


def open_named_list(case: Case, *, by: User | None, because: str, now: datetime, tell: bool = True) -> None:
    """Open the named list of an accusation (条例第三十条): who found it, and the office's 举报专办 posts of today.

    Where nobody has such a post, or all who have are complained of, it goes to the office's head and to the main
    leaders above, who are told at once unless it is history (`tell`). Nobody who is complained of is put on it.
    """
    today, matter = local_date(now), matter_of(case)
    handlers = _unconcerned(_people(accusation_handlers(case.office_id, today)), matter, today)
    if handlers:
        wanted = dict.fromkeys(handlers, ACCUSATION_POST)
    else:
        heads = [post.user for post in holders(Role.DEPARTMENT_HEAD, [case.office_id], today)]
        above = unconcerned(Role.PRINCIPAL_LEADER, case, today)
        wanted = dict.fromkeys(_unconcerned([*heads, *above], matter, today), WITHOUT_ACCUSATION_POST)
    finder = _unconcerned([by] if by else [], matter, today)
    for person, words in (dict.fromkeys(finder, because) | wanted).items():
        add_named_reader(case, person.id, because=words, by=by, now=now)
    if tell and not handlers:
        _tell_without_post(case, wanted, now)


def _people(user_ids: Collection[int]) -> list[User]:
    return list(db.session.scalars(select(User).where(User.id.in_(user_ids)).order_by(User.id)))


def _unconcerned(people: Iterable[User], matter: Matter, today: date) -> list[User]:
    """Return who of some people is not complained of, each once, alone or with their unit."""
    asked = list(dict.fromkeys(people))
    readers = readers_for(asked, today)
    able = (reader.active and not concerned(reader, matter) for reader in readers)
    return [user for user, may in zip(asked, able, strict=True) if may]


def _tell_without_post(case: Case, people: Iterable[User], now: datetime) -> None:
    """Tell those an accusation fell to at once, at any hour: nobody of the office handles accusations (无人专办)."""
    for person in people:
        announce(
            f"without-accusation-post:{case.id}:{case.version}:{person.id}",
            now=now,
            days=calendar(),
            urgent=True,
            source="accusation",
            source_id=case.id,
            case_id=case.id,
            user_id=person.id,
            heading="检举控告无人专办",
            why="本单位没有可以办理本件的举报专办岗位，本件由您处理。",
            asked="请核实被反映人并移交；请系统管理员在岗位中指定专办检举控告的人员。",
            at_once=True,
        )


def unconcerned(role: Role, case: Case, today: date) -> list[User]:
    """Return who holds a role nearest above the office and is not complained of; else those one level up."""
    blocked = set(
        db.session.scalars(
            select(AccusedParty.user_id).where(
                AccusedParty.case_id == case.id, AccusedParty.status != SubjectStatus.CLEARED
            )
        )
    )
    for department_id in line_of(case.office):
        people = [post.user for post in holders(role, [department_id], today) if post.user_id not in blocked]
        if people:
            return list(dict.fromkeys(people))
    return []


def open_to_lead(case: Case, *, by: User, now: datetime) -> None:
    """Put who leads an accusation that no unit has on its named list: rank alone lets nobody read it."""
    if case.assignment_id is None and case.lead is not None and case.level == Confidentiality.ACCUSATION:
        for lead in _unconcerned([case.lead], matter_of(case), local_date(now)):
            add_named_reader(case, lead.id, because=LEADS_IT, by=by, now=now)


def open_to(role: Role, case: Case, *, because: str, by: User, now: datetime) -> None:
    """Let those see a confidential case without a handling unit who must act on it next, by name."""
    if case.assignment_id is not None or case.level == Confidentiality.ORDINARY:
        return
    for person in unconcerned(role, case, local_date(now)):
        add_named_reader(case, person.id, because=because, by=by, now=now)


def open_to_approvers(case: Case, *, because: str, by: User, now: datetime) -> list[User]:
    """Let the main leaders nearest above the office see what they are to approve (审批), and return them.

    By rank alone they read ordinary matters; of any other they read what is told, and not who told it.
    """
    leaders = unconcerned(Role.PRINCIPAL_LEADER, case, local_date(now))
    if case.level != Confidentiality.ORDINARY:
        for leader in leaders:
            add_named_reader(case, leader.id, because=because, by=by, now=now, masked=True)
    return leaders
