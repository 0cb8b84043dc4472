"""Reading a log from its first line to its head (日志校验): hashes, marks, order, texts beside it, checkpoints."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from json import JSONDecoder
from typing import Any

from sqlalchemy import DateTime, Row, select, type_coerce

from tracker.audit.marking import HEADS
from tracker.audit.models import AuditBlob, AuditEvent, AuditHead
from tracker.audit.rules import LATE_SEALS, Tree, canonical, leaf_hash, root
from tracker.audit.seals import Seals
from tracker.audit.service import ACTS, COVERED, OTHER_SIZE, READINGS, mac_message
from tracker.audit.signing import Checkpoint
from tracker.core import clock
from tracker.core.database import db
from tracker.core.encryption import record_macs

BATCH = 2000
LOG_NAMES = {ACTS: "办理日志", READINGS: "查阅日志"}
# The columns of a line as they are read, without making objects of them: what its hash covers, then hash and mark. The
# instant is read as the database keeps it, in UTC.
_LINES = AuditEvent.__table__.c
_COLUMNS = [
    type_coerce(_LINES.at_utc, DateTime()).label(name) if name == "at_utc" else _LINES[name]
    for name in (*COVERED, "leaf", "mac")
]
_AT, _PAYLOAD = COVERED.index("at_utc"), COVERED.index("payload")
_says = JSONDecoder().raw_decode
# What the seals of rows are kept under in a line.
_OLD, _FIRST, _NEW = "seals_before", "first_seals", "seals"


class Wrong(Exception):
    """The first row that does not agree."""


@dataclass
class LogRead:
    """What a log was found to hold: its lines, those with a text, and the size it knows of the other log."""

    size: int = 0
    texts: int = 0
    other: int = 0


def _noted_of(log_id: int, noted: Sequence[Checkpoint]) -> dict[int, list[tuple[bytes, datetime]]]:
    """Return what checkpoints say of one log: by its size, the root and the moment."""
    found: dict[int, list[tuple[bytes, datetime]]] = {}
    for each in noted:
        size, said = (each.acts, each.acts_root) if log_id == ACTS else (each.readings, each.readings_root)
        found.setdefault(size, []).append((said, each.at))
    return found


def check_log(log_id: int, seals: Seals, noted: Sequence[Checkpoint], begin: int = 0, frontier: bytes = b"") -> LogRead:
    """Check a log behind a line of it; keep the last seal of each row that it names. Raises Wrong."""
    said = {size: roots for size, roots in _noted_of(log_id, noted).items() if size > begin}
    seen, name, tree = (
        LogRead(size=begin),
        f"{LOG_NAMES[log_id]}（audit_event log_id={log_id}）",
        Tree.of(frontier, begin),
    )
    for batch in _batches(log_id, begin):
        texts: dict[int, str] = {}
        for seq, says in _lines(batch, tree, name, said):
            _take_seals(seals, says, f"{name}第 {seq} 行", whole=begin == 0)
            if "text_sha256" in says:
                texts[seq] = says["text_sha256"]
            seen.other = max(seen.other, says.get(OTHER_SIZE, 0))
        _check_texts(log_id, batch[0].seq, batch[-1].seq, texts)
        seen.texts += len(texts)
    seen.size = tree.size
    _check_head(log_id, seen.size, tree.frontier)
    if longer := max(said, default=0):
        when = _moment(said[longer][0][1])
        raise Wrong(f"{name}只有 {seen.size} 行，{when} 的存证记有 {longer} 行：末尾被删，或者整库换成了旧的")
    return seen


def _lines(
    batch: Sequence[Row[Any]], tree: Tree, name: str, said: dict[int, list[tuple[bytes, datetime]]]
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Check lines and append them to the tree; yield the number of each and what it says."""
    mac = record_macs()
    for row in batch:
        covered: list[Any] = list(row)
        its_mac, leaf = covered.pop(), covered.pop()
        log_id, seq = covered[0], covered[1]
        if seq != tree.size + 1:
            raise Wrong(f"{name}第 {tree.size + 1} 行缺失")
        covered[_AT] = f"{covered[_AT].isoformat(timespec='microseconds')}Z"
        found = leaf_hash(canonical(covered))
        if found != leaf:
            raise Wrong(f"{name}第 {seq} 行内容与其散列不符")
        if mac(mac_message(found, log_id, seq)) != its_mac:
            raise Wrong(f"{name}第 {seq} 行印记不符，可能被重写")
        tree.add(found)
        yield seq, _says(covered[_PAYLOAD].decode())[0]
        for noted_root, moment in said.pop(seq, ()):
            if root(tree.frontier) != noted_root:
                raise Wrong(f"{name}与 {_moment(moment)} 的存证不符：以前的内容被重写")


def _moment(at: datetime) -> str:
    return f"{clock.local(at):%Y-%m-%d %H:%M}"


def _check_head(log_id: int, size: int, frontier: bytes) -> None:
    name, head = LOG_NAMES[log_id], db.session.get(AuditHead, log_id, populate_existing=True)
    if head is None:
        raise Wrong(f"{name}表头缺失")
    if (head.size, bytes(head.frontier)) != (size, frontier):
        raise Wrong(f"{name}表头记 {head.size} 行，实有 {size} 行或根散列不符：末尾可能被删")
    if not HEADS.holds(head):
        raise Wrong(f"{name}表头的印记不符：末尾可能被删，或被重写")


def _take_seals(seals: Seals, says: Mapping[str, Any], where: str, *, whole: bool) -> None:
    """Keep the last seal of each row: from an act, or from a migration, which says what the row's seal was before.

    Where the log is not read from its beginning, what a row's seal was before may be unknown.
    """
    if _OLD in says:
        for name, old in says[_OLD].items():
            if (found := seals.pop(name)) != old and (whole or found is not None):
                raise Wrong(f"{in_words(name)}的行在程序换版以前与日志所记不符（{where}）")
    if _FIRST in says:
        if again := next((name for name in says[_FIRST] if seals.get(name)), None):
            raise Wrong(f"{in_words(again)}的行已有印记，又被当作首次加盖（{where}）")
        seals.update(says[_FIRST])
    for kind in (_NEW, LATE_SEALS):
        if kind in says:
            seals.update(says[kind])


def in_words(name: str) -> str:
    """Return the name of a row as people are told it."""
    return name.replace(":", " 表主键 ")


def _batches(log_id: int, begin: int) -> Iterator[Sequence[Row[Any]]]:
    """Read a log in its order behind a line, some lines at a time."""
    lines, last = select(*_COLUMNS).where(_LINES.log_id == log_id).order_by(_LINES.seq).limit(BATCH), begin
    while batch := db.session.execute(lines.where(_LINES.seq > last)).all():
        yield batch
        last = batch[-1].seq


def _check_texts(log_id: int, first: int, last: int, expected: Mapping[int, str]) -> None:
    """Compare the texts beside some lines with the hashes in them: none missing, none changed, none too many."""
    beside = (AuditBlob.log_id == log_id, AuditBlob.seq >= first, AuditBlob.seq <= last)
    rows = db.session.execute(select(AuditBlob.seq, AuditBlob.ciphertext).where(*beside).order_by(AuditBlob.seq))
    held = {seq: hashlib.sha256(ciphertext).hexdigest() for seq, ciphertext in rows}
    for seq in sorted(held.keys() | expected.keys()):
        if held.get(seq) != expected.get(seq):
            what = "缺失" if seq not in held else "与日志不符"
            raise Wrong(f"{LOG_NAMES[log_id]}第 {seq} 行的附文（audit_blob）{what}")
