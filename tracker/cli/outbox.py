"""`flask outbox`: what has not gone out yet, and sending again what could not be sent."""

import click
from flask import current_app
from flask.cli import with_appcontext

from tracker.core import clock
from tracker.core.pacing import Pace
from tracker.jobs.sending import SendingReport
from tracker.notifications.channels import open_channels
from tracker.notifications.outbox import dead_ids, retry_all
from tracker.notifications.queries import Outbox, WaitingGroup, outbox
from tracker.notifications.rules import OUTGOING, STATE_LABELS, WAITING_LABELS, WAY_LABELS, DeliveryState, Waiting
from tracker.notifications.ways import sentence

HELP = """查看发件箱：还没有告知到人的通知、待发的邮件和群消息、发不出去的邮件及原因。只显示件数和时间。"""
MOST_SHOWN = 20
# So many copies fit into a turn on any machine.
AT_FIRST = 50


@click.command("outbox", help=HELP)
@click.option("--retry-dead", "retry", is_flag=True, help="把发不出去的全部重新排队，记入日志。")
@click.help_option(help="显示本说明。")
@with_appcontext
def outbox_command(retry: bool) -> None:
    """Print what waits; with `--retry-dead` send the dead letters again (重发)."""
    now = clock.now()
    if retry:
        count = retry_all(dead_ids(), by=None, now=now, pace=Pace(AT_FIRST))
        click.echo(f"已重新排队 {count} 份。" if count else "没有发不出去的，不用重发。")
    found = outbox(now)
    for line in _lines(found):
        click.echo(line)


def sending_words(report: SendingReport) -> str:
    """Say in one line what a round of sending did."""
    return (
        f"送达  通知 {report.addressed}，邮件和群消息 {report.sent}；"
        f"没发成、稍后再试 {report.failed}，发不出去 {report.dead}，还剩 {report.left}"
    )


def _lines(found: Outbox) -> list[str]:
    lines = ["还没有告知到人的通知："]
    lines += [f"  {label}：{_counted(found.notices.get(reason))}" for reason, label in WAITING_LABELS.items()]
    if Waiting.NOBODY in found.notices:
        lines.append("  ！有通知找不到收件人，请核对岗位和外出代理。")
    lines += ["发送方式：", *(f"  {each}" for each in _way_lines(found)), "已告知到人的，按方式："]
    rows = sorted(found.copies.items(), key=lambda item: (list(WAY_LABELS).index(item[0][0]), item[0][1]))
    lines += [f"  {WAY_LABELS[way]} {STATE_LABELS[state]}：{_counted(group)}" for (way, state), group in rows]
    if not rows:
        lines.append("  没有")
    if found.dead:
        lines.append(f"！发不出去的 {len(found.dead)} 份，处理好原因后用 flask outbox --retry-dead 重发：")
        lines += [
            f"  {WAY_LABELS[letter.way]} 第 {letter.id} 号，试了 {letter.tries} 次，"
            f"最后一次 {clock.local(letter.since):%Y-%m-%d %H:%M}：{letter.reason}"
            for letter in found.dead[:MOST_SHOWN]
        ]
        if len(found.dead) > MOST_SHOWN:
            lines.append(f"  ……其余 {len(found.dead) - MOST_SHOWN} 份略")
    return lines


def _way_lines(found: Outbox) -> list[str]:
    configured = open_channels(current_app.config)
    lines = []
    for way in OUTGOING:
        group = found.copies.get((way, DeliveryState.READY))
        waiting = group.count if group else 0
        lines.append(sentence(way, found.ways.get(way), waiting, configured=way in configured))
    return lines


def _counted(group: WaitingGroup | None) -> str:
    if group is None:
        return "0"
    oldest = f"，最早 {clock.local(group.oldest):%Y-%m-%d %H:%M}" if group.oldest else ""
    return f"{group.count}{oldest}"
