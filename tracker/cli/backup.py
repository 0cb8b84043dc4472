"""`flask backup`, `flask restore`: everything but the keys into one folder, and back."""

import sys
from pathlib import Path

import click
from flask import current_app

from tracker.core import clock
from tracker.jobs.backup import back_up, restore

FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command("backup", help="备份：数据库在一个时刻的样子、附件和清单，放进一个空文件夹。密钥不在其中，请另行保管。")
@click.argument("folder", metavar="文件夹", type=FOLDER)
def backup_command(folder: Path) -> None:
    """Back up (备份), and exit 1 where an attachment was missing."""
    done = back_up(folder, now=clock.now())
    click.echo(
        f"已备份到 {folder}：数据 {done.rows} 行，日志 {done.lines} 行，附件 {done.files} 个。"
        f"密钥不在里面：请把 {current_app.config['TRACKER_KEYS']} 另存一份，与备份分开保管，没有它备份读不出来。"
    )
    if done.missing:
        click.echo(f"有 {done.missing} 个附件的文件不在存储中，没有备份到，请从以前的备份找回。", err=True)
        sys.exit(1)


@click.command(
    "restore",
    help="恢复：把一份备份放进空的数据库和空的数据目录，逐个核对，再校验日志。先把密钥文件夹放好。"
    "恢复以后，发送停着等人放行，所有人重新登录。",
)
@click.argument("folder", metavar="文件夹", type=click.Path(exists=True, file_okay=False, path_type=Path))
def restore_command(folder: Path) -> None:
    """Restore (恢复)."""
    done = restore(folder, now=clock.now())
    click.echo(
        f"已恢复并校验通过：数据 {done.rows} 行，日志 {done.lines} 行，附件 {done.files} 个。"
        "提醒和发送停着：由这里接着用的，请系统管理员登录后在“运行记录”放行。所有人都要重新登录。"
    )
