"""Every figure of the ledger of difficult villages opens exactly its list, for whoever reads it."""

import re

import pytest
from flask import current_app
from sqlalchemy import select

from tests.conftest import Clock
from tests.databases import Ids
from tests.key_villages.conftest import ledger as ledger
from tests.key_villages.working import Ledger, later
from tests.world.county import County
from tests.world.county import build as build_county
from tracker.core import clock as now_clock
from tracker.core.database import committed, db
from tracker.key_villages.models import VillageEntry
from tracker.key_villages.rules.acts import SIGNATURES, VillageAct
from tracker.key_villages.rules.codes import VillageStage
from tracker.key_villages.service import keeping

BOARD, LISTS = "/villages/ledger", "/villages/ledger/lists"
# How many figures the board has for each: none where there is no village.
READERS = {"acceptor": 8, "lead": 8, "handler": 8, "town_head": 8, "stranger": 0}
NONSENSE = ("problems?state=nonsense", "moves?act=nonsense&when=never", "moves?page=9", "matters?page=x")
FIGURE = re.compile(r'<a href="([^"]*)">(\d+)(?: 个村)?</a>')


def build() -> Ids:
    """Build a ledger with a sealed village, one with late problems and a linked matter, and one that was withdrawn."""
    Clock()
    ledger = Ledger(County(build_county(), current_app.test_client))  # type: ignore[arg-type]
    sealed = ledger.enter("公开三年收支明细")
    ledger.strike_off(ledger.entry(sealed).problems[0].id)
    ledger.visit(sealed)
    for act, key in zip(SIGNATURES, ("colleague", "town_head", "acceptor", "lead"), strict=True):
        ledger.act(ledger.entry(sealed), act, key)
    by_mistake = ledger.enter(village="other_village")
    ledger.act(ledger.entry(by_mistake), VillageAct.WITHDRAW, "leader")
    worked = ledger.enter("补登遗漏的选民", "饮水管网破损", "低保评议", "写错了", village="other_village")
    ledger.strike_off(ledger.entry(worked).problems[0].id)
    ledger.act(ledger.entry(worked).problems[3], VillageAct.WITHDRAW, "lead")
    case = ledger.county.case(ledger.county.register("acceptor", village_id=ledger.county.ids["other_village"]))
    with committed():
        row = ledger.entry(worked)
        keeping.link(row, case.register_no, problem=None, by=ledger.county.acceptor, now=now_clock.now())
    return ledger.county.ids


IMAGES = {"full": build}


@pytest.fixture
def full(ledger: Ledger, clock: Clock) -> Ledger:
    """Give the ledger three weeks later."""
    clock.set(later(20))
    return ledger


@pytest.mark.both_databases
def test_every_figure_opens_its_list(full: Ledger) -> None:
    for who, seen in READERS.items():
        browser = full.county.browser(who)
        board = browser.get(BOARD).text
        figures = FIGURE.findall(board.split('<ul class="towns">')[0])
        assert len(figures) == seen, who
        assert ("还没有重点难点村" in board) is (seen == 0)
        for address, figure in figures:
            page = browser.get(address.replace("&amp;", "&"))
            found = re.search(r"共 (\d+) (?:村|个问题|件|条)", page.text)
            assert (int(found[1]) if found else 0) == int(figure), (who, address, figure)
            assert ('class="empty"' in page.text) is (figure == "0"), (who, address)


def test_what_is_late_is_named_with_its_village_and_owner(full: Ledger) -> None:
    page = full.county.browser("acceptor").get(f"{LISTS}/problems?state=late").text
    assert "饮水管网破损" in page
    assert "补登遗漏的选民" not in page
    assert "写错了" not in full.county.browser("acceptor").get(f"{LISTS}/problems").text
    assert "王海燕" in page
    late = db.session.scalars(select(VillageEntry).where(VillageEntry.stage == VillageStage.OPEN)).one()
    assert f"/villages/ledger/{late.public_id}#problem-2" in page


def test_a_matter_that_the_reader_may_not_open_stands_there_by_its_number(full: Ledger) -> None:
    shown, hidden = (full.county.browser(who).get(f"{LISTS}/matters").text for who in ("acceptor", "town_head"))
    number = re.search(r"XF-2026-\d+", shown)
    assert number
    assert f">{number[0]}</a>" in shown
    assert number[0] in hidden or "没有在办的关联信访" in hidden
    assert f">{number[0]}</a>" not in hidden


def test_what_is_no_filter_shows_the_whole_list(full: Ledger) -> None:
    browser = full.county.browser("acceptor")
    for asked in NONSENSE:
        assert browser.get(f"{LISTS}/{asked}").status_code == 200, asked
