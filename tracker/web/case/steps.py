"""One pair of pages for every act of the lifecycle: see what it will do, then take it, as ACTION_FORMS says."""

from functools import partial

from flask import Blueprint, flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from tracker import audit
from tracker.cases.access.scope import visible_case
from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.page import start_words
from tracker.core import clock
from tracker.core.dates import parse_date
from tracker.core.errors import DomainError, NotFound
from tracker.people.rules import Permission
from tracker.web.case.action_forms import ACTION_FORMS
from tracker.web.case.asked import Asked, act, ask_for_reason, fresh, note_instead, overtaken, shown, version_of
from tracker.web.case.step_forms.base import StepForm
from tracker.web.frame.access import reader, recorded_reading, requires
from tracker.web.frame.drafts import resumed
from tracker.web.frame.sending import Done, Repeated, Stale, repeated, send, take_files

pages = Blueprint("steps", __name__, url_prefix="/cases/<pid:public_id>/steps")
# Where the form was shown, if not on a page of the case: the person goes back there.
PLACES = {"supervision": "supervision.page"}


def _asked(public_id: str, action: str) -> Asked:
    try:
        known = Action(action)
        return Asked(public_id, known, ACTION_FORMS[known])
    except (ValueError, KeyError):
        raise NotFound from None


@pages.get("/<action>")
@requires(Permission.READ_CASES)
def form(public_id: str, action: str) -> ResponseReturnValue:
    """Show what an act will do, and ask for what it needs."""
    asked = _asked(public_id, action)
    case_id = visible_case(public_id, reader()).id
    recorded_reading(audit.Event.CASE_READ, case_id=case_id, payload={"step": asked.action.value})
    if resumed():
        return _resumed(asked, case_id)
    page = asked.page(case_id)
    made = asked.form.of(page.case)()
    made.offer(page.case)
    made.begin(page.case)
    return shown(asked, page, fresh(made, page))


def _resumed(asked: Asked, case_id: int) -> ResponseReturnValue:
    """Go on with a draft, from the version it was typed at; what can no longer be taken can be kept as a note."""
    case = visible_case(asked.public_id, reader())
    made = asked.form.of(case)()
    made.offer(case)
    try:
        page = asked.page(case_id)
    except DomainError:
        return overtaken(asked, made)
    ask_for_reason(made, page)
    return shown(asked, page, made)


@pages.post("/<action>")
@requires(Permission.READ_CASES)
def take(public_id: str, action: str) -> ResponseReturnValue:
    """Take an act (办理), once however often the form is sent; everything typed is kept where it is refused."""
    asked = _asked(public_id, action)
    if repeated():
        return _sent_before(public_id)
    case = visible_case(public_id, reader())
    made = asked.form.of(case)()
    made.offer(case)
    take_files(made)
    if request.form.get("resolve") == "note":
        return note_instead(asked, made)
    try:
        page = asked.page(case.id)
    except DomainError:
        if made.version.data and version_of(made) != case.version:
            return overtaken(asked, made)
        raise
    ask_for_reason(made, page)
    if not made.validate_on_submit() or made.errors:
        return _again(asked, made), 422
    label, change, location = page.row.label, page.change, url_for("cases.detail", public_id=public_id)
    match send(made, partial(act, case, made), lambda _made: location):
        case Done():
            flash(f"已办理“{label}”{'：' + change if change else ''}。", "success")
            return redirect(_landing(public_id), 303)
        case Repeated():
            return _sent_before(public_id)
        case Stale():
            return overtaken(asked, made)
        case _:
            return _again(asked, made), made.status


def _landing(public_id: str) -> str:
    """Return where the person goes on: where they came from, the case, or the first page where they may not see it."""
    came_from = PLACES.get(request.form.get("then", ""))
    if came_from:
        return url_for(came_from)
    try:
        visible_case(public_id, reader())
    except NotFound:
        flash("本件已不在您可以查看的范围之内。", "info")
        return "/"
    return url_for("cases.detail", public_id=public_id)


def _sent_before(public_id: str) -> ResponseReturnValue:
    flash("这份表单已经提交过，没有重复办理。", "info")
    return redirect(_landing(public_id), 303)


def _again(asked: Asked, made: StepForm) -> str:
    page = asked.page(visible_case(asked.public_id, reader()).id)
    return shown(asked, page, made)


@pages.get("/<action>/dates/<field>")
@requires(Permission.READ_CASES)
def dates(public_id: str, action: str, field: str) -> ResponseReturnValue:
    """Return to which days the clocks of an act would run from a day being typed, for the script."""
    asked = _asked(public_id, action)
    page = asked.page(visible_case(public_id, reader()).id)
    if page.row.counted_from != field:
        raise NotFound
    try:
        day = parse_date(request.args.get("text", ""), clock.today())
        return jsonify(text=start_words(page, day))
    except DomainError as error:
        return jsonify(text=error.message)
