"""Finding a place by what a clerk types: name, pinyin initials, code, town and village together."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, false, func, or_, select
from sqlalchemy.orm import aliased

from tracker.core.database import db
from tracker.core.errors import DomainError
from tracker.core.text import clean_line
from tracker.places.models import Place, PlaceVersion
from tracker.places.queries.tree import Label, by_code, label_of, successor
from tracker.places.rules import VILLAGE_LEVEL

LONGEST_QUERY = 60
MOST_WORDS = 5
LONGEST_GLUED = 12
NAMED_EXAMPLES = 3
_SEPARATORS = re.compile(r"[\s·•・,，、/]+")
_town, _county, _upper = (aliased(Place, name=name) for name in ("town", "county", "upper"))


@dataclass(frozen=True, slots=True)
class Found:
    """A place that was found, always with town and county; `now` is the place it was merged into."""

    id: int
    public_id: str
    code: str
    name: str
    label: Label
    level: int
    is_open: bool
    now: "Found | None" = None

    @property
    def state(self) -> str:
        """What to know before choosing it: 已并入中庄村, 已撤销, or nothing."""
        if self.now is not None:
            return f"已并入{self.now.label.name}"
        return "" if self.is_open else "已撤销"

    @property
    def chosen(self) -> "Found":
        """The place that choosing it means today."""
        return self.now or self


def search_villages(text: str, limit: int = 20, *, near: str = "") -> list[Found]:
    """Return the villages that fit what was typed; two queries at most.

    `near` is a code prefix (the office's county) whose villages come first. Closed ones come last.
    """
    return search_places(text, limit, near=near, levels=(VILLAGE_LEVEL,))


def search_places(text: str, limit: int = 20, *, near: str = "", levels: Sequence[int] = (3, 4, 5)) -> list[Found]:
    """Return the places of some levels that fit what was typed: every word must fit the place or what is above it."""
    words = _words(text)
    if not words:
        return []
    rows = db.session.execute(
        _places()
        .where(Place.level.in_(levels), *(_fits(word, glued=len(words) == 1) for word in words))
        .order_by(Place.closed_on.is_not(None), *_nearness(near), _closeness(words[-1]), Place.level, Place.code)
        .limit(limit)
    ).all()
    found = [_found(row) for row in rows]
    now = _successors(place.id for place in found if not place.is_open)
    return [replace(place, now=now.get(place.id)) for place in found]


def resolve_village(text: str, *, field: str | None = None, near: str = "") -> Place:
    """Return the village that a typed name, label or code means today; raises DomainError where it is none or many."""
    words = _words(text)
    if len(words) == 1 and len(words[0]) == len("140522102207") and words[0].isdecimal():
        place = by_code(words[0])
        if place is None or place.level != VILLAGE_LEVEL:
            raise DomainError(f"没有代码为 {words[0]} 的村（社区），请核对。", field=field)
        return successor(place)
    found = search_villages(text, limit=50, near=near) if words else []
    named = [place for place in found if words[-1] in (place.name.casefold(), place.label.village.casefold())]
    wanted = {place.chosen.id: place.chosen for place in ([p for p in named if p.is_open] or named or found)}
    if not wanted:
        raise DomainError(f"没有找到村（社区）“{clean_line(text)[:30]}”，请换个写法，或写 12 位代码。", field=field)
    if len(wanted) > 1:
        some = "、".join(place.label.text for place in list(wanted.values())[:NAMED_EXAMPLES])
        raise DomainError(f"“{clean_line(text)[:30]}”对应多个村（社区）：{some}等，请加上乡镇和县。", field=field)
    return db.session.get_one(Place, next(iter(wanted)))


def _words(text: str) -> list[str]:
    line = unicodedata.normalize("NFKC", clean_line(text)[:LONGEST_QUERY]).casefold()
    return [word for word in _SEPARATORS.split(line) if word][:MOST_WORDS]


def _places() -> Any:
    return (
        select(
            Place.id,
            Place.public_id,
            Place.code,
            Place.name,
            Place.level,
            Place.closed_on,
            Place.short_name,
            _town.short_name.label("parent_name"),
            _county.short_name.label("grandparent_name"),
        )
        .outerjoin(_town, _town.id == Place.parent_id)
        .outerjoin(_county, _county.id == _town.parent_id)
    )


def _found(row: Row[Any]) -> Found:
    label = label_of(row.level, row.short_name, row.parent_name, row.grandparent_name)
    return Found(row.id, row.public_id, row.code, row.name, label, row.level, row.closed_on is None)


def _fits(word: str, *, glued: bool) -> ColumnElement[bool]:
    """Say where a word fits: digits a code, letters the initials, anything a name now or before."""
    ways: list[ColumnElement[bool]] = [_named(table, word) for table in (Place, _town, _county)]
    once = select(PlaceVersion.place_id).where(PlaceVersion.valid_to.is_not(None))
    ways.append(Place.id.in_(once.where(_contains(PlaceVersion.name, word))))
    if word.isdecimal() and word.isascii():
        ways.append(Place.code.startswith(word))
        ways.append(Place.id.in_(once.where(PlaceVersion.code.startswith(word))))
    elif word.isascii() and word.isalpha():
        ways += [table.initials.startswith(word) for table in (Place, _town, _county)]
        ways.append((_town.initials + Place.initials).startswith(word))
    elif glued and len(word) <= LONGEST_GLUED:
        ways.append(_glued(word))
    return or_(*ways)


def _named(table: Any, word: str) -> ColumnElement[bool]:
    return or_(_contains(table.name, word), _contains(table.short_name, word))


def _contains(column: Any, word: str) -> ColumnElement[bool]:
    return func.lower(column).contains(word, autoescape=True)


def _glued(word: str) -> ColumnElement[bool]:
    """Town and village written together: 润城上庄."""
    ways: list[ColumnElement[bool]] = [false()]
    for cut in range(2, len(word)):
        above = select(_upper.id).where(
            _upper.level < VILLAGE_LEVEL, _upper.name.startswith(word[:cut], autoescape=True)
        )
        ways.append(and_(Place.parent_id.in_(above), Place.name.startswith(word[cut:], autoescape=True)))
    return or_(*ways)


def _nearness(near: str) -> list[ColumnElement[Any]]:
    return [case((Place.code.startswith(near), 0), else_=1)] if near else []


def _closeness(word: str) -> ColumnElement[int]:
    """Rank: the name itself, its beginning, anything of its own, only what is above it."""
    own = or_(
        _named(Place, word),
        Place.code.startswith(word, autoescape=True),
        Place.initials.startswith(word, autoescape=True),
    )
    return case(
        (or_(func.lower(Place.short_name) == word, func.lower(Place.name) == word), 0),
        (Place.name.startswith(word, autoescape=True), 1),
        (own, 2),
        else_=3,
    )


def _successors(place_ids: Iterable[int]) -> dict[int, Found]:
    """Return for merged places the place they belong to now, through every merge."""
    wanted = list(place_ids)
    if not wanted:
        return {}
    chain = (
        select(Place.id.label("origin"), Place.merged_into_id.label("now"))
        .where(Place.id.in_(wanted), Place.merged_into_id.is_not(None))
        .cte("chain", recursive=True)
    )
    chain = chain.union(
        select(chain.c.origin, Place.merged_into_id)
        .join(chain, Place.id == chain.c.now)
        .where(Place.merged_into_id.is_not(None))
    )
    rows = db.session.execute(
        _places().add_columns(chain.c.origin).join(chain, chain.c.now == Place.id).where(Place.merged_into_id.is_(None))
    )
    return {row.origin: _found(row) for row in rows}
