"""被反映人: naming them shuts them out at once; a decision that it is somebody else lifts it (条例第三十条第三款)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, select

from tracker import audit
from tracker.audit import Event
from tracker.cases.access.named_readers import add_named_reader, running_named_readers
from tracker.cases.access.naming.meaning import Match
from tracker.cases.access.rules import Matter, concerned, may_see, only_visits
from tracker.cases.access.scope import matter_of
from tracker.cases.acts.naming import (
    AccusedEntry,
    NamedAccused,
    NamedBefore,
    NamedOne,
    Told,
    since_event,
    whom_it_means,
)
from tracker.cases.acts.renumbering import close_number
from tracker.cases.lifecycle.positions import position_of
from tracker.cases.lifecycle.rules.actions import Station
from tracker.cases.lifecycle.rules.positions import stations
from tracker.cases.record.models import AccusedParty, Assignment, Case
from tracker.cases.record.rules.codes import Confidentiality, MatterClass, Purpose, SubjectStatus
from tracker.core.clock import local_date
from tracker.core.database import db, locked
from tracker.core.errors import DomainError, Forbidden, NotFound, StaleVersion
from tracker.core.text import clean_line
from tracker.people.models import Department, Post, User
from tracker.people.queries import chains, held_on, posts_since, reader_for
from tracker.people.rules import Reader, Role
from tracker.statutes.queries import cited
from tracker.statutes.rules.provisions import P

SHORTEST_REASON = 4
HEADS = frozenset({Role.DEPARTMENT_HEAD, Role.PRINCIPAL_LEADER, Role.LEAD_OFFICIAL})
# 一键核实: whoever owes a service and is only asked for it is no accused.
ONLY_OWED = "来信只是请求其履行职责，不是反映其问题"
ASKED_FIRST = (
    "来信指名反映的人还没有核实是谁，核实以前本件不交任何单位（{basis}）："
    "请由举报专办岗位或者信访部门负责人在“核实被反映人”中办理。"
)
_IF_NAMESAKE = "如系同名，请先核实并在“被反映人”中排除。"
DECIDING_STATIONS = frozenset({Station.OFFICE_HEAD, Station.PRINCIPAL_LEADER})


@dataclass(frozen=True)
class Naming:
    """What naming somebody brought about.

    `taken_off_ids` are the users who left the named list; `to_replace` says in sentences who of those at work on the
    case must give it to others; `nobody_left`: no person in the system may decide on the match, it goes to the upper
    level (条例第三十条). `asked`: somebody is named, and until it is decided who is meant the case may go to no unit.
    """

    taken_off_ids: tuple[int, ...] = ()
    to_replace: tuple[str, ...] = ()
    nobody_left: bool = False
    asked: bool = False


def name_accused(case: Case, entries: Sequence[AccusedEntry], *, by: User, now: datetime) -> Naming:
    """Write down who is complained of (登记被反映人): whomever it may mean is shut out at once, provisionally.

    Whoever is on the case already is passed over. The caller writes the log. Raises DomainError for a name too long.
    """
    told = Told(since_event(case.occurred_on, case.received_on), local_date(now), entries)
    return write_down(case, whom_it_means(told, office_id=case.office_id, known=_known(case)), by=by, now=now)


def read_accused(case: Case, *, by: User, now: datetime) -> Naming:
    """Read again whom title, text and demand points name, after one of them, the purpose or the class was changed."""
    told = Told(
        since_event(case.occurred_on, case.received_on),
        local_date(now),
        texts=(case.title, case.summary, *(point.text for point in case.demand_points)),
        accusing=Confidentiality.ACCUSATION == case.level or Purpose.ACCUSATION == case.purpose,
    )
    return write_down(case, whom_it_means(told, office_id=case.office_id, known=_known(case)), by=by, now=now)


def _known(case: Case) -> NamedBefore:
    rows = db.session.scalars(select(AccusedParty).where(AccusedParty.case_id == case.id)).all()
    blocking = [row for row in rows if row.status != SubjectStatus.CLEARED]
    return NamedBefore(
        tuple(row.name for row in rows),
        Match(
            frozenset(row.user_id for row in blocking if row.user_id is not None),
            frozenset(row.department_id for row in blocking if row.department_id is not None),
        ),
    )


def write_down(case: Case, meant: NamedAccused, *, by: User | None, now: datetime) -> Naming:
    """Do the same for names whose meaning is known. The caller writes the log."""
    for named in meant.named:
        db.session.add_all(_rows(case.id, named))
    db.session.flush()
    return shut_out(case, by=by, now=now) if meant.shuts_out else Naming(asked=bool(meant.named))


def _rows(case_id: int, named: NamedOne) -> list[AccusedParty]:
    """Return one row for each user and unit that may be meant, or one without: an open question, whom it means."""
    meant = [{"user_id": id_} for id_ in sorted(named.match.user_ids)]
    meant += [{"department_id": id_} for id_ in sorted(named.match.department_ids)]
    return [
        AccusedParty(
            case_id=case_id,
            name=named.name,
            position_held=named.position_held,
            quoted=named.quoted,
            status=SubjectStatus.PROVISIONAL.value,
            **particulars,
        )
        for particulars in meant or [{}]
    ]


def shut_out(case: Case, *, by: User | None, now: datetime) -> Naming:
    """Take the concerned off the named list, and see to it that somebody may still decide on the match.

    Its number is closed from now on: what is missing among the open ones would tell them.
    """
    close_number(case)
    matter, today = matter_of(case), local_date(now)
    taken_off = []
    for row in running_named_readers(case):
        if concerned(reader_for(row.user, today), matter):
            row.ended_at = now
            taken_off.append(row.user_id)
    db.session.flush()
    return Naming(
        taken_off_ids=tuple(taken_off),
        to_replace=tuple(_to_replace(case, matter, today)),
        nobody_left=not _somebody_decides(case, by=by, now=now),
        asked=True,
    )


def _to_replace(case: Case, matter: Matter, today: date) -> Iterable[str]:
    for assignment in db.session.scalars(
        select(Assignment).where(Assignment.case_id == case.id, Assignment.ended_on.is_(None))
    ):
        unit = assignment.department
        for user, post in ((assignment.handler, "承办人"), (assignment.lead_official, "领办领导")):
            if user and concerned(reader_for(user, today), matter):
                yield f"{post}{user.name}与本件有利害关系或者与被反映人同名，已不能查看本件，请更换{post}。"
        if chains([unit.id])[unit.id] & matter.accused_department_ids:
            yield f"{unit.name}是被反映单位或者它的下属单位，已不能查看本件，请改派。"
    if case.assignment is None and case.lead and concerned(reader_for(case.lead, today), matter):
        yield f"领办领导{case.lead.name}与本件有利害关系或者与被反映人同名，已不能查看本件，请更换领办领导。"
    if case.registered_by and concerned(reader_for(case.registered_by, today), matter):
        yield f"登记人{case.registered_by.name}与本件有利害关系或者与被反映人同名，已不能查看本件，由他人继续办理。"


def _somebody_decides(case: Case, *, by: User | None, now: datetime) -> bool:
    """Return whether somebody may decide on the match: the office's people, else a main leader on the named list."""
    matter, today = matter_of(case), local_date(now)
    in_office = (Post.department_id == case.office_id) & (
        Post.handles_accusations.is_(True) | (Post.role == Role.DEPARTMENT_HEAD.value)
    )
    of_area = Post.role == Role.PRINCIPAL_LEADER.value
    candidates = [user for which in (in_office, of_area) for user in _holding(which, today)]
    readers = [(user, reader_for(user, today)) for user in candidates]
    able = [(user, reader) for user, reader in readers if may_decide(case, user, reader, today)]
    if any(may_see(reader, matter) for _, reader in able):
        return True
    for user, reader in able:
        if reader.active and not concerned(reader, matter):
            add_named_reader(case, user.id, because="核实被反映人", by=by, now=now)
            return True
    return False


def _holding(which: ColumnElement[bool], today: date) -> list[User]:
    held = select(Post.user_id).where(which, held_on(today))
    return list(db.session.scalars(select(User).where(User.id.in_(held)).order_by(User.id)))


def may_decide(case: Case, user: User, reader: Reader, today: date) -> bool:
    """Return whether the person's posts let them decide who is meant: 举报专办, the office's head, a main leader."""
    handles = any(
        post.handles_accusations
        and post.department_id == case.office_id
        and post.department_id in reader.department_ids
        for post in user.posts_on(today)
    )
    decides = handles or bool(stations(reader, position_of(case)) & DECIDING_STATIONS)
    return decides and not only_visits(reader, matter_of(case))


def confirm_accused(
    row: AccusedParty, *, by: User, now: datetime, reason: str | None = None, version: int | None = None
) -> None:
    """Decide that the user or unit is the one complained of (确认被反映人).

    Raises NotFound where the person may not know of the case, Forbidden, StaleVersion, DomainError.
    """
    _decide(row, SubjectStatus.CONFIRMED, by=by, now=now, reason=clean_line(reason or ""), version=version)


def clear_accused(row: AccusedParty, *, by: User, reason: str, now: datetime, version: int | None = None) -> None:
    """Decide that the user or unit only shares the name (排除同名), with a reason; nobody does so for themselves.

    Raises NotFound where the person may not know of the case, Forbidden, StaleVersion, DomainError.
    """
    reason = clean_line(reason)
    if len(reason) < SHORTEST_REASON:
        raise DomainError(f"请写明排除的理由，至少 {SHORTEST_REASON} 个字。", field="reason")
    _decide(row, SubjectStatus.CLEARED, by=by, now=now, reason=reason, version=version)


def _decide(
    row: AccusedParty, status: SubjectStatus, *, by: User, now: datetime, reason: str, version: int | None
) -> None:
    case = locked(db.session.get_one(Case, row.case_id))
    today = local_date(now)
    reader = reader_for(by, today)
    if not may_see(reader, matter_of(case)):
        raise NotFound
    if version is not None and version != case.version:
        raise StaleVersion("您打开页面以后，别人已经办理过本件。请看清变化后再办。")
    if not may_decide(case, by, reader, today):
        raise Forbidden("被反映人由信访部门负责人或者举报专办岗位核实；他们须回避的，由主要领导决定。")
    row.status, row.decided_by_id, row.decided_at = status.value, by.id, now
    if row.is_matched and status is SubjectStatus.CONFIRMED:
        close_number(case)
    case.version += 1
    audit.record(
        Event.CASE_CORRECTED,
        by=by,
        now=now,
        case_id=case.id,
        payload={"accused": row.id, "status": status.value, "version": case.version},
        text=reason or None,
    )


def conflicts_of(
    case: Case, matter: Matter, department_id: int | None, user_ids: Sequence[int], today: date
) -> list[str]:
    """Return why a case may not be given to this unit and these people (回避), in sentences; none means it may.

    `matter` is what the case says of who is complained of, read in the same transaction.

    A unit that is not complained of itself is still refused where an accused heads it; in an accusation, where an
    accused serves in it at all. Posts held at any time since the case was received count.
    """
    if not any(each.blocks for each in matter.accused):
        return []
    found = list(_unit_conflicts(case, matter, department_id, today)) if department_id else []
    return found + list(_person_conflicts(case, matter, user_ids, today))


def _unit_conflicts(case: Case, matter: Matter, department_id: int, today: date) -> Iterable[str]:
    basis = cited(P.T30_3, on=today)
    name = db.session.get_one(Department, department_id).short_name
    above = chains([department_id])[department_id]
    if above & matter.accused_department_ids:
        yield f"{name}是被反映单位或者它的下属单位，本件不得交其办理（{basis}），请交有权处理的其他单位。"
        return
    if matter.asks:
        yield ASKED_FIRST.format(basis=basis)
        return
    accusation = case.level == Confidentiality.ACCUSATION or case.matter_class == MatterClass.ACCUSATION
    posts = posts_since(matter.accused_user_ids, case.received_on)
    within = chains({post.department_id for post in posts})
    for post in posts:
        heads_it = post.role in HEADS and post.department_id in above
        if heads_it or (accusation and department_id in within[post.department_id]):
            yield f"被反映人在{name}任职，本件不得交其办理（{basis}），请交上级或者其他单位。{_IF_NAMESAKE}"
            return


def _person_conflicts(case: Case, matter: Matter, user_ids: Sequence[int], today: date) -> Iterable[str]:
    basis = cited(P.T28_3, on=today)
    posts = posts_since(user_ids, case.received_on)
    within = chains({post.department_id for post in posts})
    for user in db.session.scalars(select(User).where(User.id.in_(user_ids)).order_by(User.id)):
        if user.id in matter.accused_user_ids:
            yield f"{user.name}是被反映人或者与其同名，应当回避。{_IF_NAMESAKE}"
        elif any(within[p.department_id] & matter.accused_department_ids for p in posts if p.user_id == user.id):
            yield f"{user.name}在被反映单位任职，应当回避（{basis}），请另选人员。"
