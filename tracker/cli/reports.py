"""`flask report`: the sentences of a day, a week or a year with their numbers, and who has not filed."""

from datetime import date

import click
from flask.cli import with_appcontext

from tracker.cases.ledger.rules import EDITION_LABELS, ReportEdition
from tracker.core import clock
from tracker.core.dates import parse_date
from tracker.core.errors import DomainError
from tracker.people.models import Department
from tracker.people.queries import active_departments
from tracker.people.rules import DepartmentKind
from tracker.reports.issues.queries import ReportPaper, report_on
from tracker.reports.rules.kinds import REPORTS, ReportKind
from tracker.reports.rules.sentences import plain, said

HELP = """打印日报、周报、年度报告（公开版）：day、week、annual。

已经签发的，打印签发的原文；没有签发的，按现在的台账算。最后列出谁没有报。
"""


@click.command("report", help=HELP)
@click.argument("kind", metavar="day|week|annual", required=False)
@click.option("--at", "at", metavar="日期", help="期内的任一天，如 2026-11-27；不写是今天。")
@click.option("--office", "code", metavar="代码", help="信访部门的区划代码或者简称；只有一个的不用写。")
@click.help_option(help="显示本说明。")
@with_appcontext
def report_command(kind: str | None, at: str | None, code: str | None) -> None:
    """Print a report of the open edition."""
    if kind not in set(ReportKind):
        raise DomainError("请写明哪种报告：flask report day、flask report week 或者 flask report annual。")
    today = clock.today()
    day = parse_date(at, today) if at else today
    _print(report_on(_office(code, today), ReportKind(kind), day, today))


def _office(code: str | None, today: date) -> Department:
    """Return the office that is meant. Raises DomainError where there is none of that code, or several without one."""
    offices = active_departments(today, {DepartmentKind.PETITION_OFFICE})
    found = [each for each in offices if code in (None, each.place_code, each.short_name, each.name)]
    if len(found) != 1:
        names = "、".join(each.short_name for each in offices)
        raise DomainError(f"请用 --office 写明信访部门的代码或者简称：{names}。" if names else "还没有信访部门。")
    return found[0]


def _print(paper: ReportPaper) -> None:
    row = REPORTS[paper.kind]
    number = f"{paper.report.year}年第 {paper.report.number} 期" if paper.report and paper.report.number else "草稿"
    click.echo(f"{row.title}　{number}　{paper.office.name}")
    for section in paper.sections:
        click.echo(f"\n{section.heading}")
        for paragraph in section.paragraphs:
            click.echo(plain(paragraph, paper.values))
        for label, _unit, now, before, change, year, year_change in section.rows:
            against = ((row.before, before, change), (row.last_year, year, year_change))
            told = "".join(f"，{name} {said(paper.values[code])}（{by}）" for name, code, by in against if code)
            click.echo(f"　{label} {said(paper.values[now])}{told}")
    for sentence in paper.withheld:
        click.echo(f"\n没有写进正文：{sentence}")
    if row.filed and not paper.filings:
        click.echo("\n本期没有布置报送。")
    elif row.filed:
        names = "、".join(each.department.short_name for each in paper.missing)
        click.echo(f"\n未报：{names}" if names else "\n各单位都已报送。")
    click.echo(f"\n{EDITION_LABELS[ReportEdition.OPEN]}")
