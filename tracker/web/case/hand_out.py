"""一起分类并交办: chosen in the ledger, previewed, given out, each by itself; what failed stays in the list."""

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from tracker.cases.acts.hand_out import HandedOut, hand_out_all
from tracker.cases.page.hand_out import MOST_AT_ONCE, HandOutPreview, hand_out_preview
from tracker.cases.record.rules.codes import Status
from tracker.core import clock
from tracker.core.pacing import Pace
from tracker.people.rules import Permission
from tracker.web.case.step_forms.triage import TogetherForm
from tracker.web.case.together import Together, as_seen, carried_out_together, sent_before
from tracker.web.frame.access import person, reader, requires
from tracker.web.frame.paging import ticked
from tracker.web.frame.sending import repeated

pages = Blueprint("hand_out", __name__, url_prefix="/cases/triage/selection")


def _asked() -> list[str]:
    return ticked(request.form.getlist("case"), MOST_AT_ONCE, "一起分类、交办")


def _list() -> str:
    return url_for("ledger.page", status=Status.REGISTERED.value, history="without")


def _found() -> HandOutPreview:
    return hand_out_preview(_asked(), by=current_user, reader=reader(), today=clock.today(), now=clock.now())


@pages.post("/preview")
@requires(Permission.READ_CASES)
def preview() -> ResponseReturnValue:
    """Show what each of the chosen matters would get, and which are refused and why; nothing is done yet."""
    found, form = _found(), TogetherForm(formdata=None)
    form.offer_all(found.cases)
    form.begin_all()
    form.renew()
    return _shown(form, found)


def _shown(form: TogetherForm, found: HandOutPreview) -> str:
    form.explain()
    return render_template("case/hand_out.html", form=form, found=found, list_href=_list())


@pages.post("")
@requires(Permission.READ_CASES)
def give() -> ResponseReturnValue:
    """Give them out, each once however often the form is sent; say exactly what happened."""
    location = repeated()
    if location:
        return sent_before(location)
    found, form = _found(), TogetherForm()
    form.offer_all(found.cases)
    form.renew()
    way = Together("已分类并交办", "交办", "办的", _list())
    return carried_out_together(way, form, lambda: _given_out(form), lambda: _shown(form, _found()))


def _given_out(form: TogetherForm) -> HandedOut:
    return hand_out_all(as_seen(_asked()), form.order(), by=person, now=clock.now(), pace=Pace())
