"""Roles, what each may do, and which posts count on a day. Pure."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum


class Role(StrEnum):
    """What a post (岗位) does; a person holds roles only through posts."""

    REGISTRAR = "registrar"
    ACCEPTOR = "acceptor"
    HANDLER = "handler"
    DEPARTMENT_HEAD = "department_head"
    LEAD_OFFICIAL = "lead_official"
    PRINCIPAL_LEADER = "principal_leader"
    SUPERVISOR = "supervisor"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    SECURITY_ADMINISTRATOR = "security_admin"


ROLE_LABELS: dict[Role, str] = {
    Role.REGISTRAR: "登记员",
    Role.ACCEPTOR: "受理员",
    Role.HANDLER: "承办人",
    Role.DEPARTMENT_HEAD: "承办单位负责人",
    Role.LEAD_OFFICIAL: "领办领导",
    Role.PRINCIPAL_LEADER: "主要领导",
    Role.SUPERVISOR: "督查员",
    Role.AUDITOR: "审计管理员",
    Role.ADMINISTRATOR: "系统管理员",
    Role.SECURITY_ADMINISTRATOR: "安全管理员",
}


class DepartmentKind(StrEnum):
    """What a department is in the procedure."""

    LEADERSHIP = "leadership"
    PETITION_OFFICE = "petition_office"
    DISCIPLINE = "discipline"
    TOWNSHIP = "township"
    BUREAU = "bureau"
    OTHER = "other"


DEPARTMENT_KIND_LABELS: dict[DepartmentKind, str] = {
    DepartmentKind.LEADERSHIP: "党委政府领导班子",
    DepartmentKind.PETITION_OFFICE: "信访部门",
    DepartmentKind.DISCIPLINE: "纪检监察机关",
    DepartmentKind.TOWNSHIP: "乡镇（街道）",
    DepartmentKind.BUREAU: "部门",
    DepartmentKind.OTHER: "其他单位",
}


class Permission(StrEnum):
    """What a role may do outside a single case; steps of a case are in the lifecycle table."""

    REGISTER_CASES = "register_cases"
    READ_CASES = "read_cases"
    EXPORT_LEDGER = "export_ledger"
    READ_FIGURES = "read_figures"
    SUPERVISE = "supervise"
    ISSUE_ORDERS = "issue_orders"
    READ_LADDER = "read_ladder"
    MANAGE_LADDER = "manage_ladder"
    READ_LAW = "read_law"
    MANAGE_LAW = "manage_law"
    SEE_TIMER = "see_timer"
    KEEP_TIMER = "keep_timer"
    READ_PLACES = "read_places"
    READ_PEOPLE = "read_people"
    MANAGE_PEOPLE = "manage_people"
    APPROVE_GRANTS = "approve_grants"
    MANAGE_PLACES = "manage_places"
    MANAGE_CALENDAR = "manage_calendar"
    MANAGE_CATEGORIES = "manage_categories"
    IMPORT_CASES = "import_cases"
    READ_LOG = "read_log"
    SEE_BULK_READING = "see_bulk_reading"
    KEEP_VILLAGES = "keep_villages"
    KEEP_SUGGESTIONS = "keep_suggestions"
    KEEP_REPORTS = "keep_reports"
    KEEP_COMMON_PROBLEMS = "keep_common_problems"
    REPORT_UPWARD = "report_upward"


_CASE_WORK = frozenset({Permission.READ_CASES, Permission.READ_PLACES, Permission.READ_LADDER, Permission.READ_LAW})
_TIMER = frozenset({Permission.SEE_TIMER, Permission.KEEP_TIMER})
ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.REGISTRAR: _CASE_WORK | {Permission.REGISTER_CASES, Permission.EXPORT_LEDGER, Permission.READ_FIGURES},
    Role.ACCEPTOR: _CASE_WORK
    | {Permission.REGISTER_CASES, Permission.EXPORT_LEDGER, Permission.IMPORT_CASES, Permission.ISSUE_ORDERS}
    | {Permission.KEEP_VILLAGES, Permission.KEEP_SUGGESTIONS, Permission.READ_FIGURES, Permission.KEEP_REPORTS}
    | {Permission.KEEP_COMMON_PROBLEMS, Permission.REPORT_UPWARD},
    Role.HANDLER: _CASE_WORK | {Permission.EXPORT_LEDGER},
    Role.DEPARTMENT_HEAD: _CASE_WORK
    | {Permission.EXPORT_LEDGER, Permission.SUPERVISE, Permission.ISSUE_ORDERS, Permission.READ_FIGURES}
    | {Permission.KEEP_REPORTS, Permission.REPORT_UPWARD},
    Role.LEAD_OFFICIAL: _CASE_WORK | {Permission.SUPERVISE, Permission.READ_FIGURES, Permission.REPORT_UPWARD},
    Role.PRINCIPAL_LEADER: _CASE_WORK
    | {Permission.SUPERVISE, Permission.READ_FIGURES, Permission.KEEP_REPORTS, Permission.REPORT_UPWARD},
    Role.SUPERVISOR: _CASE_WORK
    | _TIMER
    | {Permission.EXPORT_LEDGER, Permission.SUPERVISE, Permission.ISSUE_ORDERS, Permission.MANAGE_CALENDAR}
    | {Permission.KEEP_VILLAGES, Permission.KEEP_SUGGESTIONS, Permission.READ_FIGURES, Permission.KEEP_REPORTS}
    | {Permission.KEEP_COMMON_PROBLEMS, Permission.REPORT_UPWARD},
    Role.AUDITOR: frozenset({Permission.READ_LOG, Permission.SEE_BULK_READING, Permission.READ_PLACES})
    | {Permission.SEE_TIMER},
    Role.ADMINISTRATOR: frozenset(
        {
            Permission.READ_PEOPLE,
            Permission.MANAGE_PEOPLE,
            Permission.MANAGE_PLACES,
            Permission.MANAGE_CALENDAR,
            Permission.MANAGE_CATEGORIES,
            Permission.READ_LADDER,
            Permission.MANAGE_LADDER,
            Permission.READ_LAW,
            Permission.MANAGE_LAW,
            Permission.READ_PLACES,
        }
    )
    | _TIMER,
    Role.SECURITY_ADMINISTRATOR: frozenset(
        {Permission.READ_PEOPLE, Permission.APPROVE_GRANTS, Permission.READ_PLACES, Permission.SEE_BULK_READING}
    ),
}
# 三员分立: who keeps the system, who approves what widens access, who reads the log. No two of them are one person, and
# none holds a post of case work (GB/T 22239 8.1.5).
KEEPERS = (Role.ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR, Role.AUDITOR)
EXCLUSIVE_ROLES = frozenset(KEEPERS)


# Posts whose holder opens identities, or is put on the named list of an accusation, by the post alone: to give one
# needs two people. 登记员 and 承办人 see what somebody hands them. A keeper's post gives power over others' posts.
WIDENING_ROLES = EXCLUSIVE_ROLES | {
    Role.ACCEPTOR,
    Role.DEPARTMENT_HEAD,
    Role.LEAD_OFFICIAL,
    Role.PRINCIPAL_LEADER,
    Role.SUPERVISOR,
}
# 必须有人担任: what does not work while nobody holds the role.
BREAKS_WITHOUT: dict[Role, str] = {
    Role.LEAD_OFFICIAL: "没有承办单位的件没有人领办，重大的销号没有人签批",
    Role.PRINCIPAL_LEADER: "贿选线索没有人可以报告，升级到主要领导的督办没有人收到",
    Role.ADMINISTRATOR: "账号、岗位、机构没有人维护",
    Role.SECURITY_ADMINISTRATOR: "须两个人的权限变更没有人批准，都办不成",
    Role.AUDITOR: "没有人查看日志，违规查阅发现不了",
}
WITHOUT_ACCUSATION_POST_BREAKS = "检举控告只能由负责人和主要领导处理"


class Grant(StrEnum):
    """What widens access and waits for a second person (权限申请)."""

    POST = "post"
    PASSWORD = "password"
    SECOND_FACTOR = "second_factor"
    ACCOUNT = "account"


GRANT_LABELS: dict[Grant, str] = {
    Grant.POST: "任职",
    Grant.PASSWORD: "重置密码",
    Grant.SECOND_FACTOR: "重置两步验证",
    Grant.ACCOUNT: "启用账号",
}


class GrantOutcome(StrEnum):
    """How a request ended."""

    DONE = "done"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    FAILED = "failed"


GRANT_OUTCOME_LABELS: dict[GrantOutcome, str] = {
    GrantOutcome.DONE: "已生效",
    GrantOutcome.REFUSED: "没有批准",
    GrantOutcome.WITHDRAWN: "已撤回",
    GrantOutcome.FAILED: "到时办不成",
}


@dataclass(frozen=True)
class HeldPost:
    """A post as it counts for decisions: which role, in which department, over which departments.

    `scope_ids` are the departments it answers for: the subtree of its department; of the department above, for a
    petition office (信访部门), which serves the area it sits in. `chain_ids` are the units it belongs to: its own
    department and those above it, short of the leadership.
    """

    role: Role
    department_id: int
    department_kind: DepartmentKind
    scope_ids: frozenset[int]
    title: str = ""
    chain_ids: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Reader:
    """A signed-in person as the access rules see them: identity, activity, posts held today."""

    user_id: int
    active: bool
    posts: tuple[HeldPost, ...]

    @property
    def department_ids(self) -> frozenset[int]:
        """The departments the person sits in."""
        return frozenset(post.department_id for post in self.posts)

    @property
    def chain_ids(self) -> frozenset[int]:
        """The units the person belongs to: the departments of their posts and those above, short of the leadership."""
        return self.department_ids.union(*(post.chain_ids for post in self.posts))

    def holds(self, *roles: Role) -> bool:
        """Return whether the person holds one of the roles anywhere."""
        return any(post.role in roles for post in self.posts)


@dataclass(frozen=True)
class Tenure:
    """A post (岗位) as somebody held it: in which unit, as what, from when to when, both days inclusive."""

    user_id: int
    unit_id: int
    role: Role
    title: str
    started_on: date
    ended_on: date | None

    def held(self, since: date | None, until: date) -> bool:
        """Return whether it was held on any day from one to another; since None: on any day until then."""
        return self.started_on <= until and (since is None or self.ended_on is None or self.ended_on >= since)


def permissions(posts: Iterable[HeldPost]) -> frozenset[Permission]:
    """Return what the posts together allow."""
    return frozenset().union(*(ROLE_PERMISSIONS[post.role] for post in posts))


def conflicting_roles(roles: Iterable[Role]) -> bool:
    """Return whether roles may not be held by one person (三员分立)."""
    held = set(roles)
    return len(held) > 1 and bool(held & EXCLUSIVE_ROLES)


def widens(role: Role, *, handles_accusations: bool) -> bool:
    """Return whether giving a post widens access, so that it needs a second person (扩大权限)."""
    return handles_accusations or role in WIDENING_ROLES


def needs_second_factor(role: Role, *, handles_accusations: bool) -> bool:
    """Return whether who holds a post signs in with two factors (两步验证): what two people must give, two things open.

    These are the three administrators, who handles accusations, and whoever opens identities by the post alone.
    """
    return widens(role, handles_accusations=handles_accusations)


def area(reader: Reader, *roles: Role) -> frozenset[int]:
    """Return the departments that the person's posts of these roles answer for."""
    return frozenset[int]().union(*(post.scope_ids for post in reader.posts if post.role in roles))


def does_case_work(reader: Reader) -> bool:
    """Return whether the person holds posts at all, and none that keeps the system or the log (三员分立)."""
    return bool(reader.posts) and not reader.holds(*EXCLUSIVE_ROLES)


def valid_on(day: date, *, valid_from: date, valid_to: date | None) -> bool:
    """Return whether a period with an inclusive end covers a day."""
    return valid_from <= day and (valid_to is None or day <= valid_to)


DEVICE_NAME_LENGTH = 40
# 再次验证身份: what opens most asks again after this long. Long enough for one sitting at a letter, short enough that
# a screen left open over lunch opens nobody's name.
PROOF_LASTS = timedelta(minutes=15)
# A session ends by itself after this long without a request, and at the latest this long after sign-in.
IDLE_LIMIT = timedelta(hours=4)
LONGEST_SESSION = timedelta(hours=12)


def session_lives(now: datetime, *, started_at: datetime, seen_at: datetime) -> bool:
    """Return whether a session that nobody ended is still good (会话未超时)."""
    return now - seen_at < IDLE_LIMIT and now - started_at < LONGEST_SESSION


def token_hash(token: str) -> str:
    """Return what the table keeps of a token of a session or a device."""
    return hashlib.sha256(token.encode()).hexdigest()
