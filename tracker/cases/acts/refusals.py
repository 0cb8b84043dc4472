"""Refusals (不予受理、不再受理): each rests on a fact that is named with it, by the office or by a unit."""

from collections.abc import Sequence
from datetime import date, datetime

from tracker.cases.acts.serving import ServedNotice, serve_notice
from tracker.cases.lifecycle.ground_words import ground_words
from tracker.cases.lifecycle.local_grounds import local_basis
from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.lifecycle.rules.grounds import (
    LOCAL_GROUNDS,
    NO_LONGER_GROUNDS,
    NON_ACCEPTANCE_GROUNDS,
    RefusalGround,
)
from tracker.cases.lifecycle.rules.step_rows import ENDED
from tracker.cases.lifecycle.rules.step_sets import GONE
from tracker.cases.lifecycle.stepping import Material, taking
from tracker.cases.record.finality import was_finalized
from tracker.cases.record.links import tie
from tracker.cases.record.models import Case
from tracker.cases.record.rules.codes import LedgerStatus
from tracker.core.errors import DomainError
from tracker.deadlines.queries import window_lapsed
from tracker.people.models import User


def not_accept(
    case: Case,
    notice: ServedNotice,
    *,
    by: User,
    now: datetime,
    ground: RefusalGround,
    reason: str,
    happened_on: date | None = None,
    organ: str | None = None,
    other: Case | None = None,
    version: int | None = None,
    materials: Sequence[Material] = (),
) -> None:
    """Refuse to accept, with the ground of the Regulations and what it rests on (不予受理告知).

    `other` is the matter that is in hand already (条例第十九条第三款), `organ` where the petitioner is to go instead.
    Raises DomainError without a ground or without its fact. What was given to a unit is never refused for want of
    competence: there is the objection (第二十三条第三款), and the office sends on to other routes (导入).
    """
    if ground not in NON_ACCEPTANCE_GROUNDS:
        raise DomainError("请选择不予受理的理由。", field="ground")
    if ground is RefusalGround.OTHER_ROUTE and not organ:
        raise DomainError("请告知信访人应向哪个机关提出。", field="organ")
    with taking(case, Action.NOT_ACCEPT, by=by, now=now, version=version, reason=reason, materials=materials) as step:
        if ground is RefusalGround.OTHER_ROUTE and case.assignment is None:
            raise DomainError("应通过其他法定途径的，由信访部门“导入其他途径”。", field="ground")
        if ground is RefusalGround.IN_HAND:
            tie(case, _in_hand(case, other))
        serve_notice(step, notice, on=happened_on, ground=ground, organ=organ, text=reason)
        named = other.register_no if other and ground is RefusalGround.IN_HAND else ""
        step.facts.update(ground=ground_words(ground, step.today), organ=organ or "", other=named)


def _in_hand(case: Case, other: Case | None) -> Case:
    """Return the matter that is in hand already; raises DomainError where it is none."""
    if other is None:
        raise DomainError("请填写正在办理的那一件的编号。", field="other")
    if other.id == case.id:
        raise DomainError("请填写另一件的编号：它正在办理，本件才不予受理。", field="other")
    if other.status in ENDED | GONE or other.ledger_status == LedgerStatus.CLOSED or other.is_history:
        raise DomainError("这一件已经办结或者不再办理，不能作为“正在办理”的依据。", field="other")
    return other


def no_longer_accept(
    case: Case,
    notice: ServedNotice,
    *,
    by: User,
    now: datetime,
    ground: RefusalGround,
    reason: str,
    happened_on: date | None = None,
    other: Case | None = None,
    opinion_no: str | None = None,
    version: int | None = None,
    materials: Sequence[Material] = (),
) -> None:
    """Say that the matter is not accepted any more (不再受理告知, 条例第三十六条第三款).

    It rests on the 复核意见 that was served (终结): that of `other`, or one from before this ledger, by its number. A
    ground of the region's own rules, where the office has switched it on, rests on a window that lapsed unused.
    Raises DomainError without a ground, and without such an opinion.
    """
    if ground not in (*NO_LONGER_GROUNDS, *LOCAL_GROUNDS):
        raise DomainError("请选择不再受理的理由。", field="ground")
    with taking(
        case, Action.NO_LONGER_ACCEPT, by=by, now=now, version=version, reason=reason, materials=materials
    ) as step:
        if not other and not opinion_no:
            raise DomainError("请填写已经复核、过了请求期限的那一件的编号，或者意见书文号。", field="other")
        if other:
            _RESTS_ON[ground](case, other)
            tie(case, other)
        day = serve_notice(step, notice, on=happened_on, ground=ground, text=reason)
        if ground in LOCAL_GROUNDS and not local_basis(ground, day):
            raise DomainError("这一条理由只在地方规定里有，决定的那一天本单位没有启用它。", field="ground")
        named = other.register_no if other else ""
        step.facts.update(ground=ground_words(ground, day), other=named, opinion_no=opinion_no or "")


def _refuse_without_opinion(case: Case, other: Case) -> None:
    """Refuse a matter that no opinion of 复核 ended (终结); an earlier round of the same matter counts."""
    if not was_finalized(other, before_round=case.round if other.id == case.id else None):
        raise DomainError(
            "这一件没有终结：没有复核意见（维持或者变更），或者还没有登记送达，不能作为不再受理的依据。", field="other"
        )


def _refuse_without_lapse(case: Case, other: Case) -> None:
    """Refuse a matter whose petitioner can still ask for 复查 or 复核, or did; an earlier round counts."""
    if not window_lapsed(other.id, before_round=case.round if other.id == case.id else None):
        raise DomainError("这一件没有过了期限、没有请求复查（复核）的处理意见，不能作为不再受理的依据。", field="other")


# What the matter that is named must show, for each ground.
_RESTS_ON = {
    RefusalGround.AFTER_RE_EXAMINATION: _refuse_without_opinion,
    RefusalGround.REVIEW_LAPSED: _refuse_without_lapse,
}
