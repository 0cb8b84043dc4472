"""Which edition a day stands under, and how a basis is printed on that day. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from tracker.statutes.rules.provisions import LAW, Basis, Provision
from tracker.statutes.rules.sources import EDITIONS, SOURCES, STATUTES, ArticlePlace, Edition, Source


@dataclass(frozen=True)
class Entered:
    """What the office entered about an edition: that it holds, or with `provision` the article it stands in there."""

    source: Source
    edition: str
    since: date | None
    provision: Provision | None = None
    article: str = ""
    text: str = ""


@dataclass(frozen=True)
class Citation:
    """A provision on a day: its edition (None: it is no statute, or none held yet), and where it stands there.

    `article` is empty where its number is not known; `place` where the program knows the place in a text it holds;
    `text` what the office entered.
    """

    provision: Provision
    edition: Edition | None
    article: str
    place: ArticlePlace | None = None
    text: str = ""

    @property
    def source(self) -> Source:
        """The source it stands in."""
        return LAW[self.provision].source


def editions(source: Source, entered: Iterable[Entered] = ()) -> list[Edition]:
    """Return the editions of a statute, the earlier first: those of the program, then those the office entered."""
    known = [edition for edition in EDITIONS if edition.source is source]
    own = [Edition(source, each.edition, each.since) for each in entered if _adds(each, source)]
    return sorted([*known, *own], key=lambda edition: edition.since or date.min)


def _adds(entry: Entered, source: Source) -> bool:
    return entry.source is source and entry.provision is None


def edition_on(source: Source, on: date, entered: Iterable[Entered] = ()) -> Edition | None:
    """Return the edition of a statute that holds on a day; None before its first."""
    held = [edition for edition in editions(source, entered) if (edition.since or date.min) <= on]
    return held[-1] if held else None


def citation(provision: Provision, on: date, entered: Sequence[Entered] = ()) -> Citation:
    """Return a provision as it stands on a day. What the office entered last about a place goes before the table."""
    row = LAW[provision]
    if row.source not in STATUTES:
        return Citation(provision, None, "")
    edition = edition_on(row.source, on, entered)
    if edition is None:
        return Citation(provision, None, "")
    own = [each for each in entered if each.provision is provision and each.edition == edition.name]
    if own:
        return Citation(provision, edition, own[-1].article, text=own[-1].text)
    place = dict(row.places).get(edition.name)
    return Citation(provision, edition, place.words if place else "", place=place)


def cited(basis: Basis, on: date, entered: Sequence[Entered] = (), *, titles: bool = False) -> str:
    """Return a basis in print: 条例第二十二条第二款、第三十条第三款；交办函指定. With `titles` statutes stand in 《》.

    Of a provision whose number is not known the statute is named with what it says; a number is never guessed.
    """
    found = (citation(provision, on, entered) for provision in basis)
    return "；".join(_together(source, list(own), titles) for source, own in groupby(found, lambda one: one.source))


def _together(source: Source, found: list[Citation], titles: bool) -> str:
    if source not in STATUTES:
        return "；".join(LAW[one.provision].words for one in found)
    name = SOURCES[source].title if titles else SOURCES[source].short
    if found[0].edition is None:
        return f"{name}施行以前的规定"
    known = "、".join(one.article for one in found if one.article)
    unknown = "、".join(LAW[one.provision].about for one in found if not one.article)
    parts = (f"{name}{known}" if known else "", f"{name}关于{unknown}的规定" if unknown else "")
    return "；".join(part for part in parts if part)
