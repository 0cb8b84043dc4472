"""Difficult villages in the plans: every page and act of the ledger, of rounds of inspection and of looks back."""

import re

from sqlalchemy import select

from tests.client import Client
from tests.key_villages.working import Ledger
from tests.plans.visits import Visitor, post
from tests.spreadsheets.test_key_villages import GOOD
from tests.web.test_village_imports import IMPORT, apply, content, upload
from tracker.core.database import db
from tracker.key_villages.models import (
    CheckEdition,
    CheckTemplate,
    FilledCheck,
    InspectionRound,
    LookBackSample,
    VillageEntry,
    VillageFinding,
    VillageLookBack,
    VillageProblem,
)
from tracker.places.models import VILLAGE, Place

BOARD, ROUNDS, BACK = "/villages/ledger", "/villages/inspections", "/villages/look-backs"
LISTS = "/villages/lists"


def keep_villages(visitor: Visitor) -> None:
    """Enter villages, work on one, inspect it, take it to its seal, look back at it and draw a sample."""
    county, ledger = visitor.county, Ledger(visitor.county)
    browser = visitor.browser("acceptor")
    browser.get(BOARD)
    entry_id = ledger.enter("公开三年收支明细")
    _enter_another(browser, county.ids["lead"], county.ids["village"])
    there = f"{BOARD}/{ledger.entry(entry_id).public_id}"
    browser.get(there)
    post(browser, f"{there}/acts/correct", kind="elected", reason="村务两年未公开。", said="类型写错。")
    problem = ledger.entry(entry_id).problems[0]
    post(browser, f"{BOARD}/problems/{problem.public_id}/acts/progress", said="账册已取回。")
    _inspect(visitor, county.ids["lead"], f"{county.ids['civil']}-{county.ids['handler']}")
    _write_list(browser, title="回头看表", purpose="look_back")
    ledger.strike_off(problem.id)
    for act, key in (("apply", "colleague"), ("agree", "town_head"), ("check", "acceptor")):
        post(visitor.browser(key), f"{there}/acts/{act}", said="情况属实。")
    ledger.visit(entry_id)
    post(visitor.browser("lead"), f"{there}/acts/sign", said="准予销号。")
    _look_by_list(visitor.browser("supervisor"))
    looks = {"gaps": "0", "unresolved": "0", "incomplete": "0", "result": "stable", "said": "走访 12 户。"}
    post(visitor.browser("supervisor"), f"{there}/acts/look_back", **looks)
    post(browser, f"{BACK}/sample", size="1", due_on="20261220", said="年底抽查。")
    for page in (*(f"{BOARD}/lists/{name}" for name in ("problems", "matters", "moves")), BACK):
        assert browser.get(page).status_code == 200, page
    assert apply(browser, upload(browser, content(GOOD))).status_code == 303
    run = re.search(rf"{IMPORT}/runs/[\w-]+/undo", browser.get(IMPORT).text)
    assert run
    post(browser, run[0], reason="选错了表。")
    browser.get(f"{BACK}/samples/{db.session.scalar(select(LookBackSample.public_id))}")


def _enter_another(browser: Client, lead: int, other_than: int) -> None:
    asked = select(Place.code).where(Place.level == VILLAGE, Place.id != other_than, Place.closed_on.is_(None))
    code = db.session.scalars(asked.order_by(Place.id)).first()
    given = {"kind": "petitioned", "reason": "同类信访多件。", "decided_by": str(lead), "entered_on": "今天"}
    post(browser, f"{BOARD}/new", village="", village_was="", village_text=code, **given)


def _inspect(visitor: Visitor, lead: int, owner: str) -> None:
    """Go round to the village, find something, correct the round, have it put right and checked again."""
    browser, place = visitor.browser("acceptor"), db.session.scalars(select(VillageEntry)).first()
    assert place is not None
    given = {"name": "第一轮集中督导", "led_by": str(lead), "team": "5 人", "started_on": "今天", "ended_on": "今天"}
    post(browser, f"{ROUNDS}/new", villages=place.place.code, **given)
    row = db.session.scalars(select(InspectionRound)).one()
    here = f"{ROUNDS}/{row.public_id}"
    post(browser, f"{here}/change", team="纪委 2 人", said="写错了。")
    found = {"village": row.villages[0].public_id, "text": "公开栏设在院内", "owner": owner, "due_on": "20261210"}
    post(browser, f"{here}/find", found_on="今天", **found)
    finding = f"{ROUNDS}/findings/{db.session.scalar(select(VillageFinding.public_id))}/acts"
    post(visitor.browser("handler"), f"{finding}/report", said="已经改到戏台东墙。")
    post(visitor.browser("lead"), f"{finding}/recheck", said="到村看过。")
    browser.get(ROUNDS)
    _check(visitor, here, row.villages[0].public_id)
    browser.get(here)
    db.session.expire_all()
    assert db.session.scalars(select(VillageProblem)).first() is not None


def _write_list(browser: Client, **given: str) -> str:
    """Write a check list, and another edition of it; return the address of the edition."""
    asked = {"items": "必查：公开栏看得到", "from_on": "今天", "reason": "县委文件。"}
    post(browser, f"{LISTS}/new", **asked | given)
    row = db.session.scalars(select(CheckTemplate).order_by(CheckTemplate.id.desc())).first()
    assert row is not None
    here = f"{LISTS}/{row.public_id}"
    post(browser, f"{here}/issue", items="必查：公开栏看得到\n账目公开", reason="补一项。")
    post(browser, f"{here}/retire", said="停用。")
    post(browser, f"{here}/restore", said="又用了。")
    for page in (LISTS, here):
        browser.get(page)
    db.session.expire_all()
    edition = f"{LISTS}/editions/{row.editions[-1].public_id}"
    browser.get(edition)
    return edition


def _check(visitor: Visitor, here: str, village: str) -> None:
    """Fill in a check list on the visit, correct it, and carry a 否 into the form of a finding."""
    browser = visitor.browser("acceptor")
    edition = _write_list(browser, title="四必查", purpose="inspection")
    there = f"{edition}/rounds/{here.rpartition('/')[2]}/places/{village}"
    post(browser, there, reply_1="no", note_1="设在院内")
    first = db.session.scalars(select(FilledCheck)).one()
    post(browser, f"{LISTS}/filled/{first.public_id}/correct", reply_2="yes", said="漏填一项。")
    browser.get(f"{LISTS}/filled/{first.public_id}")
    browser.get(f"{here}/find?answer={first.replies[0].public_id}")


def _look_by_list(browser: Client) -> None:
    """Fill in a check list for the look back that comes first."""
    by = select(CheckEdition.public_id).join(CheckTemplate).where(CheckTemplate.purpose == "look_back")
    edition = db.session.scalars(by.order_by(CheckEdition.id.desc())).first()
    look = db.session.scalars(select(VillageLookBack.public_id).order_by(VillageLookBack.id)).first()
    post(browser, f"{LISTS}/editions/{edition}/look-backs/{look}", reply_1="yes")
