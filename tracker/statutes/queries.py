"""How a basis (依据) is printed on a day, and what stands there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from tracker.core.database import db, read_once
from tracker.statutes.models import LawEntry
from tracker.statutes.rules import citing
from tracker.statutes.rules.citing import Entered
from tracker.statutes.rules.provisions import LAW, Provision
from tracker.statutes.rules.sources import SOURCES, STATUTES, Source
from tracker.statutes.texts import line_of

# Under which name a transaction keeps what was entered.
HELD = "law entries"
NOT_HELD = "本系统没有存这一条的文本"


@dataclass(frozen=True)
class LawLine:
    """A provision for a page: how it is cited, of which edition it is, what it is about, and its text.

    `note` says why there is no text; of what is no statute there is none to expect, and no edition.
    """

    cited: str
    edition: str
    about: str
    text: str
    note: str


def entered() -> Sequence[Entered]:
    """Return what the office entered about editions and articles, the latest last. Read once in a transaction."""
    return read_once(HELD, _read)


def _read() -> tuple[Entered, ...]:
    rows = db.session.execute(
        select(
            *(LawEntry.source, LawEntry.edition, LawEntry.since),
            *(LawEntry.provision, LawEntry.article, LawEntry.text),
        ).order_by(LawEntry.id)
    )
    return tuple(
        Entered(Source(source), edition, since, Provision(provision) if provision else None, article, text)
        for source, edition, since, provision, article, text in rows
    )


def entries() -> list[LawEntry]:
    """Return everything that was entered, the latest first (录入记录)."""
    rows = select(LawEntry).options(joinedload(LawEntry.entered_by)).order_by(LawEntry.id.desc())
    return list(db.session.scalars(rows))


def cited(*basis: Provision, on: date, titles: bool = False) -> str:
    """Return a basis as it is printed on the day of the act: 条例第二十二条第二款、第三十条第三款."""
    return citing.cited(basis, on, entered(), titles=titles)


def law_lines(basis: Sequence[Provision], on: date) -> list[LawLine]:
    """Return each provision of a basis with its text, in the edition of a day."""
    return [_line(provision, on, entered()) for provision in basis]


def _line(provision: Provision, on: date, known: Sequence[Entered]) -> LawLine:
    row, found = LAW[provision], citing.citation(provision, on, known)
    edition, text = found.edition, found.text
    if not text and found.place and edition and edition.held:
        text = line_of(edition.held, found.place)
    return LawLine(
        cited=citing.cited((provision,), on, known),
        edition=f"{SOURCES[row.source].title} {edition.name}" if edition else "",
        about=row.about,
        text=text,
        note="" if text or row.source not in STATUTES else NOT_HELD,
    )
