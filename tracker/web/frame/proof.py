"""再次验证身份: what opens most asks again who sits there, where the last proof is older than a quarter of an hour.

A view says so itself by `@proved`. What was asked for goes on by itself once the password, or the code of the second
factor, was right: a page that was to be opened is opened, a form that was sent is sent again with all it said.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from tracker.core import clock
from tracker.core.database import committed, end_reading
from tracker.core.errors import DomainError, Forbidden
from tracker.people import passwords, service
from tracker.people.rules import PROOF_LASTS
from tracker.web.frame.access import TOKEN, actor, go_on_in, person, wants_json
from tracker.web.frame.device import device_name, device_token, known_token, remember
from tracker.web.frame.forms import OfficeForm
from tracker.web.frame.secret_fields import SecretField, secret_names
from tracker.web.frame.security import SAFE_METHODS

PROOF = "proof"
ASKS = "proof.ask"
WRONG = "不对，请重新输入。"
CODE_HINT = "手机验证器上的 6 位数字，半分钟换一次。手机不在身边的，填一个备用码。"
View = TypeVar("View", bound=Callable[..., Any])


class ProofForm(OfficeForm):
    """The password again, or the code of who has a second factor."""

    resumable = False
    proof = SecretField("密码", required=True)


def proved(view: View) -> View:
    """Ask again who it is before the page is opened or the form taken, where the last proof is old."""
    vars(view)["proved"] = True
    return view


def asks_proof(endpoint: str) -> bool:
    """Return whether the view of an endpoint asks for a fresh proof."""
    return bool(getattr(current_app.view_functions[endpoint], "proved", False))


def init_proof(app: Flask) -> None:
    """Ask before every view that is marked. Register after access and the form tokens."""
    app.before_request(_demand)


def _demand() -> ResponseReturnValue | None:
    if request.endpoint is None or not asks_proof(request.endpoint) or is_fresh():
        return None
    if wants_json():
        raise Forbidden("离上次验证身份已经一段时间，请打开这一页再办。")
    if request.method in SAFE_METHODS:
        return redirect(url_for(ASKS, next=request.full_path.rstrip("?")), 303)
    form = ProofForm()
    if PROOF not in request.form:
        return proof_page(ProofForm(formdata=None), request.full_path.rstrip("?"), _carried()), 401
    return None if is_proved_by(form) else (proof_page(form, request.full_path.rstrip("?"), _carried()), form.status)


def is_fresh() -> bool:
    """Return whether the session began, or was proved again, a short while ago."""
    return clock.now() - actor().proved_at < PROOF_LASTS


def is_proved_by(form: ProofForm) -> bool:
    """Try what was typed, and go on in a new session where it is right; else the form says why not."""
    if not form.validate_on_submit():
        return False
    try:
        _prove(form.proof.data)
    except DomainError as error:
        form.fail(error)
        return False
    return True


def _prove(typed: str) -> None:
    """Count the try, compare without holding a transaction, then begin a new session, or note the refusal."""
    user, now = person(), clock.now()
    username, tried_hash, coded = user.username, user.password_hash, user.factor_since is not None
    address, device = request.remote_addr or "", device_token()
    with committed():
        service.begin_attempt(username, address, now=now, device=known_token())
    end_reading()
    try:
        if not coded and not passwords.matches(tried_hash, typed):
            raise DomainError(f"密码{WRONG}", field=PROOF)
        with committed():
            token = service.prove_again(
                person(),
                token=session[TOKEN],
                tried_hash=tried_hash,
                code=typed if coded else "",
                address=address,
                device=device,
                device_name=device_name(),
                now=now,
            )
    except DomainError:
        with committed():
            service.refuse_attempt(actor().id, now=now)
        raise
    go_on_in(token)
    remember(device)


def proof_page(form: ProofForm, action: str, carried: list[tuple[str, str]]) -> str:
    """Return the small page that asks; `carried` are the fields of the form that waits."""
    coded = person().factor_since is not None
    return render_template("office/proof.html", form=form, action=action, carried=carried, coded=coded, hint=CODE_HINT)


def _carried() -> list[tuple[str, str]]:
    """Return what the waiting form says, but what is never shown again."""
    left_out = {"csrf_token", *secret_names()}
    return [(name, text) for name, texts in request.form.lists() if name not in left_out for text in texts]
