"""Whether the search finds what is there: its entries compared with the matters (核对全文检索)."""

from collections.abc import Iterator, Sequence
from itertools import islice

from sqlalchemy import Column, Integer, String, column, func, select, table, text

from tracker.cases.record.models import Case
from tracker.cases.record.search import INDEXED, Fts5, SearchEntry, Tsvector, entries
from tracker.core.database import db

# How the tables of the search begin, which no model describes.
MADE_BY_HAND = "case_search"
BATCH = 500
_FTS5, _TSVECTOR = Fts5(), Tsvector()
_PHRASE = text("SELECT 1 FROM case_search WHERE rowid = :case_id AND case_search MATCH :phrase")
_KEPT = table("case_search", Column("case_id", Integer), Column("folded", String), column("grams"))


def disagreeing() -> Iterator[int]:
    """Yield the keys of matters whose entry is missing, says something else, or should not be there."""
    sqlite = db.session.get_bind().dialect.name == "sqlite"
    held = "rowid" if sqlite else "case_id"
    there = set(db.session.scalars(text(f"SELECT {held} FROM case_search")))
    yield from sorted(there ^ set(db.session.scalars(select(Case.id).where(INDEXED))))
    every = entries()
    while some := list(islice(every, BATCH)):
        yield from (_unlike_on_sqlite if sqlite else _unlike_on_postgresql)(some)


def _unlike_on_sqlite(some: Sequence[SearchEntry]) -> Iterator[int]:
    """Look for all pairs of a matter as one phrase: its table keeps their places, and no text."""
    for entry in some:
        grams = _FTS5.row(entry)["grams"]
        asked = {"case_id": entry.case_id, "phrase": f'"{grams}"'}
        if grams and db.session.execute(_PHRASE, asked).first() is None:
            yield entry.case_id


def _unlike_on_postgresql(some: Sequence[SearchEntry]) -> Iterator[int]:
    rows = {entry.case_id: _TSVECTOR.row(entry) for entry in some}
    kept = select(_KEPT.c.case_id, _KEPT.c.folded, func.tsvector_to_array(_KEPT.c.grams))
    for case_id, folded, grams in db.session.execute(kept.where(_KEPT.c.case_id.in_(list(rows)))):
        if (folded, sorted(grams)) != (rows[case_id]["folded"], rows[case_id]["grams"]):
            yield case_id
