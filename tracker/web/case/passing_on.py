"""一起改派: chosen in the list 待改派, previewed, given to another handler each by itself; what failed stays."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from tracker.cases.acts.hand_out import ChosenCase, HandedOut
from tracker.cases.acts.passing_on import pass_on_all
from tracker.cases.ledger.chosen import chosen_cases
from tracker.cases.ledger.groups import OwnMatters, StateGroup
from tracker.cases.page.hand_out import MOST_AT_ONCE
from tracker.cases.page.passing_on import PassingOn, handlers_to_name, passing_on
from tracker.core import clock
from tracker.core.errors import DomainError
from tracker.core.pacing import Pace
from tracker.people.rules import Permission
from tracker.web.case.asked import number
from tracker.web.frame.access import person, reader, requires
from tracker.web.frame.declarations import HALF
from tracker.web.frame.forms import AreaField, ChoiceField, OfficeForm
from tracker.web.frame.paging import ticked
from tracker.web.frame.sending import conclude, repeated

pages = Blueprint("passing_on", __name__, url_prefix="/cases/handlers/selection")
# How many refusals a sentence names; the preview has named what could be known before.
NAMED = 10


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
        return _again(location)
    form, found = _offered(PassOnForm()), _found()
    if not form.validate_on_submit() or form.errors:
        return _shown(form, found), form.status
    done = _passed_on(form)
    if not done.numbers:
        location = repeated()
        if location:
            return _again(location)
        form.fail(DomainError(f"一件也没有改派。{_words(done)}"))
        return _shown(form, _found()), form.status
    conclude(_list())
    flash(_words(done), "success" if not done.refused else "warning")
    return redirect(_list(), 303)


def _passed_on(form: PassOnForm) -> HandedOut:
    seen = dict(zip(request.form.getlist("case"), request.form.getlist("seen"), strict=False))
    cases = chosen_cases(_asked(), reader())
    chosen = [ChosenCase(case.id, number(seen.get(case.public_id, ""))) for case in cases]
    to = int(form.handler.chosen)
    return pass_on_all(chosen, to, reason=form.reason.data, by=person, now=clock.now(), pace=Pace())


def _words(done: HandedOut) -> str:
    """Return which were passed on, and which were not and why."""
    words = f"已改派 {len(done.numbers)} 件：{'、'.join(done.numbers)}。" if done.numbers else ""
    if not done.refused:
        return words
    named = "；".join(f"{number}：{why}".removeprefix("：").rstrip("。") for number, why in done.refused[:NAMED])
    more = f"；另有 {len(done.refused) - NAMED} 件" if len(done.refused) > NAMED else ""
    return f"{words}没有改派的 {len(done.refused)} 件，还在列表里——{named}{more}。"


def _again(location: str) -> ResponseReturnValue:
    flash("这份表单已经提交过，没有重复办理。", "info")
    return redirect(location, 303)
