"""Backup and restore (备份、恢复): the database at one moment with its attachments and a list; keys are kept apart."""

import hashlib
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import Connection, func, select, text, update

from tracker.audit.models import AuditHead, KeyFingerprint
from tracker.audit.rules import root
from tracker.cases.record.models import Attachment, ImportRun
from tracker.core import files
from tracker.core.database import Base, committed, db
from tracker.core.encryption import KEY_NUMBER, fingerprints, key_file
from tracker.core.errors import DomainError
from tracker.core.installation import renew_mark
from tracker.core.schema import is_new, revisions
from tracker.core.statistics import keep_statistics
from tracker.jobs import snapshots
from tracker.jobs.verifying import verify
from tracker.people.models import UserSession
from tracker.people.service.sessions import Ending

LIST = "manifest.json"
ATTACHMENTS = "attachments"
_IN_BACKUP = re.compile(rf"tracker\.(db|dump)|{ATTACHMENTS}/\w{{2}}/\w+", re.ASCII)


@dataclass(frozen=True)
class BackupReport:
    """What was backed up or restored: rows, lines of the log, files; `missing` files were not on the disk."""

    rows: int
    lines: int
    files: int
    missing: int = 0


def back_up(folder: Path, *, now: datetime) -> BackupReport:
    """Write a backup into a new or empty folder: the list comes last, so that without it nothing is a backup.

    Attachments are copied after the snapshot: they never change, and what came later is not in the list. Raises
    DomainError where the folder holds something, or the database cannot be copied.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise DomainError(f"文件夹 {folder} 不是空的，备份不覆盖以前的，请换一个。")
    folder.chmod(0o700)
    with snapshots.taken(folder) as connection:
        said, names = _said(connection), _names(connection)
    snapshot = folder / snapshots.FILES[db.engine.dialect.name]
    snapshot.chmod(0o600)
    (folder / ATTACHMENTS).mkdir(mode=0o700)
    copied = {name: _copied(name, folder / ATTACHMENTS) for name in names}
    kept = dict(filter(None, copied.values()))
    listed = {snapshot.name: _hash(snapshot), **{f"{ATTACHMENTS}/{place}": sha for place, sha in kept.items()}}
    content = json.dumps({"made_at": now.isoformat(), **said, "files": listed}, ensure_ascii=False, indent=1)
    (folder / LIST).write_text(content, encoding="utf-8")
    (folder / LIST).chmod(0o600)
    os.sync()
    lost = sum(must and copied[name] is None for name, must in names.items())
    return BackupReport(sum(said["rows"].values()), sum(each["size"] for each in said["logs"]), len(kept), lost)


def _said(connection: Connection) -> dict[str, Any]:
    """Return what must be there again: version of the tables, rows of each, both logs, by what the keys are known."""
    tables = sorted(Base.metadata.tables.values(), key=lambda table: table.name)
    heads = connection.execute(select(AuditHead.log_id, AuditHead.size, AuditHead.frontier).order_by(AuditHead.log_id))
    known = select(KeyFingerprint.name, KeyFingerprint.fingerprint).where(KeyFingerprint.number == KEY_NUMBER)
    return {
        "schema": connection.scalar(text("SELECT version_num FROM alembic_version")),
        "keys": {row.name: row.fingerprint for row in connection.execute(known)},
        "logs": [{"log": h.log_id, "size": h.size, "root": root(bytes(h.frontier)).hex()} for h in heads],
        "rows": {table.name: connection.scalar(select(func.count()).select_from(table)) for table in tables},
    }


def _names(connection: Connection) -> dict[str, bool]:
    """Return by which names files are needed, and whether each must be there: a table of an import need not."""
    tables = dict.fromkeys(connection.scalars(select(ImportRun.file_sha256)), False)
    return {**tables, **dict.fromkeys(connection.scalars(select(Attachment.sha256)), True)}


def _copied(name: str, folder: Path) -> tuple[str, str] | None:
    """Copy a file as it lies on the disk; return its place and its hash, None where it is not there."""
    there = files.where(name)
    if there is None:
        return None
    place = folder / there.parent.name / there.name
    place.parent.mkdir(mode=0o700, exist_ok=True)
    files.copy(there, place)
    return f"{there.parent.name}/{there.name}", _hash(place)


def _hash(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def restore(folder: Path, *, now: datetime) -> BackupReport:
    """Put a backup into an empty database and an empty data folder, and check all of it.

    Hashes, keys and version are compared before anything is written. What is restored is a copy: nothing leaves until
    somebody releases it, and everybody signs in anew. Raises DomainError with the first thing that is wrong.
    """
    listed = _listed(folder)
    for sentence in _unfit(folder, listed):
        raise DomainError(sentence)
    snapshots.put_back(folder)
    renew_mark()
    for name in listed["files"]:
        if name.startswith(f"{ATTACHMENTS}/"):
            files.put_back(folder / name, Path(name).relative_to(ATTACHMENTS))
    with db.engine.connect() as connection:
        there = _said(connection)
    for what, words in (("rows", "行数"), ("logs", "日志"), ("keys", "密钥指纹")):
        if there[what] != listed[what]:
            raise DomainError(f"恢复以后{words}与备份的清单不符，不要使用，请换一份备份，放进空的数据库和数据目录。")
    with committed():
        ending = {"ended_at": now, "ended_because": Ending.RESTORED.value}
        db.session.execute(update(UserSession).where(UserSession.ended_at.is_(None)).values(ending))
    keep_statistics()
    found = verify()
    if found.wrong:
        raise DomainError(f"恢复以后校验不通过：{found.wrong}。不要使用。")
    return BackupReport(sum(there["rows"].values()), found.events, len(listed["files"]) - 1)


def _listed(folder: Path) -> dict[str, Any]:
    try:
        listed: dict[str, Any] = json.loads((folder / LIST).read_text(encoding="utf-8"))
        return {name: listed[name] for name in ("schema", "keys", "logs", "rows", "files")}
    except (OSError, ValueError, KeyError, TypeError):
        raise DomainError(f"{folder} 里没有可读的清单 {LIST}：不是一份完整的备份。") from None


def _unfit(folder: Path, listed: dict[str, Any]) -> Iterator[str]:
    """Say why a backup cannot be put here."""
    if not is_new() or any(file.is_file() for file in files.folder().rglob("*")):
        yield "恢复只能放进空的数据库和空的数据目录，这里已经有内容，没有改动。"
    if listed["schema"] != revisions()[1]:
        here = revisions()[1]
        yield f"这份备份的数据库结构是 {listed['schema']}，本程序要的是 {here}：请用备份那时的程序恢复，再升级。"
    mine = fingerprints()
    if unlike := [key_file(name) for name, said in listed["keys"].items() if mine.get(name) != said]:
        keys = current_app.config["TRACKER_KEYS"]
        yield f"密钥文件 {'、'.join(unlike)} 不是这份备份的密钥：请先把密钥文件夹恢复到 {keys}，再恢复数据。没有改动。"
    for name, said in listed["files"].items():
        if not _IN_BACKUP.fullmatch(name):
            yield f"备份的清单里有不该有的文件 {name}，没有改动。"
        elif not (folder / name).is_file():
            yield f"备份里缺文件 {name}，没有改动。"
        elif _hash(folder / name) != said:
            yield f"备份里的文件 {name} 与清单不符（损坏或者被改动），没有改动。"
