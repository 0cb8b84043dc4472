"""`flask import-places`: an edition of the official division codes."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import click
from flask.cli import with_appcontext

from tracker.core import clock
from tracker.core.dates import Meaning, parse_date
from tracker.core.errors import DomainError
from tracker.core.statistics import keep_statistics
from tracker.places import queries
from tracker.places.rules import CHANGE_LABELS, EditionPlan, FileRefused, PlaceChange, PlaceFile, read_file
from tracker.places.service import import_places

HELP = """读入统计用区划代码（省、市、县、乡镇、村五级），可以反复读入。

文件为 CSV（UTF-8 或 GB18030），第一行是 code,name,level,parent_code，代码 12 位。
改了名称的，旧名称转为曾用名；不再列入的，予以撤销，什么也不删除。只动文件列出的范围：读入一个县，不影响别的县。
本单位自己作的更名、合并和手工增加的村，在文件该处没有变化时保持不变。
文件里的县，所属省、市还没有读入的，先从随程序提供的区划表（山西省）补上。有一行不对，就一行也不读入。
"""
MUCH = 10_000_000
ALWAYS_TOLD = (PlaceChange.ADDED, PlaceChange.RENAMED, PlaceChange.CLOSED, PlaceChange.UNCHANGED)
LISTED = tuple(change for change in CHANGE_LABELS if change not in (PlaceChange.ADDED, PlaceChange.UNCHANGED))
SHOWN = 20


@click.command("import-places", help=HELP)
@click.argument("file", metavar="文件", required=False)
@click.option("--as-of", "as_of", metavar="日期", help="区划截至哪一天，如 2023-06-30；不写则为今天。")
@click.option("--source", metavar="来源", help="版本名称，如“统计用区划代码 2023 年版”；不写则用文件名。")
@click.option("--dry-run", is_flag=True, help="试运行，只看会有哪些变化，不写入。")
@click.help_option(help="显示本说明。")
@with_appcontext
def import_places_command(file: str | None, as_of: str | None, source: str | None, dry_run: bool) -> None:
    """Import an edition of the codes, or say what it would change."""
    if file is None:
        raise DomainError("请写明文件，如 flask import-places yangcheng_140522.csv。")
    path, day = Path(file), parse_date(as_of, clock.today(), Meaning.HAPPENED) if as_of else clock.today()
    with _line_by_line():
        read = read_file(_content(path))
        plan = _planned(read, day) if dry_run else _imported(read, source=source or path.name, as_of=day)
    _show(plan, len(read.rows), dry_run=dry_run)


@contextmanager
def _line_by_line() -> Iterator[None]:
    """Yield what is wrong with a file line by line."""
    try:
        yield
    except FileRefused as error:
        for sentence in error.sentences:
            click.echo(sentence, err=True)
        raise


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > MUCH:
            raise DomainError(f"文件 {path.name} 超过 {MUCH // 1_000_000} MB，不像区划代码文件，请核对。")
        return path.read_bytes()
    except OSError:
        raise DomainError(f"打不开文件 {path}，请核对文件名和权限。") from None


def _planned(read: PlaceFile, as_of: date) -> EditionPlan:
    return queries.plan(read.rows, as_of=as_of)


def _imported(read: PlaceFile, *, source: str, as_of: date) -> EditionPlan:
    plan = import_places(read.rows, source=source, as_of=as_of, by=None, now=clock.now(), sha256=read.sha256)
    keep_statistics()
    return plan


def _show(plan: EditionPlan, rows: int, *, dry_run: bool) -> None:
    told = [change for change in CHANGE_LABELS if change in ALWAYS_TOLD or plan.counts.get(change)]
    counts = "，".join(f"{CHANGE_LABELS[change]} {plan.counts.get(change, 0)}" for change in told)
    click.echo(f"{'文件' if dry_run else '已读入'} {rows} 行：{counts}。")
    for change in LISTED:
        found = plan.of(change)
        for planned in found[:SHOWN]:
            before = f"（原 {planned.before}）" if planned.before else ""
            where = " · ".join(filter(None, (planned.above, planned.name)))
            click.echo(f"  {CHANGE_LABELS[change]}：{planned.code} {where}{before}")
        if len(found) > SHOWN:
            click.echo(f"  {CHANGE_LABELS[change]}：……共 {len(found)} 个")
    for warning in plan.warnings:
        click.echo(f"请核对：{warning}", err=True)
    if dry_run:
        click.echo("试运行，没有写入。")
