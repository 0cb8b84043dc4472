"""What widens access (扩大权限): asked for by one administrator, approved by another, told, working only after a wait.

While an office is set up, before its first registration, it is free: there is nothing yet that anybody could reach.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from tracker import audit
from tracker.audit import Event
from tracker.cases.record.models import Case
from tracker.core.clock import local, local_date
from tracker.core.database import db, locked
from tracker.core.errors import DomainError, NotFound
from tracker.deadlines.local import LocalNumber
from tracker.deadlines.own_limits import amount_on
from tracker.notifications.service import announce
from tracker.people import service
from tracker.people.models import Department, GrantRequest, Post, User
from tracker.people.passwords import PasswordHash
from tracker.people.queries import accusation_handlers, holders, line_of, unheld, valid_department_on
from tracker.people.queries.accounts import held_on
from tracker.people.rules import (
    BREAKS_WITHOUT,
    GRANT_OUTCOME_LABELS,
    ROLE_LABELS,
    WITHOUT_ACCUSATION_POST_BREAKS,
    DepartmentKind,
    Grant,
    GrantOutcome,
    Role,
    widens,
)
from tracker.working_days.queries import calendar

SOURCE = "widening"
NOBODY_APPROVES = (
    "这项变更须由安全管理员批准，现在没有别的安全管理员可以批准，没有保存。请在服务器上运行 flask create-admins 补上。"
)
FIRST_PASSWORD = (
    "{name}还没有改掉初始密码，知道初始密码的不止本人。请本人先登录、改成自己的密码，再申请这个岗位；"
    "本人登录不了的，先重置密码。"
)
WITH_PEOPLE = (
    joinedload(GrantRequest.user),
    joinedload(GrantRequest.department),
    joinedload(GrantRequest.asked_by),
    joinedload(GrantRequest.approved_by),
)


@dataclass(frozen=True)
class PostWanted:
    """A post that is to be given: where, as what, from which day, and whether it handles accusations (专办检举控告)."""

    department: Department
    role: Role
    started_on: date
    title: str = ""
    handles_accusations: bool = False


def in_set_up() -> bool:
    """Return whether nothing was ever registered here (设立期间)."""
    return db.session.scalar(select(Case.id).limit(1)) is None


def give_post(user: User, wanted: PostWanted, *, reason: str, by: audit.Actor, now: datetime) -> GrantRequest | None:
    """Give a post (任职) at once, or ask for it where it widens access; None where it was given.

    Raises DomainError as the post itself would, without a reason, for a second request of the same, and where nobody
    could approve.
    """
    if in_set_up() or not widens(wanted.role, handles_accusations=wanted.handles_accusations):
        _give(user, wanted, by=by, now=now)
        return None
    service.refuse_post(user, **vars(wanted))
    if user.must_change_password:
        raise DomainError(FIRST_PASSWORD.format(name=user.name))
    request = GrantRequest(
        department=wanted.department,
        role=wanted.role.value,
        title=service.title_of(wanted.role, wanted.title),
        handles_accusations=wanted.handles_accusations,
        started_on=wanted.started_on,
    )
    return _ask(request, Grant.POST, user, reason=reason, by=by, now=now)


def _give(user: User, wanted: PostWanted, *, by: audit.Actor | None, now: datetime) -> Post:
    return service.give_post(user, **vars(wanted), by=by, now=now)


def ask_password(user: User, *, reason: str, by: audit.Actor, now: datetime) -> GrantRequest:
    """Ask that somebody be given a first password again (重置密码): the old one holds until it is handed out."""
    return _ask(GrantRequest(), Grant.PASSWORD, user, reason=reason, by=by, now=now)


def hand_out_password(request: GrantRequest, *, password_hash: PasswordHash, by: audit.Actor, now: datetime) -> None:
    """Give the password that the approver has just been shown (发放一次性密码), once the wait is over.

    Who asked never knows it. Raises DomainError before that, for what has ended, and for who asked or gains by it.
    """
    _refuse_ended(request)
    if request.kind != Grant.PASSWORD or request.takes_effect_at is None or request.takes_effect_at > now:
        raise DomainError("还没有批准，或者还在等待期里，不能发放。")
    if by.id not in _approvers(request.user_id, request.asked_by_id, now):
        raise DomainError("申请人和申请涉及的本人不能发放，须由另一位安全管理员办理。")
    service.reset_password(request.user, password_hash=password_hash, reason=request.reason, by=by, now=now)
    end_request(request, GrantOutcome.DONE, note="", by=by, now=now)


def reset_factor(user: User, *, reason: str, by: audit.Actor, now: datetime) -> GrantRequest | None:
    """Take the second factor from an account (重置两步验证) at once during set-up, else ask for it.

    Raises DomainError where it has none.
    """
    if in_set_up():
        service.disable_factor(user, reason=reason, by=by, now=now)
        return None
    if user.factor_since is None:
        raise DomainError(f"{user.name}没有启用两步验证。")
    return _ask(GrantRequest(), Grant.SECOND_FACTOR, user, reason=reason, by=by, now=now)


def enable_user(user: User, *, reason: str, by: audit.Actor, now: datetime) -> GrantRequest | None:
    """Enable an account again (启用) at once, or ask for it where its posts widen access."""
    posts = [post for post in user.posts if post.runs_on(local_date(now))]
    if in_set_up() or not any(widens(Role(p.role), handles_accusations=p.handles_accusations) for p in posts):
        service.enable_user(user, by=by, now=now)
        return None
    return _ask(GrantRequest(), Grant.ACCOUNT, user, reason=reason, by=by, now=now)


def _ask(
    request: GrantRequest, kind: Grant, user: User, *, reason: str, by: audit.Actor, now: datetime
) -> GrantRequest:
    locked(user)
    if not reason:
        raise DomainError("这项变更扩大权限，须由安全管理员批准，请写明理由。", field="reason")
    if any((each.kind, each.department, each.role) == (kind, request.department, request.role) for each in about(user)):
        raise DomainError(f"{user.name}已有同样的申请在等待。")
    if not _approvers(user.id, by.id, now):
        raise DomainError(NOBODY_APPROVES)
    request.kind, request.user, request.reason = kind.value, user, reason
    request.asked_by_id, request.asked_at = by.id, now
    db.session.add(request)
    db.session.flush()
    why = f"系统管理员申请：{user.name}{request.what}。安全管理员批准以后，还要再等一段时间才生效。"
    _tell_concerned(request, "asked", heading="有人申请扩大权限", why=why, now=now)
    payload = {"grant": request.id, "kind": request.kind, "user": user.id}
    audit.record(Event.GRANT_ASKED, by=by, now=now, payload=payload, text=reason)
    return request


def _approvers(user_id: int, asked_by_id: int, now: datetime) -> list[int]:
    """Return who could approve: every 安全管理员 but who asks and whom it concerns."""
    holding = (Post.role == Role.SECURITY_ADMINISTRATOR.value, held_on(local_date(now)), User.disabled_at.is_(None))
    found = db.session.scalars(select(Post.user_id).join(User, User.id == Post.user_id).where(*holding))
    return [each for each in found if each not in (user_id, asked_by_id)]


def approve(request: GrantRequest, *, note: str, by: audit.Actor, now: datetime) -> None:
    """Approve a request (批准); it works after the office's hours of waiting (等待期).

    Raises DomainError for what is approved or ended, and for who asked or gains by it.
    """
    _refuse_ended(request)
    if request.approved_at is not None:
        raise DomainError("这项申请已经批准，等待生效。")
    if by.id not in _approvers(request.user_id, request.asked_by_id, now):
        raise DomainError("申请人和申请涉及的本人不能批准，须由另一位安全管理员批准。")
    hours = amount_on(LocalNumber.GRANT_WAIT, local_date(now))
    request.approved_by_id, request.approved_at = by.id, now
    request.takes_effect_at = now + timedelta(hours=hours)
    when = f"{local(request.takes_effect_at):%Y-%m-%d %H:%M}"
    why = f"安全管理员批准了：{request.user.name}{request.what}，{when} 生效。"
    _tell_concerned(request, "approved", heading="扩大权限已经批准", why=why, now=now)
    payload = {"grant": request.id, "user": request.user_id}
    audit.record(Event.GRANT_APPROVED, by=by, now=now, payload=payload, text=note)


def end_request(
    request: GrantRequest, outcome: GrantOutcome, *, note: str, by: audit.Actor | None, now: datetime
) -> None:
    """End a request that does not work yet: refused, withdrawn, objected to by the person, or impossible when due."""
    _refuse_ended(request)
    request.ended_at, request.ended_by_id = now, by.id if by else None
    request.outcome, request.note = outcome.value, note or None
    if outcome is not GrantOutcome.DONE:
        why = f"{request.user.name}{request.what}的申请{GRANT_OUTCOME_LABELS[outcome]}，没有生效。"
        _tell_concerned(request, "ended", heading="扩大权限没有生效", why=why, now=now)
    payload = {"grant": request.id, "user": request.user_id, "outcome": outcome.value}
    audit.record(Event.GRANT_ENDED, by=by, now=now, payload=payload, text=note)


def _refuse_ended(request: GrantRequest) -> None:
    """Hold the row, and refuse what has ended."""
    locked(request)
    if request.ended_at is not None:
        raise DomainError(f"这项申请{GRANT_OUTCOME_LABELS[GrantOutcome(request.outcome or '')]}，不能再办。")


def request_of(request_id: int) -> GrantRequest:
    """Return a request by its id."""
    return db.session.get_one(GrantRequest, request_id)


def due(now: datetime) -> Sequence[int]:
    """Return the approved requests whose wait is over, the oldest first; a password waits for who hands it out."""
    waited = (GrantRequest.ended_at.is_(None), GrantRequest.takes_effect_at <= now, GrantRequest.kind != Grant.PASSWORD)
    return db.session.scalars(select(GrantRequest.id).where(*waited).order_by(GrantRequest.takes_effect_at)).all()


def take_effect(request_id: int, *, now: datetime) -> None:
    """Do what an approved request gives (生效), once.

    A post begins today at the earliest, whatever day was asked for.
    Raises DomainError where it cannot be done any more; `end_request` then says so.
    """
    request = locked(request_of(request_id))
    if request.ended_at is not None or request.takes_effect_at is None or request.takes_effect_at > now:
        return
    user = request.user
    if request.kind == Grant.SECOND_FACTOR:
        service.disable_factor(user, reason=request.reason, by=None, now=now)
    elif request.kind == Grant.ACCOUNT:
        service.enable_user(user, by=None, now=now)
    else:
        _give(user, _wanted(request, local_date(now)), by=None, now=now)
    end_request(request, GrantOutcome.DONE, note="", by=None, now=now)


def _wanted(request: GrantRequest, today: date) -> PostWanted:
    assert request.department is not None
    assert request.role is not None
    return PostWanted(
        department=request.department,
        role=Role(request.role),
        started_on=max(request.started_on or today, today),
        title=request.title or "",
        handles_accusations=request.handles_accusations,
    )


def waiting() -> Sequence[GrantRequest]:
    """Return what waits for approval or for its hour, the oldest first."""
    return db.session.scalars(
        select(GrantRequest).where(GrantRequest.ended_at.is_(None)).options(*WITH_PEOPLE).order_by(GrantRequest.id)
    ).all()


def about(user: User) -> Sequence[GrantRequest]:
    """Return what waits about one person."""
    mine = (GrantRequest.user_id == user.id, GrantRequest.ended_at.is_(None))
    return db.session.scalars(select(GrantRequest).where(*mine).options(*WITH_PEOPLE).order_by(GrantRequest.id)).all()


def request_by_public_id(public_id: str) -> GrantRequest:
    """Return the request of an address; raises NotFound."""
    found = db.session.scalar(select(GrantRequest).where(GrantRequest.public_id == public_id).options(*WITH_PEOPLE))
    if found is None:
        raise NotFound
    return found


def vacancies(today: date) -> list[tuple[str, str]]:
    """Return what must be held by somebody and is not, with what breaks without it (必须有人担任)."""
    missing = [(ROLE_LABELS[role], BREAKS_WITHOUT[role]) for role in unheld(tuple(BREAKS_WITHOUT), today)]
    handling = select(Post.department_id).join(User, User.id == Post.user_id)
    handling = handling.where(Post.handles_accusations.is_(True), held_on(today), User.disabled_at.is_(None))
    offices = select(Department.short_name).where(
        Department.kind == DepartmentKind.PETITION_OFFICE.value,
        valid_department_on(today),
        Department.id.not_in(handling),
    )
    without = db.session.scalars(offices.order_by(Department.id))
    return [(f"{name}的专办检举控告", WITHOUT_ACCUSATION_POST_BREAKS) for name in without] + missing


def note_keeper(post: Post, *, now: datetime) -> None:
    """Log that an administrator was made by a command on the machine, and tell the main leaders (命令行建立管理员)."""
    if not in_set_up():
        leaders = [each.user for each in holders(Role.PRINCIPAL_LEADER, line_of(post.department), local_date(now))]
        label = ROLE_LABELS[Role(post.role)]
        why = f"有人在服务器上用命令建立了{label}账号，由{post.user.name}担任。"
        asked = "请核对是否经您同意；不是的，立即让系统管理员停用。"
        _tell(leaders, f"keeper:{post.id}", heading=f"建立了{label}", why=why, asked=asked, now=now)
    audit.record(Event.KEEPER_MADE, by=None, now=now, payload={"user": post.user_id, "post": post.id})


def _tell_concerned(request: GrantRequest, stage: str, *, heading: str, why: str, now: datetime) -> None:
    """Tell the person, the heads of the offices concerned and their 专办 posts."""
    today = local_date(now)
    units = [request.department] if request.department else [p.department for p in request.user.posts_on(today)]
    line = {each for unit in units for each in line_of(unit)}
    here = select(Department.id).where(Department.kind == DepartmentKind.PETITION_OFFICE.value)
    here = here.where(valid_department_on(today), or_(Department.id.in_(line), Department.parent_id.in_(line)))
    offices = list(db.session.scalars(here.order_by(Department.id)))
    heads = [post.user_id for post in holders(Role.DEPARTMENT_HEAD, offices, today)]
    handlers = [each for office in offices for each in accusation_handlers(office, today)]
    asked = "不应当有的，请立即告诉安全管理员；本人可在“我的账号”里反对。"
    people = db.session.scalars(select(User).where(User.id.in_({request.user_id, *heads, *handlers})).order_by(User.id))
    _tell(people, f"{request.id}:{stage}", heading=heading, why=why, asked=asked, now=now)


def _tell(people: Iterable[User], key: str, *, heading: str, why: str, asked: str, now: datetime) -> None:
    """Tell people at once, at any hour; it names no matter."""
    for person in dict.fromkeys(people):
        announce(
            f"{SOURCE}:{key}:{person.id}",
            now=now,
            days=calendar(),
            urgent=True,
            source=SOURCE,
            source_id=person.id,
            user_id=person.id,
            heading=heading,
            why=why,
            asked=asked,
        )
