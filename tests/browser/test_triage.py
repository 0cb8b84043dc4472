"""From the letter to the unit by keyboard alone: how many keys it takes beside the text, and none of it typed twice."""

from collections import Counter

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.browser import test_registration
from tests.browser.entering import enter
from tests.world.county import County
from tracker.cases.record.models import Assignment, Case
from tracker.core.database import db

pytestmark = pytest.mark.browser
office = test_registration.office
# What the same took before: registration; on to 分类, into its form, into 交办 (tabs).
BEFORE = "22，25 + 15 + 15 Tab"
MOST_KEYS = 20
POINT, WORDS = "尽快维修三组漏水的主管道", "请查明漏损情况，尽快修好，书面答复。"


class Hands:
    """A person at the keyboard: counts every key that is no text, and all that is typed."""

    def __init__(self, page: Page) -> None:
        self.page, self.keys, self.texts = page, Counter[str](), Counter[str]()

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.keys[key] += 1

    def initials(self, letters: str) -> None:
        self.page.keyboard.type(letters)
        self.keys["首字母"] += len(letters)

    def type(self, text: str, *, into: str) -> None:
        assert test_registration.focused(self.page) == into
        self.page.keyboard.insert_text(text)
        self.texts[text] += 1


def test_a_letter_from_the_desk_to_the_unit_by_keyboard(county: County, office: None, page: Page, app: Flask) -> None:
    desk = enter(page, "acceptor")
    hands = Hands(desk)
    expect(desk.locator(".buckets")).to_be_visible()
    hands.press("n")
    expect(desk.locator("#petitioner_name")).to_be_focused()
    hands.type("刘长河", into="petitioner_name")
    for name, text in (("identity_no", "140522197003150014"), ("phone", "13812345120"), ("address", "上庄村三组")):
        hands.press("Tab")
        hands.type(text, into=name)
    hands.press("Tab")
    hands.type("润城 上庄", into="village_text")
    expect(desk.locator("#village-found [role=option]")).to_have_count(1)
    hands.press("Tab")
    expect(desk.locator("#village")).to_have_value("阳城县 · 润城镇 · 上庄村")
    hands.type(POINT, into="demand_points")
    hands.press("Tab")
    hands.type("三组的自来水主管道从九月下旬开始漏水，路面长期积水。", into="summary")
    hands.press("Tab")
    hands.press("ArrowRight")
    expect(desk.locator("[name=purpose]:checked")).to_have_value("settlement")
    hands.press("Tab")
    hands.initials("cw")
    expect(desk.locator("#category option:checked")).to_have_text("村务管理")
    hands.press("Control+Enter")
    desk.wait_for_url("**/triage")
    registering = hands.keys.total()
    expect(desk.locator("#department")).to_be_focused()
    hands.initials("zr")
    expect(desk.locator("#department option:checked")).to_contain_text("县自然资源局")
    expect(desk.locator("#lead_official option:checked")).to_contain_text("陈志远")
    hands.press("Tab")
    hands.type(WORDS, into="proposal")
    hands.press("Control+Enter")
    expect(desk.locator(".message.success")).to_contain_text("已办理“分类并交办”：XF-2026-000001。这个列表办完了。")

    total = hands.keys.total()
    parts = f"登记 {registering}，分类并交办 {total - registering}；以前 {BEFORE}"
    which = "，".join(f"{key} {count}" for key, count in hands.keys.most_common())
    print(f"\n一封来信，登记到交办：{total} 键（{parts}）：{which}")  # noqa: T201 the result
    assert total <= MOST_KEYS
    assert set(hands.texts.values()) == {1}, "nothing is typed twice"
    with app.app_context():
        case, given = db.session.query(Case).one(), db.session.query(Assignment).one()
        assert (case.title, case.status, case.route) == (POINT, "assigned", "petition")
        assert (given.handler_id, given.proposal) == (county.ids["stranger"], WORDS)


def test_an_accusation_is_only_classified_and_the_keys_go_through_the_list(county: County, page: Page) -> None:
    first, second = county.register(title="第一件"), county.register(title="第二件")
    desk = enter(page, "acceptor")
    desk.goto(f"/cases/{first}/triage")
    desk.check("[name=matter_class][value=accusation]")
    expect(desk.locator("#department")).to_be_hidden()
    expect(desk.get_by_text("交办，看下一件")).to_be_hidden()
    desk.locator("h1").click()
    desk.keyboard.press("j")
    desk.wait_for_url(f"**/cases/{second}/triage?*")
    desk.locator("h1").click()
    desk.keyboard.press("k")
    desk.wait_for_url(f"**/cases/{first}/triage?*")
    desk.check("[name=matter_class][value=accusation]")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator(".message.success")).to_contain_text("已办理“分类”：XF-2026-000001。")
    desk.wait_for_url(f"**/cases/{second}/triage?*")
