"""Full-text search over cases (全文查找): one way to cut text, two back ends. The only module with SQL of one database.

A word is found in a case when its normalised form (`core.text.normalise`: width and letter case folded, without white
space and ·•・.) is a part of the normalised form of one of the case's fields. It may have any number of characters,
Chinese ones, letters, digits or signs; nothing in it is an operator. Of several words, each must be found somewhere.
Names of petitioners and of the accused are never in here: they are found by their exact keyed hash alone. Names of
villages are not either: they change, and are looked up where they stand. Nor is an accusation: who is on its named list
looks for words in its texts themselves (`cases/access/closed_texts`).
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Protocol
from weakref import WeakKeyDictionary

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Text,
    and_,
    bindparam,
    cast,
    column,
    func,
    literal_column,
    select,
    table,
    text,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY, TSVECTOR

from tracker.cases.record.models import Case, DemandPoint
from tracker.cases.record.rules.codes import Confidentiality
from tracker.core.database import db
from tracker.core.text import normalise

BATCH = 500
# How many of the rarest pairs of a text are looked up: as many as keep the cases below a number, but some.
RAREST, FEWEST, AFFORDABLE = 16, 4, 3000
ALIKE_LIMIT = 50
# From so many cases on a word counts as common.
COMMON = 2000
# How much of a text is looked at for what is rare in it: a letter says what it is about at its beginning.
ALIKE_CHARACTERS = 300

# What is to be found of a case, beside its demand points: numbers, texts, what is said of the place.
FOUND = (
    *(Case.register_no, Case.title, Case.summary, Case.hotline_no, Case.source_no, Case.superior_no),
    Case.place_note,
)
INDEXED = Case.level != Confidentiality.ACCUSATION
_POINTS = select(DemandPoint.text).where(DemandPoint.case_id == bindparam("case_id"))

Statement = tuple[str, ...]


@dataclass(frozen=True)
class SearchEntry:
    """What can be found of a case: its fields; no word is found across the border of two of them."""

    case_id: int
    fields: tuple[str, ...]


def words_of(words: str) -> list[str]:
    """Return the normalised words of a query, each once; what has nothing to look for in it is left out."""
    return list(dict.fromkeys(folded for word in words.split() if (folded := normalise(word))))


def matching(words: str, *, also: Mapping[str, Select[Any]] | None = None) -> ColumnElement[bool]:
    """Return the condition on `Case` that every word of a query is found in it; without a word, every case matches.

    `also` gives for a normalised word the ids of further cases that have it: by the name of the village, say.
    """
    found, back_end, further = words_of(words), _back_end(), also or {}
    if not found:
        return true()
    plain = [word for word in found if word not in further]
    holds = [Case.id.in_(back_end.found(plain))] if plain else []
    holds += [Case.id.in_(union_all(back_end.found([word]), further[word])) for word in found if word in further]
    return and_(*holds)


def is_common(words: str) -> bool:
    """Return whether enough cases have the words that a page is found faster by walking the list than by a sort."""
    found = words_of(words)
    return bool(found) and _back_end().is_common(found)


def index_case(case: Case, points: Iterable[str] | None = None) -> None:
    """Write the search entry of a case again, in the transaction of the act that changed it; an accusation has none.

    `points` are its demand points, where they are at hand.
    """
    if case.level == Confidentiality.ACCUSATION:
        db.session.execute(_back_end().remove, {"case_id": case.id})
        return
    points = db.session.scalars(_POINTS, {"case_id": case.id}) if points is None else points
    write([entry_of(case.id, [getattr(case, column.key) for column in FOUND], points)])


def reindex(*conditions: ColumnElement[bool]) -> int:
    """Write the entries of all cases again, or of those the conditions on `Case` choose; return how many.

    For after an import, and for repair.
    """
    if not conditions:
        db.session.execute(text(_back_end().empty))
    return write(entries(*conditions))


def write(entries: Iterable[SearchEntry]) -> int:
    """Write search entries, in place of older ones of the same cases; return how many."""
    back_end, count = _back_end(), 0
    for batch in _batches(entries):
        db.session.execute(back_end.upsert, [back_end.row(entry) for entry in batch])
        count += len(batch)
    return count


def alike(words: str, *conditions: ColumnElement[bool]) -> list[int]:
    """Return the cases that share most of the rarest pairs of characters of a text, best first, at most 50.

    `conditions` on `Case` narrow them (who may see, which village) before they are counted.
    """
    back_end = _back_end()
    counted = back_end.counted(sorted(set(_pairs(normalise(words)[:ALIKE_CHARACTERS]))))
    if not counted:
        return []
    return list(db.session.scalars(back_end.ranked(_rarest(counted), conditions).limit(ALIKE_LIMIT)))


def _rarest(counted: Mapping[str, int]) -> list[str]:
    """Return the rarest pairs, as many as do not bring up too many cases; a few in any event."""
    chosen: list[str] = []
    cases = 0
    for gram in sorted(counted, key=lambda gram: (counted[gram], gram))[:RAREST]:
        cases += counted[gram]
        if len(chosen) >= FEWEST and cases > AFFORDABLE:
            break
        chosen.append(gram)
    return chosen


def create_search(connection: Connection) -> None:
    """Make the search tables (first migration, tests)."""
    for statement in _BACK_ENDS[connection.dialect.name].create:
        connection.execute(text(statement))


def drop_search(connection: Connection) -> None:
    """Remove the search tables (the migration's way back)."""
    for statement in _BACK_ENDS[connection.dialect.name].drop:
        connection.execute(text(statement))


def entries(*conditions: ColumnElement[bool]) -> Iterator[SearchEntry]:
    """Read what is to be found of cases, oldest first; those of accusations are nowhere to be found."""
    rows = db.session.execute(select(Case.id, *FOUND).where(INDEXED, *conditions).order_by(Case.id))
    for batch in _batches(rows):
        points: dict[int, list[str]] = {}
        of_batch = DemandPoint.case_id.in_([row[0] for row in batch])
        in_order = select(DemandPoint.case_id, DemandPoint.text).order_by(DemandPoint.case_id, DemandPoint.position)
        for case_id, words in db.session.execute(in_order.where(of_batch)):
            points.setdefault(case_id, []).append(words)
        for case_id, *fields in batch:
            yield entry_of(case_id, fields, points.get(case_id, ()))


def entry_of(case_id: int, fields: Iterable[str | None], points: Iterable[str]) -> SearchEntry:
    """Return the search entry of a case with these fields (`FOUND`) and these demand points."""
    found = (normalise(field) for field in (*fields, *points) if field)
    return SearchEntry(case_id, tuple(field for field in found if field))


def _batches(rows: Iterable[Any]) -> Iterator[list[Any]]:
    every = iter(rows)
    while batch := list(islice(every, BATCH)):
        yield batch


def _token(characters: str) -> str:
    """Return one or two characters as the index keeps them: letters and digits only, whatever they are."""
    return characters.encode("utf-16-be").hex()


def _pairs(folded: str) -> list[str]:
    """Return the pairs of neighbours of a normalised text, in order."""
    return [_token(folded[start : start + 2]) for start in range(len(folded) - 1)]


def _tokens(folded: str) -> list[str]:
    """Return what is kept of a field: its pairs, and its last character alone.

    So each character begins exactly one token, and no run of pairs goes over the end of a field.
    """
    return [*_pairs(folded), _token(folded[-1])]


class BackEnd(Protocol):
    """What a database has to be able to do."""

    create: Statement
    drop: Statement
    empty: str
    remove: Any
    upsert: Any

    def row(self, entry: SearchEntry) -> dict[str, Any]:
        """Return the parameters of `upsert` for an entry."""

    def found(self, words: Sequence[str]) -> Select[int]:
        """Return the ids of the cases in which every word is found."""

    def is_common(self, words: Sequence[str]) -> bool:
        """Return whether enough cases have the words that it matters where a search begins."""

    def counted(self, grams: Collection[str]) -> dict[str, int]:
        """Return about how many cases have each pair, without those that none has."""

    def ranked(self, grams: Collection[str], conditions: Collection[ColumnElement[bool]]) -> Select[int]:
        """Return the ids of the cases that have one of the pairs and meet the conditions on `Case`, best first."""


class Fts5:
    """SQLite: an FTS5 table that keeps the places of the pairs but no text; a longer word is a phrase of pairs."""

    create: Statement = (
        "CREATE VIRTUAL TABLE case_search USING fts5(grams, content='', contentless_delete=1, tokenize='ascii')",
        "CREATE VIRTUAL TABLE case_search_grams USING fts5vocab(case_search, row)",
    )
    drop: Statement = ("DROP TABLE case_search_grams", "DROP TABLE case_search")
    empty = "DELETE FROM case_search"
    remove = text("DELETE FROM case_search WHERE rowid = :case_id")
    upsert = text("INSERT OR REPLACE INTO case_search (rowid, grams) VALUES (:case_id, :grams)")

    _table = table("case_search", column("rowid"), column("rank"))
    _match: ColumnElement[Any] = literal_column("case_search")

    def __init__(self) -> None:
        self._common: WeakKeyDictionary[Any, dict[str, int]] = WeakKeyDictionary()

    def row(self, entry: SearchEntry) -> dict[str, Any]:
        """Return the pairs of all fields, one after the other."""
        grams = " ".join(token for field in entry.fields for token in _tokens(field))
        return {"case_id": entry.case_id, "grams": grams}

    def found(self, words: Sequence[str]) -> Select[int]:
        """Match a single character as the beginning of a pair, anything longer as a phrase."""
        query = " AND ".join(f"{_token(w)}*" if len(w) == 1 else f'"{" ".join(_pairs(w))}"' for w in words)
        return select(self._table.c.rowid).where(self._match.op("MATCH")(query))

    def is_common(self, words: Sequence[str]) -> bool:
        """Return whether there are more than a number; SQLite itself takes a search for a rare one."""
        return db.session.scalar(self.found(words).offset(COMMON).limit(1)) is not None

    def counted(self, grams: Collection[str]) -> dict[str, int]:
        """Ask the index, which counts a common pair slowly: what is common once stays so, and is remembered."""
        common = self._common.setdefault(db.session.get_bind(), {})
        vocabulary = table("case_search_grams", column("term"), column("doc"))
        asked = [gram for gram in grams if gram not in common]
        terms = select(vocabulary.c.term, vocabulary.c.doc).where(vocabulary.c.term.in_(asked))
        found: dict[str, int] = {row.term: row.doc for row in db.session.execute(terms)}
        common.update({gram: cases for gram, cases in found.items() if cases > COMMON})
        return found | {gram: common[gram] for gram in grams if gram in common}

    def ranked(self, grams: Collection[str], conditions: Collection[ColumnElement[bool]]) -> Select[int]:
        """Rank by BM25, which costs most: only what meets the conditions, looked up by the key of each case."""
        case_id, rank = self._table.c.rowid, self._table.c.rank
        meets = select(Case.id).where(Case.id == case_id, *conditions).correlate(self._table).exists()
        matched = self._match.op("MATCH")(" OR ".join(grams))
        return select(case_id).where(matched, meets).order_by(rank, case_id.desc())


class Tsvector:
    """PostgreSQL: a stored tsvector of pairs with GIN, right in any locale and without an extension.

    Its pairs have no places, so a word of three and more characters is checked again in the text. The statistics
    target keeps the planner from walking the ledger for a rare word, and counts the ten thousand commonest pairs.
    """

    create: Statement = (
        "CREATE TABLE case_search (case_id integer PRIMARY KEY REFERENCES petition_case (id),"
        " folded text NOT NULL, grams tsvector NOT NULL)",
        "ALTER TABLE case_search ALTER COLUMN grams SET STATISTICS 1000",
        "CREATE INDEX ix_case_search_grams ON case_search USING gin (grams) WITH (fastupdate = off)",
    )
    drop: Statement = ("DROP TABLE case_search",)
    empty = "DELETE FROM case_search"
    remove = text("DELETE FROM case_search WHERE case_id = :case_id")
    upsert = text(
        "INSERT INTO case_search (case_id, folded, grams) VALUES (:case_id, :folded, array_to_tsvector(:grams))"
        " ON CONFLICT (case_id) DO UPDATE SET folded = excluded.folded, grams = excluded.grams"
    ).bindparams(bindparam("grams", type_=ARRAY(Text)))

    _table = table("case_search", column("case_id"), column("folded", Text), column("grams", TSVECTOR))

    def row(self, entry: SearchEntry) -> dict[str, Any]:
        """Return the fields line by line (a normalised word has no line break in it), and their pairs."""
        grams = sorted({token for field in entry.fields for token in _tokens(field)})
        return {"case_id": entry.case_id, "folded": "\n".join(entry.fields), "grams": grams}

    def found(self, words: Sequence[str]) -> Select[int]:
        """Match a single character as the beginning of a pair, all pairs of a longer word, then the word itself."""
        terms = [term for w in words for term in ([f"{_token(w)}:*"] if len(w) == 1 else _pairs(w))]
        again = (func.strpos(self._table.c.folded, w) > 0 for w in words if len(w) > 2)
        return select(self._table.c.case_id).where(self._has(" & ".join(terms)), and_(true(), *again))

    def is_common(self, words: Sequence[str]) -> bool:
        """Leave it to the planner, which has statistics of the pairs."""
        return False

    def _has(self, query: str) -> ColumnElement[bool]:
        return self._table.c.grams.op("@@", is_comparison=True)(cast(query, TSQUERY))

    # The statistics know the common pairs; only the others are counted, and no further than to a hundred.
    _counts = text(
        "WITH common AS MATERIALIZED (SELECT gram, share FROM pg_stats,"
        " unnest(most_common_elems::text::text[], most_common_elem_freqs) AS named (gram, share)"
        " WHERE schemaname = current_schema() AND tablename = 'case_search' AND attname = 'grams'"
        " AND gram = ANY (:grams)),"
        " size AS (SELECT greatest(reltuples, 1) AS cases FROM pg_class WHERE oid = 'case_search'::regclass)"
        " SELECT asked.gram, CASE WHEN common.share IS NULL THEN"
        " (SELECT count(*) FROM (SELECT FROM case_search WHERE grams @@ asked.gram::tsquery LIMIT 100) AS counted)"
        " ELSE ceil(common.share * size.cases)::bigint END"
        " FROM size, unnest(:grams) AS asked (gram) LEFT JOIN common ON common.gram = asked.gram"
    ).bindparams(bindparam("grams", type_=ARRAY(Text)))

    def counted(self, grams: Collection[str]) -> dict[str, int]:
        """Ask the statistics, and the index for what they do not name."""
        rows = db.session.execute(self._counts, {"grams": list(grams)})
        return {gram: cases for gram, cases in rows if cases}

    def ranked(self, grams: Collection[str], conditions: Collection[ColumnElement[bool]]) -> Select[int]:
        """Rank by how many of the pairs a case has; the planner decides whether they or the conditions come first."""
        query = " | ".join(grams)
        rank = -func.ts_rank(self._table.c.grams, cast(query, TSQUERY))
        joined = select(Case.id).join(self._table, self._table.c.case_id == Case.id)
        return joined.where(self._has(query), *conditions).order_by(rank, Case.id.desc())


_BACK_ENDS: dict[str, BackEnd] = {"sqlite": Fts5(), "postgresql": Tsvector()}


def _back_end() -> BackEnd:
    return _BACK_ENDS[db.session.get_bind().dialect.name]
