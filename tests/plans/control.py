"""Control tables, layers of duty and sponsored matters in the plans: every page and act of theirs."""

from datetime import timedelta

from sqlalchemy import select

from tests.plans.visits import Visitor, post
from tracker.cases.access.scope import NUMBERS_CLOSED
from tracker.cases.ledger.conditions import in_hand
from tracker.cases.record.leads import led_by
from tracker.cases.record.models import Case
from tracker.core import clock
from tracker.core.database import db
from tracker.key_villages.models import ControlTable, ControlTask, VillageDuty
from tracker.places.models import Place

CONTROL, DUTIES, LEADERS = "/villages/control", "/villages/duties", "/villages/leaders"


def keep_control_tables(visitor: Visitor) -> None:
    """Draw up a table, change and finish its task, and copy it into another one."""
    browser = visitor.browser("acceptor")
    browser.get(CONTROL)
    last = clock.today() + timedelta(days=9)
    task = {
        "phase": "准备",
        "name": "方案",
        "first_on": "今天",
        "last_on": last.isoformat(),
        "participants": "各成员单位",
    }
    for title in ("第十二届", "第十三届"):
        post(browser, f"{CONTROL}/new", title=title)
    first, second = db.session.scalars(select(ControlTable).order_by(ControlTable.id))
    post(browser, f"{CONTROL}/{first.public_id}/tasks/new", **task, requirement="报备", organiser="各乡镇")
    post(browser, f"{CONTROL}/{second.public_id}/copy", source=first.public_id, begins_on="今天")
    here = f"{CONTROL}/tasks/{db.session.scalar(select(ControlTask.public_id).order_by(ControlTask.id))}"
    post(browser, f"{here}/moves/change", name="方案和通知", said="一起印发。")
    post(browser, f"{here}/moves/finish", finished_on="今天", said="已经印发。")
    browser.get(here)
    browser.get(f"{CONTROL}/{second.public_id}")


def keep_duties(visitor: Visitor) -> None:
    """Give a layer of duty in a village and end it; let a matter be sponsored, end that; open leaders' pages."""
    browser, county = visitor.browser("acceptor"), visitor.county
    browser.get(f"{DUTIES}?town=")
    there = f"{DUTIES}/{db.session.get_one(Place, county.ids['village']).public_id}"
    given = {"layer": "group_cadre", "words": "延建国", "times": "随时", "task": "包第一组。", "started_on": "今天"}
    post(browser, f"{there}/new", **given)
    browser.get(there)
    duty = db.session.scalars(select(VillageDuty).where(VillageDuty.kind == "group_cadre")).one()
    post(browser, f"{there}/end/{duty.public_id}", said="换人。")
    open_ones = (led_by(county.ids["lead"]), in_hand(), ~NUMBERS_CLOSED)
    case = db.session.scalars(select(Case.public_id).where(*open_ones).order_by(Case.id)).first()
    post(browser, f"{LEADERS}/cases/{case}/sponsor", reason="集体来访。")
    post(browser, f"{LEADERS}/cases/{case}/end", said="已经化解。")
    visitor.browser("lead").get(LEADERS)
    visitor.browser("supervisor").get(f"{LEADERS}/{county.lead.public_id}")
