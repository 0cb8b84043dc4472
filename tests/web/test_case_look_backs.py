"""回头看 of matters in the browser: what was found, the form with its refusals, the sample that is drawn again."""

from datetime import timedelta

from sqlalchemy import select

from tests.conftest import Clock
from tests.web.browsing import filled, form_of
from tests.world.county import County
from tests.world.matters import Matter
from tracker.cases.record.models import CaseSample
from tracker.core.database import db

BACK = "/supervision/look-backs"


def test_a_look_back_is_refused_kept_and_done_by_its_form(county: County, clock: Clock) -> None:
    matter = Matter(county).until("sign")
    browser, there = county.browser("supervisor"), f"/cases/{matter.case.public_id}/steps/look_back_holds"
    page = browser.get(there).text
    assert "“回头看”期限就此停止" in page
    assert "“第二次回头看”期限就此停止" not in page, "one look back meets one clock"
    given = {"result": "holds", "incomplete": "水渠只修了一半。", "reason": "到村走访。"}
    refused = browser.post(there, data=filled(form_of(browser.get(there), there), given))
    assert refused.status_code == 422
    assert "发现了处理不彻底的，结果不能是稳定" in refused.text
    assert "水渠只修了一半。" in refused.text, "what was typed stays"
    given |= {"result": "new"}
    assert browser.post(there, data=filled(form_of(browser.get(there), there), given)).status_code == 303
    shown = browser.get(f"/cases/{matter.case.public_id}").text
    assert "回头看，新问题，发现 处理不彻底" in shown
    assert "处理不彻底：水渠只修了一半。" in shown
    listed = browser.get(BACK).text
    assert "已看 1 次，反弹 0 次" in listed
    assert matter.case.title in listed
    assert matter.case.title not in county.browser("stranger").get(BACK).text


def test_the_page_of_a_sample_draws_it_again(county: County, clock: Clock) -> None:
    matter = Matter(county).until("sign")
    browser, there = county.browser("office_head"), f"{BACK}/sample"
    assert "还没有回头看" in browser.get(BACK).text
    day = clock.today().isoformat()
    until = (clock.today() + timedelta(days=20)).isoformat()
    given = {"closed_from": day, "closed_to": day, "size": "1", "due_on": until, "said": "年底抽查。"}
    wrong = browser.post(there, data=filled(form_of(browser.get(there), ""), given | {"size": "一件"}))
    assert (wrong.status_code, "请填写整数" in wrong.text) == (422, True)
    done = browser.post(there, data=filled(form_of(browser.get(there), ""), given))
    assert done.status_code == 303
    page = browser.get(done.headers["Location"]).text
    sample = db.session.scalars(select(CaseSample)).one()
    assert "按同一种子重抽：一致" in page
    assert sample.seed in page
    assert matter.case.register_no in page
    assert f"随机抽查，种子 {sample.seed}" in browser.get(f"/cases/{matter.case.public_id}").text
    assert "抽 1 件" in county.browser("supervisor").get(BACK).text
    for who in ("lead", "unit_head"):
        assert county.browser(who).get(done.headers["Location"]).status_code == 404
        assert county.browser(who).get(there).status_code == 422
        assert f"{BACK}/sample" not in county.browser(who).get(BACK).text
