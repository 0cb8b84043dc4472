"""A week of the county counted by hand, and its report: 14 to 20 November 2026, cut off at 17 o'clock."""

from datetime import date
from typing import Any

from sqlalchemy import select

from tests.databases import writing
from tests.reports.world import LONG_AGO, due, nov, old
from tests.world.county import County
from tests.world.rows import a_case, assigned, kept
from tracker.cases.ledger.rules import ReportEdition
from tracker.cases.record.models import AccusedParty, Case
from tracker.core import clock
from tracker.core.database import committed, db
from tracker.deadlines.limits import LimitKind as K
from tracker.reports.issues import composing, service
from tracker.reports.issues.composing import Composed
from tracker.reports.issues.models import Report, ReportFiling
from tracker.reports.rules.kinds import ReportKind
from tracker.reports.rules.sentences import plain

CAMPAIGN = date(2026, 3, 1)
OPEN, CLOSED = ReportEdition.OPEN, ReportEdition.CONFIDENTIAL


def week(county: County) -> None:
    """What happened: 3 letters, 2 visits of 8 people, 1 given out, 2 answers, one of them in time, 1 struck off.

    The week before: 1 letter, which is late by now, 1 visit of 4; of a year ago nothing. 7 are in hand. Elections: 1 of
    the party, 2 of the committee, all struck off. Beside them accusations, one about an election, which is in hand.
    """
    first = a_case(county, received_on=nov(14))
    a_case(county, received_on=nov(16), channel="online")
    a_case(county, received_on=nov(20), channel="call")
    a_case(county, received_on=nov(17), channel="visit", people_count=7)
    a_case(county, received_on=nov(18), channel="visit")
    assigned(first, county.civil)
    due(county, K.HANDLING, nov(12), case=a_case(county, received_on=nov(8)))
    a_case(county, received_on=nov(9), channel="visit", people_count=4)
    due(county, K.HANDLING, nov(18), nov(16), case=old(county, answered_on=nov(16)))
    due(county, K.HANDLING, nov(10), nov(17), case=old(county, answered_on=nov(17)))
    old(county, closed_on=nov(19))
    for kind in ("party_branch", "committee", "committee"):
        old(county, election_type=kind)
    hidden(county)
    writing().commit()


def hidden(county: County) -> list[Case]:
    """Enter what nobody may know of who reads open numbers: accusations, and a matter about a unit of the system."""
    rows: list[Case] = []
    for day in (14, 15, 16):
        case = a_case(county, received_on=nov(day), level="accusation", election_type="committee")
        rows.append(case)
    assigned(rows[0], county.land)
    due(county, K.HANDLING, nov(12), case=rows[1])
    rows.append(a_case(county, received_on=nov(17), channel="visit", people_count=50))
    kept(AccusedParty(case_id=rows[-1].id, name="县民政局", department_id=county.ids["civil"]))
    return rows


def opened(county: County, kind: ReportKind = ReportKind.WEEK, **changes: Any) -> Report:
    """Begin the report of the week that ended yesterday."""
    given: dict[str, Any] = {"edition": OPEN, "day": nov(20), "campaign_on": CAMPAIGN, **changes}
    edition, day = given.pop("edition"), given.pop("day")
    with committed():
        by = given.pop("by", None) or county.acceptor
        return service.open_report(county.office, kind, edition, day, by=by, now=clock.now(), **given)


def issued(county: County, report: Report, **given: Any) -> Report:
    """Let the head of the office issue a report."""
    with committed():
        fresh = db.session.get_one(Report, report.id)
        service.issue(fresh, by=county.office_head, now=clock.now(), **given)
    return db.session.get_one(Report, report.id)


def composed(report: Report) -> Composed:
    """Return what a report says now."""
    return composing.compose(composing.asked_of(db.session.get_one(Report, report.id)), clock.today())


def told(found: Composed) -> list[str]:
    """Return the paragraphs of a report with their numbers written out."""
    return [plain(text, found.values) for each in found.sections for text in each.paragraphs]


def files(county: County, unit: str, who: str, said: str = "") -> None:
    """Let somebody of a unit file for the report; nothing said is a 零报告."""
    with committed():
        filing = db.session.scalars(
            select(ReportFiling).where(ReportFiling.department_id == county.ids[unit]).order_by(ReportFiling.id.desc())
        ).first()
        assert filing is not None
        service.file_report(filing, zero=not said, said=said, by=county.user(who), now=clock.now())


__all__ = ["CAMPAIGN", "CLOSED", "LONG_AGO", "OPEN", "composed", "files", "hidden", "issued", "opened", "told", "week"]
