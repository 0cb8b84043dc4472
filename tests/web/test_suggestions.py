"""代表建议 in the browser: forms refuse at their fields, counts open their lists, what is offered is done."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.conftest import Clock
from tests.suggestions.working import COMMITTEE, LETTER, MEASURES, TITLE, TODAY, Desk, day, paper
from tests.web.browsing import filled, form_of
from tests.world.county import PEOPLE, County
from tracker.core import clock as now_clock
from tracker.core.database import committed
from tracker.suggestions.rules.acts import SuggestionAct
from tracker.suggestions.rules.codes import DeputyOpinion
from tracker.suggestions.service import answering
from tracker.web.suggestions.acts import PROMISE_PAGES, SUGGESTION_PAGES

LIST = "/suggestions"
A = SuggestionAct


@pytest.fixture
def desk(county: County, clock: Clock) -> Desk:
    """Give the suggestions of the county."""
    return Desk(county)


def page_of(desk: Desk, id_: int) -> str:
    return f"{LIST}/{desk.one(id_).public_id}"


def sent(desk: Desk, who: str, there: str, given: dict[str, Any]) -> Any:
    browser = desk.county.browser(who)
    return browser.post(there, data=filled(form_of(browser.get(there), ""), given))


def test_an_empty_list_says_how_it_begins(county: County) -> None:
    assert "还没有代表建议" in county.browser("acceptor").get(LIST).text
    assert f"{LIST}/new" in county.browser("acceptor").get(LIST).text
    assert f"{LIST}/new" not in county.browser("handler").get(LIST).text
    assert county.browser("handler").get(f"{LIST}/new").status_code == 403


def test_a_suggestion_is_entered_and_a_wrong_one_refused_at_its_field(desk: Desk) -> None:
    ids = desk.county.ids
    given = {
        **{"title": TITLE, "congress": "县人大", "transfer_letter": LETTER, "assigned_on": "11月11日"},
        **{"owner": f"{ids['civil']}-{ids['handler']}", "given_on": "11月12日", "leader": str(ids["lead"])},
    }
    wrong = sent(desk, "acceptor", f"{LIST}/new", {**given, "given_on": "11月1日"})
    assert wrong.status_code == 422
    assert "送交日期应在" in wrong.text
    assert TITLE in wrong.text, "what was typed is kept"
    done = sent(desk, "acceptor", f"{LIST}/new", given)
    assert done.status_code == 303, done.text
    page = desk.county.browser("handler").get(done.headers["Location"]).text
    for words in (TITLE, LETTER, "2026-11-11", "陈志远", "没有写的，转办函没有载明", "2月11日"):
        assert words in page, words
    assert "建〔2026〕1号" in desk.county.browser("lead").get(LIST).text
    assert desk.county.browser("stranger").get(done.headers["Location"]).status_code == 404


# What each act on a suggestion is sent with, and by whom, after what.
WORDS = {"said": "情况属实。"}
ON = {**WORDS, "happened_on": "今天"}
TALK = {"happened_on": "今天", "rank": "principal", "led_by": "张建军", "found": "当面说明。"}
ANSWER = {
    "answered_on": "今天",
    "text": MEASURES,
    "result": "b",
    "document_no": "阳民函〔2026〕1号",
    "signed_by": "张建军",
}


def unit(desk: Desk, unit_key: str, who: str) -> dict[str, str]:
    return {"owner": f"{desk.county.ids[unit_key]}-{desk.county.ids[who]}"}


Sent = tuple[str, Callable[[Desk, int], None], Callable[[Desk, int], dict[str, Any]]]


def plain(given: dict[str, Any]) -> Callable[[Desk, int], dict[str, Any]]:
    return lambda _desk, _id: given


def land(desk: Desk, _id: int) -> dict[str, str]:
    return unit(desk, "land", "stranger") | ON


def objected(desk: Desk, id_: int) -> None:
    desk.object_to(id_)


def nothing(_desk: Desk, _id: int) -> None:
    """Let the suggestion be as it was entered."""


def promise(desk: Desk, _id: int) -> dict[str, str]:
    return unit(desk, "civil", "handler") | {"text": "建专栏。", "due_on": "2027年6月30日"}


def once(desk: Desk, id_: int) -> None:
    desk.answer(id_)


def ready(desk: Desk, id_: int) -> None:
    desk.answer(id_)
    desk.meet(id_)
    desk.hear(id_)


def with_helper(desk: Desk, id_: int) -> None:
    assert (
        sent(desk, "acceptor", f"{page_of(desk, id_)}/acts/ask_help", unit(desk, "land", "stranger") | ON).status_code
        == 303
    )


FORMS: dict[SuggestionAct, Sent] = {
    A.OBJECT: ("handler", nothing, plain(ON)),
    A.AGREE_RETURN: (
        "acceptor",
        lambda desk, id_: desk.object_to(id_),
        lambda desk, _id: unit(desk, "land", "stranger") | ON,
    ),
    A.REFUSE_RETURN: ("acceptor", objected, plain(WORDS)),
    A.HAND_OVER: ("unit_head", nothing, lambda desk, _id: unit(desk, "civil", "colleague") | WORDS),
    A.NAME_LEADER: ("acceptor", nothing, lambda desk, _id: {"leader": str(desk.county.ids["leader"])} | WORDS),
    A.MARK_KEY: ("acceptor", nothing, plain({"key_on": "今天", "committee": COMMITTEE} | WORDS)),
    A.LENGTHEN: ("acceptor", nothing, plain(ON)),
    A.ASK_HELP: ("acceptor", nothing, land),
    A.HELP: ("stranger", with_helper, plain(ON)),
    A.NOTE: ("lead", nothing, plain(ON)),
    A.MEET: (
        "handler",
        nothing,
        plain(TALK),
    ),
    A.INSPECT: ("supervisor", nothing, plain({"happened_on": "今天", "led_by": "县政府督查室", "found": "进度正常。"})),
    A.STRIKE_RECORD: (
        "acceptor",
        lambda desk, id_: desk.meet(id_),
        lambda desk, id_: {"record": desk.one(id_).records[0].public_id} | WORDS,
    ),
    A.ANSWER: ("handler", nothing, plain(ANSWER)),
    A.CORRECT_ANSWER: ("acceptor", once, plain(ANSWER | {"result": "a"} | WORDS)),
    A.HEAR: ("acceptor", once, plain({"opinion": "dissatisfied", "heard_on": "今天"} | WORDS)),
    A.CONCLUDE: ("acceptor", ready, plain(WORDS)),
    A.PROMISE: (
        "handler",
        once,
        promise,
    ),
    A.WITHDRAW: ("acceptor", nothing, plain(ON)),
    A.TURN: ("acceptor", nothing, plain(WORDS)),
    A.TAKE_BACK: ("acceptor", once, plain(WORDS)),
    A.CORRECT: ("acceptor", nothing, plain({"suggestion_no": "第31号"} | WORDS)),
}


def test_every_act_has_a_page_and_a_try() -> None:
    assert set(SUGGESTION_PAGES) | set(PROMISE_PAGES) | {A.ENTER} == set(A)
    assert set(FORMS) == set(SUGGESTION_PAGES)


@pytest.mark.parametrize("act", list(FORMS))
def test_an_act_is_offered_opened_refused_without_words_and_done(desk: Desk, act: SuggestionAct) -> None:
    who, before, given = FORMS[act]
    one = desk.entered(given_on=day(-3))
    before(desk, one)
    there = f"{page_of(desk, one)}/acts/{act}"
    assert there in desk.county.browser(who).get(page_of(desk, one)).text, "offered"
    said = given(desk, one)
    empty = sent(desk, who, there, {**said, **{name: "" for name in ("said", "found", "text") if name in said}})
    assert empty.status_code == 422, "refused at the field"
    done = sent(desk, who, there, said)
    assert done.status_code == 303, done.text
    shown = desk.county.browser("acceptor").get(page_of(desk, one))
    assert shown.status_code == 200
    stranger = "registrar" if who != "registrar" else "leader"
    opened = desk.county.browser(stranger).get(there)
    assert "现在不能办理" in opened.text or opened.status_code == 404
    assert desk.county.browser("admin").get(there).status_code == 403


@pytest.mark.parametrize(
    ("act", "who", "given"),
    [
        ("keep_promise", "handler", {"kept_on": "今天", "said": "已经印发。"}),
        ("move_promise", "acceptor", {"due_on": "2027年12月31日", "said": "同意改期。"}),
        ("strike_promise", "acceptor", WORDS),
    ],
)
def test_a_promise_is_worked_on_by_its_pages(desk: Desk, act: str, who: str, given: dict[str, Any]) -> None:
    one = desk.entered()
    desk.answer(one)
    made = desk.promise(one, due_on=day(200))
    there = f"{LIST}/promises/{desk.promised(made).public_id}/acts/{act}"
    assert there in desk.county.browser(who).get(page_of(desk, one)).text
    assert sent(desk, who, there, given).status_code == 303
    if act == "keep_promise":
        back = there.replace(act, "return_promise")
        assert "已经印发。" in desk.county.browser("acceptor").get(page_of(desk, one)).text
        assert sent(desk, "acceptor", back, WORDS).status_code == 303
    assert desk.county.browser(who).get(there.replace(act, "nonsense")).status_code == 404


@pytest.mark.both_databases
def test_counts_open_exactly_their_lists(desk: Desk, clock: Clock) -> None:
    late = desk.entered(of=paper(assigned_on=day(-120)), given_on=day(-120), key_on=day(-119), committee=COMMITTEE)
    done, again, waits = desk.entered(key_on=day(-9), committee=COMMITTEE), desk.entered(), desk.entered()
    with committed():
        answering.inspect(
            desk.one(done), answering.RecordGiven(TODAY, "县政府督查室", "进度正常。"), **desk.by("supervisor")
        )
    for id_ in (done, again, waits):
        desk.answer(id_, result=None if id_ == waits else answered_result(id_ == done))
    desk.hear(done)
    desk.hear(again, DeputyOpinion.DISSATISFIED)
    desk.promise(again, due_on=day(-0))
    clock.set(now_clock.now() + timedelta(days=1))
    turned = desk.entered()
    with committed():
        answering.turn(desk.one(turned), said="转登记。", **desk.by("acceptor"))
    page = desk.county.browser("acceptor").get(LIST).text
    counts = re.findall(r'<dd><a href="([^"]*)"[^>]*><b>(\d+)</b> ([^<]*)</a>', page)
    assert [(label, number) for _href, number, label in counts] == [
        *(("全部", "4"), ("在办", "4"), ("待答复", "2"), ("逾期未答复", "1")),
        *(("A 已经解决或者采纳", "1"), ("B 正在解决或者列入计划", "1")),
        *(("C 条件所限，以后解决", "0"), ("D 留作参考", "0"), ("答复没有分类", "1")),
        *(("满意", "1"), ("基本满意", "0"), ("不满意", "1")),
        *(("重点督办", "2"), ("已督查", "1"), ("未督查", "1"), ("有承诺未落实", "1"), ("承诺逾期", "1")),
    ]
    for href, number, label in counts:
        listed = desk.county.browser("acceptor").get(href.replace("&amp;", "&")).text
        assert listed.count("<tr data-row>") == int(number), label
    assert "建〔2026〕5号" in page
    assert "已转出" in page
    assert desk.one(late).key_on


def answered_result(solved: bool) -> Any:
    return answering.AnswerResult.SOLVED if solved else answering.AnswerResult.PLANNED


def test_unknown_filters_and_far_pages_are_a_page(desk: Desk) -> None:
    desk.entered()
    for asked in (
        "stage=nonsense&year=20x6&dates=",
        "page=99",
        "year=1999",
        "mine=own",
        "mine=leading&key=no",
        "promised=late",
    ):
        answer = desk.county.browser("acceptor").get(f"{LIST}?{asked}")
        assert answer.status_code == 200, asked
    assert "没有这样的建议" in desk.county.browser("acceptor").get(f"{LIST}?key=yes").text
    assert desk.county.browser("acceptor").get(f"{LIST}?stage=turned").text.count("<tr data-row>") == 1, "no such value"


def test_who_overtakes_is_told(desk: Desk) -> None:
    one = desk.entered()
    there = f"{page_of(desk, one)}/acts/answer"
    browser = desk.county.browser("handler")
    shown = form_of(browser.get(there), "")
    with committed():
        answering.withdraw(desk.one(one), happened_on=TODAY, said="撤回。", **desk.by("acceptor"))
    answer = browser.post(there, data=filled(shown, ANSWER))
    assert answer.status_code == 409
    assert "别人已经办理过" in answer.text


@pytest.mark.both_databases
def test_the_desk_says_what_waits_for_a_unit_a_leader_and_the_keepers(desk: Desk, clock: Clock) -> None:
    one = desk.entered()
    for who, words in (("handler", "代表建议待答复"), ("unit_head", "代表建议待答复"), ("lead", "代表建议待答复")):
        page = desk.county.browser(who).get("/").text
        href = next(iter(re.findall(rf'<a href="([^"]*)"><b>1</b><span>{words}', page)))
        assert desk.county.browser(who).get(href.replace("&amp;", "&")).text.count("<tr data-row>") == 1, who
    for who in ("acceptor", "stranger", "admin"):
        assert "代表建议待答复" not in desk.county.browser(who).get("/").text, who
    desk.answer(one)
    assert "代表建议待登记代表意见" in desk.county.browser("acceptor").get("/").text
    assert "代表建议" not in re.sub(r"<nav.*?</nav>", "", desk.county.browser("handler").get("/").text, flags=re.S)


def test_after_it_turned_out_to_be_no_suggestion_letters_are_registered_and_units_see_nothing(desk: Desk) -> None:
    one = desk.entered(of=paper(title="反映张建军占地", content="张建军占了五亩地。"), given_on=day(-3))
    there = page_of(desk, one)
    done = sent(desk, "acceptor", f"{there}/acts/turn", WORDS)
    assert done.headers["Location"].endswith("/cases/new"), "where letters are registered"
    assert "占地" in desk.county.browser("acceptor").get(there).text, "its keepers read what it was"
    for who in PEOPLE:
        answer = desk.county.browser(who).get(there)
        if who not in ("acceptor", "checker", "office_head", "supervisor"):
            assert answer.status_code in (403, 404), who
            assert "占地" not in desk.county.browser(who).get("/inbox").text


def test_the_page_prints_and_shows_the_texts_of_answers(desk: Desk) -> None:
    one = desk.entered(key_on=day(-9), committee=COMMITTEE)
    desk.answer(one)
    desk.meet(one)
    page = desk.county.browser("leader").get(page_of(desk, one)).text
    for words in (
        "重点督办",
        COMMITTEE,
        "手中票",
        "面商",
        "张建军（主要负责人）",
        "为什么是这一天",
        "没有登记承诺事项",
    ):
        assert words in page, words
    assert "style=" not in page
    assert "缺主要负责人面商的记录" not in page
