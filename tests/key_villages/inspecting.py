"""A round of inspection worked on by the people of the county, for the tests."""

from datetime import date, timedelta

from tests.key_villages.working import TODAY, Ledger
from tracker.core import clock
from tracker.core.database import committed, db
from tracker.key_villages.models import InspectionRound, VillageFinding
from tracker.key_villages.rules.findings import FindingAct
from tracker.key_villages.service import inspecting, rounds
from tracker.places.models import Place

NEXT_WEEK = TODAY + timedelta(days=7)


def rounding(ledger: Ledger, *villages: str, name: str = "第一轮集中督导") -> rounds.Rounding:
    """Return a round to some villages of the county, led by the lead."""
    places = [db.session.get_one(Place, ledger.county.ids[key]) for key in villages or ("village",)]
    return rounds.Rounding(name, ledger.county.lead, "纪委、民政局各 1 人", TODAY, TODAY + timedelta(days=3), places)


def opened(ledger: Ledger, *villages: str) -> int:
    """Open a round by the clerk; return its id."""
    county = ledger.county
    with committed():
        row = rounds.open_round(rounding(ledger, *villages), office=county.office, by=county.acceptor, now=clock.now())
        return row.id


def found(
    ledger: Ledger, round_id: int, text: str = "公开栏设在院内", *, village: str = "village", by: str = "acceptor",
    due_on: date = NEXT_WEEK, on: date = TODAY,
    owner: str = "handler", unit: str = "civil",
) -> int:  # fmt: skip
    """Enter a finding that the handler owes; return its id."""
    county = ledger.county
    one = rounds.Observed(county.ids[village], text, county.ids[unit], county.ids[owner], on, due_on)
    with committed():
        row = rounds.find(db.session.get_one(InspectionRound, round_id), one, by=county.user(by), now=clock.now())
        return row.id


def finding(finding_id: int) -> VillageFinding:
    """Return a finding, read afresh."""
    db.session.expire_all()
    return db.session.get_one(VillageFinding, finding_id)


def report(ledger: Ledger, finding_id: int, key: str = "handler") -> None:
    """Let somebody report that a finding was put right, today."""
    given = {"by": ledger.county.user(key), "now": clock.now(), "happened_on": clock.today()}
    with committed():
        inspecting.report(finding(finding_id), said="已改到戏台东墙。", **given)


def decide(ledger: Ledger, finding_id: int, act: FindingAct, key: str) -> None:
    """Let somebody check a finding again, give it back, or withdraw it."""
    with committed():
        inspecting.decide(finding(finding_id), act, by=ledger.county.user(key), now=clock.now(), said="到村看过。")
