"""Likely earlier matters (疑似重件) while a new one is typed: 同人+同事. The clerk decides, nothing joins by itself."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from rapidfuzz import fuzz
from sqlalchemy import Select, bindparam, or_, select

from tracker.cases.access.closed_texts import of_own_list
from tracker.cases.access.scope import may_know
from tracker.cases.record.models import AccusedParty, Case
from tracker.cases.record.rules.codes import LedgerStatus, Status
from tracker.cases.record.rules.holding import GONE, state_words
from tracker.cases.record.search import alike
from tracker.core.database import db
from tracker.core.dates import long_date
from tracker.core.encryption import blind_index
from tracker.core.text import normalise
from tracker.people.rules import Reader
from tracker.petitioners.queries import cases_of_names, cases_of_same_person

# 相近程度（百分数）：达到 SUSPECTED 为内容相近，达到 SAME_WORDS 为内容几乎相同。
SUSPECTED = 70
SAME_WORDS = 90
# How much of two texts is compared, and how many cases of one person or one accused are looked at.
COMPARED = 600
MOST_OF_ONE = 50
_STANDS = Case.status.not_in(sorted(GONE))
_ROWS = select(
    *(Case.id, Case.public_id, Case.register_no, Case.title, Case.summary, Case.village_id),
    *(Case.status, Case.ledger_status, Case.received_on),
).where(Case.id.in_(bindparam("case_ids", expanding=True)))


@dataclass(frozen=True)
class Ties:
    """How a case is tied to the one being typed; `closeness` of the words is a percentage."""

    same_number: bool = False
    same_name: bool = False
    same_accused: bool = False
    same_village: bool = False
    closeness: int = 0

    @property
    def count(self) -> bool:
        """Whether the case is worth showing: somebody is the same, or the words are."""
        return self.same_name or self.asks

    @property
    def asks(self) -> bool:
        """Whether the clerk must decide: more agrees than the name. A namesake (同名) alone is a hint."""
        enough = SUSPECTED if self.same_village or self.same_name else SAME_WORDS
        somebody = self.same_number or self.same_accused or (self.same_name and self.same_village)
        return somebody or self.closeness >= enough

    @property
    def weight(self) -> int:
        """How likely it is the same matter: who is the same weighs most, then the words, then the village."""
        people = 100 * self.same_number + 40 * (self.same_name and not self.same_number) + 60 * self.same_accused
        return people + self.closeness + 20 * self.same_village

    @property
    def why(self) -> str:
        """What is the same, in words: 同一信访人；同村且内容相近 87%."""
        found = []
        if self.same_number or self.same_name:
            found.append("同一信访人" if self.same_number else "信访人同名")
        if self.same_accused:
            found.append("同一被反映人")
        if self.closeness >= SUSPECTED:
            close = "内容几乎相同" if self.closeness >= SAME_WORDS else "内容相近"
            found.append(f"{'同村且' if self.same_village else ''}{close} {self.closeness}%")
        elif self.same_village:
            found.append("同村")
        return "；".join(found)


@dataclass(frozen=True)
class LikelyOriginal:
    """A case that may be the earlier one (疑似原件), and why; `asks` where the clerk must decide."""

    id: int
    public_id: str
    number: str
    title: str
    state: str
    received_on: date
    received: str
    why: str
    asks: bool
    closeness: int


def likely_earlier(
    *,
    reader: Reader,
    names: Sequence[str] = (),
    identity_no: str | None = None,
    phone: str | None = None,
    village_id: int | None = None,
    title: str = "",
    summary: str = "",
    accused_names: Sequence[str] = (),
    today: date,
    limit: int = 5,
) -> list[LikelyOriginal]:
    """Return the cases that may be the same matter, likeliest first, as far as the reader may see them.

    同人: the same identity or telephone number, the same name, for anonymous accusations the same accused. 同事:
    similar words in the same village, nearly the same ones where no village is known yet; anywhere if none is given.
    """
    known = (may_know(reader), _STANDS)
    same_number = cases_of_same_person(identity_no=identity_no, phone=phone)
    numbered = _newest(same_number, known) if identity_no or phone else set()
    named = _newest(_of_names(names, identity_no), known) if any(names) else set()
    accused = _newest(_of_accused(accused_names), known) if any(accused_names) else set()
    place = () if village_id is None else (or_(Case.village_id == village_id, Case.village_id.is_(None)),)
    found, typed = [], _compared(title, summary)
    worded = alike(f"{title}{summary}", *place, *known)
    closed = _closed_alike(typed, reader, (*place, _STANDS), whole=bool(summary))
    for row in _rows({*numbered, *named, *accused, *worded, *closed}):
        ties = Ties(
            same_number=row.id in numbered,
            same_name=row.id in named,
            same_accused=row.id in accused,
            same_village=village_id is not None and row.village_id == village_id,
            closeness=_closeness(typed, row, whole=bool(summary)),
        )
        if ties.count:
            found.append((ties, row))
    found.sort(key=lambda each: (each[0].weight, each[1].received_on, each[1].id), reverse=True)
    return [_earlier(ties, row, today) for ties, row in found[:limit]]


def _newest(case_ids: Select[Any], known: Collection[Any]) -> set[int]:
    """Return the latest of some cases that the reader may see."""
    statement = select(Case.id).where(Case.id.in_(case_ids), *known).order_by(Case.id.desc()).limit(MOST_OF_ONE)
    return set(db.session.scalars(statement))


def _of_names(names: Sequence[str], identity_no: str | None) -> Select[Any]:
    """Return the cases of people of these names; the first one's identity number may say that it is another person."""
    first, *others = names
    queries = [cases_of_same_person(first, identity_no), *([cases_of_names(others)] if others else [])]
    return select(Case.id).where(or_(*(Case.id.in_(query) for query in queries)))


def _of_accused(names: Sequence[str]) -> Select[Any]:
    keys = [key for name in names if (key := blind_index("accused_party.name", name))]
    return select(AccusedParty.case_id).where(AccusedParty.name_key.in_(keys))


def _rows(case_ids: Collection[int]) -> Iterator[Any]:
    if case_ids:
        yield from db.session.execute(_ROWS, {"case_ids": case_ids})


def _closed_alike(typed: str, reader: Reader, conditions: Collection[Any], *, whole: bool) -> Iterator[int]:
    """Give the accusations known to the reader whose words are close: no index has them, so that they are read."""
    rows = db.session.execute(of_own_list(reader, Case.title, Case.summary).where(*conditions)) if typed else ()
    yield from (row.id for row in rows if _closeness(typed, row, whole=whole) >= SUSPECTED)


def _compared(title: str, summary: str) -> str:
    return normalise(f"{title}{summary[:COMPARED]}")[:COMPARED]


def _closeness(typed: str, row: Any, *, whole: bool) -> int:
    """Compare title and text; as long as only a title is typed, the titles."""
    return round(fuzz.ratio(typed, _compared(row.title, row.summary if whole else ""))) if typed else 0


def _earlier(ties: Ties, row: Any, today: date) -> LikelyOriginal:
    days = (today - row.received_on).days
    return LikelyOriginal(
        id=row.id,
        public_id=row.public_id,
        number=row.register_no,
        title=row.title,
        state=state_words(Status(row.status), LedgerStatus(row.ledger_status)),
        received_on=row.received_on,
        received=f"{long_date(row.received_on)}收到（{f'{days} 天前' if days else '今天'}）",
        why=ties.why,
        asks=ties.asks,
        closeness=ties.closeness,
    )
