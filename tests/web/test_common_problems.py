"""共性问题 in the browser: proposed with its list, founded by ticking, forms refuse at their fields, all is shown."""

from typing import Any

import pytest

from tests.common_problems.working import Common
from tests.conftest import Clock
from tests.suggestions.working import day
from tests.web.browsing import filled, form_of
from tests.world.county import County
from tracker.core import clock as now_clock
from tracker.core.database import committed
from tracker.deadlines.local import LocalNumber
from tracker.deadlines.own_limits import set_own

LIST = "/common"


@pytest.fixture
def common(county: County, clock: Clock) -> Common:
    """Give the common problems of the county."""
    return Common(county)


def sent(common: Common, who: str, there: str, given: dict[str, Any]) -> Any:
    browser = common.county.browser(who)
    return browser.post(there, data=filled(form_of(browser.get(there), ""), given))


@pytest.mark.both_databases
def test_what_is_proposed_opens_its_list_and_is_founded_by_ticking_matters(common: Common) -> None:
    county, cases = common.county, common.matters(3)
    browser = county.browser("acceptor")
    assert "没有同类同地 5 件以上" in browser.get(LIST).text
    with committed():
        set_own(LocalNumber.COMMON_MATTERS, 3, day(0), reason="本局规定。", by=county.admin, now=now_clock.now())
    page = browser.get(LIST).text
    assert "近 90 日同类同地 3 件以上（本单位规定）" in page
    listed = page.split('data-label="件数"><a href="')[1].split('"')[0].replace("&amp;", "&")
    assert browser.get(listed).text.count("<tr data-row>") == 3
    there = f"{LIST}/kinds/{common.category().public_id}/places/{county.township.public_id}"
    assert there in page
    given = {
        **{"cases": cases[:2], "text": "收支没有公开。", "measure": "逐村公开。", "due_on": "12月20日"},
        **{"owner": f"{county.ids['civil']}-{county.ids['handler']}"},
    }
    few = sent(common, "acceptor", there, {**given, "cases": cases[:1]})
    assert few.status_code == 422
    assert "至少归并 2 件" in few.text
    assert "收支没有公开。" in few.text, "what was typed is kept"
    done = sent(common, "acceptor", there, given)
    assert done.status_code == 303, done.text
    shown = county.browser("handler").get(done.headers["Location"]).text
    assert "另有 2 件不在您的知悉范围内" in shown
    assert "反映村务公开" not in shown
    assert county.browser("handler").get(LIST).text.count("<tr data-row>") == 1, "its unit has it in the list"
    assert "反映村务公开第1件" in browser.get(done.headers["Location"]).text
    assert county.browser("stranger").get(done.headers["Location"]).status_code == 404
    assert "已立项：" in browser.get(LIST).text
    assert county.browser("handler").get(there).status_code == 403
    assert county.browser("lead").get(LIST).text.count("<tr data-row>") == 1, "no proposals for who founds none"


WORDS = {"said": "情况属实。"}
TRIED: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("correct", "acceptor", {"text": "收支都没有公开。", "measure": "逐村公开。"} | WORDS),
    ("reschedule", "acceptor", {"due_on": "12月30日"} | WORDS),
    ("carry_out", "handler", {"happened_on": "今天"} | WORDS),
    ("return", "acceptor", WORDS),
    ("carry_out", "handler", {"happened_on": "今天"} | WORDS),
    ("assess", "acceptor", WORDS),
    ("reopen", "acceptor", WORDS),
)


def test_it_is_worked_on_by_its_pages_and_a_suggestion_answered(common: Common) -> None:
    one = common.found(common.matters(2))
    common.advised(one)
    here, county = f"{LIST}/{common.one(one).public_id}", common.county
    more = common.matter(3)
    out = {"cases": [common.matter(4)]}
    assert sent(common, "acceptor", f"{here}/acts/gather", {"cases": [more, *out["cases"]]} | WORDS).status_code == 303
    assert sent(common, "acceptor", f"{here}/acts/leave_out", out | WORDS).status_code == 303
    for act, who, given in TRIED:
        there = f"{here}/acts/{act}"
        assert there in county.browser(who).get(here).text, f"{act} is offered"
        assert sent(common, who, there, {**given, "said": ""}).status_code == 422, act
        assert sent(common, who, there, given).status_code == 303, act
    answer = f"{LIST}/advice/{common.one(one).advices[0].public_id}/feed-back"
    said = {"adoption": "part", "replied_on": "今天", "reply": "先修订第三条。"}
    assert sent(common, "handler", answer, {**said, "reply": ""}).status_code == 422
    assert sent(common, "handler", answer, said).status_code == 303
    page = county.browser("leader").get(here).text
    for words in ("部分采纳", "先修订第三条。", "措施前 4 件，措施后", "公开版（不含检举控告）", "重件、并案不重复计"):
        assert words in page, words
    assert "style=" not in page
    assert county.browser("acceptor").get(f"{here}/acts/nonsense").status_code == 404
    assert county.browser("admin").get(here).status_code == 403
    assert county.browser("acceptor").get(f"{LIST}/kinds/{'x' * 22}/places/{'y' * 22}").status_code == 404
    assert "没有已评估的共性问题" in county.browser("leader").get(f"{LIST}?stage=assessed").text
