"""Reports are begun (布置), filed for (报送), issued (签发) or cancelled (取消); issuing freezes."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from tracker import audit
from tracker.audit.queries import head
from tracker.audit.service import ACTS
from tracker.cases.ledger.rules import ReportEdition, Span
from tracker.core.clock import at_local, local, local_date
from tracker.core.database import db, locked
from tracker.core.dates import long_date
from tracker.core.errors import DomainError, Forbidden, StaleVersion
from tracker.deadlines.limits import LimitKind
from tracker.deadlines.local import LocalNumber
from tracker.deadlines.models import Deadline
from tracker.deadlines.own_limits import amount_on
from tracker.deadlines.service import start_clock, stop_clock
from tracker.people.models import Department, User
from tracker.people.queries import reader_for
from tracker.reports.issues.access import handles_confidential, kept_by, may_file, signed_by, units_that_file
from tracker.reports.issues.composing import asked_of, compose, span_on
from tracker.reports.issues.models import Report, ReportFiling, ReportNumber, ReportReader
from tracker.reports.issues.numbers import rows_behind
from tracker.reports.rules.kinds import REPORTS, ReportKind, packed
from tracker.reports.rules.periods import DAY

FILING = "report_filing"
LONGEST_SAID = 1000
# The first digits of the log's head that stand at the foot.
DIGITS = 12


def open_report(
    office: Department,
    kind: ReportKind,
    edition: ReportEdition,
    day: date,
    *,
    campaign_on: date | None,
    readers: Collection[User] = (),
    by: User,
    now: datetime,
) -> Report:
    """Begin the report of the period that holds a day (布置一期): each unit is asked to file for an open one.

    A confidential one is for `readers` by name, and for who begins it. Raises Forbidden, and DomainError for a period
    to come, one that has a report, and one before the last issue.
    """
    reader, today = reader_for(by, local_date(now)), local_date(now)
    if office.id not in kept_by(reader):
        raise Forbidden("日报、周报应由信访部门编制。")
    if edition is ReportEdition.CONFIDENTIAL:
        if not handles_confidential(reader, office.id, today):
            raise Forbidden("内部版应由举报专办岗位的人员编制。")
        if not readers:
            raise DomainError("内部版须写明报送给谁。", field="readers")
    span = _checked_span(office, kind, edition, span_on(kind, day), today)
    if campaign_on is not None and campaign_on > span.until:
        raise DomainError("换届工作开始的日期不能晚于本期的最后一天。", field="campaign_on")
    report = Report(
        office=office,
        kind=kind.value,
        edition=edition.value,
        since=span.since,
        until=span.until,
        cut_off_at=at_local(span.until, amount_on(LocalNumber.REPORT_HOUR, span.until)),
        campaign_on=campaign_on,
        opened_at=now,
        opened_by_id=by.id,
        version=1,
    )
    db.session.add(report)
    db.session.flush()
    if edition is ReportEdition.CONFIDENTIAL:
        ids = sorted({by.id, *(each.id for each in readers)})
        db.session.add_all(ReportReader(report_id=report.id, user_id=id_) for id_ in ids)
    elif REPORTS[kind].filed:
        _ask_units(report, today)
    _record(report, "open", by, now)
    return report


def _checked_span(office: Department, kind: ReportKind, edition: ReportEdition, span: Span, today: date) -> Span:
    """Return the days of a report that may begin; no day is in two issues, also where the week ends earlier now."""
    if span.since > today + DAY:
        raise DomainError("还没有到这一期。", field="day")
    series = (Report.office_id == office.id, Report.kind == kind.value, Report.edition == edition.value)
    live = (*series, Report.cancelled_at.is_(None), Report.until == span.until)
    if db.session.scalar(select(Report.id).where(*live)):
        raise DomainError("这一期已经有了，不能再开。", field="day")
    last = db.session.scalar(select(func.max(Report.until)).where(*series, Report.issued_at.is_not(None)))
    if last is not None and last >= span.until:
        raise DomainError(f"到{long_date(last)}的一期已经签发，不能再开以前的。", field="day")
    return Span(max(span.since, last + DAY), span.until) if last else span


def _ask_units(report: Report, today: date) -> None:
    """Let each unit owe its report until the cut-off (零报告)."""
    filings = [ReportFiling(report=report, department=unit) for unit in units_that_file(report.office, today)]
    db.session.add_all(filings)
    db.session.flush()
    begun = report.cut_off_at - timedelta(hours=amount_on(LimitKind.REPORT_FILING, report.until))
    for filing in filings:
        start_clock(
            LimitKind.REPORT_FILING,
            case_id=None,
            subject=FILING,
            subject_id=filing.id,
            started_on=local_date(begun),
            started_at=begun,
            owner_department_id=filing.department_id,
        )


def file_report(filing: ReportFiling, *, zero: bool, said: str, by: User, now: datetime) -> None:
    """File what a unit has to say of a period (报送): nothing (零报告), or what happened. Late is late (迟报).

    It may be changed until the report is issued; the time of the first filing stays. Raises Forbidden, DomainError.
    """
    locked(filing)
    if not may_file(filing, reader_for(by, local_date(now))):
        raise Forbidden("应由本单位的人员报送。")
    if filing.report.cancelled_at is not None:
        raise DomainError("这一期已经取消，不用报送。")
    if filing.filed_at is not None and filing.report.issued_at is not None:
        raise DomainError("这一期已经签发，报送的内容不能再改；有变化的，在下一期报。")
    words = said.strip()
    if not zero and not 1 <= len(words) <= LONGEST_SAID:
        raise DomainError(f"请写明情况（最多 {LONGEST_SAID} 个字）；没有情况的，选零报告。", field="said")
    if zero and words:
        raise DomainError("零报告不写情况；有情况的，选有情况。", field="said")
    if filing.filed_at is None:
        filing.filed_at = now
        for clock in _clocks([filing.id]):
            stop_clock(clock, on=max(local_date(now), clock.started_on), met=True, by_action="file", at=now)
    filing.zero, filing.said = zero, words or None
    filing.filed_by_id, filing.acting_as = by.id, by.acting_as(local_date(now))[:200]
    _record(filing.report, "file", by, now, filing=filing.id)


def issue(report: Report, *, by: User, now: datetime, next_too: bool = False, version: int | None = None) -> None:
    """Issue a report (签发): its sentences, numbers, queries and rows are kept as they are now, for good.

    `next_too` begins the next one of the series. Raises Forbidden, DomainError before the cut-off, StaleVersion.
    """
    locked(report)
    _check_draft(report, version)
    reader, today = reader_for(by, local_date(now)), local_date(now)
    if report.office_id not in signed_by(reader):
        raise Forbidden("应由信访部门负责人、督查员或者主要领导签发。")
    if now < report.cut_off_at:
        raise DomainError(f"截止时间（{long_date(report.until)} {local(report.cut_off_at).hour} 时）以后才能签发。")
    made = compose(asked_of(report), today)
    report.body = made.body
    report.issued_at, report.issued_by_id, report.year = now, by.id, report.until.year
    report.number = _next_number(report)
    report.log_head = head(ACTS)[1][:DIGITS]
    report.version += 1
    for each in made.used:
        number = ReportNumber(
            report_id=report.id, code=each.code, label=each.label, unit=each.unit.value, kind=each.kind
        )
        number.query, number.rows, number.count = each.query, packed(rows_behind(each)), made.values[each.code].count
        db.session.add(number)
    _record(report, "issue", by, now)
    if next_too:
        _open_next(report, by, now)


def _next_number(report: Report) -> int:
    """Return the number of an issue within its series and year; who issues meanwhile waits for the office."""
    locked(report.office)
    series = (Report.office_id == report.office_id, Report.kind == report.kind, Report.edition == report.edition)
    last = db.session.scalar(select(func.max(Report.number)).where(*series, Report.year == report.until.year))
    return (last or 0) + 1


def _open_next(report: Report, by: User, now: datetime) -> None:
    """Begin the next report of a series, unless somebody did."""
    day = report.until + DAY
    series = (Report.office_id == report.office_id, Report.kind == report.kind, Report.edition == report.edition)
    if db.session.scalar(select(Report.id).where(*series, Report.cancelled_at.is_(None), Report.since >= day)):
        return
    readers = db.session.scalars(
        select(User).join(ReportReader, ReportReader.user_id == User.id).where(ReportReader.report_id == report.id)
    ).all()
    kind, edition = ReportKind(report.kind), ReportEdition(report.edition)
    open_report(report.office, kind, edition, day, campaign_on=report.campaign_on, readers=readers, by=by, now=now)


def cancel_report(report: Report, *, said: str, by: User, now: datetime, version: int | None = None) -> None:
    """Cancel a report that was begun by mistake, with the reason (取消): nobody owes anything for it any more.

    Raises Forbidden, DomainError, StaleVersion.
    """
    locked(report)
    _check_draft(report, version)
    if report.office_id not in kept_by(reader_for(by, local_date(now))):
        raise Forbidden("日报、周报应由信访部门编制。")
    if not 1 <= len(said.strip()) <= LONGEST_SAID:
        raise DomainError(f"请写明理由（最多 {LONGEST_SAID} 个字）。", field="said")
    report.cancelled_at, report.version = now, report.version + 1
    ids = list(db.session.scalars(select(ReportFiling.id).where(ReportFiling.report_id == report.id)))
    for clock in _clocks(ids):
        stop_clock(clock, on=max(local_date(now), clock.started_on), met=False, by_action="cancel")
    _record(report, "cancel", by, now, said=said.strip())


def _check_draft(report: Report, version: int | None) -> None:
    if version is not None and version != report.version:
        raise StaleVersion("您打开页面以后，别人已经办理过。请看清变化后再办。")
    if not report.is_draft:
        raise DomainError("这一期已经签发或者取消，不能再办。")


def _clocks(filing_ids: Collection[int]) -> list[Deadline]:
    of_filings = (Deadline.subject == FILING, Deadline.subject_id.in_(filing_ids), Deadline.ended_on.is_(None))
    return list(db.session.scalars(select(Deadline).where(*of_filings)))


def _record(report: Report, act: str, by: User, now: datetime, *, said: str = "", filing: int | None = None) -> None:
    db.session.flush()
    about = {"report": report.id, "act": act} | ({"filing": filing} if filing else {})
    audit.record(audit.Event.REPORT_STEPPED, by=by, now=now, payload=about, text=said or None)
