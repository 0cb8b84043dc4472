"""`flask import-villages`, `undo-villages`, `village-ledger`: the ledger of difficult villages in and out."""

from pathlib import Path

import click
from flask.cli import with_appcontext

from tracker.cli.cases_import import person
from tracker.core import clock
from tracker.core.database import committed
from tracker.core.errors import DomainError
from tracker.core.failures import failure_of
from tracker.key_villages.access import KEEPING
from tracker.people.models import Department, User
from tracker.people.queries import active_departments, reader_for
from tracker.people.rules import DepartmentKind, Permission, area, permissions
from tracker.spreadsheets.export_villages import export_villages, record_export
from tracker.spreadsheets.key_villages import (
    VillagesPlan,
    plan_villages,
    run_villages,
    undo_villages,
    write_refused_villages,
)
from tracker.spreadsheets.workbook import read_table

SHOWN_FAILURES = 10
IMPORT_HELP = """从表格（xlsx、xls、csv）读入重点难点村，一行一个问题。先用 --dry-run 试运行，什么也不写。

已经在账的村不再读入。失败的村整村不读，另存一个文件，改好后可再读入。
"""
EXPORT_HELP = "把重点难点村台账导出为 xlsx，一行一个问题；检举控告不在其中。导出记入日志。"
UNDO_HELP = "撤销一次读入：这次入账的村全部撤销，写明理由。读入后办理过的，不能撤销。"


@click.command("import-villages", help=IMPORT_HELP)
@click.argument("file", metavar="文件", required=False)
@click.option("--dry-run", is_flag=True, help="试运行，只看结果，不写入。")
@click.option("--failed", metavar="文件", help="失败的村写到这个 xlsx 文件；不写则放在当前目录。")
@click.option("--as", "username", metavar="账号", help="以谁的名义读入（受理员、督查员）。")
@click.help_option(help="显示本说明。")
@with_appcontext
def import_villages_command(file: str | None, dry_run: bool, failed: str | None, username: str | None) -> None:
    """Say what a sheet of villages would do; then, unless it is a trial, enter them."""
    by = person(username)
    if not file or by is None:
        raise DomainError("请写明文件和 --as，如 flask import-villages 重点村.xlsx --as 账号 --dry-run。")
    path, now = Path(file), clock.now()
    office = _office(by)
    made = plan_villages(read_table(path, path.name), office=office, today=clock.today())
    click.echo(f"可以入账：{len(made.ready)} 村，{sum(len(each.problems) for each in made.ready)} 个问题")
    click.echo(f"已经在账：{len(made.known)} 村")
    click.echo(f"失败：{len(made.refused)} 村")
    _keep_refused(made, Path(failed) if failed else Path(f"{path.stem}-失败行.xlsx"), by)
    if dry_run:
        click.echo("试运行，没有写入。")
        return
    mark, count = run_villages(made, office=office, by=by, now=now)
    click.echo(
        f"已入账 {count} 村，读入编号 {mark}；撤销用 flask undo-villages {mark}。" if count else "没有新的村入账。"
    )
    if made.refused and not made.ready and not made.known:
        raise DomainError("没有一个村可以入账，请按失败原因改好再试。")


def _keep_refused(made: VillagesPlan, target: Path, by: User) -> None:
    if not made.refused:
        return
    for village in made.refused[:SHOWN_FAILURES]:
        click.echo("".join(village.reasons), err=True)
    try:
        write_refused_villages(made, target, by=by.name, at=clock.now())
    except OSError as error:
        if failure_of(error):
            raise
        raise DomainError(f"失败行写不到 {target}，请用 --failed 换一个地方。") from None
    click.echo(f"失败的村和原因已写到 {target}。")


def _office(by: User) -> Department:
    """Return the office whose ledger somebody keeps. Raises DomainError where there is none, or several."""
    kept = area(reader_for(by, clock.today()), *KEEPING)
    offices = [each for each in active_departments(clock.today(), {DepartmentKind.PETITION_OFFICE}) if each.id in kept]
    if len(offices) != 1:
        raise DomainError(f"{by.name}不是受理员或督查员，或者管着几个信访部门，不能读入。")
    return offices[0]


@click.command("undo-villages", help=UNDO_HELP)
@click.argument("mark", metavar="读入编号", required=False)
@click.option("--reason", metavar="理由", help="为什么撤销。")
@click.option("--as", "username", metavar="账号", help="以谁的名义撤销。")
@click.help_option(help="显示本说明。")
@with_appcontext
def undo_villages_command(mark: str | None, reason: str | None, username: str | None) -> None:
    """Withdraw the villages of a run."""
    by = person(username)
    if not mark or not (reason or "").strip() or by is None:
        raise DomainError(
            "请写明读入编号、--reason 和 --as，如 flask undo-villages 20261130-093000 --reason 选错了表 --as 账号。"
        )
    with committed():
        count = undo_villages(mark, office=_office(by), reason=(reason or "").strip(), by=by, now=clock.now())
    click.echo(f"已撤销读入 {mark}，撤销入账 {count} 村。")


@click.command("village-ledger", help=EXPORT_HELP)
@click.argument("file", metavar="文件", required=False)
@click.option("--as", "username", metavar="账号", help="以谁的名义导出；不写则为系统导出。")
@click.help_option(help="显示本说明。")
@with_appcontext
def village_ledger_command(file: str | None, username: str | None) -> None:
    """Write the ledger of villages and record it; what is not recorded is taken away again."""
    target = Path(file or "")
    if not file or target.suffix.casefold() != ".xlsx":
        raise DomainError("请写明 xlsx 文件，如 flask village-ledger 重点难点村.xlsx。")
    by, now = person(username), clock.now()
    reader = reader_for(by, clock.today()) if by else None
    if reader is not None and Permission.EXPORT_LEDGER not in permissions(reader.posts):
        raise DomainError(f"{by.name if by else ''}的岗位没有导出台账的权限。")
    try:
        written = export_villages(reader, target, by=by.name if by else "系统", now=now)
    except OSError as error:
        if failure_of(error):
            raise
        raise DomainError(f"写不到文件 {target}，请换一个地方。") from None
    try:
        with committed():
            record_export(written, by=by, now=now)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    click.echo(f"已导出 {written.rows} 行到 {target}。")
