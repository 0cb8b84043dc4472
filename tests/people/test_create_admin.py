"""`flask create-admin`: the first account of an office."""

from collections.abc import Callable

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.people.factories import PASSWORD, make_department
from tracker.audit.queries import verify
from tracker.core.database import committed
from tracker.people import passwords, queries
from tracker.people.models import Department, User
from tracker.people.rules import Permission, Role, permissions

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
