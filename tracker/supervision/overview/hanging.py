"""What hangs on a unit, a person or a post (还挂着的工作), for whoever is about to end it: one answer, in numbers.

An administrator reads no matter and is to infer none: counted are the matters of the open series (公开编号), of which
everybody of an office may know. What is numbered apart (内部编号) stands in no number, and whoever may see it is told
of it by a notice of its own (`cases/acts/loose_ends`). So nothing here is ever said to be all (decision 032).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, not_, or_, select

from tracker.cases.access.scope import NUMBERS_CLOSED
from tracker.cases.record.leads import led_by
from tracker.cases.record.models import IN_HAND, ActDraft, Assignment, Case, Objection, OrderDraft
from tracker.cases.record.rules.codes import LedgerStatus, Track
from tracker.core.database import db
from tracker.deadlines.limits import LimitKind
from tracker.deadlines.models import Deadline
from tracker.people.models import Department, Post, User
from tracker.people.rules import Role

Clause = ColumnElement[bool]
NOT_ALL = "只数公开编号的件；编内部编号的不在这里计数，由有权知悉的人另行收到通知。"
_OPENLY = and_(IN_HAND, not_(NUMBERS_CLOSED))
_HANDLING, _BESIDE = Assignment.track == Track.HANDLING.value, Assignment.track != Track.HANDLING.value
_LEADS = frozenset({Role.LEAD_OFFICIAL, Role.PRINCIPAL_LEADER})


@dataclass(frozen=True)
class Hanging:
    """One kind of work with its number, and what becomes of it."""

    label: str
    count: int
    becomes: str


def on_unit(department: Department) -> tuple[Hanging, ...]:
    """Return what hangs on a unit. One query."""
    here = Assignment.department_id == department.id
    owes = Deadline.owner_department_id == department.id
    moves = "有继续行使职权的单位的移交继续行使职权的单位，没有的列入“待重新交办”"
    return _counted(
        ("主办的信访事项", _given(_HANDLING, here), moves),
        (
            "协办、调查的信访事项",
            _given(_BESIDE, here),
            "有继续行使职权的单位的移交继续行使职权的单位，没有的终止，告知信访部门",
        ),
        ("正在计算的期限", _clocks(owes), "随件移交，日期不变"),
        ("等待签发的拟稿", _drafts(Case.assignment_id.in_(_ids(_HANDLING, here))), "留在件里，由接办单位签发"),
        ("等待裁定的异议", _objections(here), "仍由信访部门裁定"),
        (
            "未回复的催办、督办",
            _clocks(owes, _of(LimitKind.ORDER_REPLY)),
            "由继续行使职权的单位回复；重新交办的不再需要回复",
        ),
        ("拟发给它、等待签发的督办文书", _order_drafts(department), "撤销以后不能再签发，请收回"),
        ("未报告落实的批示", _clocks(owes, _of(LimitKind.INSTRUCTION)), "由接办单位报告"),
    )


def on_person(user: User) -> tuple[Hanging, ...]:
    """Return what hangs on a person, in whatever posts. One query."""
    return _counted(*_of_handler(user, Assignment.handler_id == user.id), *_of_leader(user), *_of_person(user))


def on_post(post: Post) -> tuple[Hanging, ...]:
    """Return what hangs on a post: of its unit, and where it leads what is led. One query."""
    here = and_(Assignment.handler_id == post.user_id, Assignment.department_id == post.department_id)
    leading = _of_leader(post.user) if Role(post.role) in _LEADS else ()
    return _counted(*_of_handler(post.user, here), *leading, *_of_person(post.user))


Asked = tuple[str, Select[Any], str]


def _of_handler(user: User, handles: Clause) -> Iterator[Asked]:
    yield "承办的信访事项", _given(handles), "列入单位负责人的“待改派”，由其更换承办人"
    yield "本人名下正在计算的期限", _clocks(Deadline.owner_user_id == user.id), "日期不变，更换承办人后归新的承办人"


def _of_leader(user: User) -> Iterator[Asked]:
    led = select(func.count(Case.id)).where(_OPENLY, led_by(user.id))
    yield "领办的信访事项", led, "请信访部门负责人更换领办领导"
    waits = Case.ledger_status == LedgerStatus.CHECKED.value
    yield "等待签批的销号", led.where(waits), "更换领办领导后由其签批"


def _of_person(user: User) -> Iterator[Asked]:
    yield "本人拟的、等待签发的稿", _drafts(ActDraft.drafted_by_id == user.id), "留在件里，照常签发"
    owes = Deadline.owner_user_id == user.id
    yield "要本人报告落实的批示", _clocks(owes, _of(LimitKind.INSTRUCTION)), "可以由所在单位负责人报告"


def _of(kind: LimitKind) -> Clause:
    return Deadline.kind == kind.value


def _ids(*which: Clause) -> Select[Any]:
    return select(Assignment.id).where(Assignment.ended_on.is_(None), *which)


def _given(*which: Clause) -> Select[Any]:
    """Count matters, each once, however often they were given."""
    joined = select(func.count(func.distinct(Case.id))).join(Assignment, Assignment.case_id == Case.id)
    return joined.where(_OPENLY, Assignment.ended_on.is_(None), *which)


def _clocks(*which: Clause) -> Select[Any]:
    joined = select(func.count(Deadline.id)).join(Case, Case.id == Deadline.case_id)
    return joined.where(_OPENLY, Deadline.ended_on.is_(None), *which)


def _drafts(*which: Clause) -> Select[Any]:
    joined = select(func.count(ActDraft.id)).join(Case, Case.id == ActDraft.case_id)
    return joined.where(_OPENLY, ActDraft.ended_at.is_(None), or_(*which))


def _order_drafts(department: Department) -> Select[Any]:
    joined = select(func.count(OrderDraft.id)).join(Case, Case.id == OrderDraft.case_id)
    return joined.where(_OPENLY, OrderDraft.decided_at.is_(None), OrderDraft.department_id == department.id)


def _objections(here: Clause) -> Select[Any]:
    joined = select(func.count(Objection.id)).join(Case, Case.id == Objection.case_id)
    return joined.where(_OPENLY, Objection.upheld.is_(None), Objection.assignment_id.in_(_ids(here)))


def _counted(*asked: Asked) -> tuple[Hanging, ...]:
    numbers = db.session.execute(select(*(statement.scalar_subquery() for _, statement, _ in asked))).one()
    return tuple(Hanging(label, number, becomes) for (label, _, becomes), number in zip(asked, numbers, strict=True))
