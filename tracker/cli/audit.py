"""`flask verify-audit`, `flask checkpoint`, `flask audit-proof`: is the record whole, and how others can tell."""

import json
import sys
from pathlib import Path

import click
from sqlalchemy import select

from tracker.audit import checkpoints
from tracker.cases.record.former_numbers import bears
from tracker.cases.record.models import Case
from tracker.core import clock
from tracker.core.database import committed, db
from tracker.core.errors import DomainError
from tracker.jobs.verifying import verify

FILE = click.Path(dir_okay=False, path_type=Path)
NOTE = click.Path(exists=True, dir_okay=False, path_type=Path)
KEY = click.option("--key", type=NOTE, help="存证签名密钥的文件，由审计管理员另行保管时写明；不写的用密钥文件夹里的。")


@click.command(
    "verify-audit",
    help="校验日志：逐行核对散列、印记和表头，核对日志所记的每一行数据、附件、检索、编号和表结构；"
    "有不符时指出第一处，退出码为 1。",
)
@click.option("--checkpoint", "held", type=NOTE, multiple=True, help="系统以外保存的存证，可以写几个：日志须接着它写。")
@KEY
def verify_audit(held: tuple[Path, ...], key: Path | None) -> None:
    """Verify both logs and all that must agree with them; name the first wrong thing and exit 1."""
    found = verify([checkpoints.read(file.read_text(encoding="utf-8"), key) for file in held])
    if found.wrong:
        click.echo(f"校验不通过：{found.wrong}。", err=True)
        sys.exit(1)
    against = f"，与 {len(held)} 份存证相符" if held else ""
    click.echo(f"校验通过：日志 {found.events} 行，数据 {found.rows} 行，全部相符{against}。")


@click.command(
    "checkpoint", help="做一次存证：给两本日志现在的行数和根散列签名，打印出来，或者存成文件，请在系统以外保存。"
)
@click.argument("file", type=FILE, required=False)
@click.option("--public-key", is_flag=True, help="只打印公钥，交给核对存证的人。")
@KEY
def checkpoint(file: Path | None, public_key: bool, key: Path | None) -> None:
    """Make a checkpoint, or print the public key."""
    if public_key:
        click.echo(checkpoints.verifying_key(key))
        return
    if file and file.exists():
        raise DomainError(f"文件 {file} 已经存在，存证不覆盖以前的，请换一个名称。")
    with committed():
        note = checkpoints.make(now=clock.now(), key_file=key).note
    if file:
        file.write_text(note, encoding="utf-8")
        click.echo(f"存证已存到 {file}，前几位 {checkpoints.latest_digits()}。")
    else:
        click.echo(note, nl=False)


@click.command(
    "audit-proof",
    help="打印证明（JSON）：给编号的，证明这一件的登记在最近一次存证里；给 --since 的，证明日志从那份存证接着写。"
    "证明用 tracker/audit/verifier.py 核对，不需要本系统。",
)
@click.argument("number", required=False)
@click.option("--since", type=NOTE, help="以前保存的存证。")
def audit_proof(number: str | None, since: Path | None) -> None:
    """Print what proves a registration, or that the logs continue a checkpoint."""
    if (number is None) == (since is None):
        raise DomainError("请写一个编号，或者用 --since 写一份存证。")
    if since is not None:
        proof = checkpoints.proof_of_continuation(checkpoints.read(since.read_text(encoding="utf-8")))
    else:
        proof = checkpoints.proof_of_registration(_case_numbered(number or ""))
    click.echo(json.dumps(proof, ensure_ascii=False, indent=1))


def _case_numbered(number: str) -> int:
    """Return the matter of a number, also of its former one (原编号)."""
    found: int | None = db.session.scalar(select(Case.id).where(bears(number)))
    if found is None:
        raise DomainError(f"没有编号为 {number} 的信访事项。")
    return found
