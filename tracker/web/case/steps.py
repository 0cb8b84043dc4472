"""One pair of pages for every act of the lifecycle: see what it will do, then take it, as ACTION_FORMS says."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from tracker import audit
from tracker.cases.access.scope import visible_case
from tracker.cases.intake.submissions import new_token
from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.lifecycle.rules.step_rows import Words
from tracker.cases.page import StepPage, lines_since, start_words, step_page
from tracker.cases.record.models import Case
from tracker.core import clock
from tracker.core.dates import parse_date
from tracker.core.errors import DomainError, NotFound, StaleVersion
from tracker.people.rules import Permission
from tracker.web.case.action_forms import ACTION_FORMS
from tracker.web.case.step_forms.base import Given, StepForm
from tracker.web.case.step_forms.unit import NoteForm
from tracker.web.case.view import head_links
from tracker.web.frame.access import actor, person, reader, recorded_reading, requires
from tracker.web.frame.composed_fields import PickField, RowsField
from tracker.web.frame.drafts import drafts_here, resumed
from tracker.web.frame.forms import ChoiceField, FilesField, OfficeField, TickField
from tracker.web.frame.kept_files import kept_files
from tracker.web.frame.sending import Done, Repeated, Stale, repeated, send, take_files

pages = Blueprint("steps", __name__, url_prefix="/cases/<pid:public_id>/steps")
# Where the form was shown, if not on a page of the case: the person goes back there.
PLACES = {"supervision": "supervision.page"}


@dataclass(frozen=True)
class Asked:
    """Which act on which case."""

    public_id: str
    action: Action
    form: type[StepForm]

    def page(self, case_id: int, action: Action | None = None) -> StepPage:
        """Return the page of the act, or of another one; raises the sentence that says why it cannot be taken."""
        return step_page(
            case_id, action or self.action, by=current_user, reader=reader(), today=clock.today(), now=clock.now()
        )


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
    return _shown(page, _fresh(made, page))


def _resumed(asked: Asked, case_id: int) -> ResponseReturnValue:
    """Go on with a draft, from the version it was typed at; what can no longer be taken can be kept as a note."""
    case = visible_case(asked.public_id, reader())
    made = asked.form.of(case)()
    made.offer(case)
    try:
        page = asked.page(case_id)
    except DomainError:
        return _stale(asked, made)
    _ask_for_reason(made, page)
    return _shown(page, made)


def _fresh(made: StepForm, page: StepPage) -> StepForm:
    """Give a form the version that its page shows, and a token of its own."""
    _ask_for_reason(made, page)
    made.version.data, made.opened.data = str(page.case.version), str(page.opened)
    made.submission.data = new_token()
    return made


def _ask_for_reason(made: StepForm, page: StepPage) -> None:
    """Ask for the reason where the lifecycle does."""
    if "reason" in made and page.row.words is not Words.NONE:
        made["reason"].required = True


def _shown(page: StepPage, made: StepForm, template: str = "case/step.html", **more: object) -> str:
    made.explain()
    return render_template(
        template,
        page=page,
        head=page.head,
        links=head_links(page.head),
        form=made,
        kept=kept_files(made.kept.data, by=actor()),
        counted_from=page.row.counted_from,
        others=drafts_here(made.token),
        **more,
    )


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
        return _note_instead(asked, made)
    try:
        page = asked.page(case.id)
    except DomainError:
        if made.version.data and _version(made) != case.version:
            return _stale(asked, made)
        raise
    _ask_for_reason(made, page)
    if not made.validate_on_submit() or made.errors:
        return _again(asked, made), 422
    label, change, location = page.row.label, page.change, url_for("cases.detail", public_id=public_id)
    match send(made, partial(_act, case, made), lambda _made: location):
        case Done():
            flash(f"已办理“{label}”{'：' + change if change else ''}。", "success")
            return redirect(_landing(public_id), 303)
        case Repeated():
            return _sent_before(public_id)
        case Stale():
            return _stale(asked, made)
        case _:
            return _again(asked, made), made.status


def _act(case: Case, made: StepForm, now: datetime) -> None:
    made.materials = [file.material for file in kept_files(made.kept.data, by=actor())]
    given: Given = {"by": person(), "now": now, "version": _version(made)}
    made.take(case, given)


def _version(made: StepForm) -> int:
    """Return the version the page was made from; a page without one is stale."""
    typed = made.version.data
    return int(typed) if typed.isascii() and typed.isdigit() else -1


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
    return _shown(page, made)


def _stale(asked: Asked, made: StepForm) -> ResponseReturnValue:
    """Show what others did meanwhile, with everything typed: take it anyway, only add it as a note, or let it be."""
    case = visible_case(asked.public_id, reader())
    opened = int(made.opened.data) if made.opened.data.isascii() and made.opened.data.isdigit() else 0
    lines = lines_since(case, opened, reader=reader(), today=clock.today())
    page, refused = _tried(asked, case.id)
    note, _sentence = _tried(asked, case.id, Action.NOTE)
    base = page or note
    if base is None:
        raise StaleVersion(f"别人已经办理过本件。{refused}")
    made.offer(base.case)
    words = "" if page else _words(made)
    more = {
        "lines": lines,
        "refused": refused,
        "words": words,
        "may_note": note is not None,
        "public_id": asked.public_id,
    }
    return _shown(base, _fresh(made, base), "case/stale.html", action=asked.action, **more), 409


def _tried(asked: Asked, case_id: int, action: Action | None = None) -> tuple[StepPage | None, str]:
    try:
        return asked.page(case_id, action), ""
    except DomainError as error:
        return None, error.message


def _note_instead(asked: Asked, made: StepForm) -> ResponseReturnValue:
    """Offer what was typed as a note (只加说明), where the act itself came too late."""
    page = asked.page(visible_case(asked.public_id, reader()).id, Action.NOTE)
    note = NoteForm(formdata=None)
    note.reason.data, note.kept.data = _words(made), made.kept.data
    return _shown(page, _fresh(note, page))


def _words(made: StepForm) -> str:
    """Return everything that was typed, as text."""
    return "\n".join(f"{field.label.text}：{text}" for field in made.shown if (text := _typed(field)))


def _typed(field: OfficeField) -> str:
    if isinstance(field, ChoiceField):
        groups = ([(value, text)] if isinstance(text, str) else text for value, text in field.choices)
        return next((str(text) for group in groups for value, text in group if value == field.data), "")
    if isinstance(field, TickField):
        return "是" if field.data else ""
    if isinstance(field, FilesField):
        return ""
    if isinstance(field, PickField):
        return str(field.data.text)
    if isinstance(field, RowsField):
        return "、".join(filter(None, field.data))
    return str(field.raw_data[0] if field.raw_data else "")


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
