"""Departments, users, posts, sessions."""

from datetime import date, datetime

from flask_login import UserMixin
from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.audit import Marking
from tracker.core.database import LATER, UNSEALED, Model, Sealed, UTCDateTime, public_id
from tracker.core.encryption import Encrypted
from tracker.people.rules import (
    GRANT_LABELS,
    ROLE_LABELS,
    DepartmentKind,
    Grant,
    Role,
    needs_second_factor,
    valid_on,
)


class Department(Sealed, Model):
    """A unit (单位) in the tree 市 → 县 → 乡镇 and 部门, with dates of validity and a successor (条例第二十四条)."""

    __tablename__ = "department"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=public_id, info=UNSEALED)
    name: Mapped[str] = mapped_column(String(100))
    short_name: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(20))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"), index=True)
    place_code: Mapped[str | None] = mapped_column(String(12))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"), index=True)

    parent: Mapped["Department | None"] = relationship(foreign_keys=[parent_id], remote_side="Department.id")
    successor: Mapped["Department | None"] = relationship(foreign_keys=[successor_id], remote_side="Department.id")

    @property
    def is_petition_office(self) -> bool:
        """Whether this is a petition office (信访部门)."""
        return self.kind == DepartmentKind.PETITION_OFFICE


class User(Sealed, UserMixin, Model):
    """A person who signs in."""

    __tablename__ = "app_user"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=public_id, info=UNSEALED)
    username: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(40))
    name_key: Mapped[str] = mapped_column(String(60), index=True)
    phone: Mapped[str | None] = mapped_column(String(30))
    email: Mapped[str | None] = mapped_column(String(120), info=LATER)
    password_hash: Mapped[str] = mapped_column(String(200))
    must_change_password: Mapped[bool] = mapped_column(default=False)
    disabled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    posts: Mapped[list["Post"]] = relationship(back_populates="user", order_by="Post.id")
    factor: Mapped["SecondFactor | None"] = relationship()

    @property
    def is_active(self) -> bool:
        """Whether the person may sign in."""
        return self.disabled_at is None

    @property
    def called(self) -> str:
        """The name, marked where they cannot sign in any more: 薛婷（已停用）."""
        return self.name if self.is_active else f"{self.name}（已停用）"

    @property
    def factor_since(self) -> datetime | None:
        """Since when the account has a second factor (两步验证); None where it has none."""
        return self.factor.since if self.factor else None

    def needs_factor_on(self, day: date) -> bool:
        """Return whether the posts held on a day ask for a second factor."""
        held = self.posts_on(day)
        return any(needs_second_factor(Role(p.role), handles_accusations=p.handles_accusations) for p in held)

    def posts_on(self, day: date) -> list["Post"]:
        """Return the posts held on a day (在岗), in the order they were given; their departments may have closed."""
        return [post for post in self.posts if post.is_held_on(day)]

    def acting_as(self, day: date) -> str:
        """Return the posts held on a day as the log keeps them: 县信访局·受理员."""
        return "、".join(f"{p.department.short_name}·{p.title}" for p in self.posts_on(day)) or "无岗位"


class SecondFactor(Sealed, Model):
    """The second factor of a person (两步验证): the secret their telephone makes codes from, encrypted.

    Without `since` none is enabled. `last_step` is the last step (30 seconds each since 1970) whose code was taken;
    `recovery` holds keyed hashes of the recovery codes (备用码) that are left.
    """

    __tablename__ = "second_factor"

    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"), primary_key=True, autoincrement=False)
    secret: Mapped[str | None] = mapped_column(Encrypted("second_factor.secret"), deferred=True)
    since: Mapped[datetime | None] = mapped_column(UTCDateTime)
    last_step: Mapped[int | None]
    recovery: Mapped[list[str]] = mapped_column(JSON)


class FormerName(Sealed, Model):
    """A name that a person bore before (曾用名): letters may use it for years, whoever changed the account."""

    __tablename__ = "former_name"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"), index=True)
    name: Mapped[str] = mapped_column(String(40))
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Post(Sealed, Model):
    """A post (岗位): role, title and department, held by one person for a time. Responsibility is held by posts."""

    __tablename__ = "post"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=public_id, info=UNSEALED)
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"), index=True)
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"), index=True)
    role: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(40))
    handles_accusations: Mapped[bool] = mapped_column(default=False)
    started_on: Mapped[date]
    ended_on: Mapped[date | None]

    user: Mapped[User] = relationship(back_populates="posts")
    department: Mapped[Department] = relationship()

    def is_held_on(self, day: date) -> bool:
        """Return whether the post's own period covers a day; both ends are inclusive."""
        return valid_on(day, valid_from=self.started_on, valid_to=self.ended_on)

    def runs_on(self, day: date) -> bool:
        """Return whether the post is held on a day or will be afterwards."""
        return self.ended_on is None or day <= self.ended_on

    @property
    def role_label(self) -> str:
        """The role in Chinese."""
        return ROLE_LABELS[Role(self.role)]


class Absence(Sealed, Model):
    """Somebody is away for a time (外出) and names who stands in for them (代理人); both days are inclusive."""

    __tablename__ = "absence"
    __table_args__ = (Index("ix_absence_user_id_ended_on", "user_id", "ended_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=public_id, info=UNSEALED)
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    stand_in_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    started_on: Mapped[date]
    ended_on: Mapped[date]
    noted_at: Mapped[datetime] = mapped_column(UTCDateTime)
    noted_by_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))

    user: Mapped[User] = relationship(foreign_keys=[user_id])
    stand_in: Mapped[User | None] = relationship(foreign_keys=[stand_in_id])


class GrantRequest(Sealed, Model):
    """A widening of access that one administrator asks for and another approves (权限申请); it waits before it works.

    A post keeps what is to be given; a new password is made when it is handed out, and stands nowhere before.
    """

    __tablename__ = "grant_request"
    __table_args__ = (
        Index(
            "ix_grant_request_pending",
            "takes_effect_at",
            "id",
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=public_id, info=UNSEALED)
    kind: Mapped[str] = mapped_column(String(20))
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"), index=True)
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    role: Mapped[str | None] = mapped_column(String(20))
    title: Mapped[str | None] = mapped_column(String(40))
    handles_accusations: Mapped[bool] = mapped_column(default=False)
    started_on: Mapped[date | None]
    reason: Mapped[str] = mapped_column(String(500))
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    approved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    takes_effect_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    outcome: Mapped[str | None] = mapped_column(String(20))
    note: Mapped[str | None] = mapped_column(String(500))

    user: Mapped[User] = relationship(foreign_keys=[user_id])
    department: Mapped[Department | None] = relationship()
    asked_by: Mapped[User] = relationship(foreign_keys=[asked_by_id])
    approved_by: Mapped[User | None] = relationship(foreign_keys=[approved_by_id])

    @property
    def what(self) -> str:
        """What it would give, in words: 担任县信访局受理员，专办检举控告."""
        if self.kind != Grant.POST or self.department is None:
            return GRANT_LABELS[Grant(self.kind)]
        label = ROLE_LABELS[Role(self.role or "")]
        words = f"担任{self.department.short_name}{self.title}" + ("" if self.title == label else f"（{label}）")
        return f"{words}，专办检举控告" if self.handles_accusations else words


# A session added or given to another person behind the program's back opens nothing.
SESSIONS = Marking("user_session", ("token_hash", "user_id", "started_at"))


class UserSession(Model):
    """A session kept on the server: the cookie holds only a random token, its hash is here. Marked (see SESSIONS)."""

    __tablename__ = "user_session"
    marking = SESSIONS

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"), index=True)
    started_at: Mapped[datetime] = mapped_column(UTCDateTime)
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_because: Mapped[str | None] = mapped_column(String(20))
    mac: Mapped[bytes] = mapped_column(LargeBinary(32))
    device_id: Mapped[int | None] = mapped_column(ForeignKey("known_device.id"), index=True)


class KnownDevice(Model):
    """A device on which a person has signed in (登录过的设备): its cookie holds a random token, its hash is here."""

    __tablename__ = "known_device"
    __table_args__ = (UniqueConstraint("token_hash", "user_id", name="uq_known_device_token_hash_user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=public_id)
    token_hash: Mapped[str] = mapped_column(String(64))
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"), index=True)
    name: Mapped[str] = mapped_column(String(40))
    first_at: Mapped[datetime] = mapped_column(UTCDateTime)
    last_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class AuthThrottle(Model):
    """Failed sign-ins counted by account and by address, shared by all processes."""

    __tablename__ = "auth_throttle"
    __table_args__ = (Index("ix_auth_throttle_window_started_at", "window_started_at"),)

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    window_started_at: Mapped[datetime] = mapped_column(UTCDateTime)
    failures: Mapped[int]
