"""`flask create-admins` and `flask create-admin`: the three administrators of an office (三员)."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import click
from flask.cli import with_appcontext

from tracker.cases.access.widening import note_keeper
from tracker.core import clock
from tracker.core.database import committed, db
from tracker.core.errors import DomainError
from tracker.core.text import normalise
from tracker.people import passwords, queries, service
from tracker.people.models import Department
from tracker.people.rules import KEEPERS, ROLE_LABELS, DepartmentKind, Role

TYPED = (
    "不写的选项会逐项询问；密码不写在命令行里，逐字输入或用 --password-stdin 从标准输入读取，一行一个。"
    f"密码{passwords.RULE}"
)
ALL_HELP = f"""建立还没有人担任的系统管理员、安全管理员、审计管理员，三个不同的人。还没有任何机构时，先建立顶级机构。

从旧版本升级来的单位，用它补上缺的管理员；已有人担任的不问。登记过信访事项以后，告知主要领导。

{TYPED}
"""
ONE_HELP = f"""建立一个管理员账号：再加一位，或者有一位忘了密码，没有别人能批准重置。

登记过信访事项以后，告知主要领导。{TYPED}
"""
TOP_NAME = "信访局"
Given = tuple[str, str] | None


@dataclass(frozen=True)
class Newcomer:
    """Who is to be one of the three administrators, with the password that they chose."""

    role: Role
    username: str
    name: str
    password_hash: passwords.PasswordHash


@click.command("create-admins", help=ALL_HELP)
@click.option("--system", nargs=2, metavar="用户名 姓名", help="系统管理员。")
@click.option("--security", nargs=2, metavar="用户名 姓名", help="安全管理员。")
@click.option("--audit", nargs=2, metavar="用户名 姓名", help="审计管理员。")
@click.option("--department", metavar="名称", default=TOP_NAME, help=f"需要先建的顶级机构的名称，默认“{TOP_NAME}”。")
@click.option("--password-stdin", is_flag=True, help="从标准输入读取密码。")
@click.help_option(help="显示本说明。")
@with_appcontext
def create_admins(system: Given, security: Given, audit: Given, department: str, password_stdin: bool) -> None:
    """Make those of the three administrators (三员) that nobody is yet, in one go."""
    missing = _missing(dict(zip(KEEPERS, (system, security, audit), strict=True)))
    if not missing:
        click.echo("系统管理员、安全管理员、审计管理员都已有人担任，没有改动。")
        return
    newcomers: list[Newcomer] = []
    try:
        for role, given in missing.items():
            username, name = given or (None, None)
            newcomers.append(_newcomer(role, username, name, password_stdin, beside=newcomers))
    except click.Abort:
        raise DomainError("输入中断，没有建立账号。") from None
    _create(newcomers, department, clock.now())


@click.command("create-admin", help=ONE_HELP)
@click.option("--role", type=click.Choice([ROLE_LABELS[role] for role in KEEPERS]), default=ROLE_LABELS[KEEPERS[0]])
@click.option("--username", metavar="用户名", help="登录用的名字，英文字母和数字。")
@click.option("--name", metavar="姓名", help="真实姓名。")
@click.option("--department", metavar="名称", default=TOP_NAME, help=f"需要先建的顶级机构的名称，默认“{TOP_NAME}”。")
@click.option("--password-stdin", is_flag=True, help="从标准输入读取密码。")
@click.help_option(help="显示本说明。")
@with_appcontext
def create_admin(role: str, username: str | None, name: str | None, department: str, password_stdin: bool) -> None:
    """Make one administrator, and the first department where there is none."""
    chosen = next(each for each in KEEPERS if ROLE_LABELS[each] == role)
    try:
        newcomer = _newcomer(chosen, username, name, password_stdin)
    except click.Abort:
        raise DomainError("输入中断，没有建立账号。") from None
    _create([newcomer], department, clock.now())


def _missing(given: dict[Role, Given]) -> dict[Role, Given]:
    """Return which of the three nobody is, with who is to be it; raises DomainError for one that is held."""
    unheld = queries.unheld(KEEPERS, clock.today())
    db.session.rollback()
    for role, person in given.items():
        if person and role not in unheld:
            label = ROLE_LABELS[role]
            raise DomainError(f"{label}已有人担任，没有改动。要再加一位，请用 flask create-admin --role {label}。")
    return {role: given[role] for role in unheld}


def _newcomer(
    role: Role, username: str | None, name: str | None, password_stdin: bool, beside: Sequence[Newcomer] = ()
) -> Newcomer:
    """Ask what is not given; raises DomainError for an account that is there and for one person in two posts."""
    label = ROLE_LABELS[role]
    username = service.folded_username(username or _asked(f"{label}的用户名"))
    _refuse_known(username)
    name = name or _asked(f"{label}的姓名")
    if any(each.username == username or normalise(each.name) == normalise(name) for each in beside):
        raise DomainError("系统管理员、安全管理员、审计管理员须是三个不同的人，没有建立账号。")
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else _asked_password()
    return Newcomer(role, username, name, passwords.accepted(password, username=username, name=name))


def _refuse_known(username: str) -> None:
    """Say at once, before a password is asked for, that the account exists."""
    known = queries.account_named(username)
    db.session.rollback()
    if known:
        raise DomainError(f"账号“{username}”已经存在，没有改动。")


def _create(newcomers: Sequence[Newcomer], department: str, now: datetime) -> None:
    """Make the accounts with their posts, all or none, and say so."""
    today = clock.local_date(now)
    with committed():
        for each in newcomers:
            user = service.create_user(
                username=each.username,
                name=each.name,
                password_hash=each.password_hash,
                must_change_password=False,
                by=None,
                now=now,
            )
            office = _top_department(department, today, now)
            post = service.give_post(user, department=office, role=each.role, started_on=today, by=None, now=now)
            note_keeper(post, now=now)
        place = office.name
    for each in newcomers:
        click.echo(f"已建立{ROLE_LABELS[each.role]}账号“{each.username}”（{place}）。")


def _top_department(name: str, today: date, now: datetime) -> Department:
    tree = queries.department_tree(today)
    if tree:
        return tree[0].department
    return service.create_department(name=name, kind=DepartmentKind.PETITION_OFFICE, valid_from=today, by=None, now=now)


def _asked(label: str) -> str:
    return str(click.prompt(label, type=str)).strip()


def _asked_password() -> str:
    password = str(click.prompt("密码", hide_input=True, type=str))
    if password != click.prompt("再输一遍密码", hide_input=True, type=str):
        raise DomainError("两次输入的密码不一样，没有建立账号。")
    return password
