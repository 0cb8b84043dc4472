"""What is reported upward is entered (登记), reported (上报), received (收到) and, if it asks, decided (批复)."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from tracker import audit
from tracker.cases.access.scope import visible_case_numbered
from tracker.core.clock import local, local_date
from tracker.core.database import db, locked
from tracker.core.dates import long_date
from tracker.core.errors import DomainError, FieldErrors, Forbidden, NotFound, StaleVersion
from tracker.core.text import worded
from tracker.deadlines.limits import LimitKind
from tracker.deadlines.service import stop_clock
from tracker.people.models import Department, User
from tracker.people.queries import reader_for
from tracker.places.models import Place
from tracker.upward.access import may_report, reports_for
from tracker.upward.clocks import ask_again, await_decision, begin_hours, count_again, let_run_on, running
from tracker.upward.models import UpwardLine, UpwardLink, UpwardReport
from tracker.upward.rules import (
    DECISIONS,
    UPWARD_ACTS,
    UPWARD_KINDS,
    Decision,
    UpwardAct,
    UpwardKind,
    UpwardStage,
    acts_at,
    lag,
    stage_of,
)

LONGEST_TITLE, LONGEST_SAID, LONGEST_NAME, LONGEST_NO, LONGEST_REASON = 100, 8000, 100, 60, 1000
STALE = "您打开页面以后，别人已经办理过。请看清变化后再办。"
K = LimitKind


@dataclass(frozen=True)
class UpwardGiven:
    """What stands on the paper: kind, title and text, to whom, when the office learned of it, village, source."""

    kind: UpwardKind
    title: str
    said: str
    organ: str
    discovered_at: datetime
    place: Place | None = None
    source: str = ""
    wanted_by: date | None = None


@dataclass
class UpwardTaking:
    """An act that is being taken; `told` becomes the facts of its line."""

    report: UpwardReport
    by: User
    now: datetime
    happened_at: datetime
    told: list[str] = field(default_factory=list)


def _when(moment: datetime) -> str:
    at = local(moment)
    return f"{long_date(at.date())} {at:%H:%M}"


def enter(given: UpwardGiven, *, office: Department, case_no: str = "", by: User, now: datetime) -> UpwardReport:
    """Enter what is to be reported (登记): from the moment it was discovered the hours of the office run.

    `case_no` is the matter that it is about, if there is one. Raises Forbidden and DomainError.
    """
    if office.id not in reports_for(reader_for(by, local_date(now))):
        raise Forbidden("应由本单位负责人、信访部门受理员或者督查员登记。")
    _check(given, now)
    report = UpwardReport(office=office, entered_by=by, entered_at=now, version=1)
    _write(report, given)
    db.session.add(report)
    db.session.flush()
    begun = begin_hours(report)
    told = [UPWARD_KINDS[given.kind], f"{_when(given.discovered_at)}发现"]
    if begun.due_at is not None:
        told.append(f"应在{_when(begun.due_at)}前上报")
    if given.wanted_by is not None:
        await_decision(report, given.wanted_by, local_date(now))
    if case_no.strip():
        told.append(_linked(report, case_no, by=by, now=now))
    _line(report, UpwardAct.ENTER, by=by, now=now, at=given.discovered_at, told=told)
    return report


def _check(given: UpwardGiven, now: datetime) -> None:
    errors = {}
    if given.discovered_at > now:
        errors["discovered_time"] = "发现时间不能晚于现在。"
    if given.kind is UpwardKind.OPINION and not given.source.strip():
        errors["source"] = "舆情请写明来源：哪个网站、平台或者媒体。"
    if given.kind is not UpwardKind.ASK and given.wanted_by is not None:
        errors["wanted_by"] = "只有请示写要求批复的日期。"
    if given.wanted_by is not None and given.wanted_by < local_date(given.discovered_at):
        errors["wanted_by"] = "要求批复的日期不能早于发现日期。"
    if errors:
        raise FieldErrors(errors)


def _write(report: UpwardReport, given: UpwardGiven) -> None:
    report.kind = given.kind.value
    report.title = worded(given.title, "标题", LONGEST_TITLE, "title")
    report.said = worded(given.said, "内容", LONGEST_SAID, "said")
    report.organ = worded(given.organ, "报给", LONGEST_NAME, "organ")
    report.source = given.source.strip() or None
    report.place, report.discovered_at, report.wanted_by = given.place, given.discovered_at, given.wanted_by


@contextmanager
def _taking(
    report: UpwardReport,
    act: UpwardAct,
    *,
    by: User,
    now: datetime,
    at: datetime | None = None,
    not_before: datetime | None = None,
    field_name: str = "at_time",
    said: str = "",
    version: int | None = None,
) -> Iterator[UpwardTaking]:
    """Take one act, in the caller's transaction; `at` is when it happened, now where nothing is given."""
    locked(report)
    if version is not None and version != report.version:
        raise StaleVersion(STALE)
    if not may_report(report, reader_for(by, local_date(now))):
        raise Forbidden("应由本单位负责人、信访部门受理员或者督查员办理。")
    if act not in acts_at(report, linked=bool(report.linked)):
        raise DomainError(f"现在不能{UPWARD_ACTS[act]}。")
    moment = at or now
    if moment > now:
        raise DomainError("时间不能晚于现在。", field=field_name)
    if not_before is not None and moment < not_before:
        raise DomainError(f"时间不能早于{_when(not_before)}。", field=field_name)
    step = UpwardTaking(report, by, now, moment)
    yield step
    report.version += 1
    _line(report, act, by=by, now=now, at=moment, told=step.told, said=said)


def report_upward(
    report: UpwardReport, *, at: datetime, document_no: str, by: User, now: datetime, version: int | None = None
) -> None:
    """Enter that it went out (上报): the hours end. Raises Forbidden, DomainError, StaleVersion."""
    with _taking(
        report, UpwardAct.REPORT, by=by, now=now, at=at, not_before=report.discovered_at, version=version
    ) as step:
        report.reported_at, report.document_no = at, document_no.strip() or None
        for clock in running(report, K.UPWARD_REPORT):
            stop_clock(clock, on=max(local_date(at), clock.started_on), met=True, by_action=UpwardAct.REPORT, at=at)
        took = lag(report.discovered_at, at)
        step.told += [f"报给{report.organ}", f"发现后 {took.words}" if took else "", report.document_no or ""]


def receive(
    report: UpwardReport, *, at: datetime, received_by: str, by: User, now: datetime, version: int | None = None
) -> None:
    """Enter that the level above has it (收到). Raises Forbidden, DomainError, StaleVersion."""
    with _taking(
        report, UpwardAct.RECEIVE, by=by, now=now, at=at, not_before=report.reported_at, version=version
    ) as step:
        report.received_at = at
        report.received_by = worded(received_by, "谁收到的", LONGEST_NAME, "received_by")
        took = lag(report.discovered_at, at)
        step.told += [report.received_by, f"发现后 {took.words}" if took else ""]


def decide(
    report: UpwardReport,
    *,
    on: date,
    decision: Decision,
    decided_by: str,
    ruling: str,
    by: User,
    now: datetime,
    version: int | None = None,
) -> None:
    """Enter what was decided on a 请示 (批复). Raises Forbidden, DomainError, StaleVersion."""
    with _taking(report, UpwardAct.DECIDE, by=by, now=now, version=version) as step:
        first = local_date(report.reported_at or now)
        if not first <= on <= local_date(now):
            raise DomainError(f"批复日期应在{long_date(first)}和今天之间。", field="decided_on")
        report.decision, report.decided_on = decision.value, on
        report.decided_by = worded(decided_by, "谁批复的", LONGEST_NAME, "decided_by")
        report.ruling = worded(ruling, "批复内容", LONGEST_SAID, "ruling")
        for clock in running(report, K.UPWARD_DECISION):
            stop_clock(clock, on=max(on, clock.started_on), met=True, by_action=UpwardAct.DECIDE)
        step.told += [DECISIONS[decision], report.decided_by, long_date(on)]


def link(report: UpwardReport, case_no: str, *, by: User, now: datetime, version: int | None = None) -> None:
    """Say which matter it is about (关联信访事项): who may not know of that, loses this too. Raises DomainError."""
    with _taking(report, UpwardAct.LINK, by=by, now=now, version=version) as step:
        step.told.append(_linked(report, case_no, by=by, now=now))


def _linked(report: UpwardReport, case_no: str, *, by: User, now: datetime) -> str:
    try:
        case = visible_case_numbered(case_no.strip(), reader_for(by, local_date(now)))
    except NotFound:
        raise DomainError("没有这个编号的信访事项，请核对。", field="case_no") from None
    if any(each.case_id == case.id for each in report.linked):
        raise DomainError("这件已经关联。", field="case_no")
    report.links.append(UpwardLink(case_id=case.id, linked_at=now))
    # Its number stands in the link alone: who sees the report after the link ended need not know of the matter.
    return "关联一件信访事项"


def unlink(
    report: UpwardReport, row: UpwardLink, *, said: str, by: User, now: datetime, version: int | None = None
) -> None:
    """Say that it is not about a matter after all (取消关联), with the reason. Raises DomainError."""
    reason = worded(said, "理由", LONGEST_REASON, "said")
    with _taking(report, UpwardAct.UNLINK, by=by, now=now, said=reason, version=version):
        if row not in report.linked:
            raise DomainError("这项关联已经取消。")
        row.ended_at = now


def correct(
    report: UpwardReport, given: UpwardGiven, *, said: str, by: User, now: datetime, version: int | None = None
) -> None:
    """Put right what was entered, with the reason (更正): what it said before stays in the trail; hours follow.

    Raises Forbidden, DomainError, StaleVersion.
    """
    reason = worded(said, "更正的理由", LONGEST_REASON, "reason")
    _check(given, now)
    with _taking(report, UpwardAct.CORRECT, by=by, now=now, said=reason, version=version) as step:
        if report.reported_at is not None and given.discovered_at > report.reported_at:
            raise DomainError("发现时间不能晚于上报时间。", field="discovered_time")
        before = _facts(report)
        moved = given.discovered_at != report.discovered_at
        wanted = given.wanted_by != report.wanted_by
        _write(report, given)
        after = _facts(report)
        step.told += [f"{name}原为“{old}”" for name, old in before.items() if old != after[name]]
        if not step.told:
            raise DomainError("没有改动，不用更正。")
        if moved:
            count_again(report)
        if wanted:
            ask_again(report, local_date(now))


def _facts(report: UpwardReport) -> dict[str, str]:
    return {
        "哪一种": UPWARD_KINDS[UpwardKind(report.kind)],
        "标题": report.title,
        "内容": report.said,
        "报给": report.organ,
        "来源": report.source or "没有写",
        "村（社区）": report.place.name if report.place else "没有写",
        "发现时间": _when(report.discovered_at),
        "要求批复": long_date(report.wanted_by) if report.wanted_by else "没有写",
    }


def take_back(report: UpwardReport, *, said: str, by: User, now: datetime, version: int | None = None) -> None:
    """Take back the last of 上报, 收到, 批复 that was entered by mistake (撤销上一步): its clock runs on."""
    reason = worded(said, "理由", LONGEST_REASON, "said")
    with _taking(report, UpwardAct.TAKE_BACK, by=by, now=now, said=reason, version=version) as step:
        match stage_of(report):
            case UpwardStage.DECIDED:
                step.told.append(UPWARD_ACTS[UpwardAct.DECIDE])
                report.decision = report.decided_on = report.decided_by = report.ruling = None
                let_run_on(report, today=local_date(now))
            case UpwardStage.RECEIVED:
                step.told.append(UPWARD_ACTS[UpwardAct.RECEIVE])
                report.received_at = report.received_by = None
            case _:
                step.told.append(UPWARD_ACTS[UpwardAct.REPORT])
                report.reported_at = report.document_no = None
                count_again(report)


def cancel(report: UpwardReport, *, said: str, by: User, now: datetime, version: int | None = None) -> None:
    """Void what was entered by mistake, before it went out, with the reason (作废): nothing is owed any more."""
    reason = worded(said, "理由", LONGEST_REASON, "said")
    with _taking(report, UpwardAct.CANCEL, by=by, now=now, said=reason, version=version):
        report.cancelled_at = now
        for clock in running(report, K.UPWARD_REPORT, K.UPWARD_DECISION):
            stop_clock(clock, on=max(local_date(now), clock.started_on), met=False, by_action=UpwardAct.CANCEL)


def _line(
    report: UpwardReport, act: UpwardAct, *, by: User, now: datetime, at: datetime, told: list[str], said: str = ""
) -> None:
    facts: dict[str, Any] = {"told": "，".join(filter(None, told)) or None, "said": said or None}
    line = UpwardLine(
        report_id=report.id, act=act.value, happened_at=at, entered_at=now, by_id=by.id,
        acting_as=by.acting_as(local_date(now))[:200], **facts,
    )  # fmt: skip
    db.session.add(line)
    db.session.flush()
    audit.record(audit.Event.UPWARD_STEPPED, by=by, now=now, payload={"report": report.id, "act": act.value})
