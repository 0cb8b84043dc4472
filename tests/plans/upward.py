"""What is reported upward in the plans: entered about a matter, reported, received, decided, put right, taken back."""

from sqlalchemy import select

from tests.plans.visits import Visitor, post
from tracker.cases.record.models import Case
from tracker.core.database import db
from tracker.upward.models import UpwardReport

LIST = "/upward"


def keep_upward(visitor: Visitor) -> None:
    """Take a 请示 its whole way, and look at it as who reads it."""
    browser = visitor.browser("acceptor")
    number = db.session.scalars(select(Case.register_no).order_by(Case.id.desc())).first()
    paper = {"kind": "ask", "title": "请示", "organ": "市信访局", "discovered_on": "昨天", "discovered_time": "9:00"}
    post(browser, f"{LIST}/new", **paper, said="请示处理意见。", case_no=number or "")
    here = f"{LIST}/{db.session.scalars(select(UpwardReport.public_id)).one()}"
    moment = {"at_on": "昨天", "at_time": "10:00"}
    post(browser, f"{here}/acts/report", **moment, document_no="3号")
    post(browser, f"{here}/acts/receive", **moment, received_by="值班室")
    ruled = {"decision": "agreed", "decided_on": "今天", "decided_by": "县委副书记", "ruling": "同意。"}
    post(browser, f"{here}/acts/decide", **ruled)
    post(browser, f"{here}/acts/take_back", said="登错了。")
    post(browser, f"{here}/acts/correct", title="关于一件事的请示", reason="写全。")
    for reading in (browser, visitor.browser("lead")):
        reading.get(f"{LIST}?kind=ask")
        reading.get(here)
