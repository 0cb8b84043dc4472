"""A matter in the hands of an organ outside (移交、转送): which one, what was handed over, its receipt, its return."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from tracker.cases.lifecycle.act_days import Earliest, act_day, wrong_day
from tracker.cases.lifecycle.documents import issue
from tracker.cases.lifecycle.forwardings import awaiting_receipt, handed_to
from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.lifecycle.rules.step_rows import About, Since
from tracker.cases.lifecycle.step_clocks import Owed, Taking
from tracker.cases.lifecycle.stepping import Material, taking
from tracker.cases.record.models import Case, Forwarding
from tracker.cases.record.rules.codes import Route, SubjectStatus
from tracker.cases.record.rules.forwarding import BY_ROUTE, FOR_ACCUSATIONS, FORWARDED_TO_LABELS, ForwardedTo
from tracker.core.database import db
from tracker.core.dates import long_date
from tracker.core.errors import DomainError, FieldErrors
from tracker.core.text import normalise
from tracker.people.models import User
from tracker.statutes.queries import cited
from tracker.statutes.rules.provisions import P


@dataclass(frozen=True)
class HandedOver:
    """What was handed to whom, when, under which number (移交清单、转送函)."""

    organ: str
    materials_list: str
    on: date
    paper_no: str | None = None


@dataclass(frozen=True)
class Briefing:
    """Which 组织（人事）部门 was told of what concerns cadres, and when (条例第三十条第二款)."""

    organ: str
    on: date


def transfer(
    case: Case,
    *,
    by: User,
    now: datetime,
    organ: str,
    materials_list: str,
    handed_over_on: date,
    paper_no: str | None = None,
    to: ForwardedTo = ForwardedTo.DISCIPLINE,
    briefing: Briefing | None = None,
    version: int | None = None,
    materials: Sequence[Material] = (),
) -> Forwarding:
    """Hand an accusation to discipline inspection or another competent organ (移交, 条例第三十条第一款).

    `briefing`: where it concerns cadres; None where it concerns none. Vote buying goes to discipline inspection.
    Raises FieldErrors without organ or list, for an organ that is complained of, and for days that cannot be.
    """
    with taking(case, Action.TRANSFER, by=by, now=now, version=version, materials=materials) as step:
        errors: dict[str, str] = {}
        if to not in FOR_ACCUSATIONS:
            errors["to"] = "请选择移交给哪一类机关。"
        elif case.vote_buying and to is not ForwardedTo.DISCIPLINE:
            errors["to"] = f"贿选案件移交纪检监察机关（{cited(P.PARALLEL_TRANSFER, on=step.today)}）。"
        if briefing is not None:
            errors |= _briefing_errors(step, briefing)
        row = _hand_over(step, to, HandedOver(organ, materials_list, handed_over_on, paper_no), errors)
        if briefing is not None:
            row.personnel, row.personnel_told_on = briefing.organ, briefing.on
            step.facts.update(personnel=f"{briefing.organ}（{long_date(briefing.on)}）")
    return row


def forward(
    case: Case,
    *,
    by: User,
    now: datetime,
    organ: str,
    materials_list: str,
    handed_over_on: date,
    paper_no: str | None = None,
    version: int | None = None,
    materials: Sequence[Material] = (),
) -> Forwarding:
    """Forward a claim to the organ outside that owes the answer (转送, 条例第二十二条、第三十一条第一项、第五项).

    Raises FieldErrors without organ or list, for an organ that is complained of, and for a day that cannot be.
    """
    with taking(case, Action.FORWARD, by=by, now=now, version=version, materials=materials) as step:
        handed = HandedOver(organ, materials_list, handed_over_on, paper_no)
        return _hand_over(step, BY_ROUTE[Route(case.route or "")], handed, {})


def _hand_over(step: Taking, to: ForwardedTo, handed: HandedOver, errors: dict[str, str]) -> Forwarding:
    if not handed.organ:
        errors["organ"] = f"请填写接收的{FORWARDED_TO_LABELS[to]}。"
    elif accused := _complained_of(step, handed.organ):
        basis = cited(P.T30_3, on=step.today)
        errors["organ"] = f"“{accused}”是被反映的单位，材料和情况不得转给它（{basis}）：请送有管理权限的上级机关。"
    if not handed.materials_list:
        errors["materials_list"] = "请列明移交、转送的材料。"
    try:
        act_day(step, handed.on, "handed_over_on")
    except DomainError as error:
        errors |= error.errors
    if errors:
        raise FieldErrors(errors)
    row = Forwarding(
        case_id=step.case.id,
        forwarded_to=to.value,
        organ=handed.organ,
        paper_no=handed.paper_no,
        materials=handed.materials_list,
        handed_over_on=handed.on,
        handed_over_by_id=step.by.id,
    )
    db.session.add(row)
    db.session.flush()
    step.dates[Since.HANDED_OVER] = handed.on
    step.about = [owed_for(step, row)]
    issue(step, document_no=handed.paper_no, issued_on=handed.on, organ=handed.organ, text=handed.materials_list)
    step.facts.update(organ=handed.organ, to=FORWARDED_TO_LABELS[to], paper_no=handed.paper_no or "")
    return row


def owed_for(step: Taking, row: Forwarding) -> Owed:
    """Return a hand-over with who owes its receipt: the office."""
    return Owed(About.FORWARDING, row.id, step.case.office_id)


def _complained_of(step: Taking, organ: str) -> str:
    """Return the accused whose name an organ bears, with its place before it or without; empty where it bears none."""
    named = normalise(organ)
    for party in step.file.accused:
        name = normalise(party.name)
        if party.status != SubjectStatus.CLEARED and (named.endswith(name) or name.endswith(named)):
            return str(party.name)
    return ""


def _briefing_errors(step: Taking, briefing: Briefing) -> dict[str, str]:
    errors = {}
    if not briefing.organ:
        errors["personnel"] = f"请填写通报的组织（人事）部门（{cited(P.T30_2, on=step.today)}）。"
    if wrong := wrong_day(briefing.on, Earliest("收到日期", step.case.received_on), step.today):
        errors["personnel_told_on"] = wrong
    return errors


def record_receipt(
    case: Case,
    *,
    by: User,
    now: datetime,
    received_on: date,
    receipt_no: str | None = None,
    received_by: str | None = None,
    no_receipt: str | None = None,
    forwarding_id: int | None = None,
    version: int | None = None,
    materials: Sequence[Material] = (),
) -> None:
    """Record that an organ outside has the matter (登记回执); of several that wait, the one that is named.

    `no_receipt` is what proves it where the organ writes no receipt.
    Raises DomainError where none is named, FieldErrors without number or proof, and for a day that cannot be.
    """
    with taking(case, Action.RECORD_RECEIPT, by=by, now=now, version=version, materials=materials) as step:
        waiting = awaiting_receipt(step.file)
        row = next((each for each in waiting if each.id == forwarding_id or len(waiting) == 1), None)
        if row is None:
            raise DomainError("请选择是哪一次移交、转送的回执。", field="forwarding")
        errors = {}
        if not receipt_no and not no_receipt:
            errors["receipt_no"] = "请填写回执编号；接收机关不出具回执的，写明凭据。"
        if receipt_no and not received_by:
            errors["received_by"] = "请填写接收人。"
        if errors:
            raise FieldErrors(errors)
        act_day(step, received_on, "received_on", since=Earliest("移交、转送之日", row.handed_over_on))
        row.received_on = received_on
        row.receipt_no, row.received_by, row.no_receipt = receipt_no, received_by, no_receipt
        step.about = [owed_for(step, row)]
        step.facts.update(organ=row.organ, receipt_no=receipt_no or "", no_receipt=no_receipt or "")


def take_back(
    case: Case,
    *,
    by: User,
    now: datetime,
    reason: str,
    happened_on: date | None = None,
    version: int | None = None,
    materials: Sequence[Material] = (),
) -> None:
    """Record that the organ sent the matter back (接收机关退回): the office gives it out again.

    Raises DomainError for a day that cannot be.
    """
    with taking(case, Action.TAKE_BACK, by=by, now=now, version=version, reason=reason, materials=materials) as step:
        row = handed_to(step.file, *ForwardedTo)
        if row is None:
            raise DomainError("本件没有在系统外的机关。")
        since = Earliest("移交、转送之日", row.received_on or row.handed_over_on)
        row.returned_on = act_day(step, happened_on, "happened_on", since=since)
        row.return_reason = step.reason
        step.about = [owed_for(step, row)]
        step.facts.update(organ=row.organ)
