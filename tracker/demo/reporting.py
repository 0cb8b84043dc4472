"""The reports of the demonstration: three weeks issued, one more under way, of the second a confidential edition."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from functools import partial

from sqlalchemy import select

from tracker.cases.ledger.rules import ReportEdition
from tracker.core.clock import at_local, local_date
from tracker.core.database import db
from tracker.demo.staff import PEOPLE, Staff
from tracker.reports.issues.composing import span_on
from tracker.reports.issues.models import Report, ReportFiling
from tracker.reports.issues.service import file_report, issue, open_report
from tracker.reports.rules.kinds import ReportKind

Deed = tuple[datetime, Callable[[datetime], None]]
KEEPER, HEAD, TRUSTED = "sunlin", "zhoujianguo", "lixiaomei"
READERS = ("linyiming", "gaoyuan")
WEEK = timedelta(days=7)
CAMPAIGN_BEFORE = timedelta(days=210)
# Every fourth unit has something to say; by the week, which unit files late and which does not at all.
SAYS_SOMETHING = 4
LATE, NEVER = {2: "water"}, {1: "roads"}
SAID = ("村务公开栏更新，接待咨询 2 人次。", "化解邻里纠纷 1 起，没有新的信访事项。", "入户走访 12 户，解答换届政策。")


def report_deeds(staff: Staff, now: datetime) -> Iterator[Deed]:
    """Yield the deeds up to now: begun, filed for, issued, week after week."""
    today = local_date(now)
    campaign = (today - CAMPAIGN_BEFORE).replace(day=1)
    last = span_on(ReportKind.WEEK, today)
    for back in (3, 2, 1, 0):
        since, until = last.since - back * WEEK, last.until - back * WEEK
        if back == 3:
            yield at_local(since, 9), partial(_open, staff, since, campaign)
        for number, unit in enumerate(_units(staff)):
            at = at_local(until, 9 + number % 7, 5)
            if unit in (LATE.get(back), NEVER.get(back)):
                at = at_local(until + timedelta(days=1), 10)
            if at < now and unit != NEVER.get(back):
                yield at, partial(_file, staff, unit, until, number + back)
        if back == 2:
            yield at_local(until, 17, 30), partial(_open_confidential, staff, until, campaign)
        if back:
            yield at_local(until, 18), partial(_issue, staff, until)


def _units(staff: Staff) -> list[str]:
    """Return the units in which somebody sits who files, in their order."""
    return [key for key in dict.fromkeys(person.unit for person in PEOPLE) if key in staff.units]


def _open(staff: Staff, day: date, campaign: date, at: datetime) -> None:
    office, by = staff.units["office"], staff.people[KEEPER]
    open_report(office, ReportKind.WEEK, ReportEdition.OPEN, day, campaign_on=campaign, by=by, now=at)


def _open_confidential(staff: Staff, day: date, campaign: date, at: datetime) -> None:
    office, by = staff.units["office"], staff.people[TRUSTED]
    readers = [staff.people[name] for name in (*READERS, HEAD)]
    kind, edition = ReportKind.WEEK, ReportEdition.CONFIDENTIAL
    open_report(office, kind, edition, day, campaign_on=campaign, readers=readers, by=by, now=at)


def _file(staff: Staff, unit: str, until: date, number: int, at: datetime) -> None:
    filing = db.session.scalar(
        select(ReportFiling)
        .join(Report)
        .where(ReportFiling.department_id == staff.units[unit].id, Report.until == until)
    )
    if filing is None:
        return
    who = next(person for person in PEOPLE if person.unit == unit)
    said = SAID[number % len(SAID)] if number % SAYS_SOMETHING == 0 else ""
    file_report(filing, zero=not said, said=said, by=staff.people[who.username], now=at)


def _issue(staff: Staff, until: date, at: datetime) -> None:
    drafts = select(Report).where(Report.until == until, Report.issued_at.is_(None)).order_by(Report.id)
    for report in db.session.scalars(drafts).all():
        issue(report, by=staff.people[HEAD], now=at, next_too=report.edition == ReportEdition.OPEN)
