"""草稿: what the script keeps of a form while it is being typed, for every page that has one."""

from flask import Blueprint, flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from tracker.cases.intake import drafts
from tracker.cases.intake.drafts import DraftOf
from tracker.cases.intake.submissions import earlier_location
from tracker.core import clock
from tracker.core.database import committed
from tracker.core.errors import DomainError
from tracker.core.text import clean_line
from tracker.web.frame.access import actor, signed_in
from tracker.web.frame.drafts import ADDRESS, NOT_HERE, TITLE, case_of_page
from tracker.web.frame.secret_fields import secret_names

pages = Blueprint("drafts", __name__, url_prefix="/drafts")
NOT_KEPT = frozenset({"csrf_token", "submission", ADDRESS, TITLE})
LONGEST_TITLE, LONGEST_ADDRESS, MOST_FIELDS = 120, 200, 2000


@pages.post("")
@signed_in
def keep() -> ResponseReturnValue:
    """Keep what was typed so far, but no password; `kept` is false where the form was sent meanwhile."""
    token, address = request.form.get("submission", ""), request.form.get(ADDRESS, "")
    fields = {name: texts for name, texts in request.form.lists() if name not in NOT_KEPT | secret_names()}
    if not 0 < len(token) <= 44 or len(address) > LONGEST_ADDRESS or len(fields) > MOST_FIELDS:
        raise DomainError(NOT_HERE)
    title = clean_line(request.form.get(TITLE, ""))[:LONGEST_TITLE]
    kept = DraftOf(token, address, title, case_of_page(address))
    if earlier_location(token, by=actor()) is not None:
        return jsonify(kept=False)
    with committed():
        public_id = drafts.keep_draft(fields, kept, by=actor(), now=clock.now())
    return jsonify(kept=public_id is not None)


@pages.post("/<pid:public_id>/discard")
@signed_in
def discard(public_id: str) -> ResponseReturnValue:
    """Throw one of one's own drafts away (放弃草稿); another's is not found, and nothing is said of it."""
    with committed():
        drafts.discard_draft(by=actor(), public_id=public_id)
    flash("草稿已放弃。", "info")
    return redirect(url_for("desk.page"), 303)
