"""批量催办: a preview of what a sending would do, then one 催办单 for each matter that may get one."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.exc import IntegrityError

from tracker.cases.intake import drafts, submissions
from tracker.cases.intake.submissions import Earlier
from tracker.cases.ledger.chosen import chosen_cases
from tracker.core import clock
from tracker.core.database import committed
from tracker.core.dates import Meaning
from tracker.core.errors import DomainError
from tracker.core.pacing import Pace
from tracker.people.rules import Permission
from tracker.supervision.papers.chosen import Sent, Urging, issued_since, urge_all
from tracker.supervision.papers.order_list import Orders
from tracker.supervision.papers.selection import MOST, selection
from tracker.web.case.step_forms.supervision import URGED, URGED_DAYS, working_days_on
from tracker.web.frame.access import actor, person, reader, requires
from tracker.web.frame.drafts import resumed
from tracker.web.frame.forms import AreaField, DayField, OfficeForm
from tracker.web.frame.paging import ticked

pages = Blueprint("bulk_orders", __name__, url_prefix="/supervision/urge")
# How many refusals a sentence names; the preview has named them all.
NAMED = 10
# So many papers fit into a turn on any machine.
AT_FIRST = 2


class UrgeAllForm(OfficeForm):
    """One text and one day for all."""

    reason = AreaField(
        "催办内容", required=True, longest=5000, hint="写进每一份催办单和过程记录。", render_kw={"rows": 5}
    )
    reply_by = DayField("回复期限", meaning=Meaning.LIMIT, required=True, hint="到期以前不再发第二份；可写 12月1日。")


def _asked(given: Sequence[str]) -> list[str]:
    return ticked(given, MOST, "催办")


@pages.get("")
@requires(Permission.ISSUE_ORDERS)
def page() -> ResponseReturnValue:
    """Go on with a draft of 批量催办; without one no matters are chosen, which is done in the ledger (台账)."""
    form, draft = UrgeAllForm(), resumed()
    if draft is None:
        return redirect(url_for("ledger.page"), 303)
    return _shown(form, _asked(draft.fields.get("case", ())))


@pages.post("/preview")
@requires(Permission.ISSUE_ORDERS)
def preview() -> ResponseReturnValue:
    """Show which of the chosen matters would get a 催办单, and which not and why; nothing is done yet."""
    form = UrgeAllForm(formdata=None, data={"reply_by": working_days_on(URGED_DAYS), "reason": URGED})
    return _shown(form, _asked(request.form.getlist("case")))


def _shown(form: UrgeAllForm, chosen: Sequence[str]) -> str:
    found = selection(chosen, by=current_user, reader=reader(), today=clock.today(), now=clock.now())
    return render_template("supervision/bulk.html", form=form, found=found)


@pages.post("")
@requires(Permission.ISSUE_ORDERS)
def issue() -> ResponseReturnValue:
    """Issue them, each once however often the form is sent; say exactly what happened.

    A form whose sending was broken off goes on with the rest when it is sent again.
    """
    form = UrgeAllForm()
    first = submissions.earlier(form.submission.data[:44], by=actor())
    chosen = _asked(request.form.getlist("case"))
    if not form.validate_on_submit():
        return _shown(form, chosen), 422
    try:
        return _issued(form, chosen, first)
    except DomainError as error:
        form.fail(error)
        return _shown(form, chosen), error.status
    except IntegrityError:
        location = submissions.earlier_location(form.submission.data, by=actor())
        if location is None:
            raise
        return _again(form.token, location)


def _issued(form: UrgeAllForm, chosen: list[str], first: Earlier | None) -> ResponseReturnValue:
    now, reason, reply_by = clock.now(), form.reason.data, form.reply_by.day
    location = url_for("supervision.orders", which=Orders.ALL.value, sent=now.isoformat())
    ids = [case.id for case in chosen_cases(chosen, reader())]
    before = issued_since(first.made_at, ids, actor().id) if first else frozenset()

    def begin() -> None:
        if first is None:
            submissions.remember(form.submission.data, location, by=actor(), now=now)

    going = [id_ for id_ in ids if id_ not in before]
    sent = urge_all(going, Urging(person(), now, reason, reply_by), Pace(AT_FIRST), begin=begin)
    if not sent.numbers:
        beside = first or submissions.earlier(form.submission.data, by=actor())
        if beside is None:
            raise DomainError(f"一份也没有发出。{_words(sent)}")
        return _again(form.token, beside.location)
    _over(form.token)
    earlier_words = f"这次以前已发出 {len(before)} 份；" if before else ""
    flash(earlier_words + _words(sent), "success" if not sent.refused else "warning")
    return redirect(location, 303)


def _words(sent: Sent) -> str:
    """Return what happened: how many went out under which numbers, and which did not and why."""
    numbers = sent.numbers
    said = f"已发出 {len(numbers)} 份催办单（{'、'.join(_spans(numbers))}）。" if numbers else ""
    if not sent.refused:
        return said
    named = "；".join(f"{number}：{why}".removeprefix("：").rstrip("。") for number, why in sent.refused[:NAMED])
    more = f"；另有 {len(sent.refused) - NAMED} 件" if len(sent.refused) > NAMED else ""
    return f"{said}没有发的 {len(sent.refused)} 件——{named}{more}。"


def _spans(numbers: Sequence[str]) -> Iterator[str]:
    """Yield the numbers of each series, those that follow each other from the first to the last.

    Between two turns of a sending others may take numbers: what lies between is not claimed.
    """
    by_series = sorted((series, int(running), number) for number in numbers for series, running in [_parts(number)])
    for _, run in groupby(enumerate(by_series), lambda pair: (pair[1][0], pair[1][1] - pair[0])):
        some = [number for _, (_, _, number) in run]
        yield some[0] if len(some) == 1 else f"{some[0]}至{some[-1]}"


def _parts(number: str) -> tuple[str, str]:
    """Return the series and the running number that stand in the number of a paper (催〔2026〕3号)."""
    series, _, running = number.removesuffix("号").rpartition("〕")
    return series, running


def _over(token: str) -> None:
    """End the draft once nothing is left to send: a sending that was broken off goes on from it."""
    with committed():
        drafts.discard_draft(by=actor(), token=token)


def _again(token: str, location: str) -> ResponseReturnValue:
    _over(token)
    flash("这份表单已经提交过，没有重复发出。", "info")
    return redirect(location, 303)
