"""依据表 and 本单位规定 on their pages: read by whoever works on cases, entered by the administrator after a look."""

from collections.abc import Mapping
from datetime import timedelta

import pytest
from werkzeug.test import TestResponse

from tests.client import Client
from tests.web.browsing import filled, form_of
from tests.web.naughty import STRINGS
from tests.world.county import County
from tests.world.rows import TODAY, a_case, clock_of
from tracker import audit
from tracker.core import clock
from tracker.core.database import committed, db
from tracker.deadlines.limits import LimitKind
from tracker.deadlines.models import OwnLimit
from tracker.statutes.models import LawEntry, LocalGround

EDITION, ARTICLE, OWN, GROUND = "/law/edition", "/law/article", "/law/own/edit", "/law/own/ground"
GIVEN: dict[str, dict[str, str]] = {
    EDITION: {"source": "petitions", "edition": "2027年修订", "since": "2027-03-01", "reason": "公布的文号"},
    ARTICLE: {"place": "spoiled_election|2025年修订", "article": "第二十一条", "text": "", "reason": "主席令"},
    OWN: {"kind": "ruling", "amount": "3", "since": "2026-12-01", "reason": "县信访局工作规定"},
    GROUND: {
        "ground": "review_lapsed", "in_force": "on", "title": "浙江省信访条例", "article": "第二十五条第二款",
        "since": "2026-12-01", "reason": "县信访局局务会决定",
    },
}  # fmt: skip
TELLS = {
    EDITION: (
        "2022年公布：2027年2月28日",
        "引用它的期限",
        "转送、交办",
        "作出处理意见并送达",
        "信访处理意见书",
        "不予受理",
    ),
    ARTICLE: ("村民委员会组织法关于破坏选举的规定", "村民委员会组织法第二十一条", "选举效力调查反馈"),
    OWN: ("裁定退回异议", "5个工作日", "3个工作日", "仍按起算时的天数，不重新计算"),
    GROUND: ("不再受理", "不列出", "请求复查、复核，仍以同一事实和理由提出（《浙江省信访条例》第二十五条第二款）"),
}
SHOWN = {EDITION: "/law", ARTICLE: "/law", OWN: "/law/own", GROUND: "/law/own"}


@pytest.fixture
def admin(county: County) -> Client:
    """Give the administrator's browser."""
    return county.browser("admin")


def rows() -> int:
    db.session.expire_all()
    return sum(db.session.query(model).count() for model in (LawEntry, OwnLimit, LocalGround))


def looked(browser: Client, address: str, changes: Mapping[str, str] = {}) -> TestResponse:
    return browser.post(address, data=filled(form_of(browser.get(address), ""), {**GIVEN[address], **changes}))


def again(browser: Client, address: str, page: TestResponse, changes: Mapping[str, str] = {}) -> TestResponse:
    return browser.post(address, data=filled(form_of(page, ""), changes))


@pytest.mark.parametrize(("page", "words"), [(EDITION, "个，仍按起算那天施行的版本印"), (OWN, "个，仍按起算时的天数")])
def test_what_a_change_would_touch_is_counted_without_what_is_hidden(
    admin: Client, county: County, page: str, words: str
) -> None:
    """Two clocks run, one of them in an accusation: the administrator reads one, and that the other is not counted."""
    for level in ("ordinary", "accusation"):
        with committed():
            case = a_case(county, level=level)
            kind = LimitKind.RULING if page == OWN else LimitKind.OFFICE_REFERRAL
            clock_of(case, kind, TODAY + timedelta(days=3))
            audit.record(audit.Event.DATES_RECOUNTED, by=None, now=clock.now())
    shown = looked(admin, page).text
    assert f"1 {words}" in shown
    assert "不含内部编号的信访事项" in shown


@pytest.mark.both_databases
@pytest.mark.parametrize("address", GIVEN)
def test_it_is_looked_at_first_and_then_holds(admin: Client, county: County, address: str) -> None:
    page = looked(admin, address)
    assert (page.status_code, rows()) == (200, 0)
    for words in TELLS[address]:
        assert words in page.text
    assert again(admin, address, page).status_code == 303
    assert rows() == 1
    for who in ("admin", "handler"):
        assert GIVEN[address]["reason"] in county.browser(who).get(SHOWN[address]).text


@pytest.mark.parametrize("address", GIVEN)
def test_what_was_changed_after_the_look_is_looked_at_again(admin: Client, address: str) -> None:
    page = again(admin, address, looked(admin, address), {"reason": "另一份文件"})
    assert (page.status_code, rows()) == (200, 0)
    assert again(admin, address, page).status_code == 303
    assert rows() == 1


@pytest.mark.parametrize("address", GIVEN)
def test_sent_twice_it_is_entered_once(admin: Client, address: str) -> None:
    page = looked(admin, address)
    assert [again(admin, address, page).status_code for _ in range(2)] == [303, 303]
    assert rows() == 1


def test_what_somebody_else_entered_meanwhile_is_looked_at_again(admin: Client) -> None:
    page = looked(admin, OWN)
    again(admin, OWN, looked(admin, OWN, {"amount": "4"}))
    assert rows() == 1
    second = again(admin, OWN, page)
    assert (second.status_code, rows()) == (200, 1)


@pytest.mark.parametrize(
    ("address", "changes", "sentence"),
    [
        (OWN, {"amount": "三"}, "天数请填写数字"),
        (OWN, {"amount": "5"}, "不用改"),
        (OWN, {"amount": "0"}, "1 至 365"),
        (OWN, {"since": "2026-11-20"}, "从今天或者以后"),
        (OWN, {"kind": "handling"}, "里没有这个选项"),
        (GROUND, {"article": "第25条"}, "按地方规定的写法"),
        (GROUND, {"title": "信访工作条例"}, "没有这一条理由"),
        (GROUND, {"title": ""}, "请填写"),
        (GROUND, {"since": "2026-11-20"}, "从今天或者以后"),
        (GROUND, {"in_force": "off"}, "不用改"),
        (GROUND, {"ground": "after_re_examination"}, "里没有这个选项"),
        (ARTICLE, {"article": "第17条"}, "按法律的写法"),
        (ARTICLE, {"place": "spoiled_election|2018年修正"}, "里没有这个选项"),
        (EDITION, {"since": "2021-01-01"}, "应晚于"),
        (EDITION, {"edition": "2022年公布"}, "已经有这个版本"),
        (EDITION, {"since": "没有这一天"}, "看不懂日期"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    admin: Client, address: str, changes: dict[str, str], sentence: str
) -> None:
    page = looked(admin, address, changes)
    assert (page.status_code, rows()) == (422, 0)
    assert sentence in page.text
    assert GIVEN[address]["reason"] in page.text, "what was typed stays"


@pytest.mark.parametrize("every", [4, pytest.param(1, marks=pytest.mark.long)], ids=["shared out", "all in each field"])
@pytest.mark.parametrize("address", GIVEN)
def test_strange_text_is_no_failure(admin: Client, address: str, every: int) -> None:
    """Shared out, the fields of a page have every string among them."""
    form = form_of(admin.get(address), "")
    tried = set()
    for place, name in enumerate(GIVEN[address]):
        for text in STRINGS[place % every :: every]:
            tried.add(text)
            sent = filled(form, {**GIVEN[address], name: text})
            assert admin.post(address, data=sent).status_code in (200, 422), (name, text)
    assert tried == set(STRINGS)
    assert rows() == 0


def test_numbers_that_are_no_limit_are_set_here_too(admin: Client, county: County) -> None:
    """Also to none: an office may ask its units for the very day that the upper level set."""
    page = looked(admin, OWN, {"kind": "before_superior", "amount": "0"})
    assert page.status_code == 200
    assert "反馈时限比上级要求办结日期提前的日数" in page.text
    assert "仍按起算时的天数" not in page.text, "nothing is running that it would change"
    assert again(admin, OWN, page).status_code == 303
    assert "办理后几日以内录入的不算补录" in county.browser("handler").get("/law/own").text
    looked_at = looked(admin, OWN, {"kind": "before_superior", "amount": "2"})
    assert "0日" in looked_at.text


def test_the_step_shows_the_article_of_the_day(county: County) -> None:
    page = county.browser("acceptor").get(f"/cases/{county.register()}/steps/triage")
    assert "依据的条文" in page.text
    assert "在15日内分别按照下列方式处理" in page.text


def test_the_printed_rules_say_the_numbers_of_today(admin: Client, county: County) -> None:
    before = county.browser("handler").get("/procedure").text
    again(admin, OWN, looked(admin, OWN, {"since": "2026-11-21"}))
    page = county.browser("handler").get("/procedure").text
    assert "本单位规定（自2026年11月21日起）" in page
    assert "本单位规定（自2026年11月21日起）" not in before
