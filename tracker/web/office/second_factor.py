"""我的账号 → 两步验证: enabled with a telephone, at the first sign-in where the post asks for it; a new telephone."""

from base64 import urlsafe_b64decode, urlsafe_b64encode

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from tracker.core import clock
from tracker.core.database import committed
from tracker.core.encryption import CannotDecrypt, decrypt, encrypt
from tracker.core.errors import DomainError
from tracker.people import second_factor, service
from tracker.web.frame.access import actor, person, signed_in
from tracker.web.frame.device import device_name, device_token, known_token, remember
from tracker.web.frame.forms import LineField, OfficeForm
from tracker.web.frame.proof import CODE_HINT, proved
from tracker.web.frame.secret_fields import SecretField
from tracker.web.office.sign_in import begin_browser_session

pages = Blueprint("second_factor", __name__, url_prefix="/account/second-factor")


class FactorForm(OfficeForm):
    """The first code of a telephone; `offer` is the secret it was given, which only its person's page can bring back.

    Who has a second factor already gives a code of the old telephone too, or a recovery code.
    """

    resumable = False
    offer = LineField("密钥", longest=400)
    present = SecretField("原来的验证码", hint=CODE_HINT)
    factor_code = SecretField("验证码", required=True, hint="扫描以后，手机上显示的 6 位数字。")


@pages.route("", methods=["GET", "POST"])
@signed_in
@proved
def enable() -> ResponseReturnValue:
    """Show a new secret, and enable the second factor with its first code (启用两步验证)."""
    form = FactorForm()
    secret = _offered(form.offer.data or "") or second_factor.new_secret()
    form.offer.data = _offer(secret)
    if not form.validate_on_submit():
        return _page(form, secret), 422 if request.method == "POST" else 200
    try:
        codes, token = _enable(form, secret)
    except DomainError as error:
        with committed():
            service.refuse_attempt(actor().id, now=clock.now())
        form.fail(error)
        return _page(form, secret), error.status
    begin_browser_session(token)
    return render_template("office/account/recovery_codes.html", codes=codes)


def _enable(form: FactorForm, secret: str) -> tuple[list[str], str]:
    """Enable it, and begin a new session: all others of the person end."""
    name, address, now = current_user.username, request.remote_addr or "", clock.now()
    with committed():
        service.begin_attempt(name, address, now=now, device=known_token())
    device = device_token()
    with committed():
        user = person()
        service.prove(user, form.present.data or "", now=now, field="present")
        codes = service.enable_factor(user, secret=secret, code=form.factor_code.data, now=now)
        known = service.note_device(user, device, name=device_name(), now=now)
        token = service.start_session(user, device=known, now=now)
    remember(device)
    return codes, token


def _page(form: FactorForm, secret: str) -> str:
    path, width = second_factor.drawn(secret, current_user.username)
    return render_template(
        "office/account/second_factor.html",
        form=form,
        path=path,
        width=width,
        secret=second_factor.in_groups(secret),
        since=current_user.factor_since,
        left=len(current_user.factor.recovery) if current_user.factor_since else 0,
        confined=g.first_thing is not None,
        local=clock.local,
    )


def _offer(secret: str) -> str:
    return urlsafe_b64encode(encrypt(secret, context=_context())).decode()


def _offered(offer: str) -> str | None:
    """Return the secret that a page of this person offered; None where it is another's, or no offer at all."""
    try:
        return decrypt(urlsafe_b64decode(offer), context=_context())
    except (CannotDecrypt, ValueError):
        return None


def _context() -> str:
    return f"second_factor.offer|{actor().id}"
