"""包案 and 我包的村和案: who sponsors is who leads; no accusation stands there; each sees what they may know anyway."""

import re
from typing import Any

import pytest

from tests.conftest import Clock
from tests.key_villages.controlling import day
from tests.key_villages.working import Ledger
from tests.web.arranging import arrange
from tests.web.browsing import filled, form_of
from tests.web.stories import WORKED
from tests.world.county import County
from tracker import audit
from tracker.audit.queries import verify
from tracker.cases.record.models import Case
from tracker.cases.record.rules.codes import Confidentiality, Purpose
from tracker.core import clock as now_clock
from tracker.core.database import committed, db, locked
from tracker.core.errors import DomainError, Forbidden
from tracker.key_villages.models import CaseSponsorship
from tracker.key_villages.service.sponsoring import end_sponsorship, running_sponsorship, sponsor_case

MINE = "/villages/leaders"
REASON = "三次集体来访，涉及换届。"


def led(county: County) -> str:
    """Return a matter that a unit handles and the lead official leads."""
    return arrange(county, county.register(), WORKED)


def sponsored(county: County, case: str, who: str = "acceptor", **changes: Any) -> CaseSponsorship:
    given: dict[str, Any] = {"reason": REASON, "started_on": now_clock.today(), "ended_on": None}
    with committed():
        by = county.user(who)
        return sponsor_case(county.case(case), by=by, now=now_clock.now(), **{**given, **changes})


@pytest.mark.both_databases
def test_a_matter_is_sponsored_by_whoever_leads_it(county: County) -> None:
    case = led(county)
    row = sponsored(county, case)
    assert running_sponsorship(county.case(case).id, now_clock.today()) is not None
    with pytest.raises(DomainError, match="已经包案"):
        sponsored(county, case)
    with committed():
        end_sponsorship(db.session.merge(row), said="已经化解。", by=county.acceptor, now=now_clock.now())
    tomorrow = now_clock.today().replace(day=now_clock.today().day + 1)
    assert running_sponsorship(county.case(case).id, tomorrow) is None
    assert verify().wrong is None


def test_what_may_not_be_sponsored_is_refused(county: County) -> None:
    for who in ("handler", "unit_head", "lead", "stranger"):
        with pytest.raises(Forbidden):
            sponsored(county, led(county), who)
    with pytest.raises(DomainError, match="还没有领办领导"):
        sponsored(county, county.register())
    closed = county.register("acceptor", purpose=Purpose.ACCUSATION, petitioners=[], anonymous=True)
    with pytest.raises(Forbidden, match="检举控告、不公开编号"):
        sponsored(county, closed)
    for changes, sentence in (({"reason": " "}, "请填写理由"), ({"started_on": day(400)}, "和今天之间")):
        with pytest.raises(DomainError, match=sentence):
            sponsored(county, led(county), **changes)


def test_the_leader_sees_his_villages_and_matters_and_numbers_open_their_lists(county: County) -> None:
    case = led(county)
    led(county)
    sponsored(county, case)
    ledger = Ledger(county)
    entry_id = ledger.enter("公开三年收支明细")
    ledger.visit(entry_id)
    browser = county.browser("lead")
    page = browser.get(MINE).text
    assert "我包的村和案" in page
    assert "到村：到村核实。" in page
    assert "还没有批示" in page
    counts = re.findall(r'<a href="([^"]*)"[^>]*><b>(\d+)</b>([^<]*)</a>', page)
    assert [(number, label) for _href, number, label in counts] == [
        *(("1", "包的村"), ("0", "有问题逾期的村"), ("2", "领办的件"), ("1", "其中包案"), ("0", "逾期的件")),
    ]
    for href, number, _label in counts:
        address, _, part = href.partition("#")
        kind = "data-village" if part == "villages" else "data-case"
        assert browser.get(address).text.count(f"<li {kind}") == int(number), href


def test_what_is_late_is_counted_and_what_was_said_last_is_shown(county: County, clock: Clock) -> None:
    led(county)
    Ledger(county).enter("公开三年收支明细")
    clock.forward(days=90)
    county.end_sessions()
    page = county.browser("lead").get(f"{MINE}/{county.lead.public_id}?show=late").text
    assert page.count("<li data-village") == page.count("<li data-case") == 1


def test_who_supervises_opens_the_page_of_another_leader_and_nobody_else(county: County) -> None:
    other = f"{MINE}/{county.lead.public_id}"
    for who in ("supervisor", "leader", "office_head"):
        assert county.browser(who).get(other).status_code == 200, who
    for who in ("handler", "unit_head", "town_head", "acceptor", "registrar", "stranger"):
        assert county.browser(who).get(other).status_code == 404, who
        assert county.lead.name not in county.browser(who).get(MINE).text, who
    assert county.browser("lead").get(f"{MINE}/{county.leader.public_id}").status_code == 404
    assert county.browser("admin").get(MINE).status_code == 403
    assert county.lead.name in county.browser("supervisor").get(MINE).text


@pytest.mark.both_databases
def test_a_matter_that_becomes_closed_leaves_every_page(county: County) -> None:
    """两个世界: whoever led it, whoever may know of it, it stands on no page of the villages any more."""
    case = led(county)
    sponsored(county, case)
    number = county.case(case).register_no
    assert number in county.browser("lead").get(MINE).text
    with committed():
        locked(db.session.get_one(Case, county.case(case).id)).level = Confidentiality.SENSITIVE.value
        audit.record(audit.Event.CASE_CORRECTED, by=county.acceptor, now=now_clock.now(), case_id=county.case(case).id)
    page = county.browser("lead").get(MINE).text
    assert number not in page
    assert county.case(case).register_no not in page
    assert "<li data-case" not in page
    with pytest.raises(Forbidden):
        sponsored(county, case)


def test_the_office_marks_a_matter_on_its_page(county: County) -> None:
    case = led(county)
    browser = county.browser("acceptor")
    there = f"{MINE}/cases/{case}/sponsor"
    assert there in browser.get(f"/cases/{case}").text
    assert there not in county.browser("handler").get(f"/cases/{case}").text
    wrong = browser.post(there, data=filled(form_of(browser.get(there), ""), {"reason": ""}))
    assert wrong.status_code == 422
    assert browser.post(there, data=filled(form_of(browser.get(there), ""), {"reason": REASON})).status_code == 303
    page = county.browser("handler").get(f"/cases/{case}").text
    assert REASON in page
    assert "包案" in page
    end = f"{MINE}/cases/{case}/end"
    assert end in browser.get(f"/cases/{case}").text
    assert browser.post(end, data=filled(form_of(browser.get(end), ""), {"said": "已经化解。"})).status_code == 303
