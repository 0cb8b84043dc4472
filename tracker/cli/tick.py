"""`flask tick` runs the timer once; `flask run-scheduler` runs it every minute, until it is stopped."""

from datetime import datetime

import click
from flask import current_app
from flask.cli import with_appcontext

from tracker.cli.outbox import sending_words
from tracker.core import clock
from tracker.core.clock import SHANGHAI
from tracker.jobs.notices import send_notices, write_all_digests
from tracker.jobs.scheduler import run
from tracker.jobs.ticking import TickReport, rehearse, tick
from tracker.reminders.ladder.queries import current
from tracker.reminders.ladder.rules.rungs import LEVELS
from tracker.reminders.raising.tick import Tally


@click.command("tick")
@click.option("--at", "at", metavar="2026-12-01T09:00", help="在这一时刻运行（北京时间；正式运行时不能用）")
@click.option("--dry-run", is_flag=True, help="只看会发出什么，什么也不写")
@with_appcontext
def tick_command(at: str | None, dry_run: bool) -> None:
    """Run the timer once and print what it examined, raised, skipped and sent (到点检查一次)."""
    if at is None:
        _tick(dry_run=dry_run)
        return
    with clock.frozen(_instant(at)):
        _tick(dry_run=dry_run)


def _instant(text: str) -> datetime:
    if current_app.config["TRACKER_ENV"] == "production":
        raise click.ClickException("正式运行（TRACKER_ENV=production）不能改动时钟，请去掉 --at。")
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise click.ClickException(f"--at 应写成 2026-12-01T09:00，现在是“{text}”。") from None
    return at if at.tzinfo else at.replace(tzinfo=SHANGHAI)


def _tick(*, dry_run: bool) -> None:
    now = clock.now()
    click.echo(f"{clock.local(now):%Y-%m-%d %H:%M}" + ("　试运行，什么也不写" if dry_run else ""))
    if dry_run:
        _print_report(rehearse(now))
        return
    report = tick(now)
    if report.refused:
        raise click.ClickException(report.sentence)
    _print_report(report)
    write_all_digests(now)
    click.echo(sending_words(send_notices(now)))


def _print_report(report: TickReport) -> None:
    _print_tally(report.tally)
    if report.left:
        click.echo(f"还剩  {report.left}（有人正在办理，下次再看）")
    if report.sentence:
        click.echo(report.sentence)


def _print_tally(tally: Tally) -> None:
    rungs = {rung.code: rung for rung in current().rungs}
    click.echo(f"检查  {tally.examined}")
    click.echo(f"发出  {sum(tally.raised.values())}" + (f"（补发 {tally.late}）" if tally.late else ""))
    for code, count in sorted(tally.raised.items()):
        click.echo(f"      {count:>6}  {code}  {LEVELS[rungs[code].level].label if code in rungs else ''}")
    click.echo(f"跳过  {sum(tally.skipped.values())}")
    for because, count in sorted(tally.skipped.items()):
        click.echo(f"      {count:>6}  {because}")
    for label, count in (("期满", tally.lapsed), ("检查日不对，已改正", tally.wrong)):
        if count:
            click.echo(f"{label}  {count}")


@click.command("run-scheduler")
@with_appcontext
def run_scheduler_command() -> None:
    """Run the timer every minute in this process, until it is stopped (定时提醒)."""
    run(current_app._get_current_object())  # type: ignore[attr-defined]
