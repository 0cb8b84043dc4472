"""`flask create-admin`: the first account of an office."""

import sys
from datetime import date, datetime

import click
from flask.cli import with_appcontext

from tracker.core import clock
from tracker.core.database import committed, db
from tracker.core.errors import DomainError
from tracker.people import passwords, queries, service
from tracker.people.models import Department
from tracker.people.rules import DepartmentKind, Role

HELP = f"""建立一个系统管理员账号。还没有任何机构时，先建立顶级机构。

不写的选项会逐项询问；密码不写在命令行里，逐字输入或用 --password-stdin 从标准输入读取一行。
密码{passwords.RULE}
"""
TOP_NAME = "信访局"


@click.command("create-admin", help=HELP)
@click.option("--username", metavar="用户名", help="登录用的名字，英文字母和数字。")
@click.option("--name", metavar="姓名", help="真实姓名。")
@click.option("--department", metavar="名称", default=TOP_NAME, help=f"需要先建的顶级机构的名称，默认“{TOP_NAME}”。")
@click.option("--password-stdin", is_flag=True, help="从标准输入读取密码。")
@click.help_option(help="显示本说明。")
@with_appcontext
def create_admin(username: str | None, name: str | None, department: str, password_stdin: bool) -> None:
    """Make an administrator (系统管理员), and the first department where there is none."""
    try:
        username = service.folded_username(username or _asked("用户名"))
        _refuse_known(username)
        name = name or _asked("姓名")
        password = sys.stdin.readline().rstrip("\r\n") if password_stdin else _asked_password()
        password_hash = passwords.accepted(password, username=username, name=name)
        made = _create(username, name, department, password_hash, clock.now())
    except click.Abort:
        raise DomainError("输入中断，没有建立账号。") from None
    click.echo(f"已建立系统管理员账号“{username}”（{made}）。")


def _refuse_known(username: str) -> None:
    """Say at once, before a password is asked for, that the account exists."""
    known = queries.account_named(username)
    db.session.rollback()
    if known:
        raise DomainError(f"账号“{username}”已经存在，没有改动。忘记密码请由另一位系统管理员重置。")


def _create(username: str, name: str, department: str, password_hash: passwords.PasswordHash, now: datetime) -> str:
    """Make the account with its post; return the name of its department."""
    today = clock.local_date(now)
    with committed():
        user = service.create_user(
            username=username, name=name, password_hash=password_hash, must_change_password=False, by=None, now=now
        )
        office = _top_department(department, today, now)
        service.give_post(user, department=office, role=Role.ADMINISTRATOR, started_on=today, by=None, now=now)
        return office.name


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
