"""`flask verify-audit`: check the log and everything it seals."""

import sys

import click

from tracker.audit.queries import verify


@click.command(
    "verify-audit",
    help="校验日志：逐行核对散列、印记和表头，并核对日志所记的每一行数据；有不符时指出第一处，退出码为 1。",
)
def verify_audit() -> None:
    """Verify both logs and every sealed row; name the first wrong one and exit 1."""
    found = verify()
    if found.wrong:
        click.echo(f"校验不通过：{found.wrong}。", err=True)
        sys.exit(1)
    click.echo(f"校验通过：日志 {found.events} 行，数据 {found.rows} 行，全部相符。")
