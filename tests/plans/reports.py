"""Reports in the plans: begun, filed for, looked at, issued."""

from sqlalchemy import select

from tests.plans.visits import Visitor, post
from tracker.core import clock
from tracker.core.database import db
from tracker.people.models import Department
from tracker.reports.issues.models import Report, ReportFiling

REPORTS = "/reports"


def keep_reports(visitor: Visitor) -> None:
    """Begin the reports of a day and a year, let a unit file, open a number, cancel one, issue the other."""
    browser, head = visitor.browser("acceptor"), visitor.browser("office_head")
    yesterday = f"{clock.today().replace(day=1):%Y%m%d}"
    for kind in ("day", "annual"):
        post(browser, f"{REPORTS}/new", kind=kind, day=yesterday, edition="open")
    day, year = db.session.scalars(select(Report).order_by(Report.id)).all()
    civil = select(Department.id).where(Department.short_name == "县民政局")
    filing = db.session.scalars(select(ReportFiling.public_id).where(ReportFiling.department_id.in_(civil))).first()
    unit = visitor.browser("unit_head")
    unit.get(f"{REPORTS}/filings")
    post(unit, f"{REPORTS}/filings/{filing}", what="zero")
    for page in ("", f"/{year.public_id}", f"/{year.public_id}/numbers/letters"):
        browser.get(f"{REPORTS}{page}")
    post(browser, f"{REPORTS}/{year.public_id}/cancel", said="开错了。")
    post(head, f"{REPORTS}/{day.public_id}/issue")
    head.get(f"{REPORTS}/{day.public_id}")
