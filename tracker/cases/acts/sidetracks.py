"""Beside the main line: 协办, 选举效力调查, 贿选报告."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tracker.cases.access.named_readers import add_named_reader, unconcerned
from tracker.cases.acts.accused import conflicts_of
from tracker.cases.acts.office import refuse_deserted
from tracker.cases.acts.renumbering import close_number
from tracker.cases.lifecycle.act_days import Earliest, act_day
from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.lifecycle.step_clocks import Taking, owed_under
from tracker.cases.lifecycle.stepping import Material, taking
from tracker.cases.record.models import Assignment, Case, LeaderReport, LeaderReportReceipt
from tracker.cases.record.rules.codes import LEVEL_LABELS, AssignmentMode, Confidentiality, Track, Urgency
from tracker.cases.record.rules.serious import REPORT_ORGAN_LABELS, VALIDITY_RESULT_LABELS, ReportOrgan, ValidityResult
from tracker.core.database import db
from tracker.core.dates import long_date
from tracker.core.errors import DomainError
from tracker.deadlines.limits import LimitKind
from tracker.notifications.service import announce
from tracker.people.models import Department, User
from tracker.people.queries import holders
from tracker.people.rules import DepartmentKind, Role, valid_on
from tracker.working_days.queries import calendar

# 乡级或者县级人民政府 (村民委员会组织法关于破坏选举的规定): a bureau guides, it does not decide.
VALIDITY_KINDS = (DepartmentKind.TOWNSHIP, DepartmentKind.LEADERSHIP)


@dataclass(frozen=True)
class Finding:
    """选举效力调查结论: what was found, the number of the paper, its day."""

    result: ValidityResult
    document_no: str
    concluded_on: date


def assist(
    case: Case,
    *,
    by: User,
    now: datetime,
    department_id: int,
    due_on: date | None,
    task: str,
    version: int | None = None,
) -> None:
    """Ask a second unit to assist, with a date (协办, 条例第二十四条); the main unit alone answers.

    Raises DomainError for the unit that handles the case.
    """
    with taking(case, Action.ASSIST, by=by, now=now, version=version, reason=task) as step:
        if case.assignment and case.assignment.department_id == department_id:
            raise DomainError("协办单位不能与主办单位相同。", field="department")
        _side_assignment(step, Track.ASSISTANCE, department_id, None, due_on)


def assign_validity(
    case: Case,
    *,
    by: User,
    now: datetime,
    department_id: int,
    handler_id: int | None,
    due_on: date | None,
    version: int | None = None,
) -> None:
    """Give the question whether the election is valid to the township or county (村民委员会组织法第十七条).

    Raises DomainError for a unit of another kind.
    """
    with taking(case, Action.ASSIGN_VALIDITY, by=by, now=now, version=version) as step:
        department = db.session.get(Department, department_id)
        if department is None or department.kind not in VALIDITY_KINDS:
            raise DomainError("选举效力由乡级或者县级人民政府调查处理，请选择乡镇或者县政府。", field="department")
        _side_assignment(step, Track.ELECTION_VALIDITY, department_id, handler_id, due_on)


def _side_assignment(
    step: Taking, track: Track, department_id: int, handler_id: int | None, due_on: date | None
) -> None:
    department = db.session.get(Department, department_id)
    if department is None or not valid_on(step.today, valid_from=department.valid_from, valid_to=department.valid_to):
        raise DomainError("请选择现行有效的单位。", field="department")
    refuse_deserted(department, step.today)
    if due_on is None or due_on < step.today:
        raise DomainError("请指定反馈时限，不能早于今天。", field="due_on")
    conflicts = conflicts_of(step.case, step.file.matter, department_id, [handler_id] if handler_id else [], step.today)
    if conflicts:
        raise DomainError("；".join(conflicts), field="department")
    given = Assignment(
        case_id=step.case.id,
        round=step.case.round,
        track=track.value,
        mode=AssignmentMode.ASSIGNMENT.value,
        department_id=department_id,
        handler_id=handler_id,
        assigned_on=step.today,
        delivered_on=step.today,
        due_on=due_on,
    )
    db.session.add(given)
    db.session.flush()
    step.facts.update(department=department.name, due_on=long_date(due_on))
    step.due_on, step.about = due_on, [owed_under(given)]
    _open_to(step, department, handler_id)


def _open_to(step: Taking, department: Department, handler_id: int | None) -> None:
    """Put the unit's head and handler on the named list of an accusation: what is told, not who told it."""
    if step.case.level != Confidentiality.ACCUSATION:
        return
    heads = (post.user_id for post in holders(Role.DEPARTMENT_HEAD, [department.id], step.today))
    for user_id in sorted({*heads, *([handler_id] if handler_id else [])}):
        because = f"{department.short_name}承办"
        add_named_reader(step.case, user_id, because=because, by=step.by, now=step.now, masked=True)


def assist_feedback(
    case: Case, *, by: User, now: datetime, reason: str, version: int | None = None, materials: Sequence[Material] = ()
) -> None:
    """Give the assisting unit's answer (协办反馈)."""
    with taking(case, Action.ASSIST_FEEDBACK, by=by, now=now, version=version, reason=reason, materials=materials) as s:
        _conclude_own(s, Track.ASSISTANCE, reason)


def conclude_validity(
    case: Case,
    finding: Finding,
    *,
    by: User,
    now: datetime,
    reason: str,
    version: int | None = None,
    materials: Sequence[Material] = (),
) -> None:
    """Record the finding on the election's validity (选举效力调查结论). Raises DomainError for a day that cannot be."""
    given: dict[str, Any] = {"version": version, "reason": reason, "materials": materials}
    with taking(case, Action.CONCLUDE_VALIDITY, by=by, now=now, **given) as step:
        own = _conclude_own(step, Track.ELECTION_VALIDITY, reason)
        given_on = max(row.delivered_on for row in own)
        act_day(step, finding.concluded_on, "concluded_on", since=Earliest("交办之日", given_on))
        for row in own:
            row.validity_result, row.conclusion_no = finding.result.value, finding.document_no
            row.concluded_on = finding.concluded_on
        step.facts.update(result=VALIDITY_RESULT_LABELS[finding.result], document_no=finding.document_no)


def _conclude_own(step: Taking, track: Track, conclusion: str) -> list[Assignment]:
    """End this unit's own side assignments and their clocks; other units' clocks run on."""
    own = [
        a
        for a in step.file.assignments
        if a.track == track and a.ended_on is None and a.department_id in step.reader.department_ids
    ]
    if not own:
        raise DomainError("本单位没有待反馈的事项。")
    for given in own:
        given.ended_on, given.ended_because, given.conclusion = step.today, "concluded", conclusion
    step.about = [owed_under(given) for given in own]
    step.facts.update(department=own[0].department.name)
    return own


def mark_urgent(case: Case, *, by: User, now: datetime, reason: str, version: int | None = None) -> None:
    """Mark the case as major and urgent (重大、紧急, 条例第二十五条): it must be reported."""
    with taking(case, Action.MARK_URGENT, by=by, now=now, version=version, reason=reason):
        case.urgency = Urgency.URGENT.value


def unmark_urgent(case: Case, *, by: User, now: datetime, reason: str, version: int | None = None) -> None:
    """Take that mark away, with a reason. Raises DomainError for vote buying that was not reported yet."""
    with taking(case, Action.UNMARK_URGENT, by=by, now=now, version=version, reason=reason) as step:
        if case.vote_buying and step.clock(LimitKind.LEADER_REPORT):
            raise DomainError("本件标记了贿选，请先报告主要领导。")
        case.urgency = Urgency.NORMAL.value


def mark_vote_buying(case: Case, *, by: User, now: datetime, reason: str, version: int | None = None) -> None:
    """Mark the case as vote buying (贿选): it must be reported to the main leaders.

    It accuses somebody, so it is at least sensitive from now on (条例第三十条第三款); whoever marks it keeps seeing it.
    """
    with taking(case, Action.MARK_VOTE_BUYING, by=by, now=now, version=version, reason=reason) as step:
        case.vote_buying = True
        if case.level == Confidentiality.ORDINARY:
            case.level = Confidentiality.SENSITIVE.value
            close_number(case)
            step.facts["level"] = LEVEL_LABELS[Confidentiality.SENSITIVE]
            add_named_reader(case, by.id, because="标记贿选", by=by, now=now)


def ask_unmark(case: Case, *, by: User, now: datetime, reason: str, version: int | None = None) -> None:
    """Ask that the mark be taken away (提请取消贿选标记); another person decides."""
    with taking(case, Action.ASK_UNMARK, by=by, now=now, version=version, reason=reason):
        pass


def unmark_vote_buying(case: Case, *, by: User, now: datetime, reason: str, version: int | None = None) -> None:
    """Take the mark away: what one main leader asked for, the other does; the level stays.

    Raises DomainError for what is urgent too and was not reported: its clock must not end with the mark.
    """
    with taking(case, Action.UNMARK_VOTE_BUYING, by=by, now=now, version=version, reason=reason) as step:
        if case.urgency == Urgency.URGENT and step.clock(LimitKind.LEADER_REPORT):
            raise DomainError("本件还是紧急件，请先报告主要领导，再取消贿选标记。")
        case.vote_buying = False


def report_to_leaders(
    case: Case,
    *,
    by: User,
    now: datetime,
    text: str,
    discovered_on: date | None = None,
    organs: Sequence[ReportOrgan] = (),
    received_on: date | None = None,
    version: int | None = None,
) -> LeaderReport:
    """Report the case to every main leader who is not concerned in it (报告主要领导), with read receipts.

    Who was told may look, whatever the level is or becomes. `organs` are those it was reported to besides, outside
    this system (条例第二十五条), `received_on` the day they had it.

    Raises DomainError where there is nobody to report to, and for days that cannot be.
    """
    with taking(case, Action.REPORT_LEADERS, by=by, now=now, version=version, reason=text) as step:
        if discovered_on is not None and not case.received_on <= discovered_on <= step.today:
            raise DomainError("发现日期应在收到日期与今天之间。", field="discovered_on")
        if received_on is not None and not (organs and case.received_on <= received_on <= step.today):
            raise DomainError("对方收到日期应在收到日期与今天之间，并选择向谁报告。", field="received_on")
        leaders = unconcerned(Role.PRINCIPAL_LEADER, case, step.today)
        if not leaders:
            raise DomainError("本地没有可以报告的主要领导（或均与本件有关），请向上一级报告并由系统管理员补充岗位。")
        codes = ",".join(organ.value for organ in organs) or None
        report = LeaderReport(
            case_id=case.id,
            reported_at=now,
            reported_by_id=by.id,
            text=text,
            discovered_on=discovered_on,
            organs=codes,
            received_on=received_on,
        )
        db.session.add(report)
        db.session.flush()
        for leader in leaders:
            db.session.add(LeaderReportReceipt(report_id=report.id, user_id=leader.id))
            add_named_reader(case, leader.id, because="报告主要领导", by=by, now=now)
            _tell_leader(report, leader, now)
        db.session.flush()
        step.facts.update(
            leaders=[leader.name for leader in leaders], organs=[REPORT_ORGAN_LABELS[organ] for organ in organs]
        )
    return report


def _tell_leader(report: LeaderReport, leader: User, now: datetime) -> None:
    """Tell a main leader at once that a serious matter was reported to them (新的重大事项), at any hour."""
    announce(
        f"leader-report:{report.id}:{leader.id}",
        now=now,
        days=calendar(),
        urgent=True,
        source="leader_report",
        source_id=report.id,
        case_id=report.case_id,
        user_id=leader.id,
        heading="重大事项",
        why="有新的重大事项报告给您。",
        asked="请阅知，并批示处理意见。",
        at_once=True,
    )


def read_report(case: Case, *, by: User, now: datetime, version: int | None = None) -> None:
    """Acknowledge the report (阅知)."""
    with taking(case, Action.READ_REPORT, by=by, now=now, version=version) as step:
        for report in step.file.reports:
            for receipt in report.receipts:
                if receipt.user_id == by.id and receipt.read_at is None:
                    receipt.read_at = now
