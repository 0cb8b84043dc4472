"""一起改派: chosen in the list 待改派, previewed, given to another handler each by itself; what failed stays."""

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from tracker.cases.acts.hand_out import HandedOut
from tracker.cases.acts.passing_on import pass_on_all
from tracker.cases.ledger.groups import OwnMatters, StateGroup
from tracker.cases.page.hand_out import MOST_AT_ONCE
from tracker.cases.page.passing_on import PassingOn, handlers_to_name, passing_on
from tracker.core import clock
from tracker.core.pacing import Pace
from tracker.people.rules import Permission
from tracker.web.case.together import Together, as_seen, carried_out_together, sent_before
from tracker.web.frame.access import person, reader, requires
from tracker.web.frame.declarations import HALF
from tracker.web.frame.forms import AreaField, ChoiceField, OfficeForm
from tracker.web.frame.paging import ticked
from tracker.web.frame.sending import repeated

pages = Blueprint("passing_on", __name__, url_prefix="/cases/handlers/selection")


class PassOnForm(OfficeForm):
    """Who handles them from now on, and why."""

    resumable = False
    handler = ChoiceField("承办人", required=True, by_initials=True, render_kw=HALF)
    reason = AreaField("理由", required=True, longest=500, hint="写进每一件的过程记录。", render_kw={"rows": 3})


def _asked() -> list[str]:
    return ticked(request.form.getlist("case"), MOST_AT_ONCE, "一起改派")


def _list() -> str:
    return url_for("ledger.page", state=StateGroup.HANDLER_GONE.value, mine=OwnMatters.UNIT.value)


def _found() -> PassingOn:
    return passing_on(_asked(), by=current_user, reader=reader(), today=clock.today(), now=clock.now())


def _offered(form: PassOnForm) -> PassOnForm:
    form.handler.choices = handlers_to_name(reader(), clock.today())
    form.renew()
    return form


@pages.post("/preview")
@requires(Permission.READ_CASES)
def preview() -> ResponseReturnValue:
    """Show which of the chosen matters get another handler, and which not and why; nothing is done yet."""
    return _shown(_offered(PassOnForm(formdata=None)), _found())


def _shown(form: PassOnForm, found: PassingOn) -> str:
    return render_template("case/passing_on.html", form=form, found=found, list_href=_list())


@pages.post("")
@requires(Permission.READ_CASES)
def give() -> ResponseReturnValue:
    """Pass them on, each once however often the form is sent; say exactly what happened."""
    location = repeated()
    if location:
        return sent_before(location)
    form = _offered(PassOnForm())
    way = Together("已改派", "改派", "改派的", _list())
    return carried_out_together(way, form, lambda: _passed_on(form), lambda: _shown(form, _found()))


def _passed_on(form: PassOnForm) -> HandedOut:
    to, reason = int(form.handler.chosen), form.reason.data
    return pass_on_all(as_seen(_asked()), to, reason=reason, by=person, now=clock.now(), pace=Pace())
