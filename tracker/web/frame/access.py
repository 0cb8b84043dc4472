"""Who may open a page. Every view declares it; a view that declares nothing is refused (fails closed).

`@public`, `@signed_in` and `@requires(Permission.X)` only mark the view, so their place among the decorators does
not matter; `_guard` enforces before every request. Who may see a case is decided in `cases`, not here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from flask import Flask, Request, Response, current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, current_user
from sqlalchemy.exc import OperationalError

from tracker import audit
from tracker.core import clock
from tracker.core.database import committed, end_reading
from tracker.core.errors import DomainError, Forbidden, OutcomeUnknown
from tracker.core.waiting import READING_PATIENCE
from tracker.people import queries, service
from tracker.people.models import User
from tracker.people.rules import Permission, Reader, permissions

PUBLIC = "public"
SIGNED_IN = "signed_in"
TOKEN = "token"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True)
class FirstThing:
    """What a person must do before anything else is reachable: on which page, what others say meanwhile."""

    endpoint: str
    sentence: str
    is_owed_by: Callable[[User], bool]


FIRST_THINGS = (
    FirstThing("account.password", "请先修改初始密码，再办理其他事项。", lambda user: bool(user.must_change_password)),
    FirstThing(
        "second_factor.enable", "请先启用两步验证，再办理其他事项。", lambda user: lacks_factor(user, clock.today())
    ),
)
CONFINED_TO = frozenset({"sign_in.sign_out", *(thing.endpoint for thing in FIRST_THINGS)})

login_manager = LoginManager()
View = TypeVar("View", bound=Callable[..., Any])


class SignInNeeded(DomainError):
    """Nobody is signed in, or the session has ended."""

    status = 401


@dataclass
class SignedIn:
    """The person of this request as the log keeps them (an `audit.Actor`), known without another query."""

    id: int
    name: str
    posts: str
    session_id: int
    proved_at: datetime

    def acting_as(self, _day: date) -> str:
        """Return the posts held today: no request outlives its day by more than moments."""
        return self.posts


def public(view: View) -> View:
    """Let everybody open the page."""
    vars(view)["access"] = PUBLIC
    return view


def signed_in(view: View) -> View:
    """Let everybody open the page who is signed in."""
    vars(view)["access"] = SIGNED_IN
    return view


def requires(permission: Permission) -> Callable[[View], View]:
    """Let those open the page whose posts of today carry a permission."""

    def mark(view: View) -> View:
        vars(view)["access"] = permission
        return view

    return mark


def access_of(endpoint: str) -> str | None:
    """Return what the view of an endpoint declares: public, signed_in, the name of a permission, or None."""
    return getattr(current_app.view_functions[endpoint], "access", None)


def reader() -> Reader:
    """Return who is asking, with the posts held today. Only where somebody is signed in."""
    if "reader" not in g:
        g.reader = queries.reader_for(current_user, clock.today())
    found: Reader = g.reader
    return found


def actor() -> SignedIn:
    """Return who is asking as the log keeps them: costs no query, unlike `current_user` after a transaction ended."""
    found: SignedIn = g.signed_in
    return found


def person() -> User:
    """Return who is asking as a row of the present transaction, with all posts: for an act inside `committed()`."""
    return queries.person(actor().id)


def may(permission: Permission) -> bool:
    """Return whether the posts of the signed-in person carry a permission."""
    return permission in permissions(reader().posts)


def recorded_reading(
    event: audit.Event, *, case_id: int | None = None, payload: Mapping[str, Any] | None = None, text: str | None = None
) -> None:
    """Write who reads what (查阅日志) and commit it before any byte leaves; a failure refuses the page.

    A reader waits for a writer, but not as long as somebody who acts: to ask again loses nothing.

    Call it in a GET view as soon as it is known what will be read, by id: rows loaded before are loaded again
    when they are next used.
    """
    with committed(patience=READING_PATIENCE):
        audit.record_reading(event, by=actor(), now=clock.now(), case_id=case_id, payload=payload, text=text)


def lacks_factor(user: User, today: date) -> bool:
    """Return whether an account must have a second factor (两步验证) and has none; never in a trial."""
    return bool(
        current_app.config["SECOND_FACTOR_REQUIRED"] and user.factor_since is None and user.needs_factor_on(today)
    )


def init_access(app: Flask) -> None:
    """Guard every request of the application. Register before anything that reads the body."""
    # A stray cookie of this name (another program on the same host) would make Flask-Login look no further.
    app.config["REMEMBER_COOKIE_NAME"] = "never-set"
    app.config["SESSION_PROTECTION"] = None
    login_manager.init_app(app, add_context_processor=False)
    public(app.view_functions["static"])
    app.before_request(_guard)


def _guard() -> ResponseReturnValue | None:
    if request.endpoint is None or request.endpoint == "static":
        return None
    access = access_of(request.endpoint)
    if access is None:
        current_app.logger.error("the view %s declares no access", request.endpoint)
        raise Forbidden("这个页面没有声明谁可以打开，已拒绝。请联系系统管理员。")
    try:
        return None if access == PUBLIC else _admit(access)
    finally:
        if request.method not in SAFE_METHODS:
            end_reading()


def _admit(access: str) -> ResponseReturnValue | None:
    if not current_user.is_authenticated:
        return _to_sign_in()
    g.first_thing = next((thing for thing in FIRST_THINGS if thing.is_owed_by(current_user)), None)
    if g.first_thing and request.endpoint not in ("sign_in.sign_out", g.first_thing.endpoint):
        return _to_first_thing(g.first_thing)
    if access != SIGNED_IN and access not in permissions(reader().posts):
        raise Forbidden("这一页由其他岗位使用，您没有这项权限。")
    reader()
    return None


def _to_sign_in() -> Response:
    if request.method not in SAFE_METHODS or wants_json():
        raise SignInNeeded("您还没有登录，或者登录已经过期。请先登录。")
    return _see(url_for("sign_in.page", next=request.full_path.rstrip("?")))


def _to_first_thing(owed: FirstThing) -> Response:
    if request.method not in SAFE_METHODS or wants_json():
        raise Forbidden(owed.sentence)
    return _see(url_for(owed.endpoint))


def _see(address: str) -> Response:
    answer = redirect(address, 303)
    assert isinstance(answer, Response)
    return answer


def wants_json() -> bool:
    """Return whether the asker is a script that wants data, not a page."""
    accepted = request.accept_mimetypes
    return request.is_json or (accepted.best == "application/json" and not accepted.accept_html)


def go_on_in(token: str) -> None:
    """Go on with this request in a new session of the same person; what forms carry stays good."""
    session[TOKEN] = token
    _person_of(token)


@login_manager.request_loader
def _person_of_session(_request: Request) -> User | None:
    """Find the person behind the session's token; a session is noted as seen at most once a minute."""
    token = session.get(TOKEN)
    return _person_of(token) if isinstance(token, str) else None


def _person_of(token: str) -> User | None:
    hashed, now = service.token_hash(token), clock.now()
    found = queries.live_session(hashed, now)
    if found and now - found[0].seen_at >= service.SEEN_EVERY:
        _note_seen(found[0].id)
        found = queries.live_session(hashed, now)
    if found is None:
        session.pop(TOKEN)
        return None
    kept, user = found
    g.signed_in = SignedIn(user.id, user.name, user.acting_as(clock.local_date(now)), kept.id, kept.started_at)
    return user


def _note_seen(session_id: int) -> None:
    try:
        with committed(patience=0):
            service.note_seen(session_id, now=clock.now())
    except (OperationalError, OutcomeUnknown):
        # A full disk must not stop people from reading, and nobody who only reads waits for a writer.
        current_app.logger.warning("a session could not be noted as seen")
