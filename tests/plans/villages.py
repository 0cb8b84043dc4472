"""Difficult villages in the plans: every page and act of the ledger, of rounds of inspection and of looks back."""

from sqlalchemy import select

from tests.client import Client
from tests.key_villages.working import Ledger
from tests.plans.visits import Visitor, post
from tracker.core.database import db
from tracker.key_villages.models import InspectionRound, LookBackSample, VillageEntry, VillageFinding, VillageProblem
from tracker.places.models import VILLAGE, Place

BOARD, ROUNDS, BACK = "/villages/ledger", "/villages/inspections", "/villages/look-backs"


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
    ledger.strike_off(problem.id)
    for act, key in (("apply", "colleague"), ("agree", "town_head"), ("check", "acceptor")):
        post(visitor.browser(key), f"{there}/acts/{act}", said="情况属实。")
    ledger.visit(entry_id)
    post(visitor.browser("lead"), f"{there}/acts/sign", said="准予销号。")
    looks = {"gaps": "0", "unresolved": "0", "incomplete": "0", "result": "stable", "said": "走访 12 户。"}
    post(visitor.browser("supervisor"), f"{there}/acts/look_back", **looks)
    post(browser, f"{BACK}/sample", size="1", due_on="20261220", said="年底抽查。")
    browser.get(BACK)
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
    browser.get(here)
    db.session.expire_all()
    assert db.session.scalars(select(VillageProblem)).first() is not None
