"""上报、请示 in the browser: the list, the forms with their refusals, what is offered, what is hidden."""

import re
from typing import Any

import pytest

from tests.conftest import Clock
from tests.upward.working import entered
from tests.web.browsing import filled, form_of
from tests.world.county import County
from tracker.cases.acts.naming import AccusedEntry
from tracker.cases.record.rules.codes import Purpose
from tracker.core.dates import parse_clock
from tracker.core.errors import DomainError
from tracker.upward.rules import OPEN_ACTS, UpwardAct, UpwardStage
from tracker.web.upward.pages import UPWARD_PAGES

LIST = "/upward"
PAPER = {
    **{"kind": "matter", "title": "聚集反映换届", "organ": "市信访局", "discovered_on": "今天"},
    **{"discovered_time": "8:15", "said": "二十余人到县政府门前。"},
}


def sent(county: County, who: str, there: str, given: dict[str, Any]) -> Any:
    browser = county.browser(who)
    return browser.post(there, data=filled(form_of(browser.get(there), ""), given))


def test_an_empty_list_says_how_it_begins(county: County) -> None:
    assert "还没有上报、请示" in county.browser("acceptor").get(LIST).text
    assert f"{LIST}/new" in county.browser("acceptor").get(LIST).text
    assert f"{LIST}/new" not in county.browser("leader").get(LIST).text
    for who in ("handler", "registrar", "admin", "auditor"):
        assert county.browser(who).get(LIST).status_code == 403, who


@pytest.mark.both_databases
def test_one_goes_its_way_by_its_pages(county: County, clock: Clock) -> None:
    wrong = sent(county, "acceptor", f"{LIST}/new", PAPER | {"discovered_time": "25:10", "kind": "opinion"})
    assert wrong.status_code == 422
    assert "请按 24 小时制写时刻" in wrong.text
    assert "聚集反映换届" in wrong.text, "what was typed is kept"
    done = sent(county, "acceptor", f"{LIST}/new", PAPER)
    assert done.status_code == 303, done.text
    there = done.headers["Location"]
    assert "重大事项待上报" in county.browser("acceptor").get("/").text
    assert "重大事项待上报" not in county.browser("handler").get("/").text
    page = county.browser("acceptor").get(there).text
    assert "应在2026年11月21日 12:15前上报" in page
    report = sent(
        county, "acceptor", f"{there}/acts/report", {"at_on": "今天", "at_time": "8:50", "document_no": "3号"}
    )
    assert report.status_code == 303
    refused = sent(
        county, "acceptor", f"{there}/acts/receive", {"at_on": "今天", "at_time": "8:20", "received_by": "王某"}
    )
    assert refused.status_code == 422
    assert "时间不能早于2026年11月21日 08:50" in refused.text
    received = {"at_on": "今天", "at_time": "8点55分", "received_by": "值班室"}
    assert sent(county, "acceptor", f"{there}/acts/receive", received).status_code == 303
    page = county.browser("leader").get(there).text
    assert "用时 35 分钟" in page
    assert "值班室，发现后 40 分钟" in page
    assert f"{there}/acts/" not in page, "a leader reads"
    listed = county.browser("leader").get(LIST).text
    assert "35 分钟" in listed
    assert "没有这一种" in county.browser("leader").get(f"{LIST}?kind=ask").text
    corrected = {"discovered_time": "3:15", "reason": "核对值班记录。"}
    assert sent(county, "acceptor", f"{there}/acts/correct", corrected).status_code == 303
    page = county.browser("acceptor").get(there).text
    assert "逾期上报" in page
    assert "发现时间原为“2026年11月21日 08:15”" in page


def test_every_act_that_is_offered_has_its_page_and_no_other(county: County, clock: Clock) -> None:
    assert set(UPWARD_PAGES) == set(UpwardAct) - {UpwardAct.ENTER} == {a for acts in OPEN_ACTS.values() for a in acts}
    there = f"{LIST}/{entered(county).public_id}"
    page = county.browser("acceptor").get(there).text
    for act in UpwardAct:
        offered = f"{there}/acts/{act}" in page
        assert offered is (act in OPEN_ACTS[UpwardStage.TO_REPORT] and act is not UpwardAct.UNLINK), act
    for address in (f"{there}/acts/enter", f"{there}/acts/nonsense"):
        assert county.browser("acceptor").get(address).status_code == 404
    assert county.browser("leader").get(f"{there}/acts/report").status_code == 404


@pytest.mark.both_databases
def test_of_a_hidden_matter_there_is_no_report_and_no_count(county: County, clock: Clock) -> None:
    """Two worlds: for who may not know of the accusation the pages are the same with and without the report."""
    county.register("acceptor", purpose=Purpose.ACCUSATION, accused=[AccusedEntry("林一鸣", "县长")])
    number = county.case(county.register("acceptor", purpose=Purpose.ACCUSATION, accused=[AccusedEntry("林一鸣")]))
    pages = ("", "?kind=matter", "?page=2")

    def read() -> list[str]:
        found = (county.browser("leader").get(f"{LIST}{page}").text for page in pages)
        return [re.sub(r'value="[^"]{40,}"|[\w-]{22,}', "", page) for page in found]

    without = read()
    hidden = entered(county, case_no=number.register_no)
    assert read() == without
    never = county.browser("leader").get(f"{LIST}/{'x' * 22}")
    assert county.browser("leader").get(f"{LIST}/{hidden.public_id}").status_code == never.status_code == 404
    entered(county)
    assert read() != without, "negative control"


def test_hours_are_read_as_people_write_them() -> None:
    for text, hour, minute in (
        ("9:05", 9, 5),
        ("14：30", 14, 30),
        ("14时30分", 14, 30),
        ("９点", 9, 0),
        ("0:00", 0, 0),
    ):
        read = parse_clock(text)
        assert (read.hour, read.minute) == (hour, minute), text
    for text in ("24:00", "9:60", "下午", "", "930", "-1:00"):
        with pytest.raises(DomainError):
            parse_clock(text)
