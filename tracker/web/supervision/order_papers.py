"""The papers of supervision to print: 催办单, 督办单, 约谈通知书, 通报, 挂牌督办通知书. Printing is noted."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from tracker import audit
from tracker.jobs import subjects
from tracker.people.rules import Permission
from tracker.supervision.papers.order_paper import order_address, order_paper
from tracker.web.frame.access import reader, recorded_reading, requires

pages = Blueprint("order_papers", __name__, url_prefix="/orders")


@pages.get("/<pid:public_id>/print")
@requires(Permission.READ_CASES)
def paper(public_id: str) -> ResponseReturnValue:
    """Show an order as the unit gets it, with the slip for its reply (回执)."""
    order_id, case_id = order_address(subjects.SUBJECTS, public_id, reader())
    recorded_reading(audit.Event.CASE_PRINTED, case_id=case_id, payload={"paper": "order", "order": order_id})
    found = order_paper(subjects.SUBJECTS, order_id)
    return render_template("supervision/paper.html", paper=found)
