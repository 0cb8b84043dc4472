"""Migrations after 0.3.0 touch seals and the log through one door; each rule is shown to catch a bad sample first."""

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.sources import PACKAGE, PROJECT, Source

# The migrations of 0.3.0 and before knew no door: they are out there, and changed nothing that was sealed.
BEFORE_THE_DOOR = "0007"
DOOR = (
    "Sealing",
    "reseal",
    "Marking",
    "add_marks",
    "drop_marks",
    "mark_log",
    "unmark_log",
    "Texts",
    "enclose",
    "take_out",
)
LOG = ("audit_event", "audit_head", "audit_blob", "kept_seal")


def goes_round_the_door(source: Source) -> Iterator[str]:
    """Yield where a migration takes more of the program than the door, or names a table of the log."""
    for taken in source.imports:
        if taken.is_of(PACKAGE) and not (taken.module == f"{PACKAGE}.audit" and taken.name in DOOR):
            yield f"{source.at(taken.line)} imports {taken.dotted}: a migration outlives the code, but for the door"
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from (f"{source.at(node.lineno)} names {table}" for table in LOG if table in node.value)


def migrations() -> list[Source]:
    """Return the migrations that came after the door."""
    files = sorted((PROJECT / "migrations" / "versions").glob("*.py"))
    return [
        Source(str(file.relative_to(PROJECT)), file.read_text(encoding="utf-8"))
        for file in files
        if file.name[:4] > BEFORE_THE_DOOR
    ]


BAD = [
    "from tracker.audit.service import facts_seal",
    "from tracker.audit import record",
    "from tracker.cases.record.models import Case",
    "from tracker.core.encryption import record_mac",
    "import tracker.audit",
    "op.execute('UPDATE audit_event SET payload = NULL')",
    "op.drop_table('audit_blob')",
    "op.execute(f'DELETE FROM audit_head WHERE log_id = {log}')",
]


@pytest.mark.parametrize("text", BAD)
def test_going_round_the_door_is_noticed(text: str) -> None:
    assert list(goes_round_the_door(Source("migrations/versions/0099_bad.py", text)))


def test_the_door_itself_may_be_taken() -> None:
    good = "from tracker.audit import Sealing, reseal\nop.add_column('notice', sa.Column('subject', sa.String(20)))"
    assert not list(goes_round_the_door(Source("migrations/versions/0099_good.py", good)))


def test_no_migration_goes_round_the_door() -> None:
    assert [found for source in migrations() for found in goes_round_the_door(source)] == []
