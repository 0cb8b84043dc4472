"""进度查询 at the counter: the slip shows its code once; number and code open a narrow page, and are in no address."""

import re

import pytest

from tests.web.arranging import arrange
from tests.web.stories import DELIVERED
from tests.world.county import County
from tracker.cases.acts.query_codes import TRIES
from tracker.cases.record.rules.codes import Purpose
from tracker.web.case.enquiry import NOT_FOUND

pytestmark = pytest.mark.both_databases
CODE = re.compile(r"(?:\d{5} ){4}\d{5}")


def code_of(county: County, case: str, who: str = "registrar") -> str:
    answer = county.browser(who).submit(f"/cases/{case}/query-code", {})
    assert answer.status_code == 200
    [found] = CODE.findall(answer.text)
    return found


def ask(county: County, number: str, code: str, who: str = "acceptor") -> tuple[int, str]:
    answer = county.browser(who).submit("/enquiry", {"number": number, "code": code})
    assert answer.location is None, "neither stands in an address"
    return answer.status_code, answer.text


def test_the_slip_shows_its_code_once_and_a_new_one_says_what_it_ends(county: County) -> None:
    case, browser = county.register(), county.browser("registrar")
    slip = browser.get(f"/cases/{case}/slip").text
    assert not CODE.search(slip)
    assert f'href="/cases/{case}/query-code"' in slip
    assert "再发一个" not in browser.get(f"/cases/{case}/query-code").text
    first = code_of(county, case)
    assert not CODE.search(browser.get(f"/cases/{case}/slip").text), "nobody can read it again"
    page = browser.get(f"/cases/{case}/query-code").text
    assert "赵敏于" in page
    assert "再发一个，原来的当即作废" in page
    assert code_of(county, case) != first


def test_only_who_registers_gives_codes_and_asks_by_them(county: County) -> None:
    case = county.register()
    arrange(county, case, DELIVERED)
    for who in ("handler", "unit_head", "lead", "auditor"):
        assert county.browser(who).get(f"/cases/{case}/query-code").status_code == 403
        assert county.browser(who).get("/enquiry").status_code == 403
    assert "发放查询码" not in county.browser("handler").get(f"/cases/{case}/slip").text
    assert "进度查询" in county.browser("registrar").get("/").text, "in the navigation"


def test_number_and_code_open_one_narrow_page(county: County) -> None:
    case = county.register()
    arrange(county, case, DELIVERED)
    row = county.case(case)
    code = code_of(county, case)
    status, page = ask(county, row.register_no, code)
    assert status == 200
    for said in ("已经答复", "最迟", "可以请求复查", "信访处理意见书", "法定期限和实际日期"):
        assert said in page, said
    for hidden in (row.public_id, county.handler.name, "延秀兰", "13903561234"):
        assert hidden not in page, hidden


def test_what_does_not_fit_says_one_sentence_and_keeps_what_was_typed(county: County) -> None:
    case = county.register()
    number, code = county.case(case).register_no, code_of(county, case)
    for typed in ((number, "11111 " * 5), ("XF-2026-000999", code)):
        status, page = ask(county, *typed)
        assert status == 422
        assert NOT_FOUND in page
        assert typed[0] in page
        assert typed[1].strip() in page
    status, page = ask(county, number, "")
    assert status == 422
    assert "请填写查询码" in page
    for _ in range(TRIES.tries):
        status, page = ask(county, number, "11111 " * 5)
    assert status == 429
    assert "分钟再查" in page


def test_the_page_of_an_accusation_tells_that_it_was_received(county: County) -> None:
    case = county.register(purpose=Purpose.ACCUSATION, title="检举王某收钱", summary="王某收了钱。")
    row, code = county.case(case), code_of(county, case, "acceptor")
    slip = county.browser("acceptor").submit(f"/cases/{case}/query-code", {}).text
    assert "到阳城县信访局窗口或者打电话查询" in slip
    assert "王某" not in slip
    [code] = CODE.findall(slip)
    status, page = ask(county, row.register_no, code, who="checker")
    assert status == 200, "whoever is at the counter reads it out, and learns no more than the petitioner says"
    assert "已经收到" in page
    assert "王某" not in page
    assert "诉求" not in page
