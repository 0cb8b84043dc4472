"""The whole story in a real browser, each person at his own screen: from registration to the seal 已销号."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.people.factories import PASSWORD
from tests.world.county import County
from tracker.audit.queries import verify
from tracker.cases.record.models import Case
from tracker.cases.record.rules.codes import LedgerStatus
from tracker.core.database import db

pytestmark = pytest.mark.browser
PHONE = ViewportSize(width=390, height=844)
SCREEN = ViewportSize(width=1366, height=768)
Person = Callable[[str], Page]


@pytest.fixture
def person(browser: Browser, site: str, county: County) -> Iterator[Person]:
    """Give each person's own browser, signed in; the leader's is a phone."""
    complaints: list[str] = []
    opened: dict[str, Page] = {}

    def screen_of(username: str) -> Page:
        if username not in opened:
            size = PHONE if username == "lead" else SCREEN
            page = browser.new_context(base_url=site, locale="zh-CN", viewport=size).new_page()
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.on("console", lambda m: complaints.append(m.text) if "Content Security" in m.text else None)
            page.goto("/sign-in")
            page.fill("#username", username)
            page.fill("#password", PASSWORD)
            page.press("#password", "Enter")
            expect(page.locator("h1")).to_contain_text("今天要办的事")
            opened[username] = page
        return opened[username]

    yield screen_of
    for page in opened.values():
        page.context.close()
    assert complaints == []


def fill(page: Page, name: str, value: str) -> None:
    """Fill a field or choose by value or visible words, whether it is a text, a list or segments."""
    field = page.locator(f"[name='{name}']").first
    kind = field.evaluate("field => field.tagName + '.' + field.type")
    if kind.startswith("SELECT"):
        option = field.locator("option", has_text=value).first
        field.select_option(value=option.get_attribute("value"))
    elif kind == "INPUT.radio":
        page.locator(f"label:has([name='{name}'])", has_text=value).first.click()
    else:
        field.fill(value)


def step(page: Page, case: str, action: str, state: str, **fields: str) -> None:
    """Find the step on the case, fill its form, send it, and read the new state on the case."""
    page.goto(case)
    assert page.locator(f"a[href$='/steps/{action}']").count(), f"no way to {action} on the page"
    page.goto(f"{case}/steps/{action}")
    for name, value in fields.items():
        fill(page, name.replace("__", "-"), value)
    page.locator("form.form button.main").first.click()
    page.wait_for_url(f"**{case}*")
    expect(page.locator("main")).to_contain_text(state)


def test_from_registration_to_the_seal(person: Person, app: Flask) -> None:
    clerk = person("registrar")
    clerk.goto("/cases/new")
    clerk.fill("#petitioner_name", "原秀英")
    clerk.fill("#phone", "13900000001")
    clerk.locator("[name=village_text]").press_sequentially("上庄")
    clerk.locator("#village-found [role=option]").first.click()
    clerk.fill("#title", "反映上庄村选民登记遗漏")
    clerk.fill("#summary", "来信反映选民名单漏登十余户。")
    clerk.fill("[name=demand_points]", "补登遗漏的选民户。")
    fill(clerk, "purpose", "求决")
    clerk.get_by_role("button", name="保存", exact=True).click()
    expect(clerk.locator(".message.success")).to_contain_text("已登记 XF-2026-000001")
    with app.app_context():
        row = db.session.query(Case).one()
        case, point = f"/cases/{row.public_id}", row.demand_points[0].id

    desk = person("acceptor")
    step(desk, case, "triage", "待交办", matter_class="申诉求决类", route="信访程序")
    step(
        desk, case, "assign", "待签收",
        department="县民政局", handler="王海燕", lead_official="陈志远", due_on="2027-01-15",
    )  # fmt: skip

    handler, head = person("handler"), person("unit_head")
    step(handler, case, "sign_for", "待受理")
    step(handler, case, "accept", "办理中", document_no="阳访受〔2026〕1号", method="直接送达", served_to="原秀英")
    answered = {f"result__{point}": "支持", f"answer__{point}": "遗漏属实，已补登并重新公布。"}
    step(
        handler, case, "draft_opinion", "待签发",
        document_no="阳访意〔2026〕1号", text="事实清楚。", basis="村民委员会组织法。", **answered,
    )  # fmt: skip
    step(head, case, "return_draft", "退回修改", reason="请写明法律依据的条款。")
    step(handler, case, "draft_opinion", "待签发", basis="村民委员会组织法第十四条。")
    step(head, case, "issue_opinion", "待送达")
    step(handler, case, "deliver", "已答复", method="直接送达", served_to="原秀英", proof="回证0001")
    step(handler, case, "carry_out", "十一户已补登", **{f"note__{point}": "十一户已补登，公告照片存档。"})
    step(handler, case, "confirm_file", "已答复", note="登记表、意见书、送达回证")
    step(handler, case, "apply_close_out", "已申请销号", reason="诉求已落实。")
    step(head, case, "confirm_close_out", "待信访部门审核", reason="同意销号。")

    checker = person("checker")
    step(checker, case, "call_back", "待信访部门审核", reason="电话回访，信访人确认。")
    step(checker, case, "check_close_out", "待领办领导签批", reason="材料齐全。")

    leader = person("lead")
    leader.goto("/")
    leader.get_by_role("link", name="待我签批").click()
    expect(leader.locator("main")).to_contain_text("反映上庄村选民登记遗漏")
    step(leader, case, "sign_close_out", "已销号", reason="同意销号。")
    seal = leader.locator(".seal").first
    expect(seal).to_contain_text("陈志远")
    assert leader.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")

    with app.app_context():
        row = db.session.query(Case).one()
        assert (row.ledger_status, row.closed_by.username) == (LedgerStatus.CLOSED, "lead")
        assert verify().wrong is None
