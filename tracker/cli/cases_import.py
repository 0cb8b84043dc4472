"""`flask import-cases` and `flask undo-import`: history in from a table, and out of the ledger again."""

import hashlib
import re
from pathlib import Path

import click
from flask.cli import with_appcontext

from tracker.cases.record.models import ImportRun
from tracker.cli.people import TOP_NAME
from tracker.core import clock
from tracker.core.database import committed, db
from tracker.core.errors import DomainError
from tracker.core.failures import failure_of
from tracker.core.files import name_of
from tracker.core.statistics import keep_statistics
from tracker.core.text import normalise
from tracker.people.models import Department, User
from tracker.people.queries import account_named, active_departments
from tracker.people.rules import DepartmentKind
from tracker.people.service import create_department
from tracker.spreadsheets.import_cases import ImportPlan, plan, run, undo, unhurried, write_refused
from tracker.spreadsheets.mappings import MAPPINGS, Mapping, mapping_named
from tracker.spreadsheets.workbook import read_table

SHOWN_FAILURES = 10
NUMBER = re.compile(r"[0-9]{1,9}")
MAPPING_HELP = "用哪一种对应表：" + "、".join(f"{m.name}（{m.label}）" for m in MAPPINGS.values()) + "。"
IMPORT_HELP = """从表格（xlsx、xls、csv）读入历史件。先用 --dry-run 试运行：列出件数和失败的行及原因，什么也不写。

历史件不发通知，不起算期限；收到、答复日期照原表留存。同一行再读入一次不会重复。失败的行另存一个文件，改好后可再读入。
"""
UNDO_HELP = "撤销一次读入：这次读入的件全部作废并写明理由，什么也不删除。读入后有人办理过的，不能撤销。"


@click.command("import-cases", help=IMPORT_HELP)
@click.argument("file", metavar="文件", required=False)
@click.option("--mapping", "mapping_name", metavar="名称", help=MAPPING_HELP)
@click.option("--dry-run", is_flag=True, help="试运行，只看结果，不写入。")
@click.option("--failed", "failed", metavar="文件", help="失败行写到这个 xlsx 文件；不写则放在当前目录。")
@click.option("--office", "office_name", metavar="单位", help="登记到哪个信访部门（名称或简称）；只有一个的可以不写。")
@click.option("--as", "username", metavar="账号", help="以谁的名义读入；不写则记为系统。")
@click.help_option(help="显示本说明。")
@with_appcontext
def import_cases(
    file: str | None,
    mapping_name: str | None,
    dry_run: bool,
    failed: str | None,
    office_name: str | None,
    username: str | None,
) -> None:
    """Plan the import and print its figures; then, unless it is a trial, run it."""
    if not file or not mapping_name:
        raise DomainError("请写明文件和 --mapping，如 flask import-cases 留言.xlsx --mapping liuyan --dry-run。")
    mapping, path = mapping_named(mapping_name), Path(file)
    office, by = _office(office_name), person(username)
    made = plan(read_table(path, path.name), mapping, office=office, today=clock.today())
    _show(made, mapping)
    _keep_refused(made, Path(failed) if failed else Path(f"{path.stem}-失败行.xlsx"), by)
    if dry_run:
        click.echo("试运行，没有写入。")
        return
    _run(made, path, office=office or _first_office(), by=by)
    if made.failed and not made.ready and not made.known:
        raise DomainError("没有一行可以读入，请按失败原因改好再试。")


def _show(made: ImportPlan, mapping: Mapping) -> None:
    where = f"，工作表“{made.table.sheet}”" if made.table.sheet else ""
    click.echo(f"{made.table.name}（{mapping.label}{where}）")
    for notice in made.notices:
        click.echo(f"提示：{notice}")
    for assumption in mapping.assumptions:
        click.echo(f"说明：{assumption}")
    for label, count in made.counts:
        click.echo(f"{label}：{count}")


def _keep_refused(made: ImportPlan, target: Path, by: User | None) -> None:
    """Show the first refused rows and write all of them to a file."""
    if not made.refused:
        return
    for row in made.refused[:SHOWN_FAILURES]:
        click.echo(f"第 {row.number} 行：{''.join(row.reasons)}", err=True)
    try:
        write_refused(made, target, by=by.name if by else "系统", at=clock.now())
    except OSError as error:
        if failure_of(error):
            raise
        raise DomainError(f"失败行写不到 {target}，请用 --failed 换一个地方。") from None
    click.echo(f"失败行和原因（{len(made.refused)} 行）已写到 {target}。")


def _run(made: ImportPlan, path: Path, *, office: Department, by: User | None) -> None:
    digest = name_of(hashlib.sha256(path.read_bytes()).hexdigest())
    entered = run(made, office=office, by=by, now=clock.now(), file_sha256=digest, pace=unhurried())
    keep_statistics()
    if entered is None:
        click.echo("没有新的件需要读入。")
    else:
        click.echo(f"已读入 {entered.created} 件，读入编号 {entered.id}；撤销用 flask undo-import {entered.id}。")


@click.command("undo-import", help=UNDO_HELP)
@click.argument("number", metavar="读入编号", required=False)
@click.option("--reason", metavar="理由", help="为什么撤销。")
@click.option("--as", "username", metavar="账号", help="以谁的名义撤销。")
@click.help_option(help="显示本说明。")
@with_appcontext
def undo_import_command(number: str | None, reason: str | None, username: str | None) -> None:
    """Declare the cases of an import void."""
    by = person(username)
    if not number or not reason or by is None:
        raise DomainError("请写明读入编号、--reason 和 --as，如 flask undo-import 1 --reason 选错了表 --as 账号。")
    known = NUMBER.fullmatch(number)
    found = db.session.get(ImportRun, int(number)) if known else None
    if found is None:
        raise DomainError(f"没有编号为 {number[:20]} 的读入。")
    count = undo(found, reason=reason.strip(), by=by, now=clock.now(), pace=unhurried())
    click.echo(f"已撤销第 {number} 次读入，作废 {count} 件。")


def _office(name: str | None) -> Department | None:
    """Return the petition office that the matters are registered with; None where there is no office at all yet."""
    offices = active_departments(clock.today(), {DepartmentKind.PETITION_OFFICE})
    wanted = normalise(name or "")
    found = [o for o in offices if not wanted or wanted in (normalise(o.name), normalise(o.short_name))]
    if len(found) == 1:
        return found[0]
    if not offices and not name:
        return None
    names = "、".join(office.name for office in offices)
    raise DomainError(f"没有名为“{name}”的信访部门。" if name else f"信访部门有：{names}，请用 --office 写明一个。")


def _first_office() -> Department:
    """Set up the petition office of a register that has none, as `create-admin` does."""
    now = clock.now()
    with committed():
        office = create_department(
            name=TOP_NAME, kind=DepartmentKind.PETITION_OFFICE, valid_from=clock.local_date(now), by=None, now=now
        )
    click.echo(f"还没有信访部门，已建立“{TOP_NAME}”，名称可在系统→机构里改。")
    return office


def person(username: str | None) -> User | None:
    """Return who a command acts for; None for the system. Raises DomainError where there is nobody of that name."""
    if username is None:
        return None
    found = account_named(username.strip().casefold())
    if found is None or not found.is_active:
        raise DomainError(f"没有账号“{username}”，或者它已停用。")
    return found
