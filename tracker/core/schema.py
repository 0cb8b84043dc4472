"""Which tables the database has, and which the program was written for (数据库结构版本)."""

import re
from pathlib import Path

from sqlalchemy import inspect

from tracker.core.database import db, schema_revision

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations" / "versions"
_KINDS = ("revision", "down_revision")
_SAID = re.compile(r'^(revision|down_revision) = "(\w+)"', re.MULTILINE)


def revisions() -> tuple[set[str], str]:
    """Return every revision that the program knows, and the newest; read as text, for each command asks."""
    said = [_SAID.findall(file.read_text(encoding="utf-8")) for file in MIGRATIONS.glob("*.py")]
    known, before = ({name for found in said for kind, name in found if kind == which} for which in _KINDS)
    (newest,) = known - before
    return known, newest


def is_new() -> bool:
    """Return whether the database has no tables of the program yet (空库): only then may secrets be made."""
    engine = db.engine
    file = engine.url.database if engine.dialect.name == "sqlite" else None
    return (file is not None and not Path(file).exists()) or not inspect(engine).has_table("alembic_version")


def other_schema() -> str | None:
    """Return in a sentence that the tables are of another version than the program; None where they agree."""
    if is_new():
        return None
    there, (known, ours) = schema_revision(), revisions()
    if there == ours:
        return None
    what = (
        "停止网站和提醒，备份，再运行 flask db upgrade"
        if there in known
        else "它是更新的程序留下的，请换回那个版本的程序"
    )
    return f"数据库结构是 {there}，本程序要的是 {ours}，没有启动，什么也没有写入：{what}"
