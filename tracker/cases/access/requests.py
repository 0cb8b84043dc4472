"""What one asks about one matter and another decides (件的申请): 紧急查阅, 列入知悉名单, 降低保密级别.

Nobody decides on what they may not see: the one scope says who may, and who is complained of is no part of it. Who asks
by a number learns nothing from the answer: it is the same for a matter that is hidden and for one that never was.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from tracker import audit
from tracker.audit import Event
from tracker.cases.access.named_readers import add_named_reader, running_named_readers
from tracker.cases.access.rules import Matter, concerned, hands_out, may_open_identity, may_see, offices
from tracker.cases.access.scope import matter_of, may_know
from tracker.cases.record.models import AccusedParty, Assignment, Case, CaseRequest
from tracker.cases.record.rules.codes import Confidentiality, MatterClass
from tracker.core.clock import local, local_date
from tracker.core.database import db, locked
from tracker.core.errors import DomainError, Forbidden, NotFound
from tracker.core.text import normalise
from tracker.notifications.service import announce
from tracker.people.models import Post, User
from tracker.people.queries import accusation_handlers, holders, reader_for, readers_for
from tracker.people.queries.accounts import held_on
from tracker.people.rules import Reader, Role
from tracker.people.service.throttle import Bucket, count
from tracker.working_days.queries import calendar

# 紧急查阅 ends by itself after this long: enough to read one matter and to act on it by telephone.
EMERGENCY_LASTS = timedelta(minutes=30)
# What nobody decided on is over after this long, and so is what was refused, for who asked.
WAITS_FOR = timedelta(hours=24)
ASKINGS = Bucket("case_request", 10, "申请太多，请等 {minutes} 分钟再试。")
SOURCE = "case_request"
CONCERNED = "申请人是被反映人，或者在被反映单位任职，不能批准。"


class RequestKind(StrEnum):
    """What is asked for."""

    EMERGENCY = "emergency"
    LISTED = "listed"
    LOWER_LEVEL = "lower_level"


@dataclass(frozen=True)
class RequestRow:
    """One kind of request: how it is called, who may approve it, what an approval does, how long it lasts."""

    label: str
    approves: Callable[[Reader, Matter], bool]
    does: Callable[[CaseRequest, Case, User, datetime], None]
    lasts: timedelta | None = None


def _listed(request: CaseRequest, case: Case, by: User, now: datetime) -> None:
    """Put who asked on the named list; the end of an emergency is set there from the beginning."""
    today = local_date(now)
    if request.kind == RequestKind.LISTED:
        if case.level != Confidentiality.ACCUSATION:
            raise DomainError("本件不是检举控告件，没有知悉名单。")
        if request.asked_by_id not in accusation_handlers(case.office_id, today):
            raise DomainError("申请人不是本单位专办检举控告的人员，不能列入知悉名单。")
        add_named_reader(case, request.asked_by_id, because="申请列入，专办检举控告", by=by, now=now)
        return
    assert request.until is not None
    because = f"紧急查阅，{local(request.until):%m-%d %H:%M} 到期"
    add_named_reader(case, request.asked_by_id, because=because, by=by, now=now, masked=True, until=request.until)


def _lowered(_request: CaseRequest, case: Case, _by: User, _now: datetime) -> None:
    _refuse_lowering(case)
    case.level = Confidentiality.ORDINARY.value
    case.version += 1


def may_lower(case: Case, accused: Iterable[AccusedParty], reader: Reader) -> bool:
    """Return whether a person may ask that the level of a case be lowered (提请降低保密级别)."""
    return case.office_id in hands_out(reader) and why_not_lower(case, accused) is None


def why_not_lower(case: Case, accused: Iterable[AccusedParty]) -> str | None:
    """Say why a level is not lowered: what accuses somebody, whatever its level says, and what is not sensitive."""
    accuses = MatterClass.ACCUSATION.value in (case.matter_class, case.purpose)
    if case.level == Confidentiality.ACCUSATION or accuses or case.vote_buying:
        return "检举控告、贿选的信访事项不能这样降低保密级别。"
    if any(row.is_open for row in accused):
        return "本件写到的人还没有核实，请先核实被反映人。"
    return None if case.level == Confidentiality.SENSITIVE else "本件已经是普通件。"


def _refuse_lowering(case: Case) -> None:
    if sentence := why_not_lower(case, case.accused):
        raise DomainError(sentence)


def _heads_office(reader: Reader, matter: Matter) -> bool:
    return matter.office_id in offices(reader, Role.DEPARTMENT_HEAD)


KINDS: dict[RequestKind, RequestRow] = {
    RequestKind.EMERGENCY: RequestRow("紧急查阅", may_open_identity, _listed, EMERGENCY_LASTS),
    RequestKind.LISTED: RequestRow("列入知悉名单", may_open_identity, _listed),
    RequestKind.LOWER_LEVEL: RequestRow("降低保密级别", _heads_office, _lowered),
}


def ask(kind: RequestKind, number: str, *, reason: str, by: User, now: datetime) -> CaseRequest:
    """Ask about the matter of a number (申请); nothing of the answer tells whether there is one.

    Raises DomainError for what one may see already, for a second request of the same, TooManyTries for too many.
    """
    count(ASKINGS, str(by.id), now=now)
    folded = normalise(number).upper()
    case = db.session.scalar(select(Case).where(Case.register_no == folded))
    reader, matter = reader_for(by, local_date(now)), matter_of(case) if case else None
    sees = matter is not None and may_see(reader, matter)
    if kind is RequestKind.LOWER_LEVEL:
        if case is None or not sees:
            raise NotFound
        if case.office_id not in hands_out(reader):
            raise Forbidden("降低保密级别由信访部门受理员、负责人提请。")
        _refuse_lowering(case)
    elif sees:
        raise DomainError("您可以查看这一件，不用申请。", field="number")
    if any((each.kind, each.number) == (kind, folded) and waits(each, now) for each in asked_by(by.id, now)):
        raise DomainError("同样的申请已经提出，在等批准。", field="number")
    request = CaseRequest(kind=kind.value, case=case, number=folded, reason=reason, asked_by_id=by.id, asked_at=now)
    db.session.add(request)
    db.session.flush()
    if case is not None:
        why = f"{by.name}申请{KINDS[kind].label}：{case.register_no}。"
        _tell(request, "asked", _who_decide(request, case, now), why=why, asked="请核实以后批准或者不批准。", now=now)
    _tell_auditors(request, "asked", f"{by.name}申请{KINDS[kind].label}。", now)
    payload = {"request": request.id, "kind": kind.value}
    case_id = case.id if case else None
    audit.record(Event.REQUEST_ASKED, by=by, now=now, case_id=case_id, payload=payload, text=reason)
    return request


def waits(request: CaseRequest, now: datetime) -> bool:
    """Return whether who asked may still hope: the same for what was refused as for what nobody can decide."""
    return not request.approved and now - request.asked_at < WAITS_FOR


def decide(request: CaseRequest, *, approved: bool, note: str, by: User, now: datetime) -> None:
    """Approve a request, or not (批准、不批准); what was approved works at once, and who has the matter is told.

    Raises NotFound for who may not see the matter; DomainError for who asked, for who is no one to decide, for what is
    decided or over, and for the requests of who is complained of.
    """
    locked(request)
    case = request.case
    if case is None:
        raise NotFound
    locked(case)
    reader, matter = reader_for(by, local_date(now)), matter_of(case)
    if not may_see(reader, matter):
        raise NotFound
    if not may_decide(request, reader, matter):
        raise DomainError("须由可以批准的另一个人决定：申请人本人不能批准。")
    if request.decided_at is not None or not waits(request, now):
        raise DomainError("这项申请已经决定，或者已经过期。")
    asker = reader_for(request.asked_by, local_date(now))
    if approved and (not asker.active or concerned(asker, matter)):
        raise DomainError(CONCERNED)
    request.approved, request.note, request.decided_by_id, request.decided_at = approved, note, by.id, now
    kind = KINDS[RequestKind(request.kind)]
    if approved:
        request.until = now + kind.lasts if kind.lasts else None
        kind.does(request, case, by, now)
        until = f"，{local(request.until):%m-%d %H:%M} 到期" if request.until else ""
        why = f"{by.name}批准{request.asked_by.name}{kind.label}：{case.register_no}{until}。"
        told = [*_who_have(case, now), request.asked_by]
        _tell(request, "approved", told, why=why, asked="不应当的，请立即告诉信访部门负责人。", now=now)
        _tell_auditors(request, "approved", f"{by.name}批准{request.asked_by.name}{kind.label}{until}。", now)
    payload = {"request": request.id, "kind": request.kind, "approved": approved}
    audit.record(Event.REQUEST_DECIDED, by=by, now=now, case_id=case.id, payload=payload, text=note)


def may_decide(request: CaseRequest, reader: Reader, matter: Matter) -> bool:
    """Return whether a person may decide on a request about a matter that they see: never on their own."""
    return request.asked_by_id != reader.user_id and KINDS[RequestKind(request.kind)].approves(reader, matter)


def _who_have(case: Case, now: datetime) -> list[User]:
    """Return who has a matter: the people of its unit and office who answer for it, the named list of an accusation."""
    if case.level == Confidentiality.ACCUSATION:
        return [row.user for row in running_named_readers(case)]
    today = local_date(now)
    given = db.session.get(Assignment, case.assignment_id) if case.assignment_id else None
    units = {case.office_id, *((given.department_id,) if given else ())}
    ids: set[int | None] = {post.user_id for post in holders(Role.DEPARTMENT_HEAD, units, today)}
    ids |= {given.handler_id, given.lead_official_id} if given else {case.lead_official_id}
    return _people(ids)


def _who_decide(request: CaseRequest, case: Case, now: datetime) -> list[User]:
    people, matter = _who_have(case, now), matter_of(case)
    readers = readers_for(people, local_date(now))
    return [
        user
        for user, reader in zip(people, readers, strict=True)
        if may_see(reader, matter) and may_decide(request, reader, matter)
    ]


def _people(user_ids: Iterable[int | None]) -> list[User]:
    found = select(User).where(User.id.in_({each for each in user_ids if each}), User.disabled_at.is_(None))
    return list(db.session.scalars(found.order_by(User.id)))


def _tell(
    request: CaseRequest,
    stage: str,
    people: Iterable[User],
    *,
    why: str,
    asked: str,
    now: datetime,
    names_it: bool = True,
) -> None:
    """Tell people at once, at any hour; whether they may know of the matter is asked again where it is addressed."""
    for person in dict.fromkeys(people):
        announce(
            f"{SOURCE}:{request.id}:{stage}:{person.id}",
            now=now,
            days=calendar(),
            urgent=True,
            source=SOURCE,
            source_id=request.id,
            case_id=request.case_id if names_it else None,
            user_id=person.id,
            heading=KINDS[RequestKind(request.kind)].label,
            why=why,
            asked=asked,
            at_once=names_it,
        )


def _tell_auditors(request: CaseRequest, stage: str, why: str, now: datetime) -> None:
    """Tell who reads the log, who sees no matter: it names none."""
    holding = (Post.role == Role.AUDITOR.value, held_on(local_date(now)))
    auditors = _people(db.session.scalars(select(Post.user_id).where(*holding)))
    _tell(request, stage, auditors, why=why, asked="请在日志里核对。", now=now, names_it=False)


def asked_by(user_id: int, now: datetime) -> Sequence[CaseRequest]:
    """Return what a person asked lately, the newest first: while it waits, and a month after."""
    mine = (CaseRequest.asked_by_id == user_id, CaseRequest.asked_at > now - timedelta(days=30))
    return db.session.scalars(select(CaseRequest).where(*mine).order_by(CaseRequest.asked_at.desc())).all()


def emergencies_since(at: datetime) -> int:
    """Return how many 紧急查阅 were asked for since an instant, for who reads the log: it names them all."""
    since = (CaseRequest.kind == RequestKind.EMERGENCY.value, CaseRequest.asked_at >= at)
    return db.session.scalar(select(func.count()).select_from(CaseRequest).where(*since)) or 0


def requests_about(case_id: int) -> Sequence[CaseRequest]:
    """Return every request about a matter, the newest first, for who may see it."""
    people = (joinedload(CaseRequest.asked_by), joinedload(CaseRequest.decided_by))
    about = select(CaseRequest).where(CaseRequest.case_id == case_id).options(*people)
    return db.session.scalars(about.order_by(CaseRequest.id.desc())).all()


def request_to_decide(public_id: str, reader: Reader) -> CaseRequest:
    """Return the request of an address, about a matter that the reader may see; raises NotFound."""
    seen = select(CaseRequest).join(Case, Case.id == CaseRequest.case_id)
    found = db.session.scalar(seen.where(CaseRequest.public_id == public_id, may_know(reader)))
    if found is None:
        raise NotFound
    return found
