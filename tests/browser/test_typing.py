"""Forms under a person's hands: where typing begins, what is said while it goes on, and how it is sent."""

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from tests.browser import test_registration
from tests.browser.entering import enter
from tests.web.arranging import arrange
from tests.web.stories import CLAIM
from tests.world.county import County

pytestmark = pytest.mark.browser
office = test_registration.office
PHONE = ViewportSize(width=390, height=844)


def show(page: Page, body: str) -> None:
    """Show a page of one's own to the script of every page."""
    head = '<meta charset="utf-8"><script src="/static/ledger.js" defer></script>'
    answer = f"<!doctype html><html>{head}<body>{body}</body></html>"
    page.route("**/own", lambda route: route.fulfill(body=answer, content_type="text/html"))
    page.goto("/own")


@pytest.fixture
def desk(page: Page, county: County) -> Page:
    """Give the page 交办 of a matter, open before the one who gives it out."""
    case = arrange(county, county.register(), [CLAIM])
    enter(page, "acceptor").goto(f"/cases/{case}/steps/assign")
    return page


def test_a_step_begins_in_its_first_field_and_a_refused_one_at_the_errors(desk: Page) -> None:
    expect(desk.locator("#department")).to_be_focused()
    desk.locator("form.form .btn.main").click()
    expect(desk.locator("#errors")).to_be_focused()
    expect(desk).to_have_title("错误：交办　XF-2026-000001 · 信访销号台账")
    desk.click(".summary a >> nth=0")
    expect(desk.locator("#department")).to_be_focused()


def test_a_choice_begins_at_what_is_chosen(page: Page) -> None:
    radios = "".join(f'<input type="radio" name="a" value="{n}"{" checked" * (n == 2)}>' for n in (1, 2))
    show(page, f'<form data-begins><input type="hidden" name="h"><input disabled><fieldset>{radios}</fieldset></form>')
    expect(page.locator("[value='2']")).to_be_focused()


def test_a_phone_opens_no_keyboard_over_what_the_step_will_do(county: County, browser: Browser, site: str) -> None:
    case = arrange(county, county.register(), [CLAIM])
    context = browser.new_context(base_url=site, locale="zh-CN", viewport=PHONE, has_touch=True, is_mobile=True)
    phone = enter(context.new_page(), "acceptor")
    phone.goto(f"/cases/{case}/steps/assign")
    expect(phone.locator("#department")).to_be_visible()
    assert phone.evaluate("document.activeElement === document.body")
    context.close()


def paste(page: Page, field: str, text: str) -> None:
    """Paste a text into a field as a person does."""
    page.evaluate("(text) => navigator.clipboard.writeText(text)", text)
    page.focus(field)
    page.keyboard.press("Control+V")


@pytest.fixture
def form(context: BrowserContext, page: Page, office: None) -> Page:
    """Give the page of registration, and a clipboard."""
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    enter(page, "registrar", "/cases/new")
    return page


def rows(page: Page, name: str) -> list[str]:
    """Return what is in the rows of a field, from the first to the last that holds something."""
    texts = [field.input_value() for field in page.locator(f"[name={name}]").all()]
    while texts and not texts[-1]:
        texts.pop()
    return texts


POINTS = "1. 公开三年账目\r\n2、说明 1.5 亩地的去向\n\n（3）退还多收的水费\n四、3、5号楼漏水\n⑤处理责任人\n1.5亩地补偿"


def test_lines_that_are_pasted_become_rows(form: Page) -> None:
    paste(form, "#demand_points-0", POINTS)
    made = ["公开三年账目", "说明 1.5 亩地的去向", "退还多收的水费", "3、5号楼漏水", "处理责任人", "1.5亩地补偿"]
    assert rows(form, "demand_points") == made
    expect(form.locator("#demand_points-5")).to_be_focused()
    assert form.locator("#demand_points-5").get_attribute("aria-label") == "诉求点 6：要求什么；一行一个，逐个答复"


def test_what_stands_in_the_rows_stays_when_lines_are_pasted(form: Page) -> None:
    form.fill("#demand_points-0", "前后")
    form.press("#demand_points-0", "Enter")
    form.fill("#demand_points-1", "已有的一条")
    form.press("#demand_points-0", "Home")
    form.press("#demand_points-0", "ArrowRight")
    paste(form, "#demand_points-0", "甲\n乙\n丙")
    assert rows(form, "demand_points") == ["前甲", "乙", "丙后", "已有的一条"]
    paste(form, "#title", "第一行\n第二行")
    assert form.input_value("#title") in ("第一行第二行", "第一行 第二行"), "a single line stays one"


def test_names_are_pasted_as_a_list_and_none_is_dropped(form: Page) -> None:
    form.check("input[name=channel][value=visit]")
    paste(form, "#representatives-0", "王建国、李四，赵五;钱六\n孙七,周八")
    assert rows(form, "representatives") == ["王建国", "李四", "赵五", "钱六", "孙七", "周八"]
    told = form.locator("#representatives > .room")
    expect(told).to_have_text("最多 5 行，现在有 6 行，请减少")
    test_registration.fill(form, "王建国", "反映账目没有公开")
    form.click(".submit .main")
    expect(form.locator("#errors")).to_contain_text("代表人最多 5 行，现在有 6 行。")
    assert rows(form, "representatives") == ["王建国", "李四", "赵五", "钱六", "孙七", "周八"]
    expect(told).to_be_visible()
    form.fill("#representatives-5", "")
    expect(told).to_be_hidden()


def test_cells_of_a_table_go_to_their_columns(form: Page) -> None:
    paste(form, "#accused_name-0", "张大山\t村主任\n李小河\t会计\n王某")
    assert rows(form, "accused_name") == ["张大山", "李小河", "王某"]
    assert rows(form, "accused_post") == ["村主任", "会计"]


def test_nothing_is_cut_and_what_is_over_is_said(form: Page) -> None:
    count = form.locator("#title ~ .room")
    form.fill("#title", "长" * 160)
    expect(count).to_be_hidden()
    form.fill("#title", "长" * 161)
    expect(count).to_have_text("已写 161 字，最多 200 字")
    assert count.get_attribute("aria-live") == "off"
    paste(form, "#title", "𠂇" * 50)
    assert form.evaluate("Array.from(document.querySelector('#title').value).length") == 211
    expect(count).to_have_text("最多 200 个字，现在有 211 个，请精简")
    assert count.get_attribute("aria-live") == "polite"
    form.click(".submit .main")
    expect(form.locator("#title-error")).to_have_text("标题最多 200 个字，现在有 211 个，请精简。")
    expect(form.locator("#title ~ .room")).to_contain_text("现在有 211 个")
    paste(form, "#demand_points-0", "长" * 501)
    expect(form.locator("#demand_points-0 ~ .room")).to_contain_text("最多 500 个字，现在有 501 个")
    assert form.locator("[maxlength]:visible").evaluate_all("fields => fields.map((field) => field.id)") == [
        "find",
        "village",
    ]


def test_a_text_grows_with_what_is_in_it(form: Page) -> None:
    def heights() -> list[int]:
        box = "field => [field.clientHeight, field.scrollHeight, innerHeight]"
        return list(form.locator("#summary").evaluate(box))

    empty = heights()[0]
    form.fill("#summary", "\n".join(f"第 {n} 段" for n in range(12)))
    grown, whole, _ = heights()
    assert grown == whole > 2 * empty
    form.fill("#summary", "短")
    assert heights()[0] == empty
    form.fill("#summary", "\n".join("长" for _ in range(200)))
    grown, whole, screen = heights()
    assert 0.7 * screen < grown < 0.85 * screen < whole, "no more than the screen holds"


def test_a_unit_is_chosen_by_its_initials(desk: Page) -> None:
    told = desk.locator("#department ~ .typed")
    chosen = desk.locator("#department option:checked")
    desk.keyboard.type("mz")  # of 县民政局: what begins otherwise may be left out
    expect(chosen).to_have_text("县民政局")
    expect(told).to_have_text("mz：县民政局")
    desk.keyboard.press("Tab")
    expect(told).to_have_text("")
    expect(desk.locator("#handler optgroup:not([hidden])")).to_have_attribute("label", "县民政局")


def test_mistyped_initials_choose_nothing(form: Page) -> None:
    told, chosen = form.locator("#category ~ .typed"), form.locator("#category option:checked")
    form.select_option("#category", label="惠农补贴")
    form.focus("#category")
    form.keyboard.type("cw")
    expect(chosen).to_have_text("村务管理")
    form.keyboard.type("x")
    expect(chosen).to_have_text("惠农补贴"), "the choice of before"
    expect(told).to_have_text("没有首字母为“cwx”的内容分类")
    form.keyboard.type("t")  # which alone would be 土地承包经营
    expect(chosen).to_have_text("惠农补贴")
    form.keyboard.press("Backspace")
    form.keyboard.press("Backspace")
    expect(chosen).to_have_text("村务管理")
    form.keyboard.press("Backspace")
    form.keyboard.press("Backspace")
    expect(chosen).to_have_text("惠农补贴")
    expect(told).to_have_text("")
    form.keyboard.type("jccx")
    form.wait_for_timeout(1600)
    expect(told).to_have_text("没有首字母为“jccx”的内容分类")
    form.keyboard.type("td")
    expect(chosen).to_have_text("土地承包经营")
    assert "wrong" not in (told.get_attribute("class") or "")
