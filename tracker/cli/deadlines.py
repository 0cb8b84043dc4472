"""`flask deadline` and `flask load-calendar`: dates of terms, and the holidays they are counted by."""

import csv
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import click
from flask.cli import with_appcontext
from sqlalchemy import inspect

from tracker.core import clock
from tracker.core.database import committed, db
from tracker.core.dates import Meaning, parse_date
from tracker.core.errors import DomainError
from tracker.jobs.calendar import change_calendar, go_on
from tracker.supervision.calendar.preview import CalendarPreview, preview
from tracker.working_days import queries, service
from tracker.working_days.models import CalendarYear
from tracker.working_days.rules import (
    Calendar,
    DueDate,
    Proposal,
    YearStatus,
    day_table,
    decoded,
    derivation,
    due,
    parse_amount,
    parse_notice,
    parse_unit,
)

LOAD_HELP = """录入一年的放假安排（放假日和调休上班日），已录入的年份会被替换；正在计算的期限随之重新计算。

文件可为 CSV（列为 date,kind,name，kind 写 off 或 work）或 JSON（year、papers、days）。空的、不完整的安排不予录入。
"""
COLUMNS = ("from", "amount", "unit", "nominal", "effective", "provisional")


@click.command("deadline", help="计算期限的最后一天，并说明为什么是这一天。")
@click.option("--from", "start", metavar="日期", help="起算日，如 2026-02-10；当日不计入，次日起算。")
@click.option("--amount", metavar="数", help="期限的天数或月数，如 5；0 表示当日。")
@click.option("--unit", metavar="单位", help="day（日）、working-day（工作日）或 month（月）。")
@click.option("--table", is_flag=True, help="逐日列出计数情况。")
@click.option("--file", "file", metavar="文件", help="CSV 文件，列为 from,amount,unit；结果写到标准输出。")
@click.help_option(help="显示本说明。")
@with_appcontext
def deadline(start: str | None, amount: str | None, unit: str | None, table: bool, file: str | None) -> None:
    """Print the effective day first, then the derivation; or compute every row of a file."""
    if file is not None:
        _compute_file(Path(file), _calendar())
        return
    if start is None or amount is None or unit is None:
        raise DomainError("请写明 --from、--amount 和 --unit，或用 --file 指定 CSV 文件。")
    calendar = _calendar()
    term = _term(start, amount, unit, calendar)
    click.echo(f"{term.effective.isoformat()}  {derivation(term)}")
    if table:
        for row in day_table(term, calendar):
            number = "" if row.counted_no is None else str(row.counted_no)
            click.echo("\t".join((row.date.isoformat(), row.weekday, number, row.mark, row.name, row.note)).rstrip())


@click.command("load-calendar", help=LOAD_HELP)
@click.argument("year", metavar="年份", required=False)
@click.argument("file", metavar="文件", required=False)
@click.option("--source", metavar="依据", default="", help="通知的名称或文号；文件里已写明的可以不填。")
@click.option("--provisional", is_flag=True, help="不是正式通知：按此算出的日期仍标为暂定。")
@click.option("--dry-run", is_flag=True, help="只列出哪些期限会变，不录入。")
@click.option("--shipped", is_flag=True, help="存入随程序提供的各年安排（2018 至 2026 年），已录入的年份不动。")
@click.help_option(help="显示本说明。")
@with_appcontext
def load_calendar(
    year: str | None, file: str | None, source: str, provisional: bool, dry_run: bool, shipped: bool
) -> None:
    """Load one year from a file, or the years that came with the program."""
    if shipped:
        with committed():
            years = service.seed_known_years(now=clock.now())
        names = "、".join(map(str, years))
        click.echo(f"已存入{names}年放假安排。" if years else "各年放假安排都已录入，没有改动。")
        return
    if year is None or file is None:
        raise DomainError("请写明年份和文件，如 flask load-calendar 2027 2027.json。")
    proposal = _proposed(year, Path(file), source, provisional=provisional)
    if dry_run:
        _show(preview(proposal, today=clock.today()))
    else:
        _load(proposal)


def _proposed(year: str, file: Path, source: str, *, provisional: bool) -> Proposal:
    if not (year.isascii() and year.isdigit() and len(year) == 4):
        raise DomainError(f"年份“{year[:20]}”应写成四位数字，如 2027。")
    notice = parse_notice(_content(file))
    if notice.year not in (None, int(year)):
        raise DomainError(f"文件里写的是{notice.year}年，不是{year}年，请核对。")
    status = YearStatus.PROVISIONAL if provisional else YearStatus.OFFICIAL
    return service.proposed(int(year), notice.days, source=source or notice.source, status=status)


def _load(proposal: Proposal) -> None:
    off = sum(not day.is_working for day in proposal.days)
    moved = _carried_out(proposal)
    click.echo(
        f"已录入{proposal.year}年放假安排：放假{off}天，调休上班{len(proposal.days) - off}天；"
        f"{moved}个正在计算的期限变了日期。"
    )


def _carried_out(proposal: Proposal) -> int:
    """Apply a year, or go on with the same one where it was broken off; return how many dates moved."""
    change = queries.unfinished_change()
    if change is None or queries.proposal_of(change) != proposal:
        return change_calendar(proposal, seen=None, by=None, now=clock.now()).moved
    click.echo("这份安排上次没有办完，接着办。")
    go_on()
    return change.moved


def _show(shown: CalendarPreview) -> None:
    """Print what would change: kind, from, to, how many; no case."""
    for group in shown.groups:
        click.echo(f"{group.label}\t{group.before.isoformat()}\t{group.after.isoformat()}\t{group.count}")
    click.echo(
        f"{len(shown.moved)}个期限会变，其中新逾期{shown.newly_overdue}个；不再暂定{shown.settled}个；"
        f"已告知信访人、不提前{shown.held}个；更正已发出的提醒{len(shown.wrong)}条。没有录入。"
    )


def _calendar() -> Calendar:
    """Return the calendar; before the tables exist, the one that came with the program."""
    if inspect(db.session.connection()).has_table(CalendarYear.__tablename__):
        return queries.calendar()
    return queries.shipped_calendar()


def _term(start: str, amount: str, unit: str, calendar: Calendar) -> DueDate:
    return due(_start(start), parse_amount(amount), parse_unit(unit), calendar)


def _start(text: str) -> date:
    return parse_date(text, clock.today(), Meaning.EITHER)


def _compute_file(file: Path, calendar: Calendar) -> None:
    """Write a line for every row that can be computed and a sentence for every one that cannot; then exit 1."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    refused = 0
    rows = list(_rows(file))
    writer.writerow(COLUMNS)
    for line, row in rows:
        try:
            term = _term(row["from"], row["amount"], row["unit"], calendar)
        except DomainError as error:
            refused += 1
            click.echo(f"第{line}行：{error.message}", err=True)
            continue
        dates = (term.nominal.isoformat(), term.effective.isoformat(), str(term.provisional).lower())
        writer.writerow((term.start.isoformat(), term.amount, term.unit.value, *dates))
    if refused:
        raise DomainError(f"共{len(rows)}行，其中{refused}行没有算出。")


def _rows(file: Path) -> Iterator[tuple[int, dict[str, str]]]:
    reader = csv.reader(decoded(_content(file)).splitlines(keepends=True))
    try:
        heads = [head.strip().lower() for head in next(reader, [])]
        if missing := [column for column in COLUMNS[:3] if column not in heads]:
            raise DomainError(f"{file.name} 的表头缺少 {'、'.join(missing)} 列，应为 from,amount,unit。")
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, dict.fromkeys(heads, "") | dict(zip(heads, cells, strict=False))
    except csv.Error:
        raise DomainError(f"{file.name} 第{reader.line_num}行不是正确的 CSV，请核对。") from None


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        raise DomainError(f"打不开文件 {file}，请核对文件名和权限。") from None
