"""`flask export-ledger`: the ledger as a spreadsheet."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
from flask.cli import with_appcontext

from tracker import audit
from tracker.cases.ledger import SORTS, Filters
from tracker.cases.ledger.filters import FILTERS
from tracker.cli.cases_import import person
from tracker.core import clock
from tracker.core.database import committed
from tracker.core.errors import DomainError
from tracker.core.failures import failure_of
from tracker.people.models import User
from tracker.people.queries import reader_for
from tracker.people.rules import Permission, permissions
from tracker.spreadsheets.export_ledger import Exported, export

HELP = """把台账导出为 xlsx，信访人姓名脱敏，检举控告件不显示内容；导出记入日志。

不写 --as 为系统导出，包括所有的件；写了 --as 只导出该人可以查看的件。各项筛选与台账页地址里的写法相同。
"""
Command = TypeVar("Command", bound=Callable[..., Any])


def filter_options(command: Command) -> Command:
    """Give a command one option for each filter of the ledger, by its name in addresses."""
    for name, row in reversed(FILTERS.items()):
        command = click.option(f"--{name.replace('_', '-')}", name, metavar="值", help=f"筛选：{row.label}。")(command)
    return command


@click.command("export-ledger", help=HELP)
@click.argument("file", metavar="文件", required=False)
@click.option("--as", "username", metavar="账号", help="以谁的名义导出。")
@click.option("--sort", metavar="次序", default="number", help="、".join(SORTS) + "。")
@filter_options
@click.help_option(help="显示本说明。")
@with_appcontext
def export_ledger(file: str | None, username: str | None, sort: str, **chosen: str | None) -> None:
    """Write the file, then the line in the log; without the line there is no file."""
    if not file:
        raise DomainError("请写明文件，如 flask export-ledger 台账.xlsx。")
    if sort not in SORTS:
        raise DomainError(f"次序只能是 {'、'.join(SORTS)}。")
    target, now = Path(file), clock.now()
    if target.suffix.casefold() != ".xlsx":
        raise DomainError("文件名应以 .xlsx 结尾。")
    by = person(username)
    filters = _filters({name: value for name, value in chosen.items() if value}, by)
    done = _written(target, filters, sort, by)
    try:
        with committed():
            audit.record_reading(
                audit.Event.LEDGER_EXPORTED, by=by, now=now, payload=done.payload, text=done.words or None
            )
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    click.echo(f"已导出 {done.written.rows} 件到 {target}。")


def _filters(chosen: dict[str, str], by: User | None) -> Filters:
    """Return the filters; what an address would pass over is an error at a terminal."""
    if by is None and "mine" in chosen:
        raise DomainError("--mine 要与 --as 一起用。")
    filters = Filters.parse(chosen, today=clock.today())
    if filters.problems:
        raise DomainError("".join(filters.problems))
    return filters


def _written(target: Path, filters: Filters, sort: str, by: User | None) -> Exported:
    reader = reader_for(by, clock.today()) if by else None
    if reader is not None and Permission.EXPORT_LEDGER not in permissions(reader.posts):
        raise DomainError(f"{by.name if by else ''}的岗位没有导出台账的权限。")
    try:
        return export(reader, filters, target, sort=sort, by=by.name if by else "系统", now=clock.now())
    except OSError as error:
        if failure_of(error):
            raise
        raise DomainError(f"写不到文件 {target}，请换一个地方。") from None
