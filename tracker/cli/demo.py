"""`flask load-demo`: the demonstration county."""

import click
from flask import current_app

from tracker.core import clock
from tracker.core.errors import DomainError
from tracker.demo.load import is_demo, is_in_use, load_demo
from tracker.demo.staff import PASSWORD, PEOPLE, SHOWN
from tracker.people.rules import ROLE_LABELS


@click.command("load-demo", help="第一次启动时装入演示数据：一个县的真实村镇、虚构的人员和约 120 件虚构的信访事项。")
def load_demo_command() -> None:
    """Load the demonstration into an empty database, and say how to sign in."""
    if current_app.config["TRACKER_ENV"] == "production":
        raise click.ClickException("正式运行（TRACKER_ENV=production）不装演示数据：演示账号的密码是公开的。")
    if is_in_use():
        if is_demo():
            click.echo(sign_ins())
        return
    try:
        count = load_demo(now=clock.now())
    except DomainError as error:
        raise click.ClickException(error.message) from None
    click.echo(f"已装入演示数据 {count} 件。", err=True)
    click.echo(sign_ins())


def sign_ins() -> str:
    """Return the demo sign-ins, one line each."""
    people = {person.username: person for person in PEOPLE}
    lines = [
        f"  {name:<14}{people[name].name}　{ROLE_LABELS[people[name].role]}（{people[name].title}）" for name in SHOWN
    ]
    return "\n".join((f"演示账号（密码都是 {PASSWORD}）：", *lines))
