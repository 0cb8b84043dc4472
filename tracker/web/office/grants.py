"""系统 → 人员 → 权限申请: what one administrator asks for, the other approves or refuses."""

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from tracker.cases.access import widening
from tracker.core import clock
from tracker.core.errors import DomainError, NotFound
from tracker.people.models import GrantRequest
from tracker.people.passwords import PasswordHash
from tracker.people.rules import GrantOutcome, Permission
from tracker.reminders.gate.queries import believed
from tracker.web.frame.access import actor, may, requires, signed_in
from tracker.web.frame.forms import AreaField, OfficeForm, form_page
from tracker.web.frame.proof import proved
from tracker.web.frame.sending import carried_out
from tracker.web.office.one_time import one_time_password

pages = Blueprint("grants", __name__, url_prefix="/grants")


class ApprovalForm(OfficeForm):
    """What was checked before it is approved."""

    note = AreaField("核对情况", required=True, longest=500, hint="如已与本人、与本人单位当面核对。写进日志。")


class PasswordOutForm(OfficeForm):
    """Nothing to type: the button."""


class EndingForm(OfficeForm):
    """Why a request goes no further."""

    note = AreaField("理由", required=True, longest=500, hint="写进日志。")


@pages.route("/<pid:public_id>/approve", methods=["GET", "POST"])
@requires(Permission.APPROVE_GRANTS)
def approve(public_id: str) -> ResponseReturnValue:
    """Approve what another asked for (批准)."""
    request, form = widening.request_by_public_id(public_id), ApprovalForm()

    def act() -> None:
        widening.approve(request, note=form.note.data, by=actor(), now=clock.now())

    return carried_out(form, act, _list, "已经批准，过了等待期自动生效。") or _form("approve", form, request)


@pages.route("/<pid:public_id>/password", methods=["GET", "POST"])
@requires(Permission.APPROVE_GRANTS)
@proved
def hand_out(public_id: str) -> ResponseReturnValue:
    """Hand out a one-time password after the wait (发放一次性密码): who approves sees it, who asked never does."""
    request, form = widening.request_by_public_id(public_id), PasswordOutForm()
    if form.validate_on_submit():
        try:
            return one_time_password(request.user, lambda made: _hand_out(public_id, made), back=_list(None))
        except DomainError as error:
            form.fail(error)
    return _form("hand_out", form, widening.request_by_public_id(public_id))


def _hand_out(public_id: str, password_hash: PasswordHash) -> None:
    now, request = clock.now(), widening.request_by_public_id(public_id)
    if not (gate := believed(now)).open:
        raise DomainError(gate.sentence)
    widening.hand_out_password(request, password_hash=password_hash, by=actor(), now=now)


@pages.route("/<pid:public_id>/end", methods=["GET", "POST"])
@requires(Permission.READ_PEOPLE)
def end(public_id: str) -> ResponseReturnValue:
    """Refuse a request (不批准), or withdraw it (撤回), before it works."""
    request, form = widening.request_by_public_id(public_id), EndingForm()
    outcome = GrantOutcome.REFUSED if may(Permission.APPROVE_GRANTS) else GrantOutcome.WITHDRAWN

    def act() -> None:
        widening.end_request(request, outcome, note=form.note.data, by=actor(), now=clock.now())

    return carried_out(form, act, _list, "已经办结，没有生效。") or _form(outcome.value, form, request)


@pages.route("/<pid:public_id>/object", methods=["GET", "POST"])
@signed_in
def object_to(public_id: str) -> ResponseReturnValue:
    """Stop what was asked for in one's own name (反对)."""
    request, form = widening.request_by_public_id(public_id), EndingForm()
    if request.user_id != actor().id:
        raise NotFound

    def act() -> None:
        widening.end_request(request, GrantOutcome.WITHDRAWN, note=form.note.data, by=actor(), now=clock.now())

    return carried_out(form, act, lambda _none: url_for("account.page"), "已经停止，没有生效。") or _form(
        "object", form, request, account=True
    )


def _list(_none: object) -> str:
    return url_for("people.page")


def _form(what: str, form: OfficeForm, request: GrantRequest, *, account: bool = False) -> ResponseReturnValue:
    return form_page(f"office/grants/{what}.html", form, asked=request, local=clock.local, account=account)
