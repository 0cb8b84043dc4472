"""Deputies' suggestions and common problems in the plans: lists, one of them, acts on it."""

from datetime import timedelta

from sqlalchemy import select

from tests.plans.visits import Visitor, post
from tracker.cases.record.models import Category
from tracker.core import clock
from tracker.core.database import db
from tracker.suggestions.models import DeputySuggestion, SuggestionPromise

LIST = "/suggestions"


def keep_suggestions(visitor: Visitor) -> None:
    """Enter a suggestion, answer it, promise something, keep that, enter what the deputy says."""
    keeper, handler, ids = visitor.browser("acceptor"), visitor.browser("handler"), visitor.county.ids
    owner, last = f"{ids['civil']}-{ids['handler']}", clock.today() + timedelta(days=90)
    paper = {
        "title": "办好换届后续工作",
        "congress": "县人大",
        "assigned_on": "今天",
        "given_on": "今天",
        "owner": owner,
    }
    post(keeper, f"{LIST}/new", **paper, leader=str(ids["lead"]))
    row = db.session.scalars(select(DeputySuggestion)).one()
    here = f"{LIST}/{row.public_id}"
    post(handler, f"{here}/acts/note", happened_on="今天", said="正在办理。")
    post(handler, f"{here}/acts/answer", answered_on="今天", text="采取四项措施。", result="b")
    post(handler, f"{here}/acts/promise", text="纳入普法规划。", owner=owner, due_on=last.isoformat())
    promise = db.session.scalars(select(SuggestionPromise.public_id)).one()
    post(handler, f"{LIST}/promises/{promise}/acts/keep_promise", kept_on="今天", said="规划印发。")
    post(keeper, f"{here}/acts/hear", opinion="satisfied", heard_on="今天", said="书面反馈。")
    for browser in (keeper, handler, visitor.browser("lead")):
        browser.get(f"{LIST}?dates=open&mine=unit")
        browser.get(here)
        browser.get("/")


def look_at_common_problems(visitor: Visitor) -> None:
    """Look at what is proposed, and at what is offered to be put together in one kind and place."""
    keeper = visitor.browser("acceptor")
    keeper.get("/common")
    kind = db.session.scalars(select(Category.public_id).where(Category.parent_id.is_not(None))).first()
    keeper.get(f"/common/kinds/{kind}/places/{visitor.county.township.public_id}")
