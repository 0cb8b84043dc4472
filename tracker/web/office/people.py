"""系统 → 人员: accounts and posts."""

from collections.abc import Callable
from datetime import date, timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker.cases.access import widening
from tracker.cases.access.widening import PostWanted
from tracker.cases.acts.loose_ends import tie_up
from tracker.cases.acts.newcomers import block_namesakes
from tracker.core import clock
from tracker.core.database import committed, end_reading
from tracker.core.dates import Meaning
from tracker.core.errors import DomainError
from tracker.core.pacing import Pace
from tracker.core.text import clean_line
from tracker.notifications.addresses import change_address
from tracker.people import passwords, queries, service
from tracker.people.models import GrantRequest, User
from tracker.people.rules import ROLE_LABELS, Permission, Role
from tracker.supervision.overview.hanging import NOT_ALL, on_person, on_post
from tracker.web.frame.access import actor, may, requires
from tracker.web.frame.declarations import HALF
from tracker.web.frame.forms import (
    WAYS_TO_WRITE,
    AreaField,
    ChoiceField,
    DayField,
    LineField,
    OfficeForm,
    TickField,
    form_page,
    page_number,
)
from tracker.web.frame.paging import Paging
from tracker.web.frame.secret_fields import SecretField
from tracker.web.frame.sending import carried_out
from tracker.web.office.one_time import one_time_password

pages = Blueprint("people", __name__, url_prefix="/people")
WAITS = "已经提出申请，等安全管理员批准；批准以后还要过等待期才生效。本人、信访部门负责人和专办检举控告的人员已告知。"
PASSWORD_WAITS = (
    "已经提出申请，等安全管理员批准；过了等待期，由安全管理员把一次性密码当面交给本人。本人、信访部门负责人已告知。"
)
KEPT_FOR_GOOD = "写进过程记录，以后不能改，也不能删。"
ROLE_CHOICES = tuple((role.value, label) for role, label in ROLE_LABELS.items())


class NewUserForm(OfficeForm):
    """A new account."""

    name = LineField("姓名", required=True, longest=40, render_kw=HALF)
    phone = LineField("电话", longest=30, render_kw=HALF | {"inputmode": "tel"})
    username = LineField(
        "用户名", required=True, longest=40, hint="字母、数字、点、横线或下划线，登录时用。", render_kw=HALF
    )
    password = SecretField(
        "初始密码", required=True, hint=f"{passwords.RULE}本人第一次登录时必须改掉。", render_kw=HALF
    )


class UserForm(OfficeForm):
    """What may be corrected of a person."""

    name = LineField("姓名", required=True, longest=40, render_kw=HALF)
    phone = LineField("电话", longest=30, render_kw=HALF | {"inputmode": "tel"})
    email = LineField(
        "邮箱",
        longest=120,
        hint="通知发到这里。改了，本人会在站内收到一条消息；先前退回的改发到新邮箱。",
        render_kw=HALF | {"inputmode": "email"},
    )
    version = LineField("版本")


class PostForm(OfficeForm):
    """A post to give."""

    department = ChoiceField("单位", required=True, render_kw=HALF)
    role = ChoiceField("角色", required=True, choices=ROLE_CHOICES, render_kw=HALF)
    title = LineField("职务", longest=40, hint="不填写时用角色的名称。", render_kw=HALF)
    started_on = DayField("任职日期", meaning=Meaning.EITHER, required=True, render_kw=HALF)
    handles_accusations = TickField("专办检举控告", hint="只有勾选的人能看检举控告类的信访事项。")
    reason = AreaField(
        "理由", longest=500, hint="登记员、承办人的岗位当时就有，不用写；其他岗位和专办检举控告须安全管理员批准，必填。"
    )


class EndPostForm(OfficeForm):
    """When a post ends, and why."""

    leaves_on = DayField(
        "离任日期",
        meaning=Meaning.EITHER,
        required=True,
        hint=f"从这一天起不再担任。{WAYS_TO_WRITE}。",
        render_kw=HALF,
    )
    reason = AreaField("理由", required=True, longest=500, hint=KEPT_FOR_GOOD)


class PersonReasonForm(OfficeForm):
    """Only the reason."""

    reason = AreaField("理由", required=True, longest=500, hint=KEPT_FOR_GOOD)


@pages.get("")
@requires(Permission.READ_PEOPLE)
def page() -> ResponseReturnValue:
    """List people (人员) by name, searched by part of a name or username."""
    words, state = clean_line(request.args.get("q", ""))[:60], request.args.get("state", "")
    disabled = {"active": False, "disabled": True}.get(state)
    number = page_number()
    found = queries.users(number, words, today=clock.today(), disabled=disabled)
    paging = Paging(number, found.total)
    return render_template(
        "office/people/list.html",
        found=found,
        page=paging,
        words=words,
        state=state,
        manages=may(Permission.MANAGE_PEOPLE),
        approves=may(Permission.APPROVE_GRANTS),
        waiting=widening.waiting(),
        vacancies=widening.vacancies(clock.today()),
        local=clock.local,
        at=clock.local(clock.now()),
    )


@pages.route("/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE)
def new() -> ResponseReturnValue:
    """Make an account (新增人员); the posts are given on its page."""
    form = NewUserForm()
    made = _hashed(form, username=service.folded_username(form.username.data or ""), name=form.name.data or "")
    said = "账号已经建立，请接着给出岗位。"
    done = carried_out(form, lambda: _create(form, made), _page_of, said) if made else None
    return done or form_page("office/people/new.html", form)


def _hashed(form: NewUserForm, *, username: str, name: str) -> passwords.PasswordHash | None:
    """Hash a first password outside any transaction; None where the form is not sent or what it says is refused."""
    if not form.validate_on_submit():
        return None
    end_reading()
    try:
        return passwords.accepted(form.password.data, username=username, name=name)
    except DomainError as error:
        form.fail(error)
        return None


def _create(form: NewUserForm, password_hash: passwords.PasswordHash) -> User:
    user = service.create_user(
        username=service.folded_username(form.username.data),
        name=form.name.data,
        phone=form.phone.data,
        password_hash=password_hash,
        by=actor(),
        now=clock.now(),
    )
    block_namesakes(user, now=clock.now())
    return user


@pages.get("/<pid:public_id>")
@requires(Permission.READ_PEOPLE)
def detail(public_id: str) -> ResponseReturnValue:
    """Show a person with all posts, and what can be done."""
    user, today = queries.user_by_public_id(public_id), clock.today()
    held = {post.id for post in user.posts_on(today)}
    posts = sorted(user.posts, key=lambda post: (post.id not in held, post.id))
    return render_template(
        "office/people/detail.html",
        user=user,
        posts=posts,
        held=held,
        created_on=_created_on(user),
        needs_factor=user.needs_factor_on(today),
        manages=may(Permission.MANAGE_PEOPLE),
        waiting=widening.about(user),
        approves=may(Permission.APPROVE_GRANTS),
        local=clock.local,
        at=clock.local(clock.now()),
    )


def _created_on(user: User) -> date:
    return clock.local_date(user.created_at)


@pages.route("/<pid:public_id>/edit", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE)
def edit(public_id: str) -> ResponseReturnValue:
    """Correct name, telephone and mail address (修改人员)."""
    user = queries.user_by_public_id(public_id)
    form = UserForm(data={"name": user.name, "phone": user.phone or "", "email": user.email or ""})
    return carried_out(form, lambda: _change(user, form), _page_of, "已保存。") or form_page(
        "office/people/edit.html", form, user=user, version=queries.version_of(user)
    )


def _change(user: User, form: UserForm) -> User:
    service.change_user(
        user, name=form.name.data, phone=form.phone.data, by=actor(), now=clock.now(), seen=form.version.data
    )
    block_namesakes(user, now=clock.now())
    if form.email.data != (user.email or ""):
        change_address(user, form.email.data, by=actor(), now=clock.now())
    return user


@pages.route("/<pid:public_id>/disable", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE)
def disable(public_id: str) -> ResponseReturnValue:
    """Disable an account (停用)."""
    user, form = queries.user_by_public_id(public_id), PersonReasonForm()

    def act() -> User:
        service.disable_user(user, reason=form.reason.data, by=actor(), now=clock.now())
        return user

    said = "账号已经停用，这个人在各处的登录都已结束；名下的件已告知改派。"
    done = carried_out(form, act, _page_of, said)
    if done is not None:
        tie_up(clock.now(), Pace())
        return done
    return form_page("office/people/disable.html", form, user=user, hanging=on_person(user), not_all=NOT_ALL)


@pages.post("/<pid:public_id>/enable")
@requires(Permission.MANAGE_PEOPLE)
def enable(public_id: str) -> ResponseReturnValue:
    """Enable an account again (启用), or ask for it where its posts widen access."""
    user = queries.user_by_public_id(public_id)
    with committed():
        asked = widening.enable_user(user, reason="恢复停用的账号", by=actor(), now=clock.now())
    flash(WAITS if asked else "账号已经启用。", "success")
    return redirect(_page_of(user), 303)


@pages.route("/<pid:public_id>/password", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE)
def reset_password(public_id: str) -> ResponseReturnValue:
    """Ask for a first password again (重置密码); while the office is set up, hand it out."""
    user, form = queries.user_by_public_id(public_id), PersonReasonForm()
    if widening.in_set_up() and form.validate_on_submit():
        return one_time_password(user, lambda made: _reset(user, form, made), back=_page_of(user))

    def act() -> GrantRequest:
        return widening.ask_password(user, reason=form.reason.data, by=actor(), now=clock.now())

    return carried_out(form, act, lambda _asked: _page_of(user), PASSWORD_WAITS) or form_page(
        "office/people/reset.html", form, user=user
    )


def _reset(user: User, form: PersonReasonForm, password_hash: passwords.PasswordHash) -> None:
    service.reset_password(user, password_hash=password_hash, reason=form.reason.data, by=actor(), now=clock.now())


@pages.route("/<pid:public_id>/second-factor", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE)
def reset_factor(public_id: str) -> ResponseReturnValue:
    """Take the second factor from an account whose telephone and recovery codes are lost (重置两步验证)."""
    user, form = queries.user_by_public_id(public_id), PersonReasonForm()

    def act() -> GrantRequest | None:
        return widening.reset_factor(user, reason=form.reason.data, by=actor(), now=clock.now())

    home, said = _page_of(user), _said("两步验证已经重置，本人下次登录时重新启用。")
    return carried_out(form, act, lambda _asked: home, said) or form_page(
        "office/people/reset_factor.html", form, user=user
    )


@pages.route("/<pid:public_id>/posts/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE)
def give_post(public_id: str) -> ResponseReturnValue:
    """Give a post (任职)."""
    user, form = queries.user_by_public_id(public_id), PostForm(data={"started_on": clock.today()})
    form.department.choices = queries.department_choices(clock.today())
    home, said = _page_of(user), _said("已经任职，本人需重新登录。")
    return carried_out(form, lambda: _give(user, form), lambda _asked: home, said) or form_page(
        "office/people/post.html", form, user=user
    )


def _give(user: User, form: PostForm) -> GrantRequest | None:
    wanted = PostWanted(
        department=queries.department_by_public_id(form.department.data),
        role=Role(form.role.data),
        title=form.title.data,
        handles_accusations=form.handles_accusations.data,
        started_on=form.started_on.day,
    )
    return widening.give_post(user, wanted, reason=form.reason.data, by=actor(), now=clock.now())


@pages.route("/posts/<pid:public_id>/end", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE)
def end_post(public_id: str) -> ResponseReturnValue:
    """End a post (离任) from a day on."""
    post = queries.post_by_public_id(public_id)
    form = EndPostForm(data={"leaves_on": clock.today()})

    def act() -> User:
        last_day, reason = form.leaves_on.day - timedelta(days=1), form.reason.data
        service.end_post(post, last_day=last_day, reason=reason, by=actor(), now=clock.now())
        return post.user

    done = carried_out(form, act, _page_of, "离任已经登记，本人需重新登录；名下的件从离任之日起告知改派。")
    if done is not None:
        tie_up(clock.now(), Pace())
        return done
    return form_page(
        "office/people/end_post.html", form, user=post.user, post=post, hanging=on_post(post), not_all=NOT_ALL
    )


def _said(done: str) -> Callable[[GrantRequest | None], str]:
    """Return what is said of an act that may have to wait for the other administrator."""
    return lambda asked: WAITS if asked else done


def _page_of(user: User) -> str:
    return url_for(".detail", public_id=user.public_id)
