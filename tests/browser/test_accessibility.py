"""No serious finding of axe (WCAG 2) on the main pages, on an office screen and on a phone, in light and in dark."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, ViewportSize
from sqlalchemy import select

from tests.browser.conftest import OFFICE_SCREEN
from tests.browser.entering import enter
from tests.browser.test_leader_desk import LONG, PHONE
from tests.web.browsing import take
from tests.web.test_supervision import escalate, worked
from tests.world.county import County
from tracker.cases.lifecycle.rules.actions import Action
from tracker.core import clock
from tracker.core.database import committed, db
from tracker.jobs.ticking import tick
from tracker.reminders.ladder.rules.rungs import RungLevel
from tracker.reminders.models import DONE, TickRun

pytestmark = pytest.mark.browser
GRAVE = {"serious", "critical"}
URGED = {"reply_by": "2026-11-26", "reason": "请抓紧办理，书面报告进展。"}

# Who → the pages they live on; {case}, and {run} of the timer whose notices wait, are filled in.
Pages = dict[str, tuple[str, ...]]
PAGES: Pages = {
    "lead": ("/", "/supervision", "/supervision/print", "/cases/{case}", "/cases/{case}/steps/instruct"),
    "supervisor": (
        "/cases",
        "/supervision/orders",
        "/cases/{case}/told",
        "/cases/{case}/steps/supervise",
        "/inbox",
        "/inbox/today",
        "/ladder",
        "/timer",
        "/timer/{run}/held",
        "/timer/simulation?on=20261201",
        "/holidays",
        "/account",
        "/account/feed",
    ),
    "admin": ("/ladder/edit", "/people", "/categories"),
    "registrar": ("/cases/new", "/places"),
}
FIRST_PAGES: Pages = {who: addresses[:1] for who, addresses in PAGES.items()}


@pytest.fixture
def case(county: County) -> str:
    """Give a case that was urged and escalated, after a run of the timer whose notices wait (放行)."""
    with committed():
        before = clock.now() - timedelta(days=4)
        db.session.add(TickRun(started_at=before, ended_at=before, state=DONE))
    case = worked(county, title=LONG, urgency="urgent")
    assert take(county.browser("acceptor"), case, Action.URGE, URGED).status_code == 303
    escalate(county, case, level=RungLevel.RED)
    escalate(county, case, to="supervisor", key="told")
    tick()
    return case


def grave(page: Page) -> list[str]:
    """Return what axe calls serious or worse, with where it stands."""
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [f"{each['id']}: {each['nodes'][0]['html'][:120]}" for each in found if each["impact"] in GRAVE]


@pytest.mark.parametrize(
    ("size", "scheme", "pages"),
    [
        pytest.param(OFFICE_SCREEN, "light", PAGES, id="office"),
        pytest.param(PHONE, "dark", FIRST_PAGES, id="phone"),
        pytest.param(PHONE, "dark", PAGES, id="every page on a phone", marks=pytest.mark.long),
    ],
)
def test_no_serious_finding(
    browser: Browser, site: str, county: County, case: str, size: ViewportSize, scheme: str, pages: Pages
) -> None:
    found: dict[str, list[str]] = {}
    waiting = select(TickRun.public_id).where(TickRun.held.is_(True)).order_by(TickRun.id.desc())
    run = db.session.scalars(waiting).first()
    for who, addresses in pages.items():
        person = browser.new_context(base_url=site, locale="zh-CN", viewport=size, color_scheme=scheme)  # type: ignore[arg-type]
        page = person.new_page()
        enter(page, who)
        for address in addresses:
            answer = page.goto(address.format(case=case, run=run))
            assert answer is not None
            assert answer.status == 200, address
            if findings := grave(page):
                found[f"{who} {address}"] = findings
        person.close()
    assert found == {}


def test_the_checker_finds_what_is_wrong(page: Page) -> None:
    page.set_content(
        "<html lang='zh'><title>x</title><main><h1>x</h1><input><p style='color:#ccc'>看不清</p></main></html>"
    )
    assert {each.partition(":")[0] for each in grave(page)} >= {"label", "color-contrast"}
