"""进程图和进度控制表 in the browser: chart and table say the same, counts open their lists, forms refuse at fields."""

import re

import pytest

from tests.conftest import Clock
from tests.key_villages.controlling import day, opened, plan, task_named
from tests.key_villages.working import later
from tests.web.browsing import filled, form_of
from tests.world.county import County
from tracker.core import clock as now_clock
from tracker.core.database import committed
from tracker.key_villages.service import controlling

BOARD = "/villages/control"
NAME = "选民登记、入户核对"


@pytest.mark.both_databases
def test_an_empty_table_says_how_it_begins(county: County) -> None:
    browser = county.browser("acceptor")
    assert "还没有控制表" in browser.get(BOARD).text
    assert f"{BOARD}/new" not in county.browser("handler").get(BOARD).text
    answer = browser.post(f"{BOARD}/new", data=filled(form_of(browser.get(f"{BOARD}/new"), ""), {"title": "第十三届"}))
    assert answer.status_code == 303, answer.text
    page = browser.get(BOARD).text
    assert "还没有任务" in page
    assert "/copy" not in page


def test_an_empty_one_offers_the_tasks_of_the_last_term(county: County) -> None:
    opened(county, plan(county), title="第十二届")
    table = opened(county, title="第十三届")
    browser, there = county.browser("acceptor"), f"{BOARD}/{table.public_id}/copy"
    page = browser.get(BOARD).text
    assert "可以照搬“第十二届”的任务" in page
    source = re.findall(r'<option value="([\w-]{22})"', browser.get(there).text)
    given = {"source": source[0], "begins_on": "2027年3月1日"}
    answer = browser.post(there, data=filled(form_of(browser.get(there), ""), given))
    assert answer.status_code == 303, answer.text
    assert "3月1日 周一 至 3月10日 周三" in browser.get(BOARD).text


@pytest.mark.both_databases
def test_a_task_is_added_changed_and_finished_by_its_pages(county: County) -> None:
    table = opened(county)
    browser, there = county.browser("acceptor"), f"{BOARD}/{table.public_id}/tasks/new"
    given = {
        **{"phase": "准备", "name": "成立领导小组", "first_on": "11月1日", "last_on": "11月5日"},
        **{"participants": "11 个成员单位", "requirement": "方案报市备案", "organiser": "县委组织部"},
        **{"owner": f"{county.ids['civil']}-{county.ids['handler']}"},
    }  # fmt: skip
    wrong = browser.post(there, data=filled(form_of(browser.get(there), ""), {**given, "last_on": "10月1日"}))
    assert wrong.status_code == 422
    assert "结束日期不能早于开始日期" in wrong.text
    assert "县委组织部" in wrong.text
    assert browser.post(there, data=filled(form_of(browser.get(there), ""), given)).status_code == 303
    task = task_named("成立领导小组")
    change = f"{BOARD}/tasks/{task.public_id}/moves/change"
    answer = browser.post(
        change, data=filled(form_of(browser.get(change), ""), {"last_on": "12月1日", "said": "顺延。"})
    )
    assert answer.status_code == 303, answer.text
    page = county.browser("handler").get(f"{BOARD}/tasks/{task.public_id}").text
    assert "11月1日至11月5日改为11月1日至12月1日" in page
    assert "原定 11月5日" in page
    assert "/finish" in page
    assert "/change" not in page
    finish = f"{BOARD}/tasks/{task.public_id}/moves/finish"
    owner = county.browser("handler")
    answer = owner.post(
        finish, data=filled(form_of(owner.get(finish), ""), {"finished_on": "今天", "said": "已成立。"})
    )
    assert answer.status_code == 303, answer.text
    assert task_named("成立领导小组").finished_on == day(0)


def test_chart_and_table_say_the_same_and_counts_open_their_lists(county: County, clock: Clock) -> None:
    opened(
        county,
        plan(county),
        plan(county, name="公布选民名单", last_on=day(20)),
        plan(county, name="提名候选人", first_on=day(15), last_on=day(16)),
        plan(county, name="第一批选举日", first_on=day(30), last_on=day(30), election=True),
        plan(county, name="方案", last_on=day(-3)),
    )
    clock.set(later(7))
    with committed():
        controlling.finish_task(
            task_named("方案"), finished_on=day(1), said="印发。", by=county.acceptor, now=now_clock.now()
        )
    browser = county.browser("town_head")
    page = browser.get(BOARD).text
    counts = re.findall(r'<a href="([^"]*)"[^>]*><b>(\d+)</b>([^<]*)</a>', page)
    assert [(number, label) for _href, number, label in counts] == [
        ("5", "全部"),
        ("1", "完成"),
        ("1", "进行中"),
        ("1", "逾期"),
        ("2", "未开始"),
    ]
    for href, number, label in counts:
        listed = browser.get(href.partition("#")[0]).text
        assert listed.count("<tr data-row>") == int(number), label
    assert page.count('class="dia"') == 2  # the task and the legend
    assert "■ 逾期 3 天" in page
    assert "迟 4 天完成" in page
    assert "12月21日 结果当天报" in page
    assert 'class="td"' in page
    assert "style=" not in page
    assert "没有" not in browser.get(f"{BOARD}?state=nonsense").text


def test_who_overtakes_is_told(county: County) -> None:
    opened(county, plan(county))
    task = task_named(NAME)
    browser, there = county.browser("acceptor"), f"{BOARD}/tasks/{task.public_id}/moves/change"
    shown = form_of(browser.get(there), "")
    with committed():
        controlling.finish_task(task_named(NAME), finished_on=day(0), said="完", by=county.handler, now=now_clock.now())
    answer = browser.post(there, data=filled(shown, {"name": "改名", "said": "改"}))
    assert answer.status_code == 409
    assert "别人已经办理过" in answer.text
    assert browser.get(f"{BOARD}/tasks/{task.public_id}/moves/add").status_code == 404


@pytest.mark.parametrize("who", ["admin", "auditor", "security"])
def test_who_keeps_the_system_has_no_table(county: County, who: str) -> None:
    table = opened(county, plan(county))
    for address in (BOARD, f"{BOARD}/{table.public_id}", f"{BOARD}/tasks/{task_named(NAME).public_id}"):
        assert county.browser(who).get(address).status_code == 403
