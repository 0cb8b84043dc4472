"""一起分类并交办: chosen in the ledger, previewed, given out, each by itself; what failed stays in the list."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from tracker.cases.acts.hand_out import ChosenCase, HandedOut, hand_out_all
from tracker.cases.ledger.chosen import chosen_cases
from tracker.cases.page.hand_out import MOST_AT_ONCE, HandOutPreview, hand_out_preview
from tracker.cases.record.rules.codes import Status
from tracker.core import clock
from tracker.core.errors import DomainError
from tracker.core.pacing import Pace
from tracker.people.rules import Permission
from tracker.web.case.asked import number
from tracker.web.case.step_forms.triage import TogetherForm
from tracker.web.frame.access import person, reader, requires
from tracker.web.frame.paging import ticked
from tracker.web.frame.sending import conclude, repeated

pages = Blueprint("hand_out", __name__, url_prefix="/cases/triage/selection")
# How many refusals a sentence names; the preview has named what could be known before.
NAMED = 10


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
        return _again(location)
    found, form = _found(), TogetherForm()
    form.offer_all(found.cases)
    form.renew()
    if not form.validate_on_submit() or form.errors:
        return _shown(form, found), form.status
    done = _given_out(form)
    if not done.numbers:
        location = repeated()
        if location:
            return _again(location)
        form.fail(DomainError(f"一件也没有交办。{_words(done)}"))
        return _shown(form, _found()), form.status
    conclude(_list())
    flash(_words(done), "success" if not done.refused else "warning")
    return redirect(_list(), 303)


def _given_out(form: TogetherForm) -> HandedOut:
    seen = dict(zip(request.form.getlist("case"), request.form.getlist("seen"), strict=False))
    cases = chosen_cases(_asked(), reader())
    chosen = [ChosenCase(case.id, number(seen.get(case.public_id, ""))) for case in cases]
    return hand_out_all(chosen, form.order(), by=person, now=clock.now(), pace=Pace())


def _words(done: HandedOut) -> str:
    """Return which were given out, and which were not and why."""
    words = f"已分类并交办 {len(done.numbers)} 件：{'、'.join(done.numbers)}。" if done.numbers else ""
    if not done.refused:
        return words
    named = "；".join(f"{number}：{why}".removeprefix("：").rstrip("。") for number, why in done.refused[:NAMED])
    more = f"；另有 {len(done.refused) - NAMED} 件" if len(done.refused) > NAMED else ""
    return f"{words}没有办的 {len(done.refused)} 件，还在列表里——{named}{more}。"


def _again(location: str) -> ResponseReturnValue:
    flash("这份表单已经提交过，没有重复办理。", "info")
    return redirect(location, 303)
