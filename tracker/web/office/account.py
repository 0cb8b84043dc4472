"""我的账号: one's own posts, absences, address for notices, password and sessions."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from tracker.cases.access import widening
from tracker.core import clock
from tracker.core.database import committed, end_reading
from tracker.core.dates import Meaning
from tracker.core.errors import DomainError
from tracker.notifications.addresses import change_address
from tracker.people import passwords, queries, service
from tracker.people.models import User
from tracker.people.rules import Role
from tracker.supervision.messages.feed_service import end_feed
from tracker.web.frame.access import actor, person, reader, signed_in
from tracker.web.frame.device import device_name, device_token, known_token
from tracker.web.frame.forms import ChoiceField, DayField, LineField, OfficeForm
from tracker.web.frame.secret_fields import SecretField
from tracker.web.frame.sending import carried_out
from tracker.web.office.sign_in import begin_browser_session

pages = Blueprint("account", __name__, url_prefix="/account")


class PasswordForm(OfficeForm):
    """The old password and, twice, the new one: nothing that may be kept."""

    resumable = False
    old = SecretField("现在的密码", required=True)
    password = SecretField("新密码", required=True, hint=passwords.RULE)
    again = SecretField("再输一遍新密码", required=True)


class EmailForm(OfficeForm):
    """One's own address for notices."""

    email = LineField("邮箱", longest=120, hint="催办和每日提醒会发到这里，不写人名和案情；留空就不发。")


class AbsenceForm(OfficeForm):
    """Somebody is away for a time, and who stands in for them."""

    person = ChoiceField("谁外出")
    started_on = DayField("外出第一天", meaning=Meaning.EITHER, required=True)
    ended_on = DayField("外出最后一天", meaning=Meaning.EITHER, required=True)
    stand_in = ChoiceField("代理人", hint="外出期间的通知送给他；不指定的，送上一级。")


@pages.get("")
@signed_in
def page() -> ResponseReturnValue:
    """Show one's own posts, absences and where one is signed in (我的账号)."""
    return _page(EmailForm(data={"email": current_user.email or ""}), _absence_form())


def _page(email: EmailForm, absence: AbsenceForm) -> str:
    now = clock.now()
    sessions, devices = queries.sessions_of(actor().id, now), queries.devices_of(actor().id)
    seen = {actor().id, *(person.id for person in _staff())}
    return render_template(
        "office/account/page.html",
        user=current_user,
        sessions=sessions,
        here_device=next((each.device_id for each in sessions if each.id == actor().session_id), None),
        here=actor().session_id,
        devices=devices,
        waiting=widening.about(current_user),
        device_names={device.id: device.name for device in devices},
        local=clock.local,
        at=clock.local(clock.now()),
        email=email,
        absence=absence,
        absences=queries.absences_of(seen, clock.local_date(now)),
        heads=len(absence.person.choices) > 1,
    )


def _staff() -> list[User]:
    """Return the people of the units that one heads."""
    headed = {post.department_id for post in reader().posts if post.role is Role.DEPARTMENT_HEAD}
    return queries.colleagues_of(headed, clock.today()) if headed else []


def _absence_form(**given: object) -> AbsenceForm:
    form, me = AbsenceForm(**given), actor().id
    colleagues = queries.colleagues_of(reader().department_ids, clock.today())
    staff = [person for person in _staff() if person.id != me]
    # Nobody stands in for themselves; a head stands in for their people.
    form.stand_in.choices = [(each.public_id, each.name) for each in colleagues if staff or each.id != me]
    form.person.choices = [("", "本人"), *((person.public_id, person.name) for person in staff)]
    return form


@pages.post("/email")
@signed_in
def change_email() -> ResponseReturnValue:
    """Set or clear one's own address for notices (通知邮箱)."""
    form = EmailForm()
    said = "邮箱已经保存。" if form.email.data else "邮箱已经清除，以后不再发邮件。"
    return carried_out(
        form, lambda: change_address(_user(), form.email.data, by=actor(), now=clock.now()), _here, said
    ) or (_page(form, _absence_form(formdata=None)), form.status)


def _here(_made: object) -> str:
    return url_for(".page")


@pages.post("/absences")
@signed_in
def note_absence() -> ResponseReturnValue:
    """Note that one, or somebody of one's unit, is away and who stands in (登记外出代理)."""
    form = _absence_form()
    email = EmailForm(formdata=None, data={"email": current_user.email or ""})
    return carried_out(form, lambda: _note(form), _here, "外出已经登记。") or (_page(email, form), form.status)


def _note(form: AbsenceForm) -> None:
    person, stand_in = form.person.data, form.stand_in.data
    service.note_absence(
        queries.user_by_public_id(person) if person else _user(),
        started_on=form.started_on.day,
        ended_on=form.ended_on.day,
        stand_in=queries.user_by_public_id(stand_in) if stand_in else None,
        by=actor(),
        now=clock.now(),
    )


@pages.post("/absences/<pid:public_id>/end")
@signed_in
def end_absence(public_id: str) -> ResponseReturnValue:
    """End an absence: the person is back (提前返岗)."""
    with committed():
        service.end_absence(queries.absence_by_public_id(public_id), by=actor(), now=clock.now())
    flash("已经结束外出，通知重新送给本人。", "success")
    return redirect(url_for(".page"), 303)


def _user() -> User:
    user: User = current_user._get_current_object()
    return user


@pages.post("/sessions/end")
@signed_in
def end_other_sessions() -> ResponseReturnValue:
    """End one's sessions on other machines (结束其他会话)."""
    with committed():
        service.end_other_sessions(actor().id, kept_id=actor().session_id, now=clock.now())
    flash("其他地方的登录都已结束。", "success")
    return redirect(url_for(".page"), 303)


@pages.post("/devices/<pid:public_id>/forget")
@signed_in
def forget_device(public_id: str) -> ResponseReturnValue:
    """Take a device off the list and sign out there (退出并忘记)."""
    with committed():
        service.forget_device(person(), public_id, now=clock.now())
    flash("已退出这台设备上的登录，以后在那里登录按新设备对待。", "success")
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
    confined = g.first_thing is not None
    return render_template("office/account/password.html", form=form, username=current_user.username, confined=confined)


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
        service.begin_attempt(username, request.remote_addr or "", now=clock.now(), device=known_token())
    if not passwords.matches(tried_hash, form.old.data):
        raise DomainError("现在的密码不对，请重新输入。", field="old")
    with committed():
        service.change_password(user, tried_hash=tried_hash, password_hash=password_hash, now=clock.now())
        end_feed(by=actor(), now=clock.now())
        device = service.note_device(user, device_token(), name=device_name(), now=clock.now())
        return service.start_session(user, device=device, now=clock.now())
