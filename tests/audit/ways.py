"""The ways of tampering (篡改方式): each done to the database or the files from outside, and what must show it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from flask import current_app
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from tracker.audit.marking import HEADS
from tracker.audit.models import AuditEvent, AuditHead
from tracker.audit.rules import appended, canonical, leaf_hash
from tracker.audit.service import ACTS, READINGS, entry_of, event_mac, row_seal
from tracker.cases.record.models import Case

ALONE = "the check alone"
HELD = "a checkpoint held outside"
Deed = str | Callable[[Session], object]


@dataclass(frozen=True)
class Way:
    """One way: the deeds in their order, what must show it, a word of what is said. `unless` says why nothing can."""

    deeds: tuple[Deed, ...]
    named: str = ""
    by: str | None = ALONE
    unless: str = ""


def rebuilt(log_id: int) -> Callable[[Session], None]:
    """Return a deed that makes the head agree with what is left of a log: by arithmetic alone, without a key."""

    def deed(session: Session) -> None:
        head, frontier, size = session.get(AuditHead, log_id, populate_existing=True), b"", 0
        for event in session.query(AuditEvent).filter_by(log_id=log_id).order_by(AuditEvent.seq):
            frontier, size = appended(frontier, size, bytes(event.leaf)), size + 1
        assert head is not None
        head.size, head.frontier = size, frontier
        session.flush()

    return deed


def forged(session: Session) -> None:
    """Add a line whose hash is right, and move the head: only the key is missing."""
    head = session.get_one(AuditHead, ACTS, populate_existing=True)
    last = session.get_one(AuditEvent, (ACTS, head.size))
    values = {column.key: getattr(last, column.key) for column in AuditEvent.__table__.columns}
    event = AuditEvent(**{**values, "seq": head.size + 1})
    event.leaf, event.mac = leaf_hash(entry_of(event)), b"\x00" * 32
    session.add(event)
    head.frontier, head.size = appended(bytes(head.frontier), head.size, event.leaf), head.size + 1
    session.flush()


def cut(log_id: int, keep: str) -> tuple[Deed, ...]:
    """Return the deeds that cut the end off a log, with the texts beside it, and repair its head."""

    def texts(session: Session) -> None:
        lines = "SELECT 1 FROM audit_event e WHERE e.log_id = audit_blob.log_id AND e.seq = audit_blob.seq"
        session.execute(text(f"DELETE FROM audit_blob WHERE NOT EXISTS ({lines})"))

    return (f"DELETE FROM audit_event WHERE log_id={log_id} AND seq > ({keep})", texts, rebuilt(log_id))


HALF = "SELECT size / 2 FROM audit_head WHERE log_id=2"
NEWEST = "(SELECT max(id) FROM petition_case)"
OF_NEWEST = ("accused_party", "demand_point", "named_reader", "case_step", "deadline", "petitioner")


def _erased() -> tuple[Deed, ...]:
    """Return the deeds that take the newest accusation out with every line of it, and give its number back."""
    first = f"SELECT min(seq) - 1 FROM audit_event WHERE log_id=1 AND case_id={NEWEST}"
    rows = [f"DELETE FROM {table} WHERE case_id = {NEWEST}" for table in OF_NEWEST]
    counter = "UPDATE register_counter SET last = last - 1 WHERE closed"
    last = f"DELETE FROM petition_case WHERE id = {NEWEST}"
    kept = f"CREATE TEMP TABLE cut_at AS {first}"
    return (kept, *cut(ACTS, "SELECT * FROM cut_at"), *rows, counter, last)


def attachment_file() -> Path:
    """Return the file of the one material."""
    return next(p for p in (Path(current_app.config["TRACKER_DATA"]) / "attachments").glob("*/*"))


def replaced(_session: Session) -> None:
    """Put other bytes of the same length into the file of a material."""
    path = attachment_file()
    content = path.read_bytes()
    path.chmod(0o600)
    path.write_bytes(bytes(len(content)))


EVERYTHING = (
    *("audit_event", "audit_blob", "audit_head", "petition_case", "case_step", "deadline"),
    *("petitioner", "accused_party", "notice", "delivery"),
)


def _rekeyed(session: Session) -> None:
    """Change a matter, and write its line, every later hash and every MAC again: with the key of the record."""
    session.execute(text("UPDATE petition_case SET urgency = 'urgent' WHERE id = 1"))
    case = session.get_one(Case, 1, populate_existing=True)
    frontier = b""
    for event in session.scalars(select(AuditEvent).where(AuditEvent.log_id == ACTS).order_by(AuditEvent.seq)):
        says = json.loads(event.payload)
        if "petition_case:1" in says.get("seals", {}):
            says["seals"]["petition_case:1"] = row_seal(case)
        event.payload = canonical(says)
        event.leaf = leaf_hash(entry_of(event))
        event.mac = event_mac(event)
        frontier = appended(frontier, event.seq - 1, event.leaf)
    head = session.get_one(AuditHead, ACTS, populate_existing=True)
    head.frontier = frontier
    head.mac = HEADS.of(head)
    session.flush()


COPY_SESSION = (
    "INSERT INTO user_session (token_hash, user_id, started_at, seen_at, mac)"
    " SELECT 'abc', user_id, started_at, seen_at, mac FROM user_session LIMIT 1"
)
SWAP_PAYLOADS = (
    "UPDATE audit_event SET seq = 1000003 WHERE log_id=1 AND seq=3",
    "UPDATE audit_event SET seq = 3 WHERE log_id=1 AND seq=4",
    "UPDATE audit_event SET seq = 4 WHERE log_id=1 AND seq=1000003",
)
RENUMBERED = (
    "DELETE FROM audit_event WHERE log_id=1 AND seq=3",
    "UPDATE audit_event SET seq = -seq WHERE log_id=1 AND seq>3",
    "UPDATE audit_event SET seq = -seq - 1 WHERE log_id=1 AND seq<0",
    rebuilt(ACTS),
)
NOT_A_FACT = "a hint: it says when to look again, decides nothing, and is computed anew each night"

LAST_TEXT = "DELETE FROM audit_blob WHERE log_id=1 AND seq=(SELECT max(seq) FROM audit_blob WHERE log_id=1)"
WAYS: Mapping[str, Way] = {
    # The log.
    "payload of a line": Way(("UPDATE audit_event SET payload='{}' WHERE log_id=1 AND seq=3",), "第 3 行"),
    "actor of a line": Way(("UPDATE audit_event SET actor_id=1 WHERE log_id=1 AND seq=40",), "第 40 行"),
    "time of a line": Way(("UPDATE audit_event SET at_utc='2020-01-01 00:00:00' WHERE log_id=1 AND seq=3",), "第 3 行"),
    "key number of a line": Way(("UPDATE audit_event SET key_id=2 WHERE log_id=1 AND seq=3",), "第 3 行"),
    "two lines swapped": Way(SWAP_PAYLOADS, "第 3 行"),
    "a line deleted": Way(("DELETE FROM audit_event WHERE log_id=1 AND seq=3",), "第 3 行缺失"),
    "a line deleted, the rest renumbered": Way(RENUMBERED, "第 3 行"),
    "the last line deleted": Way(
        ("DELETE FROM audit_event WHERE log_id=1 AND seq=(SELECT size FROM audit_head WHERE log_id=1)",), "末尾"
    ),
    "a line added": Way((forged,), "印记"),
    "half of the readings cut off": Way(cut(READINGS, HALF), "查阅日志"),
    "all readings deleted": Way(cut(READINGS, "SELECT 0"), "查阅日志"),
    "the newest accusation erased with its lines": Way(_erased(), "办理日志"),
    "all tables emptied": Way(tuple(f"DELETE FROM {table}" for table in EVERYTHING), "表头"),
    "text beside a line deleted": Way(
        (LAST_TEXT,),
        "audit_blob",
    ),
    "texts of two lines swapped": Way(
        (
            "UPDATE audit_blob SET ciphertext=(SELECT b.ciphertext FROM audit_blob b WHERE b.id=(SELECT max(id) FROM"
            " audit_blob)) WHERE id=(SELECT min(id) FROM audit_blob)",
        ),
        "audit_blob",
    ),
    # Matters.
    "status of a matter": Way(("UPDATE petition_case SET status='concluded' WHERE id=1",), "petition_case"),
    "title of a matter": Way(("UPDATE petition_case SET title='别的' WHERE id=1",), "petition_case"),
    "next date of a matter": Way(("UPDATE petition_case SET next_due_on='2099-01-01' WHERE id=1",), "petition_case"),
    "day of a clock": Way(("UPDATE deadline SET effective_due='2099-01-01' WHERE id=1",), "deadline"),
    "movement of a clock": Way(("UPDATE deadline SET revised_on='2026-12-01' WHERE id=1",), "deadline"),
    "hint of a clock": Way(
        ("UPDATE deadline SET look_on='2099-01-01' WHERE ended_on IS NULL",), by=None, unless=NOT_A_FACT
    ),
    "names of two petitioners swapped": Way(
        (
            "UPDATE petitioner SET name=(SELECT p.name FROM petitioner p WHERE p.id <> petitioner.id LIMIT 1)"
            " WHERE id=1",
        ),
        "petitioner",
    ),
    "an accused deleted": Way(("DELETE FROM accused_party",), "accused_party"),
    "an accused cleared": Way(("UPDATE accused_party SET status='rejected'",), "accused_party"),
    "a reader named": Way(
        (
            "INSERT INTO named_reader (case_id, user_id, because, added_at)"
            " SELECT id, 10, 'x', '2026-12-01 00:00:00' FROM petition_case WHERE id=1",
        ),
        "named_reader",
    ),
    "hash of a material": Way(("UPDATE attachment SET sha256='0'",), "attachment"),
    "bytes of a material": Way((replaced,), "attachment"),
    "file of a material deleted": Way((lambda _session: attachment_file().unlink(),), "attachment"),
    "entry of the search deleted": Way(("DELETE FROM case_search WHERE rowid=1",), "case_search"),
    "counter of numbers set back": Way(("UPDATE register_counter SET last=last-1",), "register_counter"),
    # People, places, settings.
    "a post raised": Way(("UPDATE post SET role='administrator' WHERE id=1",), "post"),
    "a password": Way(("UPDATE app_user SET password_hash='x' WHERE id=1",), "app_user"),
    "a mail address": Way(("UPDATE app_user SET email='a@b.cn' WHERE id=1",), "app_user"),
    "an absence": Way(("UPDATE absence SET ended_on='2027-01-01'",), "absence"),
    "a unit closed": Way(("UPDATE department SET valid_to='2026-01-06' WHERE id=4",), "department"),
    "a session added": Way((COPY_SESSION,), "user_session"),
    "a session given to another": Way(("UPDATE user_session SET user_id=4 WHERE user_id=2",), "user_session"),
    "a place renamed": Way(("UPDATE place SET name='别处' WHERE id=7",), "place"),
    "history of a place": Way(("UPDATE place_version SET valid_from='2020-01-01' WHERE id=7",), "place_version"),
    "an edition of the ladder": Way(("UPDATE ladder_edition SET reason='x'",), "ladder_edition"),
    "a day of the calendar": Way(("DELETE FROM calendar_day WHERE day='2026-10-01'",), "calendar_day"),
    "a category": Way(("UPDATE category SET name='别的'",), "category"),
    # Who was told what, and the timer.
    "a notice deleted": Way(
        ("DELETE FROM delivery WHERE notice_id=1", "DELETE FROM notice WHERE id=1"),
        "notice",
    ),
    "when a notice is tried again": Way(
        ("UPDATE notice SET tried_at='2099-01-01 00:00:00'",), by=None, unless=NOT_A_FACT
    ),
    "every copy deleted": Way(("DELETE FROM delivery",), "delivery"),
    "when a copy was opened": Way(("UPDATE delivery SET opened_at='2026-11-01 00:00:00'",), "delivery"),
    "the answer to a letter": Way(("UPDATE supervision_order SET reply='x'",), "supervision_order"),
    "a run of the timer deleted": Way(("DELETE FROM tick_run WHERE raised <> '{}'",), "tick_run"),
    "what is being typed": Way(
        ("DELETE FROM draft", "DELETE FROM submission", "DELETE FROM auth_throttle"),
        by=None,
        unless="no part of the record: what is typed, what was sent a moment ago, who mistyped a password",
    ),
    # The whole.
    "a trigger": Way(
        ("CREATE TRIGGER quiet AFTER INSERT ON audit_event BEGIN UPDATE petition_case SET urgency='normal'; END",),
        "quiet",
    ),
    "history rewritten with the key": Way((_rekeyed,), by=HELD, named="存证"),
    "the whole database put back": Way((), by=HELD, named="存证"),
}
