"""登记 in a real browser: by keyboard alone, with what the script adds; and without script."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.browser.entering import enter
from tests.client import settle
from tests.conftest import Clock
from tests.places.divisions import COUNTY, VILLAGE
from tests.world.county import County
from tests.world.rows import category
from tracker import audit
from tracker.cases.record.models import Case
from tracker.core.database import committed, db

pytestmark = pytest.mark.browser
PHONE = ViewportSize(width=390, height=844)
SAVED = re.compile("已登记 XF-2026-00000[1-9]")


@pytest.fixture
def office(county: County) -> None:
    """Give an office whose county's division is known, and categories."""
    with committed():
        county.county.place_code = COUNTY
        top = category("农村农业")
        for name in ("土地承包经营", "村务管理", "惠农补贴"):
            category(name, top)
        audit.record(audit.Event.CATEGORY_CHANGED, by=None, now=Clock.now())
    settle()


@pytest.fixture
def form(page: Page, office: None) -> Page:
    """Give the form, open before the clerk."""
    enter(page, "registrar", "/cases/new")
    return page


@pytest.fixture
def plain(browser: Browser, site: str, office: None) -> Iterator[Page]:
    """Give the form in a browser that runs no script."""
    context = browser.new_context(base_url=site, java_script_enabled=False)
    page = context.new_page()
    enter(page, "registrar", "/cases/new")
    yield page
    context.close()


def cases(app: Flask) -> list[Any]:
    with app.app_context():
        rows = db.session.query(Case.title, Case.village_id, Case.original_id, Case.channel).order_by(Case.id)
        return [tuple(row) for row in rows]


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.name || document.activeElement.id"))


def test_the_keyboard_alone_registers_one_and_the_next(form: Page, app: Flask) -> None:
    """From the first key to saving: no mouse, and never under the bar at the foot."""
    keys = form.keyboard

    def tab(to: str) -> None:
        keys.press("Tab")
        assert focused(form) == to
        expect(form.locator(":focus")).to_be_in_viewport()

    def type_into(name: str, text: str) -> None:
        tab(name)
        keys.insert_text(text)

    assert focused(form) == "petitioner_name"
    for name in ("anonymous", "people_count", "posted_on", "received_on", "channel"):
        keys.press("Shift+Tab")
        assert focused(form) == name
    keys.press("ArrowRight")
    tab("received_on")
    tab("received_by")
    tab("people_count")
    type_into("petitioner_name", "王建国")
    tab("identity_no")
    type_into("phone", "13812345678")
    type_into("address", "上庄村二组")
    tab("represents")
    tab("representatives")
    tab("village_text")
    keys.type("rcsz")
    form.wait_for_selector("#village-found [role=option]")
    keys.press("Enter")
    expect(form.locator("#village")).to_have_value("阳城县 · 润城镇 · 上庄村")
    type_into("demand_points", "公开三年账目")
    keys.press("Enter")
    assert form.locator(":focus").get_attribute("id") == "demand_points-1"
    keys.insert_text("说明工程款去向")
    keys.press("Enter")
    assert form.locator(":focus").get_attribute("id") == "demand_points-2"
    type_into("summary", "来访反映上庄村三年以来财务账目没有公开。")
    tab("purpose")
    keys.press("ArrowRight")
    tab("category")
    keys.type("cwgl")
    expect(form.locator("#category option:checked")).to_have_text("村务管理")
    tab("title")
    expect(form.locator("#title")).to_have_value("公开三年账目")
    keys.insert_text("反映上庄村账目三年没有公开")  # what is proposed is selected, and typed over
    tab("occurred_on")
    keys.press("Enter")
    expect(form.locator(".message.success")).to_contain_text(SAVED)
    assert re.search(r"/cases/[\w-]{22}$", form.url)
    assert [row[0] for row in cases(app)] == ["反映上庄村账目三年没有公开"]
    assert cases(app)[0][3] == "visit"


@pytest.mark.parametrize(
    "field",
    [
        "#summary",
        "#village",
        *(pytest.param(each, marks=pytest.mark.long) for each in ("#title", "#demand_points-0", "#category")),
    ],
)
def test_ctrl_enter_sends_from_any_field_and_the_page_says_so(form: Page, field: str) -> None:
    expect(form.locator(".by-keys")).to_contain_text("Ctrl＋Enter 提交")
    fill(form, "王建国", "水管破损")
    form.press(field, "Control+Enter")
    expect(form.locator(".message.success")).to_contain_text(SAVED)


def test_the_title_is_proposed_from_the_first_point_until_somebody_types_one(form: Page) -> None:
    form.fill("#demand_points-0", "公开三年账目")
    expect(form.locator("#title")).to_have_value("公开三年账目")
    expect(form.locator("#title ~ .echo")).to_have_text("按第一个诉求点代拟，可以改")
    form.fill("#demand_points-0", "公开五年账目")
    expect(form.locator("#title")).to_have_value("公开五年账目")
    form.fill("#title", "反映账目不公开")
    form.fill("#demand_points-0", "公开十年账目")
    expect(form.locator("#title")).to_have_value("反映账目不公开")
    expect(form.locator("#title ~ .echo")).to_have_text("")


def test_the_next_of_a_pile_begins_at_the_name(form: Page) -> None:
    fill(form, "王建国", "水管破损")
    form.click("text=保存并登记下一件")
    expect(form.locator(".message.success")).to_contain_text(SAVED)
    assert focused(form) == "petitioner_name"
    expect(form.locator(".btn.main")).to_have_text("保存并登记下一件")
    fill(form, "别的人", "反映低保没有评上")
    form.press("#title", "Enter")
    expect(form.locator(".message.success")).to_contain_text("XF-2026-000002")
    assert focused(form) == "petitioner_name"


def fill(page: Page, name: str, title: str) -> None:
    page.fill("#petitioner_name", name)
    page.fill("#village", VILLAGE)
    page.fill("#title", title)
    page.fill("#summary", f"{title}，请求处理。")
    page.fill("#demand_points-0", "请求处理")
    page.check("input[name=purpose][value=settlement]")
    page.select_option("#category", label="村务管理")


def test_the_channel_decides_the_fields(form: Page) -> None:
    shown = {
        "letter": {"posted_on", "anonymous"},
        "visit": {"received_by", "representatives-0"},
        "call": {"hotline_no", "anonymous"},
        "online": {"source_no", "anonymous"},
        "superior": {"superior_office", "superior_no", "superior_due_on", "anonymous"},
        "other": {"source_no", "anonymous"},
    }
    every = set().union(*shown.values())
    for channel, fields in shown.items():
        form.check(f"input[name=channel][value={channel}]")
        assert {name for name in every if form.locator(f"#{name}").is_visible()} == fields, channel
        assert all(form.locator(f"#{name}").is_disabled() for name in every - fields), channel


def test_a_village_typed_and_left_is_settled_when_only_one_is_meant(form: Page) -> None:
    form.fill("#village", "上庄村")
    form.press("#village", "Tab")
    expect(form.locator("#village")).to_have_value("阳城县 · 润城镇 · 上庄村")
    form.fill("#village", "村")
    form.press("#village", "Enter")  # never sends the form from half a village
    form.wait_for_selector("#village-found [role=option]")
    assert form.url.endswith("/cases/new")
    form.press("#village", "ArrowDown")
    form.press("#village", "ArrowDown")
    assert form.locator("#village-found [aria-selected=true]").count() == 1
    form.press("#village", "Escape")
    assert form.locator("#village-found").is_hidden()


def test_earlier_matters_come_up_while_typing_and_the_clerk_decides(form: Page, app: Flask) -> None:
    fill(form, "王建国", "反映上庄村账目三年没有公开")
    form.click(".submit .main")
    expect(form.locator(".message.success")).to_contain_text(SAVED)
    form.goto("/cases/new")
    panel = form.locator(".earlier")
    expect(panel).to_contain_text("填写姓名、属地和标题后")
    form.fill("#petitioner_name", "王 建国")
    expect(panel).to_contain_text("XF-2026-000001")
    expect(panel).to_contain_text("信访人同名")
    assert panel.locator("input:checked").count() == 0
    fill(form, "王建国", "反映上庄村账目三年没有公开")
    expect(panel).to_contain_text("内容几乎相同")
    form.click(".submit .main")  # not decided yet: asked once
    expect(form.locator(".summary")).to_contain_text("有 1 件旧件可能是同一件事")
    assert form.input_value("#title") == "反映上庄村账目三年没有公开"
    form.click(".summary a")
    form.locator(".earlier li input[type=radio]").check()
    assert form.locator(".earlier > .error").is_hidden()
    form.click(".submit .main")
    expect(form.locator(".message.success")).to_contain_text("作为重件接到原件")
    assert [row[2] is not None for row in cases(app)] == [False, True]


def test_none_of_these_is_undone_by_something_new(form: Page) -> None:
    for name, title in (("王建国", "反映上庄村账目三年没有公开"), ("李四", "反映自来水管破损无人修理")):
        fill(form, name, title)
        form.click("text=保存并登记下一件")
        expect(form.locator(".message.success")).to_contain_text(title)
    form.fill("#petitioner_name", "王建国")
    anew = form.locator(".earlier .anew input")
    expect(form.locator(".earlier")).to_contain_text("XF-2026-000001")
    anew.check()
    form.fill("#address", "上庄村")
    form.wait_for_timeout(1200)
    assert anew.is_checked()
    form.fill("#title", "反映自来水管破损无人修理")
    form.fill("#summary", "反映自来水管破损无人修理，请求处理。")
    expect(form.locator(".earlier")).to_contain_text("XF-2026-000002")
    assert not anew.is_checked()


def test_rows_come_and_go(form: Page) -> None:
    form.click("text=再加一名")
    form.fill("#accused_name-1", "张大山")
    form.locator("#accused_name li").first.locator(".remove").click()
    assert form.input_value("#accused_name-0") == "张大山"
    assert form.locator("#accused_name-0").get_attribute("aria-label") == "姓名或者单位，与职务 1：姓名或者单位名称"


def test_an_accusation_says_what_it_means(form: Page) -> None:
    note = form.locator("text=揭发控告按“检举控告”管理")
    assert note.is_hidden()
    form.check("input[name=purpose][value=accusation]")
    assert note.is_visible()


def test_a_double_click_makes_one_case(form: Page, app: Flask) -> None:
    fill(form, "王建国", "水管破损")
    form.dblclick(".submit .main")
    expect(form.locator(".message.success")).to_contain_text(SAVED)
    assert len(cases(app)) == 1


def test_errors_lead_to_their_fields(form: Page) -> None:
    form.fill("#received_on", "2月30日")
    form.click(".submit .main")
    expect(form.locator("#errors")).to_be_focused()
    form.click(".summary a >> nth=0")
    assert focused(form) == "received_on"
    assert form.input_value("#received_on") == "2月30日"


def test_it_fits_the_phone(form: Page) -> None:
    form.set_viewport_size(PHONE)
    for channel in ("visit", "superior"):
        form.check(f"input[name=channel][value={channel}]")
        assert form.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    small = form.evaluate(
        "Array.from(document.querySelectorAll('#registration input:not([type=hidden]):not([type=radio])"
        ":not([type=checkbox]), #registration select, #registration .btn')).filter(e => e.getClientRects().length)"
        ".map(e => e.getBoundingClientRect()).filter(r => r.height < 34).length"
    )
    assert small == 0


def test_everything_works_without_script(plain: Page, app: Flask) -> None:
    """Every field is there, every button answers; a mistake loses nothing; earlier matters are asked about."""
    for name in ("posted_on", "received_by", "hotline_no", "superior_office", "representatives-4"):
        assert plain.locator(f"#{name}").is_visible()
    fill(plain, "王建国", "")
    plain.fill("#summary", "")
    plain.press("#people_count", "Enter")
    expect(plain.locator(".summary")).to_contain_text("请填写概况")
    assert plain.input_value("#village") == "阳城县 · 润城镇 · 上庄村"
    fill(plain, "王建国", "反映账目没有公开")
    plain.click("text=保存并登记下一件")
    expect(plain.locator(".message.success")).to_contain_text(SAVED)
    fill(plain, "王建国", "反映账目没有公开")
    plain.click("text=查找先前信访事项")
    expect(plain.locator(".earlier")).to_contain_text("XF-2026-000001")
    assert plain.input_value("#title") == "反映账目没有公开"
    plain.click("text=存草稿")
    expect(plain.locator(".message.success")).to_contain_text("草稿已存")
    plain.locator(".earlier .anew input").check()
    plain.click(".submit .main")
    expect(plain.locator(".message.success")).to_contain_text("XF-2026-000002")
    assert [row[2] for row in cases(app)] == [None, None]
