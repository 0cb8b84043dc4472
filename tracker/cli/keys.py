"""`flask move-keys`: the keys leave the data folder, checked before the old ones are removed."""

import os
from pathlib import Path

import click
from flask import current_app

from tracker.audit.keys import wrong_key
from tracker.core.encryption import keep_names
from tracker.core.errors import DomainError
from tracker.core.files import copy, on_disk


@click.command(
    "move-keys",
    help="把密钥文件夹移到别处（不写的，移到数据目录旁边）：先复制，核对指纹，再删除原来的。先停下网站和提醒。",
)
@click.argument("folder", metavar="文件夹", type=click.Path(file_okay=False, path_type=Path), required=False)
def move_keys_command(folder: Path | None) -> None:
    """Move the keys (移走密钥)."""
    source = Path(current_app.config["TRACKER_KEYS"])
    beside = Path(current_app.config["KEYS_BESIDE"])
    target = (folder or beside).absolute()
    if target == source:
        raise DomainError(f"密钥已经在 {source}，没有改动。")
    if unlike := wrong_key():
        raise DomainError(f"{unlike}。没有移动。")
    with on_disk():
        _move(source, target)
    click.echo(f"密钥已移到 {target}，核对无误，原来的已删除。请把它另外备份一份，与数据分开。")
    if target != beside:
        click.echo(f"请设 TRACKER_KEYS={target}，再启动。")


def _move(source: Path, target: Path) -> None:
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    if any(target.iterdir()):
        raise DomainError(f"文件夹 {target} 不是空的，没有移动。")
    files = [file for file in source.iterdir() if file.is_file()]
    for file in files:
        copy(file, target / file.name)
    keep_names(target)
    os.sync()
    if any((target / file.name).read_bytes() != file.read_bytes() for file in files):
        raise DomainError(f"复制到 {target} 的密钥与原来的不同，原来的没有动。")
    for file in files:
        file.unlink()
    if not any(source.iterdir()):
        source.rmdir()
