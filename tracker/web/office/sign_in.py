"""登录 and 退出: the password, then the code of the second factor where the account has one (两步验证)."""

import hmac
from datetime import datetime, timedelta
from typing import NoReturn
from urllib.parse import urlsplit

from flask import Blueprint, jsonify, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from tracker import audit
from tracker.core import clock, encryption
from tracker.core.database import committed, end_reading
from tracker.core.errors import DomainError
from tracker.people import passwords, queries, service
from tracker.people.models import User
from tracker.web.frame.access import TOKEN, actor, public, signed_in, wants_json
from tracker.web.frame.device import device_name, device_token, known_token, remember
from tracker.web.frame.forms import LineField, OfficeForm
from tracker.web.frame.proof import CODE_HINT
from tracker.web.frame.secret_fields import SecretField
from tracker.web.frame.security import masked_token

pages = Blueprint("sign_in", __name__)
HOME = "/"
# The cookie of the session goes with it; that of the device stays: it lets nobody in.
LEFT_NOTHING = '"cache", "storage"'
# In the cookie: whose password was right, when, and the mark of both. It opens nothing but the page of the code.
HALF_WAY = "half_way"
HALF_WAY_LASTS = timedelta(minutes=10)


class SignInForm(OfficeForm):
    """Username and password; nobody is signed in whose draft it could be."""

    resumable = False
    username = LineField("用户名", required=True, longest=40)
    password = SecretField("密码", required=True)


class CodeForm(OfficeForm):
    """The code of the second factor, after the password."""

    resumable = False
    factor_code = SecretField("验证码", required=True, hint=CODE_HINT)


class CodeNeeded(Exception):
    """The password is right, and the account has a second factor."""


@pages.get("/sign-in")
@public
def page() -> ResponseReturnValue:
    """Show the form (登录)."""
    if current_user.is_authenticated:
        return redirect(safe_next(), 303)
    return _form(SignInForm())


@pages.post("/sign-in")
@public
def enter() -> ResponseReturnValue:
    """Try a username and a password; the session is a new one each time."""
    form = SignInForm()
    if not form.validate_on_submit():
        return _refused(form)
    try:
        token = try_password(service.folded_username(form.username.data), form.password.data)
    except CodeNeeded:
        return jsonify(code=True) if wants_json() else redirect(_onwards(".code"), 303)
    except DomainError as error:
        form.fail(error)
        return _refused(form)
    return _entered(token)


@pages.route("/sign-in/code", methods=["GET", "POST"])
@public
def code() -> ResponseReturnValue:
    """Ask for the code of the second factor (两步验证), of whoever gave the right password just before."""
    form, user = CodeForm(), _half_way()
    if user is None:
        return redirect(_onwards(".page"), 303)
    if not form.validate_on_submit():
        return _refused(form) if request.method == "POST" else _form(form)
    try:
        token = try_code(user, form.factor_code.data)
    except DomainError as error:
        form.fail(error)
        return _refused(form)
    return _entered(token)


def _entered(token: str) -> ResponseReturnValue:
    begin_browser_session(token)
    return ("", 204) if wants_json() else redirect(safe_next(), 303)


def _onwards(endpoint: str) -> str:
    return url_for(endpoint, next=request.args.get("next") or None)


def _refused(form: SignInForm | CodeForm) -> ResponseReturnValue:
    """Answer the page, or the script of a page in which the session ended."""
    if wants_json():
        return jsonify(error=next(iter(form.errors.values()))), form.status
    return _form(form), form.status


@pages.get("/session")
@public
def present() -> ResponseReturnValue:
    """Say to the script of a page who is signed in now, by a mark, with a form token that counts, and their key.

    A form asks before it is sent: where the session has ended, its person signs in within the page.
    """
    mine = current_user.is_authenticated
    return jsonify(
        person=encryption.mark_of_person(actor().id) if mine else None,
        key=encryption.browser_key(actor().id) if mine else None,
        csrf=masked_token(),
    )


@pages.post("/sign-out")
@signed_in
def sign_out() -> ResponseReturnValue:
    """End the session here and on the server (退出); the browser forgets what it kept."""
    with committed():
        service.end_session(session[TOKEN], because=service.Ending.SIGNED_OUT, now=clock.now())
        audit.record(audit.Event.SIGNED_OUT, by=actor(), now=clock.now(), payload={"user": actor().id})
    session.clear()
    answer = redirect(url_for(".page", left=1), 303)
    answer.headers["Clear-Site-Data"] = LEFT_NOTHING
    return answer


def _form(form: SignInForm | CodeForm) -> str:
    page = "page" if isinstance(form, SignInForm) else "code"
    return render_template(
        f"office/sign_in/{page}.html", form=form, next=request.args.get("next", ""), left="left" in request.args
    )


def begin_browser_session(token: str) -> None:
    """Put a new token into an emptied cookie; form tokens of before no longer count."""
    session.clear()
    session[TOKEN] = token


def try_password(username: str, password: str) -> str:
    """Return the token of a new session; raises DomainError, alike for a wrong password and an unknown name.

    Three steps: count the attempt, compare without holding a transaction, then begin the session or refuse.
    Raises CodeNeeded where the password is right and a code is to follow; the attempt stays counted until then.
    """
    _begin(username)
    user = queries.account_named(username)
    user_id, tried_hash = (user.id, user.password_hash if user.is_active else None) if user else (None, None)
    end_reading()
    right = passwords.matches(tried_hash, password)
    if user is None or tried_hash is None or not right:
        _refuse(user_id)
    if user.factor_since is not None:
        at = clock.now().isoformat()
        session[HALF_WAY] = [username, at, _mark(user, at)]
        raise CodeNeeded
    return _sign_in(user, tried_hash, renewed_hash=passwords.renewed(tried_hash, password))


def try_code(user: User, code: str) -> str:
    """Return the token of a new session after the code of the second factor; raises DomainError for a wrong one."""
    user_id, tried_hash = user.id, user.password_hash
    _begin(user.username)
    try:
        return _sign_in(user, tried_hash, code=code)
    except DomainError as error:
        with committed():
            service.refuse_attempt(user_id, now=clock.now())
        raise error


def _begin(username: str) -> None:
    with committed():
        service.begin_attempt(username, request.remote_addr or "", now=clock.now(), device=known_token())


def _sign_in(user: User, tried_hash: str, *, renewed_hash: passwords.PasswordHash | None = None, code: str = "") -> str:
    device = device_token()
    with committed():
        _end_present_session()
        token = service.sign_in(
            user,
            address=request.remote_addr or "",
            tried_hash=tried_hash,
            renewed_hash=renewed_hash,
            device=device,
            device_name=device_name(),
            code=code,
            now=clock.now(),
        )
    remember(device)
    return token


def _half_way() -> User | None:
    """Return who gave the right password a moment ago in this browser; None where it was changed since."""
    username, at, mark = session.get(HALF_WAY, ("", "", ""))
    user = queries.account_named(username) if username else None
    if user is None or not hmac.compare_digest(mark, _mark(user, at)):
        return None
    return user if clock.now() - datetime.fromisoformat(at) < HALF_WAY_LASTS else None


def _mark(user: User, at: str) -> str:
    return encryption.record_mac(f"half way|{user.id}|{user.password_hash}|{at}".encode()).hex()


def _refuse(user_id: int | None) -> NoReturn:
    with committed():
        service.refuse_attempt(user_id, now=clock.now())
    raise DomainError(service.REFUSED)


def _end_present_session() -> None:
    if TOKEN in session:
        service.end_session(session[TOKEN], because=service.Ending.SIGNED_IN_AGAIN, now=clock.now())


def safe_next() -> str:
    """Return where to go after signing in: a page of this site, or the first one."""
    wanted = request.args.get("next", "")
    return wanted if _is_inside(wanted) else HOME


def _is_inside(address: str) -> bool:
    """Return whether an address is a plain path of this site; browsers take \\ for / and skip tabs and line breaks."""
    if not address.isprintable() or "\\" in address or not address.startswith("/") or address.startswith("//"):
        return False
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return not parts.scheme and not parts.netloc
