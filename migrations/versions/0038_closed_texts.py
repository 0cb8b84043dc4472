"""密存: what is written of accusations becomes ciphertext, and 签收人 of every matter; their entries leave the search

Revision ID: 0038
Revises: 0040
Create Date: 2026-11-30 09:50:00
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from tracker.audit import Texts, enclose, take_out

revision = "0038"
down_revision = "0040"
branch_labels = None
depends_on = None

TEXTS = (
    Texts("act_draft", ("returned_because",)),
    Texts("assignment", ("conclusion", "conclusion_no", "proposal")),
    Texts("attachment", ("name",)),
    Texts("call_back", ("note",)),
    Texts("case_document", ("document_no", "text", "organ", "untold", "service_note"), always=("served_to",)),
    Texts("case_step", ("reason",), facts=("facts",)),
    Texts("checklist_tick", ("note",)),
    Texts("close_out_decision", ("opinion",)),
    Texts("demand_point", ("text", "answer", "carried_out_note")),
    Texts(
        "discipline_transfer",
        ("organ", "materials", "receipt_no", "received_by", "paper_no", "no_receipt", "return_reason", "personnel"),
    ),
    Texts("instruction", ("text", "report")),
    Texts("leader_report", ("text",)),
    Texts("look_back", ("note",)),
    Texts("notice", ("heading", "why", "asked")),
    Texts("objection", ("reason", "ruling")),
    Texts("order_draft", ("text", "refused_because")),
    Texts(
        "petition_case",
        ("received_by", "hotline_no", "source_no", "superior_office", "superior_no", "title", "summary", "place_note"),
        matter="id",
    ),
    Texts("review", ("organ", "note", "service_note"), always=("served_to",)),
    Texts("supervision_order", ("text", "reply", "withdrawn_because")),
)
# How long they were on PostgreSQL: a ciphertext is longer. SQLite keeps no lengths.
LENGTHS = {
    "assignment": {"conclusion_no": 60},
    "attachment": {"name": 255},
    "case_document": {"document_no": 60, "organ": 100, "untold": 100, "served_to": 40, "service_note": 200},
    "checklist_tick": {"note": 200},
    "demand_point": {"text": 500, "carried_out_note": 500},
    "discipline_transfer": {
        "organ": 100,
        "receipt_no": 60,
        "received_by": 40,
        "paper_no": 60,
        "no_receipt": 200,
        "personnel": 100,
    },
    "notice": {"heading": 40, "why": 300, "asked": 300},
    "petition_case": {
        "received_by": 40,
        "hotline_no": 40,
        "source_no": 60,
        "superior_office": 60,
        "superior_no": 60,
        "title": 200,
        "place_note": 100,
    },
    "review": {"organ": 100, "served_to": 40, "service_note": 200},
}
FOUND = ("register_no", "title", "summary", "hotline_no", "source_no", "superior_no", "place_note")
INVISIBLE = re.compile("[\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\u00ad]")
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x9f\ud800-\udfff\ufffe\uffff]")
SEPARATING = re.compile("[\\s·•・.]+")
CASES = sa.table("petition_case", sa.column("id"), sa.column("level"), *(sa.column(name) for name in FOUND))
POINTS = sa.table("demand_point", sa.column("case_id"), sa.column("position"), sa.column("text"))
CLOSED = CASES.c.level == "accusation"


def upgrade() -> None:
    bind = op.get_bind()
    if bind.dialect.name == "postgresql":
        for table, lengths in LENGTHS.items():
            for column, length in lengths.items():
                op.alter_column(table, column, existing_type=sa.String(length), type_=sa.Text())
    enclose(bind, *TEXTS)
    if bind.dialect.name == "postgresql":
        op.execute("DELETE FROM case_search WHERE case_id IN (SELECT id FROM petition_case WHERE level = 'accusation')")
        return
    op.execute("DELETE FROM case_search WHERE rowid IN (SELECT id FROM petition_case WHERE level = 'accusation')")
    # What is deleted stays in the parts of the index until they are merged.
    op.execute("INSERT INTO case_search (case_search) VALUES ('optimize')")


def downgrade() -> None:
    bind = op.get_bind()
    take_out(bind, *TEXTS)
    for case_id, fields in entries(bind):
        write(bind, case_id, fields)
    if bind.dialect.name == "postgresql":
        for table, lengths in LENGTHS.items():
            for column, length in lengths.items():
                op.alter_column(table, column, existing_type=sa.Text(), type_=sa.String(length))


def entries(bind: sa.Connection) -> Iterator[tuple[int, list[str]]]:
    """Give what an older version finds of each accusation: its fields and its demand points, normalised."""
    for row in bind.execute(sa.select(CASES.c.id, *(CASES.c[name] for name in FOUND)).where(CLOSED)).all():
        points = bind.scalars(sa.select(POINTS.c.text).where(POINTS.c.case_id == row.id).order_by(POINTS.c.position))
        fields = [normalise(field) for field in (*row[1:], *points) if field]
        yield row.id, [field for field in fields if field]


def write(bind: sa.Connection, case_id: int, fields: list[str]) -> None:
    """Write an entry as an older version writes it: the pairs of neighbours, and the last character alone."""
    grams = [token(field[at : at + 2]) for field in fields for at in range(len(field))]
    if bind.dialect.name == "sqlite":
        put = sa.text("INSERT OR REPLACE INTO case_search (rowid, grams) VALUES (:case_id, :grams)")
        bind.execute(put, {"case_id": case_id, "grams": " ".join(grams)})
        return
    entry: dict[str, Any] = {"case_id": case_id, "folded": "\n".join(fields), "grams": sorted(set(grams))}
    put = sa.text("INSERT INTO case_search VALUES (:case_id, :folded, array_to_tsvector(CAST(:grams AS text[])))")
    bind.execute(put, entry)


def normalise(text: str) -> str:
    """Return a text as an older version compares it."""
    folded = unicodedata.normalize("NFKC", CONTROL.sub("", INVISIBLE.sub("", text))).casefold()
    return SEPARATING.sub("", folded)


def token(characters: str) -> str:
    """Return one or two characters as the index keeps them."""
    return characters.encode("utf-16-be").hex()
