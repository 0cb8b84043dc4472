"""批量催办: a preview of what a sending would do, then one 催办单 for each matter that may get one."""

from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.exc import IntegrityError

from tracker.cases.intake import submissions
from tracker.core import clock
from tracker.core.database import committed
from tracker.core.errors import DomainError
from tracker.people.rules import Permission
from tracker.supervision.papers.chosen import Sent, urge_all
from tracker.supervision.papers.order_list import Orders
from tracker.supervision.papers.selection import MOST, chosen_cases, selection
from tracker.web.case.step_forms.supervision import URGED, URGED_DAYS, working_days_on
from tracker.web.frame.access import actor, reader, requires
from tracker.web.frame.forms import AreaField, DayField, LineField, OfficeForm

pages = Blueprint("bulk_orders", __name__, url_prefix="/supervision/urge")
# How many refusals a sentence names; the preview has named them all.
NAMED = 10


class UrgeAllForm(OfficeForm):
    """One text and one day for all."""

    submission = LineField("表单", longest=44)
    reply_by = DayField("回复期限", required=True, hint="到期以前不再发第二份；可写 12月1日。")
    reason = AreaField("催办内容", required=True, longest=5000, hint="写进每一份催办单和过程记录。")


def _asked() -> list[str]:
    """Return the chosen matters, each once; refuses none, and more than one sending takes."""
    chosen = list(dict.fromkeys(filter(None, request.form.getlist("case"))))
    if not chosen:
        raise DomainError("还没有选中信访件：请在台账里勾选要催办的件。")
    if len(chosen) > MOST:
        raise DomainError(f"一次最多催办 {MOST} 件，现在选中 {len(chosen)} 件，请分批办理。")
    return chosen


@pages.post("/preview")
@requires(Permission.ISSUE_ORDERS)
def preview() -> ResponseReturnValue:
    """Show which of the chosen matters would get a 催办单, and which not and why; nothing is done yet."""
    form = UrgeAllForm()
    form.reply_by.data, form.reply_by.raw_data = working_days_on(URGED_DAYS), None
    form.reason.data, form.reason.raw_data = URGED, None
    form.submission.data = submissions.new_token()
    return _shown(form)


def _shown(form: UrgeAllForm) -> str:
    found = selection(_asked(), by=current_user, reader=reader(), today=clock.today())
    return render_template("supervision/bulk.html", form=form, found=found)


@pages.post("")
@requires(Permission.ISSUE_ORDERS)
def issue() -> ResponseReturnValue:
    """Issue them in one transaction, once however often the form is sent; say exactly what happened."""
    form = UrgeAllForm()
    sent_before = submissions.earlier_location(form.submission.data[:44], by=actor())
    if sent_before:
        return _again(sent_before)
    chosen = _asked()
    if not form.validate_on_submit():
        return _shown(form), 422
    try:
        return redirect(_issued(form, chosen), 303)
    except DomainError as error:
        form.fail(error)
        return _shown(form), error.status
    except IntegrityError:
        location = submissions.earlier_location(form.submission.data, by=actor())
        if location is None:
            raise
        return _again(location)


def _issued(form: UrgeAllForm, chosen: list[str]) -> str:
    now = clock.now()
    location = url_for("supervision.orders", which=Orders.ALL.value, sent=now.isoformat())
    given: dict[str, Any] = {"reason": form.reason.data, "reply_by": form.reply_by.data}
    with committed():
        by = current_user._get_current_object()
        submissions.remember(form.submission.data, location, by=actor(), now=now)
        sent = urge_all(chosen_cases(chosen, reader()), by=by, now=now, **given)
        words = _words(sent, now)
        if not sent.issued:
            raise DomainError(f"一份也没有发出。{words}")
    flash(words, "success" if not sent.refused else "warning")
    return location


def _words(sent: Sent, now: datetime) -> str:
    """Return what happened: how many went out under which numbers, and which did not and why."""
    numbers = [order.number for order in sent.issued]
    span = numbers[0] if len(numbers) == 1 else f"{numbers[0]}至{numbers[-1]}" if numbers else ""
    said = f"已发出 {len(numbers)} 份催办单（{span}）。" if numbers else ""
    if not sent.refused:
        return said
    named = "；".join(f"{number}：{why}".removeprefix("：").rstrip("。") for number, why in sent.refused[:NAMED])
    more = f"；另有 {len(sent.refused) - NAMED} 件" if len(sent.refused) > NAMED else ""
    return f"{said}没有发的 {len(sent.refused)} 件——{named}{more}。"


def _again(location: str) -> ResponseReturnValue:
    flash("这份表单已经提交过，没有重复发出。", "info")
    return redirect(location, 303)
