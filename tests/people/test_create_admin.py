"""`flask create-admin` and `flask create-admins`: the three administrators of an office (三员)."""

from collections.abc import Callable

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.people.factories import PASSWORD, SINCE, make_department
from tests.world.county import County
from tracker import audit
from tracker.audit.queries import verify
from tracker.core import clock
from tracker.core.database import committed
from tracker.notifications.models import Notice
from tracker.people import passwords, queries
from tracker.people.models import Department, User
from tracker.people.rules import Permission, Role, permissions
from tracker.people.service.posts import stop_post

Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask) -> Run:
    """Run the command with options and what is typed."""

    def type_in(*options: str, typed: str = f"{PASSWORD}\n") -> Result:
        return app.test_cli_runner().invoke(args=["create-admin", *options], input=typed)

    return type_in


def test_the_first_account_of_an_empty_office(run: Run, app: Flask, clock: object) -> None:
    answer = run("--username", "Admin", "--name", "张管理", "--password-stdin")
    assert answer.exit_code == 0, answer.output
    assert answer.output == "已建立系统管理员账号“admin”（信访局）。\n"
    with app.app_context():
        user = queries.account_named("admin")
        assert user is not None
        assert (user.name, user.must_change_password, user.acting_as(user.posts[0].started_on)) == (
            "张管理",
            False,
            "信访局·系统管理员",
        )
        assert passwords.matches(user.password_hash, PASSWORD)
        reader = queries.reader_for(user, user.posts[0].started_on)
        assert Permission.MANAGE_PEOPLE in permissions(reader.posts)
        assert verify().wrong is None


def test_everything_is_asked_for_that_was_not_given(run: Run) -> None:
    answer = run(typed=f"admin\n张管理\n{PASSWORD}\n{PASSWORD}\n")
    assert answer.exit_code == 0, answer.output
    assert PASSWORD not in answer.output


def test_departments_that_are_there_are_used(run: Run, session: Session) -> None:
    with committed():
        make_department("阳城县信访局")
    assert run("--username", "admin", "--name", "张管理", "--password-stdin").exit_code == 0
    assert session.scalars(select(Department.name)).all() == ["阳城县信访局"]


def test_the_top_department_can_be_named(run: Run, session: Session) -> None:
    run("--username", "admin", "--name", "张管理", "--department", "润城县信访局", "--password-stdin")
    assert session.scalars(select(Department.name)).all() == ["润城县信访局"]


@pytest.mark.parametrize(
    ("options", "typed", "sentence"),
    [
        (("--username", "张三", "--name", "张三"), f"{PASSWORD}\n", "用户名用 2 到 40 个英文字母"),
        (("--username", "admin", "--name", "张三"), "admin12345\n", "密码不能用姓名或用户名"),
        (("--username", "admin", "--name", "张三"), "admin1234\n", "密码太短"),
        (("--username", "admin", "--name", "张三"), "", "密码太短"),
        (("--username", "admin", "--name", " "), f"{PASSWORD}\n", "请填写姓名"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_made(
    run: Run, session: Session, options: tuple[str, ...], typed: str, sentence: str
) -> None:
    answer = run(*options, "--password-stdin", typed=typed)
    assert answer.exit_code == 1
    assert sentence in answer.output
    assert session.scalars(select(User)).all() == []
    assert session.scalars(select(Department)).all() == []


def test_an_account_is_made_once(run: Run, session: Session) -> None:
    assert run("--username", "admin", "--name", "张管理", "--password-stdin").exit_code == 0
    answer = run("--username", "ADMIN", "--name", "李管理", "--password-stdin", typed="")
    assert answer.exit_code == 1
    assert "账号“admin”已经存在" in answer.output
    assert session.scalars(select(User.name)).all() == ["张管理"]


def test_two_different_passwords(run: Run, session: Session) -> None:
    answer = run(typed=f"admin\n张管理\n{PASSWORD}\n{PASSWORD}不同\n")
    assert (answer.exit_code, "两次输入的密码不一样" in answer.output) == (1, True)
    assert session.scalars(select(User)).all() == []


def test_nobody_answers(run: Run) -> None:
    answer = run(typed="")
    assert answer.exit_code == 1
    assert "输入中断" in answer.output
    assert "Aborted" not in answer.output


def test_a_second_administrator_may_be_made(run: Run, session: Session) -> None:
    assert run("--username", "admin", "--name", "张管理", "--password-stdin").exit_code == 0
    assert run("--username", "second", "--name", "李管理", "--password-stdin").exit_code == 0
    roles = [user.posts[0].role for user in session.scalars(select(User))]
    assert roles == [Role.ADMINISTRATOR, Role.ADMINISTRATOR]


@pytest.fixture
def run_all(app: Flask) -> Run:
    """Run the command that makes those who are missing."""

    def type_in(*options: str, typed: str = f"{PASSWORD}\n" * 3) -> Result:
        return app.test_cli_runner().invoke(args=["create-admins", *options], input=typed)

    return type_in


THREE = (
    "--system",
    "admin",
    "张管理",
    "--security",
    "security",
    "宁安",
    "--audit",
    "audit",
    "马安",
    "--password-stdin",
)


def roles(session: Session) -> list[tuple[str, str]]:
    found = session.scalars(select(User).order_by(User.id))
    return [(user.username, user.posts[0].role) for user in found]


def test_one_command_makes_three_different_people(run_all: Run, session: Session) -> None:
    answer = run_all(*THREE)
    assert answer.exit_code == 0, answer.output
    assert answer.output == (
        "已建立系统管理员账号“admin”（信访局）。\n"
        "已建立安全管理员账号“security”（信访局）。\n"
        "已建立审计管理员账号“audit”（信访局）。\n"
    )
    assert roles(session) == [
        ("admin", Role.ADMINISTRATOR),
        ("security", Role.SECURITY_ADMINISTRATOR),
        ("audit", Role.AUDITOR),
    ]
    assert session.scalars(select(Notice)).all() == []
    again = run_all()
    assert (again.exit_code, "都已有人担任，没有改动" in again.output) == (0, True)


@pytest.mark.parametrize("second", [("admin", "李四"), ("second", "张 管理")])
def test_one_person_is_not_two_of_them(run_all: Run, session: Session, second: tuple[str, str]) -> None:
    answer = run_all(
        "--system", "admin", "张管理", "--security", *second, "--audit", "audit", "马安", "--password-stdin"
    )
    assert (answer.exit_code, "须是三个不同的人" in answer.output) == (1, True)
    assert session.scalars(select(User)).all() == []


def test_an_office_of_an_earlier_version_gets_who_is_missing_and_the_leader_hears(
    county: County, run_all: Run, session: Session
) -> None:
    county.register()
    with committed():
        stop_post(county.security.posts[0], last_day=SINCE, now=clock.now())
        audit.record(audit.Event.POST_ENDED, by=None, now=clock.now())
    refused = run_all("--system", "other", "李四", "--password-stdin")
    assert (refused.exit_code, "系统管理员已有人担任" in refused.output) == (1, True)
    answer = run_all("--security", "guard", "安国", "--password-stdin")
    assert answer.exit_code == 0, answer.output
    assert answer.output == "已建立安全管理员账号“guard”（中共阳城县委阳城县人民政府）。\n"
    told = session.scalars(select(Notice).where(Notice.source == "widening")).all()
    assert [(each.user_id, each.urgent) for each in told] == [(county.leader.id, True)]
    assert "安国" in told[0].why


def test_one_more_of_a_kind(run: Run, session: Session) -> None:
    answer = run("--role", "审计管理员", "--username", "audit2", "--name", "马二", "--password-stdin")
    assert answer.exit_code == 0, answer.output
    assert roles(session) == [("audit2", Role.AUDITOR)]
