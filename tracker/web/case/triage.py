"""分类并交办: the letter beside the form, both acts in one transaction, then the next of the list one came from."""

from dataclasses import dataclass
from functools import partial
from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from tracker import audit
from tracker.cases.access.scope import visible_case
from tracker.cases.ledger.filters import Filters
from tracker.cases.ledger.rows import rows_of
from tracker.cases.ledger.walking import ListPlace, Walk, first_of, place_in, to_triage
from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.page import StepPage
from tracker.cases.page.letter import letter
from tracker.core import clock
from tracker.core.errors import DomainError
from tracker.people.rules import Permission
from tracker.web.case.asked import Asked, act, fresh, note_instead, overtaken, shown, version_of
from tracker.web.case.step_forms.triage import HandOutForm, OnlyTriageForm, ReferOutForm
from tracker.web.frame.access import reader, recorded_reading, requires
from tracker.web.frame.drafts import resumed
from tracker.web.frame.sending import Done, Repeated, Stale, repeated, send, take_files

pages = Blueprint("triage", __name__, url_prefix="/cases")
# What each button does: its form, and what was done by it.
BUTTONS: dict[str, tuple[type[HandOutForm], str]] = {
    "assign": (HandOutForm, "分类并交办"),
    "refer": (ReferOutForm, "分类并转送"),
    "triage": (OnlyTriageForm, "分类"),
}


@dataclass(frozen=True)
class HandingOut(Asked):
    """分类并交办 of a case: what is asked of the case is whether it can be classified."""

    @property
    def address(self) -> str:
        """Where the form is shown and sent."""
        return url_for("triage.page", public_id=self.public_id)


def _asked(public_id: str) -> HandingOut:
    form, _done = BUTTONS[_button()]
    return HandingOut(public_id, Action.TRIAGE, form)


def _button() -> str:
    pressed = request.form.get("act", "")
    return pressed if pressed in BUTTONS else "assign"


def _walk(query: str) -> Walk:
    """Return the list that somebody walks through, as the address of the ledger says it: 待分类 where it says none."""
    said = dict(parse_qsl(query[:2000]))
    return to_triage(Filters.parse(said, today=clock.today(), asker=reader().user_id), said.get("sort", ""))


@pages.get("/triage")
@requires(Permission.READ_CASES)
def begin() -> ResponseReturnValue:
    """Open the first matter of a list (逐件分类、交办)."""
    walk = _walk(request.query_string.decode("ascii", "replace"))
    first = first_of(walk, reader(), today=clock.today())
    if not first:
        flash("这个列表里没有待分类的件。", "info")
    return redirect(_page_of(first, walk) if first else _ledger(walk), 303)


@pages.get("/<pid:public_id>/triage")
@requires(Permission.READ_CASES)
def page(public_id: str) -> ResponseReturnValue:
    """Show the letter, and beside it the form of both acts with what is proposed."""
    case_id = visible_case(public_id, reader()).id
    recorded_reading(audit.Event.CASE_READ, case_id=case_id, payload={"step": "triage_and_assign"})
    asked = _asked(public_id)
    case = visible_case(public_id, reader())
    made = asked.form()
    made.offer(case)
    if resumed():
        try:
            return _shown(asked, asked.page(case_id), made)
        except DomainError:
            return overtaken(asked, made)
    found = asked.page(case_id)
    made.begin(case)
    made.among.data = urlencode(_walk(request.query_string.decode("ascii", "replace")).pairs)
    return _shown(asked, found, fresh(made, found))


def _shown(asked: HandingOut, found: StepPage, made: HandOutForm) -> str:
    walk = _walk(made.among.data or "")
    here = place_in(walk, found.case.id, reader(), today=clock.today())
    return shown(
        asked,
        found,
        made,
        "case/triage.html",
        letter=letter(found.file, today=clock.today()),
        standing=here,
        coming=rows_of(here.ids_after, clock.today(), now=clock.now()),
        before_href=_page_of(here.before, walk) if here.before else "",
        after_href=_page_of(here.after, walk) if here.after else "",
        list_href=_ledger(walk),
        address_of=lambda public_id: _page_of(public_id, walk),
    )


@pages.post("/<pid:public_id>/triage")
@requires(Permission.READ_CASES)
def take(public_id: str) -> ResponseReturnValue:
    """Classify a matter and give it out, or what another button says, and go on with the next of the list."""
    location = repeated()
    if location:
        return _sent_before(location)
    asked = _asked(public_id)
    case = visible_case(public_id, reader())
    made = asked.form()
    made.offer(case)
    take_files(made)
    if request.form.get("resolve") == "note":
        return note_instead(asked, made)
    try:
        found = asked.page(case.id)
    except DomainError:
        if made.version.data and version_of(made) != case.version:
            return overtaken(asked, made)
        raise
    if not made.validate_on_submit() or made.errors:
        return _shown(asked, found, made), made.status
    walk = _walk(made.among.data)
    here = place_in(walk, case.id, reader(), today=clock.today())
    then, number = _page_of(here.after, walk) if here.after else _ledger(walk), case.register_no
    match send(made, partial(act, case, made), lambda _made: then):
        case Done():
            _tell(number, here)
            return redirect(then, 303)
        case Repeated(location):
            return _sent_before(location)
        case Stale():
            return overtaken(asked, made, button=_button())
        case _:
            return _shown(asked, asked.page(case.id), made), made.status


def _tell(number: str, here: ListPlace) -> None:
    """Say what was done, and where the list ends."""
    _form, done = BUTTONS[_button()]
    end = ""
    if here.at and not here.after:
        end = f"列表到头了，前面还有 {here.total - 1} 件没有办。" if here.total > 1 else "这个列表办完了。"
    flash(f"已办理“{done}”：{number}。{end}", "success")


def _sent_before(location: str) -> ResponseReturnValue:
    flash("这份表单已经提交过，没有重复办理。", "info")
    return redirect(location, 303)


def _page_of(public_id: str, walk: Walk) -> str:
    return f"{url_for('triage.page', public_id=public_id)}?{urlencode(walk.pairs)}"


def _ledger(walk: Walk) -> str:
    return f"{url_for('ledger.page')}?{urlencode(walk.pairs)}"
