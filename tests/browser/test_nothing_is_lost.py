"""Nothing typed is lost: however a session, a server, a page or a line ends, at whatever moment.

Each test ends one of them while somebody types, looks for the text where the product says it is, and prints how much
of it was lost. The clock of the pages is the browser's own; the longest that may be lost is ten seconds of typing.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect
from playwright.sync_api import Error as PlaywrightError

from tests.browser.entering import enter, enter_by_form
from tests.client import settle
from tests.people.factories import PASSWORD
from tests.web.stories import DELIVERED, act, upload
from tests.web.test_steps import tell
from tests.world.county import County
from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.record.models import Attachment, Case, CaseStep, Draft, Submission
from tracker.core.database import committed, db
from tracker.people.models import UserSession

pytestmark = pytest.mark.browser
KEPT = "[data-saved]"
WORDS = "经入户核实，三户确系漏登，已经补登并张榜公布。"
AT_MOST = 10.0  # seconds of typing
KEYS, A_KEY = 66, 0.9  # so many keys, and seconds from one to the next
PAUSE = 3500  # ms; a draft is kept 3 s after the last key


@pytest.fixture(autouse=True)
def ended(page: Page, context: BrowserContext, complaints: list[str]) -> Iterator[None]:
    """Give a browser whose clock can be moved: no pause in typing is waited for.

    It may complain of what these tests end themselves: the line, the server, the session.
    """
    context.clock.install()
    yield
    complaints[:] = [each for each in complaints if not each.startswith("Failed to load resource")]


@pytest.fixture
def case(at_work: str) -> str:
    """Give a matter that is being handled."""
    return at_work


@pytest.fixture
def opinion(county: County, case: str, page: Page) -> Page:
    """Give the form of 处理意见, the longest text of the product, before its handler."""
    return enter(page, "handler", f"/cases/{case}/steps/draft_opinion")


def keeps(page: Page, said: str = "已存草稿") -> None:
    """Let the pause go by after which a draft is kept; expect what the page says of it."""
    page.clock.run_for(PAUSE)
    expect(page.locator(f"form.form {KEPT}")).to_contain_text(said)


def end_sessions() -> None:
    """End every session, as by the limit of idle time or by 结束其他登录."""
    with committed():
        db.session.execute(UserSession.__table__.delete())  # type: ignore[attr-defined]
    settle()


def kept(app: Flask) -> int:
    """Return how many drafts lie on the server."""
    with app.app_context():
        return db.session.query(Draft).count()


def crash(page: Page) -> None:
    """End the process of a page, as when the machine goes off: no event is left to it."""
    with pytest.raises(PlaywrightError):
        page.goto("chrome://crash", timeout=3000)


def opened_again(page: Page) -> Page:
    """Go to the first page and go on with the draft that it lists, as soon as it does."""
    going_on = page.get_by_role("link", name="接着填")
    for _ in range(100):
        page.goto("/")
        if going_on.count():
            break
        page.wait_for_timeout(100)
    assert going_on.count() == 1, page.locator("main").inner_text()
    going_on.click()
    page.wait_for_url("**draft=*")
    return page


def test_who_types_without_a_pause_is_kept_every_ten_seconds(opinion: Page) -> None:
    """By the browser's own clock, moved by hand: a key each 0.9 seconds for a minute, and never a pause."""
    letters: list[int] = []
    under_way: list[str] = []
    opinion.on("request", lambda request: under_way.append(request.url) if request.url.endswith("/drafts") else None)
    opinion.on("requestfinished", lambda request: under_way.remove(request.url) if request.url in under_way else None)
    opinion.on(
        "request",
        lambda request: letters.append((request.post_data or "").count("字")) if "/drafts" in request.url else None,
    )
    opinion.focus("#text")
    for _ in range(KEYS):
        opinion.keyboard.insert_text("字")
        opinion.clock.run_for(int(A_KEY * 1000))
        while under_way:
            opinion.wait_for_timeout(20)
    unkept = [(after - before) * A_KEY for before, after in pairwise([0, *letters, KEYS])]
    print(f"\n{len(letters)} times in {KEYS * A_KEY:.0f} s; at most {max(unkept):.1f} s of typing unkept")  # noqa: T201 the result
    assert max(unkept) <= AT_MOST


def test_a_page_whose_process_dies_is_gone_on_with(opinion: Page, context: BrowserContext) -> None:
    opinion.fill("#text", WORDS)
    keeps(opinion)
    beside = context.new_page()
    crash(opinion)
    assert opened_again(beside).input_value("#text") == WORDS


@pytest.mark.parametrize("leave", ["hide", "close the tab"])
def test_leaving_the_page_keeps_what_was_typed_last(opinion: Page, context: BrowserContext, leave: str) -> None:
    opinion.fill("#text", WORDS)
    beside = context.new_page()
    if leave == "hide":
        opinion.evaluate(
            "Object.defineProperty(document, 'visibilityState', { value: 'hidden' });"
            "document.dispatchEvent(new Event('visibilitychange'))"
        )
        expect(opinion.locator(KEPT)).to_contain_text("已存草稿")
    else:
        opinion.close(run_before_unload=False)
    assert opened_again(beside).input_value("#text") == WORDS


def leaving(page: Page, to: str = "/") -> list[str]:
    """Leave a page; return what the browser asked before."""
    asked: list[str] = []
    note = lambda dialog: (asked.append(dialog.type), dialog.accept())  # noqa: E731 the same one is taken off again
    page.on("dialog", note)
    page.goto(to)
    page.remove_listener("dialog", note)
    return asked


@pytest.mark.parametrize("kept", ["by a draft", "nowhere"])
def test_leaving_with_what_was_not_sent_warns(opinion: Page, kept: str) -> None:
    """Also where a draft has it: its writer may believe that it was sent."""
    if kept == "nowhere":
        opinion.route("**/drafts", lambda route: route.abort())
        opinion.evaluate("Object.defineProperty(window, 'crypto', { value: {} })")
    opinion.fill("#text", WORDS)
    said = "已存草稿" if kept == "by a draft" else "草稿没有存上，请不要关闭页面"
    keeps(opinion, said)
    assert leaving(opinion) == ["beforeunload"]
    if kept == "by a draft":
        assert leaving(opened_again(opinion)) == ["beforeunload"], "what is gone on with was not sent either"


def test_leaving_without_anything_unsent_does_not_warn(opinion: Page, case: str, app: Flask) -> None:
    """Negative control: nothing typed, all put back, the draft thrown away, the form sent."""
    here = f"/cases/{case}/steps/draft_opinion"
    opinion.click("#text")
    assert leaving(opinion, here) == []
    opinion.fill("#text", WORDS)
    opinion.fill("#text", "")
    assert leaving(opinion, here) == []
    opinion.fill("#text", WORDS)
    keeps(opinion)
    opened_again(opinion).fill("#text", WORDS + "另查。")
    asked: list[str] = []
    opinion.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    opinion.click("text=放弃草稿")
    expect(opinion.locator(".message.info")).to_contain_text("草稿已放弃")
    assert kept(app) == 0
    opinion.goto(here)
    fill_opinion(opinion)
    opinion.locator("form.form .btn.main").click()
    expect(opinion.locator(".message.success")).to_contain_text("拟稿：处理意见")
    assert asked == []


def close_at_once(page: Page, _context: BrowserContext) -> None:
    """Close the page in the middle of a word."""


def close_after_a_pause(page: Page, _context: BrowserContext) -> None:
    """Close the page when a draft is said to be kept, without the chance to say more."""
    keeps(page)


def end_the_session(page: Page, _context: BrowserContext) -> None:
    end_sessions()
    keeps(page, "登录已经过期")


def break_the_line(page: Page, context: BrowserContext) -> None:
    context.route("**/drafts", lambda route: route.abort())
    keeps(page, "连不上服务器")


ALL = (close_at_once, close_after_a_pause, end_the_session, break_the_line)
# Of the longest forms beside 处理意见: who types into which fields, and the ends that come one after another.
LONGEST = {
    "登记": (
        *("registrar", "/cases/new?channel=visit", ALL),
        ("#title", "#summary", "#demand_points-0", "#demand_points-1", "#representatives-0", "#representatives-1"),
    ),
    "督办": ("office_head", "/cases/{case}/steps/supervise", (close_after_a_pause, break_the_line), ("#reason",)),
    "人员": ("admin", "/people/new", (close_at_once, end_the_session), ("#name", "#phone", "#username")),
}


@pytest.mark.parametrize(
    "form", [form if form == "登记" else pytest.param(form, marks=pytest.mark.long) for form in LONGEST]
)
def test_what_is_lost_however_a_page_ends(
    county: County, case: str, context: BrowserContext, page: Page, form: str
) -> None:
    """The same draft is typed into again and again, each time another end comes; what is gone on with is compared."""
    who, address, ends, fields = LONGEST[form]
    address = address.format(case=case)
    typing = enter(page, who, address)
    for number, end in enumerate(ends, start=1):
        texts = {field: f"第{number}次写到{at}" for at, field in enumerate(fields)}
        for field, text in texts.items():
            if field.endswith("-1") and not typing.locator(field).count():
                typing.press(f"{field[:-1]}0", "Enter")  # makes the next row
            typing.fill(field, text)
        end(typing, context)
        typing.close(run_before_unload=False)
        context.unroute("**/drafts")
        again = context.new_page()
        if end is end_the_session:
            enter_by_form(again, who)
        typing = opened_again(again)
        found = {field: typing.input_value(field) for field in texts}
        lost = sum(len(text) for field, text in texts.items() if found[field] != text)
        print(f"\n{form}, {end.__name__}: {lost} of {sum(map(len, texts.values()))} characters lost")  # noqa: T201 the result
        assert found == texts


def test_a_session_that_ended_is_opened_again_in_place_with_its_files(
    opinion: Page, app: Flask, tmp_path: Path
) -> None:
    file = tmp_path / "调查报告.pdf"
    file.write_bytes(upload("调查报告.pdf")[0].getvalue())
    fill_opinion(opinion)
    opinion.set_input_files("#files", file)
    end_sessions()
    opinion.locator("form.form .btn.main").click()
    dialog = opinion.locator("dialog[open]")
    expect(dialog).to_contain_text("登录已经过期")
    expect(dialog.locator("#again-username")).to_be_focused()
    opinion.keyboard.type("handler")
    opinion.keyboard.press("Tab")
    opinion.keyboard.type("wrong")
    opinion.keyboard.press("Enter")
    expect(dialog.locator("[role=alert]")).not_to_be_empty()
    opinion.fill("#again-password", PASSWORD)
    opinion.keyboard.press("Enter")
    opinion.wait_for_url(lambda url: url.endswith(last_case(app)))
    expect(opinion.locator(".message.success")).to_contain_text("拟稿：处理意见")
    with app.app_context():
        assert db.session.query(Attachment.name).all()
        assert db.session.query(Draft).count() == 0


def fill_opinion(page: Page) -> None:
    """Fill in all that the form asks for."""
    page.fill("#document_no", "阳民信处〔2026〕1号")
    page.fill("#basis", "《村民委员会组织法》第十四条")
    page.fill("#text", WORDS)
    for result in page.locator("input[type=radio][value=explained]").all():
        result.check(force=True)
    for answer in page.locator("textarea[name^=answer]").all():
        answer.fill("已经补登。")


def last_case(app: Flask) -> str:
    with app.app_context():
        return str(db.session.query(Case.public_id).order_by(Case.id.desc()).first()[0])


def test_somebody_else_who_signs_in_sends_nothing(opinion: Page, app: Flask) -> None:
    """Another's name under an act would be the worst of all."""
    fill_opinion(opinion)
    end_sessions()
    before = steps(app)
    opinion.locator("form.form .btn.main").click()
    opinion.fill("#again-username", "acceptor")
    opinion.fill("#again-password", PASSWORD)
    opinion.keyboard.press("Enter")
    expect(opinion.locator("dialog[open] [role=alert]")).to_contain_text("不是打开这张表单的人")
    opinion.click("text=先不提交")
    assert opinion.input_value("#text") == WORDS
    assert steps(app) == before


def steps(app: Flask) -> int:
    with app.app_context():
        return db.session.query(CaseStep).count()


@pytest.mark.parametrize("end", ["the line", "the session"])
def test_what_cannot_be_sent_waits_in_the_browser_encrypted(
    opinion: Page, context: BrowserContext, app: Flask, end: str
) -> None:
    """The line breaks or the session ends while one types; the page is closed; the next one brings the text back."""
    if end == "the line":
        context.route("**/drafts", lambda route: route.abort())
    else:
        end_sessions()
    opinion.fill("#text", WORDS)
    keeps(opinion, "先存在这台电脑的浏览器里")
    stored = opinion.evaluate("JSON.stringify(localStorage)")
    assert "draft|" in stored
    assert WORDS not in stored
    assert WORDS.encode("unicode_escape").decode() not in stored
    assert kept(app) == 0
    opinion.close()
    context.unroute("**/drafts")
    again = context.new_page()
    if end == "the session":
        enter_by_form(again, "handler", "/")
    else:
        again.goto("/")
    assert opened_again(again).input_value("#text") == WORDS
    assert "draft|" not in again.evaluate("JSON.stringify(localStorage)")


def test_without_a_line_nothing_is_sent_and_the_page_stays(opinion: Page, context: BrowserContext) -> None:
    fill_opinion(opinion)
    context.set_offline(True)
    opinion.locator("form.form .btn.main").click()
    expect(opinion.locator(".message.unsent")).to_contain_text("连不上服务器，没有提交。内容都在这一页")
    assert opinion.input_value("#text") == WORDS
    context.set_offline(False)
    opinion.wait_for_function("navigator.onLine")
    opinion.wait_for_timeout(1000)
    opinion.locator("form.form .btn.main").click()
    expect(opinion.locator(".message.success")).to_contain_text("拟稿：处理意见")


def test_a_failure_of_the_server_leaves_a_draft(opinion: Page, app: Flask, context: BrowserContext) -> None:
    """The sending is answered 503: what was typed is on the first page afterwards."""
    fill_opinion(opinion)
    opinion.route(
        "**/steps/draft_opinion",
        lambda route: route.fulfill(status=503, body="busy") if route.request.method == "POST" else route.continue_(),
    )
    opinion.locator("form.form .btn.main").click()
    expect(opinion.locator("body")).to_contain_text("busy")
    opinion.unroute("**/steps/draft_opinion")
    assert opened_again(opinion).input_value("#text") == WORDS


def test_of_a_closed_matter_the_browser_keeps_nothing_and_says_so(
    county: County, case: str, page: Page, context: BrowserContext
) -> None:
    tell(county, case, act("acceptor", Action.RAISE_LEVEL, {"level": "sensitive", "reason": "涉及未成年人。"}))
    form = enter(page, "handler", f"/cases/{case}/steps/draft_opinion")
    context.route("**/drafts", lambda route: route.abort())
    form.fill("#text", WORDS)
    keeps(form, "本件不在浏览器里留存，现在没有存下，请不要关闭页面")
    assert "draft|" not in form.evaluate("JSON.stringify(localStorage)")


def test_what_the_server_refuses_to_keep_is_not_put_into_the_browser(opinion: Page, context: BrowserContext) -> None:
    """Who was shut out of the matter meanwhile keeps nothing of it here either."""
    refusal = '{"error": "没有找到，或者您无权查看。"}'
    context.route("**/drafts", lambda route: route.fulfill(status=404, content_type="application/json", body=refusal))
    opinion.fill("#text", WORDS)
    keeps(opinion, "无权查看")
    assert "draft|" not in opinion.evaluate("JSON.stringify(localStorage)")


def test_signing_out_and_a_day_empty_the_browsers_store(opinion: Page, context: BrowserContext) -> None:
    old = {"at": 0, "iv": "x", "sealed": "x"}
    opinion.evaluate("entry => localStorage.setItem('draft|other|x', JSON.stringify(entry))", old)
    opinion.goto("/")
    opinion.wait_for_function("!JSON.stringify(localStorage).includes('draft|')")
    opinion.goto("/cases/new")
    opinion.evaluate("localStorage.setItem('draft|other|x', JSON.stringify({ at: Date.now() }))")
    opinion.click(".who summary")
    opinion.click("text=退出")
    opinion.wait_for_url("**/sign-in*")
    assert "draft|" not in opinion.evaluate("JSON.stringify(localStorage)")


def test_a_draft_goes_when_its_form_is_sent(opinion: Page, app: Flask) -> None:
    fill_opinion(opinion)
    keeps(opinion)
    assert kept(app) == 1
    opinion.locator("form.form .btn.main").click()
    expect(opinion.locator(".message.success")).to_contain_text("拟稿：处理意见")
    opinion.goto("/")
    opinion.wait_for_timeout(1000)
    expect(opinion.locator(".drafts")).to_have_count(0)
    assert kept(app) == 0
    with app.app_context():
        assert db.session.query(Submission).count()


def test_two_drafts_at_a_time(county: County, page: Page, context: BrowserContext) -> None:
    """A letter, interrupted by a visitor: both are kept, and listed on the first page."""
    letter = enter(page, "registrar", "/cases/new")
    letter.fill("#title", "来信写到一半")
    keeps(letter)
    visit = context.new_page()
    visit.goto("/cases/new?channel=visit")
    expect(visit.locator(".drafts")).to_contain_text("来信写到一半")
    visit.fill("#title", "来访写到一半")
    keeps(visit)
    visit.goto("/")
    expect(visit.locator(".drafts li")).to_have_count(2)
    visit.locator(".drafts li", has_text="来信写到一半").get_by_role("link", name="接着填").click()
    expect(visit.locator("#title")).to_have_value("来信写到一半")
    visit.goto("/")
    visit.locator(".drafts li", has_text="来访写到一半").get_by_role("button", name="放弃草稿").click()
    expect(visit.locator(".drafts li")).to_have_count(1)


@pytest.mark.parametrize("meanwhile", ["extended", "answered"])
def test_a_draft_outlives_what_others_did_meanwhile(county: County, case: str, opinion: Page, meanwhile: str) -> None:
    """The page of before is stale, or the act is no longer possible: the text is shown, and can be added as a note."""
    opinion.fill("#text", WORDS)
    keeps(opinion)
    extended = act("unit_head", Action.EXTEND, {"days": "30", "document_no": "延 1 号", "reason": "需要鉴定。"})
    answered = next(each for each in DELIVERED if each.action == Action.ISSUE_OPINION)
    tell(county, case, extended if meanwhile == "extended" else answered)
    settle()
    again = opened_again(opinion)
    if meanwhile == "extended":
        fill_opinion(again)
        again.locator("form.form .btn.main").click()
        expect(again.locator(".summary")).to_contain_text("本件被别人办理过")
        expect(again.locator("#text")).to_have_value(WORDS)
    else:
        expect(again.locator("form.form")).to_contain_text(WORDS)
        again.click("text=只加说明")
        expect(again.locator("#reason")).to_have_value(re.compile(WORDS))
