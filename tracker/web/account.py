"""我的账号: one's own posts, password and sessions."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from tracker.core import clock
from tracker.core.database import committed
from tracker.core.errors import DomainError
from tracker.people import passwords, queries, service
from tracker.people.models import User
from tracker.web.access import actor, end_reading, signed_in
from tracker.web.forms import OfficeForm, SecretField
from tracker.web.sign_in import begin_browser_session

pages = Blueprint("account", __name__, url_prefix="/account")


class PasswordForm(OfficeForm):
    """The old password and, twice, the new one."""

    old = SecretField("现在的密码", required=True)
    password = SecretField("新密码", required=True, hint=passwords.RULE)
    again = SecretField("再输一遍新密码", required=True)


@pages.get("")
@signed_in
def page() -> ResponseReturnValue:
    """Show one's own posts and where one is signed in (我的账号)."""
    now = clock.now()
    sessions = queries.sessions_of(actor().id, now)
    return render_template(
        "account/page.html", user=current_user, sessions=sessions, here=actor().session_id, local=clock.local
    )


@pages.post("/sessions/end")
@signed_in
def end_other_sessions() -> ResponseReturnValue:
    """End one's sessions on other machines (结束其他会话)."""
    with committed():
        service.end_other_sessions(actor().id, kept_id=actor().session_id, now=clock.now())
    flash("其他地方的登录都已结束。", "success")
    return redirect(url_for(".page"), 303)


@pages.route("/password", methods=["GET", "POST"])
@signed_in
def password() -> ResponseReturnValue:
    """Change one's own password (修改密码); every other session ends."""
    form = PasswordForm()
    if request.method == "GET":
        return _password_page(form)
    if not form.validate_on_submit():
        return _password_page(form), 422
    try:
        token = _change(form)
    except DomainError as error:
        form.fail(error)
        return _password_page(form), error.status
    begin_browser_session(token)
    flash("密码已经修改，其他地方的登录都已结束。", "success")
    return redirect(url_for(".page"), 303)


def _password_page(form: PasswordForm) -> str:
    confined = g.get("must_change_password", False)
    return render_template("account/password.html", form=form, username=current_user.username, confined=confined)


def _change(form: PasswordForm) -> str:
    """Compare and hash outside any transaction, then change; return the token of the new session."""
    user: User = current_user._get_current_object()
    username, name, tried_hash = user.username, user.name, user.password_hash
    end_reading()
    if form.password.data != form.again.data:
        raise DomainError("两次输入的新密码不一样，请重新输入。", field="again")
    if form.password.data == form.old.data:
        raise DomainError("新密码不能和现在的密码相同。", field="password")
    password_hash = passwords.accepted(form.password.data, username=username, name=name)
    with committed():
        service.begin_attempt(username, request.remote_addr or "", now=clock.now())
    if not passwords.matches(tried_hash, form.old.data):
        raise DomainError("现在的密码不对，请重新输入。", field="old")
    with committed():
        service.change_password(user, tried_hash=tried_hash, password_hash=password_hash, now=clock.now())
        return service.start_session(user, now=clock.now())
