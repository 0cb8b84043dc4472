"""Bringing a matter as far as a test needs it, where the pages on the way are not what the test is about."""

from collections.abc import Iterable

from flask import current_app, g
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from tests.client import settle
from tests.web.browsing import take
from tests.web.stories import Act
from tests.world.county import County
from tracker.cases.record.models import Case
from tracker.core import clock
from tracker.core.database import committed, db
from tracker.people.models import User
from tracker.web.case.action_forms import ACTION_FORMS


def arrange(county: County, public_id: str, acts: Iterable[Act]) -> str:
    """Take acts one after the other: by their checked forms, and only what comes with files through its page."""
    for act in acts:
        given = act.filled(county, county.case(public_id))
        if "files" in given:
            answer = take(county.browser(act.who), public_id, act.action, given)
            assert answer.status_code == 303, f"{act.action}: {answer.status}"
        else:
            _take(act, public_id, given, county.ids[act.who])
    return public_id


def _take(act: Act, public_id: str, given: dict[str, str], by: int) -> None:
    """Take one act in a session of its own, as a request does."""
    settle()
    with current_app.test_request_context(method="POST"):
        g.pop("reader", None)
        g._login_user = user = db.session.get_one(User, by)
        case = db.session.scalars(select(Case).where(Case.public_id == public_id)).one()
        form = ACTION_FORMS[act.action].of(case)
        blank = form(formdata=None)
        blank.offer(case)
        blank.begin(case)
        asked = {field.short_name: field._value() for field in blank.shown if hasattr(field, "_value") and field.data}
        made = form(MultiDict({**asked, **given}))
        made.offer(case)
        assert made.validate(), f"{act.action}: {made.errors}"
        with committed():
            made.take(case, {"by": user, "now": clock.now(), "version": case.version})
