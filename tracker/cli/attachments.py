"""`flask encrypt-attachments`: what the timer does in turns, at once, with progress."""

import sys

import click

from tracker.jobs.attachments import encrypt_attachments

STRETCH = 5.0


@click.command(
    "encrypt-attachments", help="把旧版本没有加密的附件逐个加密。定时任务也会分批做；中断以后再运行一次，接着做。"
)
def encrypt_attachments_command() -> None:
    """Encrypt all old attachments (附件加密), and exit 1 where one was changed."""
    total = 0
    while (found := encrypt_attachments(seconds=STRETCH)).done:
        total += found.done
        click.echo(f"已加密 {total} 个附件，还剩 {found.left} 个。")
    if found.changed:
        click.echo(f"有 {found.changed} 个附件与上传时不符，没有改动，请运行 flask verify-audit。", err=True)
        sys.exit(1)
    click.echo("附件都已加密。")
