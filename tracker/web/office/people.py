"""系统 → 人员: accounts and posts."""

from datetime import date, timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker.cases.acts.newcomers import block_namesakes
from tracker.core import clock
from tracker.core.database import committed, end_reading
from tracker.core.dates import Meaning
from tracker.core.errors import DomainError
from tracker.core.text import clean_line
from tracker.notifications.addresses import change_address
from tracker.people import passwords, queries, service
from tracker.people.models import User
from tracker.people.rules import ROLE_LABELS, Permission, Role
from tracker.web.frame.access import actor, requires
from tracker.web.frame.forms import (
    AreaField,
    ChoiceField,
    DayField,
    LineField,
    OfficeForm,
    SecretField,
    TickField,
    form_page,
    page_number,
)
from tracker.web.frame.paging import Paging

pages = Blueprint("people", __name__, url_prefix="/people")
ROLE_CHOICES = tuple((role.value, label) for role, label in ROLE_LABELS.items())


class NewUserForm(OfficeForm):
    """A new account."""

    name = LineField("姓名", required=True, longest=40)
    phone = LineField("电话", longest=30)
    username = LineField("用户名", required=True, longest=40, hint="字母、数字、点、横线或下划线，登录时用。")
    password = SecretField("初始密码", required=True, hint=f"{passwords.RULE}本人第一次登录时必须改掉。")


class UserForm(OfficeForm):
    """What may be corrected of a person."""

    name = LineField("姓名", required=True, longest=40)
    phone = LineField("电话", longest=30)
    email = LineField(
        "邮箱", longest=120, hint="通知发到这里。改了，本人会在站内收到一条消息；先前退回的改发到新邮箱。"
    )
    version = LineField("版本")


class PostForm(OfficeForm):
    """A post to give."""

    department = ChoiceField("单位", required=True)
    role = ChoiceField("角色", required=True, choices=ROLE_CHOICES)
    title = LineField("职务", longest=40, hint="不填写时用角色的名称。")
    started_on = DayField("任岗日期", meaning=Meaning.EITHER, required=True)
    handles_accusations = TickField("专办检举控告", hint="只有勾选的人能看检举控告类的信访件。")


class EndPostForm(OfficeForm):
    """When a post ends, and why."""

    leaves_on = DayField("离岗日期", meaning=Meaning.EITHER, required=True, hint="从这一天起不再担任。")
    reason = AreaField("理由", required=True, longest=500)


class ResetForm(OfficeForm):
    """A first password again, and why."""

    password = SecretField("新的初始密码", required=True, hint=f"{passwords.RULE}本人登录后必须改掉。")
    reason = AreaField("理由", required=True, longest=500)


class PersonReasonForm(OfficeForm):
    """Only the reason."""

    reason = AreaField("理由", required=True, longest=500)


@pages.get("")
@requires(Permission.MANAGE_PEOPLE)
def page() -> ResponseReturnValue:
    """List people (人员) by name, searched by part of a name or username."""
    words, state = clean_line(request.args.get("q", ""))[:60], request.args.get("state", "")
    disabled = {"active": False, "disabled": True}.get(state)
    number = page_number()
    found = queries.users(number, words, today=clock.today(), disabled=disabled)
    paging = Paging(number, found.total)
    return render_template("office/people/list.html", found=found, page=paging, words=words, state=state)


@pages.route("/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE)
def new() -> ResponseReturnValue:
    """Make an account (新增人员); the posts are given on its page."""
    form = NewUserForm()
    if request.method == "GET":
        return render_template("office/people/new.html", form=form)
    user = _create(form) if form.validate_on_submit() else None
    if user is None:
        return render_template("office/people/new.html", form=form), form.status
    return _done(user, "账号已经建立，请接着给出岗位。")


def _create(form: NewUserForm) -> User | None:
    """Hash outside any transaction, then make the account; None where it was refused."""
    username, name = service.folded_username(form.username.data), form.name.data
    try:
        password_hash = passwords.accepted(form.password.data, username=username, name=name)
        with committed():
            user = service.create_user(
                username=username,
                name=name,
                phone=form.phone.data,
                password_hash=password_hash,
                by=actor(),
                now=clock.now(),
            )
            block_namesakes(user, now=clock.now())
            return user
    except DomainError as error:
        form.fail(error)
        return None


@pages.get("/<pid:public_id>")
@requires(Permission.MANAGE_PEOPLE)
def detail(public_id: str) -> ResponseReturnValue:
    """Show a person with all posts, and what can be done."""
    user, today = queries.user_by_public_id(public_id), clock.today()
    held = {post.id for post in user.posts_on(today)}
    posts = sorted(user.posts, key=lambda post: (post.id not in held, post.id))
    return render_template("office/people/detail.html", user=user, posts=posts, held=held, created_on=_created_on(user))


def _created_on(user: User) -> date:
    return clock.local_date(user.created_at)


@pages.route("/<pid:public_id>/edit", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE)
def edit(public_id: str) -> ResponseReturnValue:
    """Correct name, telephone and mail address (修改人员)."""
    user = queries.user_by_public_id(public_id)
    form = UserForm(data={"name": user.name, "phone": user.phone or "", "email": user.email or ""})
    if request.method == "POST" and form.carries_out(lambda: _change(user, form)):
        return _done(user, "已保存。")
    return form_page("office/people/edit.html", form, user=user, version=queries.version_of(user))


def _change(user: User, form: UserForm) -> None:
    service.change_user(
        user, name=form.name.data, phone=form.phone.data, by=actor(), now=clock.now(), seen=form.version.data
    )
    block_namesakes(user, now=clock.now())
    if form.email.data != (user.email or ""):
        change_address(user, form.email.data, by=actor(), now=clock.now())


@pages.route("/<pid:public_id>/disable", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE)
def disable(public_id: str) -> ResponseReturnValue:
    """Disable an account (停用)."""
    user, form = queries.user_by_public_id(public_id), PersonReasonForm()
    if request.method == "POST" and form.carries_out(
        lambda: service.disable_user(user, reason=form.reason.data, by=actor(), now=clock.now())
    ):
        return _done(user, "账号已经停用，这个人在各处的登录都已结束。")
    return form_page("office/people/disable.html", form, user=user)


@pages.post("/<pid:public_id>/enable")
@requires(Permission.MANAGE_PEOPLE)
def enable(public_id: str) -> ResponseReturnValue:
    """Enable an account again (启用)."""
    user = queries.user_by_public_id(public_id)
    with committed():
        service.enable_user(user, by=actor(), now=clock.now())
    return _done(user, "账号已经启用。")


@pages.route("/<pid:public_id>/password", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE)
def reset_password(public_id: str) -> ResponseReturnValue:
    """Give a first password again (重置密码)."""
    user, form = queries.user_by_public_id(public_id), ResetForm()
    if form.validate_on_submit() and _reset(user, form):
        return _done(user, "密码已经重置，请把新的初始密码当面告诉本人。")
    return form_page("office/people/reset.html", form, user=user, rule=passwords.RULE)


def _reset(user: User, form: ResetForm) -> bool:
    """Hash outside any transaction, then reset; say whether it was done."""
    username, name = user.username, user.name
    end_reading()
    try:
        password_hash = passwords.accepted(form.password.data, username=username, name=name)
        with committed():
            service.reset_password(
                user, password_hash=password_hash, reason=form.reason.data, by=actor(), now=clock.now()
            )
    except DomainError as error:
        form.fail(error)
        return False
    return True


@pages.route("/<pid:public_id>/posts/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE)
def give_post(public_id: str) -> ResponseReturnValue:
    """Give a post (任岗)."""
    user, form = queries.user_by_public_id(public_id), PostForm(data={"started_on": clock.today()})
    form.department.choices = queries.department_choices(clock.today())
    if request.method == "POST" and form.carries_out(
        lambda: service.give_post(
            user,
            department=queries.department_by_public_id(form.department.data),
            role=Role(form.role.data),
            title=form.title.data,
            handles_accusations=form.handles_accusations.data,
            started_on=form.started_on.day,
            by=actor(),
            now=clock.now(),
        )
    ):
        return _done(user, "已经任岗，本人需重新登录。")
    return form_page("office/people/post.html", form, user=user)


@pages.route("/posts/<pid:public_id>/end", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE)
def end_post(public_id: str) -> ResponseReturnValue:
    """End a post (离岗) from a day on."""
    post = queries.post_by_public_id(public_id)
    form = EndPostForm(data={"leaves_on": clock.today()})
    if request.method == "POST" and form.carries_out(
        lambda: service.end_post(
            post,
            last_day=form.leaves_on.day - timedelta(days=1),
            reason=form.reason.data,
            by=actor(),
            now=clock.now(),
        )
    ):
        return _done(post.user, "已经离岗，本人需重新登录。")
    return form_page("office/people/end_post.html", form, user=post.user, post=post)


def _done(user: User, sentence: str) -> ResponseReturnValue:
    flash(sentence, "success")
    return redirect(url_for(".detail", public_id=user.public_id), 303)
