"""Acts in a real browser, at the office's screen and the phone's: correcting, refusing, finding late, signing.

Each person signs in in turn; what comes before a story is arranged by the services.
"""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.entering import enter
from tests.browser.looking import WIDTHS, look
from tests.web.arranging import arrange
from tests.web.stories import ACCEPTED, CLAIM, SIGNED_FOR, Act, _assign, act
from tests.world.county import County
from tracker.cases.lifecycle.rules.actions import Action

pytestmark = pytest.mark.browser
URGENT = act("office_head", Action.MARK_URGENT, {"reason": "百余人签名，临近选举日。"})


class Desk:
    """One matter at one screen; people sit down at it one after the other."""

    def __init__(self, page: Page, county: County, *before: Act) -> None:
        self.page, self.county = page, county
        self.case = arrange(county, county.register(), before)

    def sits(self, who: str) -> "Desk":
        """Somebody signs in and opens the matter."""
        self.page.context.clear_cookies()
        enter(self.page, self.county.user(who).username, f"/cases/{self.case}")
        return self

    def opens(self, action: Action) -> "Desk":
        """Open the form of an act by its link on the matter's page, which names it."""
        link = self.page.locator(f"main a[href$='/steps/{action}']").first
        self.page.goto(str(link.get_attribute("href")))
        return self

    def types(self, **said: str) -> "Desk":
        """Fill fields in, or choose by value."""
        for name, value in said.items():
            field = self.page.locator(f"main form [name='{name}']").first
            kind = field.evaluate("field => field.tagName + '.' + field.type")
            if kind.startswith("SELECT"):
                field.select_option(value)
            elif kind == "INPUT.radio":
                self.page.locator(f"main form [name='{name}'][value='{value}']").check()
            else:
                field.fill(value)
        return self

    def sends(self, *, seen: str) -> "Desk":
        """Look at the form, send it, and read on the matter's page what it did."""
        look(self.page, f"{self.page.url.rsplit('/', 1)[-1]}-form")
        self.page.locator("main form .submit button.btn").first.click()
        self.page.wait_for_url(f"**/cases/{self.case}*")
        expect(self.page.locator("main")).to_contain_text(seen)
        look(self.page, f"after-{seen[:12]}")
        return self

    def reads(self, words: str) -> "Desk":
        """Find words on the page."""
        expect(self.page.locator("main")).to_contain_text(words)
        return self

    def has_no(self, action: Action) -> "Desk":
        """Find no link to an act on the page."""
        expect(self.page.locator(f"main a[href$='/steps/{action}']")).to_have_count(0)
        return self


@pytest.fixture(params=WIDTHS)
def screen(page: Page, request: pytest.FixtureRequest) -> Page:
    """Give the office's screen, or the phone."""
    page.set_viewport_size({"width": request.param, "height": 900})
    return page


def test_a_day_of_receipt_is_corrected_with_a_reason_and_the_old_one_stays(screen: Page, county: County) -> None:
    desk = Desk(screen, county, CLAIM)
    desk.sits("office_head").opens(Action.CORRECT_RECEIPT).types(
        received_on="11月17日", reason="信封邮戳为准，登记时看错。"
    )
    desk.sends(seen="更正收到日期").reads("2026年11月17日").reads("信封邮戳为准，登记时看错。").reads("2026年11月18日")


def test_a_matter_is_refused_by_draft_and_signature_and_the_refusal_taken_back(screen: Page, county: County) -> None:
    desk = Desk(screen, county, CLAIM, _assign(), SIGNED_FOR)
    desk.sits("handler").opens(Action.DRAFT_NOT_ACCEPT)
    desk.types(
        ground="other_route", organ="阳城县人民法院", reason="已经判决，应申请再审。", document_no="阳访不〔2026〕1号"
    ).sends(seen="待签发")
    desk.sits("unit_head").opens(Action.NOT_ACCEPT)
    desk.types(sent_on="今天", method="in_person", served_to="延秀兰")
    desk.sends(seen="不予受理").reads("不予受理告知书")
    desk.sits("handler").has_no(Action.WITHDRAW_REFUSAL)
    desk.sits("office_head").opens(Action.WITHDRAW_REFUSAL).types(reason="判决没有涉及本人诉求。")
    desk.sends(seen="待交办").reads("判决没有涉及本人诉求。")


def test_an_accusation_found_late_leaves_the_unit_at_once(screen: Page, county: County) -> None:
    desk = Desk(screen, county, CLAIM, _assign(), SIGNED_FOR, ACCEPTED)
    desk.sits("acceptor").opens(Action.SEAL_ACCUSATION).types(reason="来信第二页反映村主任收钱。")
    desk.sends(seen="待交办").reads("检举控告")
    screen.context.clear_cookies()
    enter(screen, county.user("handler").username, f"/cases/{desk.case}")
    expect(screen.locator("h1")).to_contain_text("不存在，或您无权查看")
    screen.goto("/cases")
    expect(screen.locator("main")).not_to_contain_text(county.case(desk.case).title)


def test_a_grave_answer_is_drafted_referred_approved_and_signed(screen: Page, county: County) -> None:
    desk = Desk(screen, county, URGENT, CLAIM, _assign(), SIGNED_FOR, ACCEPTED)
    points = [point.id for point in county.case(desk.case).demand_points]
    answers = {f"result-{point}": "explained" for point in points} | {f"answer-{point}": "已核实。" for point in points}
    said = {"document_no": "阳访意〔2026〕1号", "text": "经查，情况属实。", "basis": "村民委员会组织法。"}
    desk.sits("handler").opens(Action.DRAFT_OPINION).types(**said, **answers).sends(seen="待签发")
    desk.sits("unit_head").opens(Action.REFER_DRAFT).reads("经查，情况属实。").reads("告知主要领导").sends(
        seen="主要领导"
    )
    desk.sits("leader").opens(Action.APPROVE_DRAFT).reads("经查，情况属实。").sends(seen="审批同意")
    desk.sits("unit_head").opens(Action.ISSUE_OPINION)
    expect(screen.locator("main")).to_contain_text("经查，情况属实。")
    desk.sends(seen="待送达").reads("信访处理意见书")
