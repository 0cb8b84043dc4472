"""Finding a place by what a clerk types: name, pinyin initials, code, town and village together."""

import re
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
from tracker.places.rules import CODE_LENGTH, VILLAGE_LEVEL, folded

LONGEST_QUERY = 60
MOST_WORDS = 5
LONGEST_GLUED = 12
NAMED_EXAMPLES = 3
_SEPARATORS = re.compile(r"[\s·•・,，、/]+")
_town, _county = aliased(Place, name="town"), aliased(Place, name="county")


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
    rows = _rows([_fits(word) for word in words], words[-1], limit, near, levels)
    if not rows and len(words) == 1 and len(words[0]) <= LONGEST_GLUED:
        rows = _rows([_glued(words[0])], words[0], limit, near, levels)
    found = [_found(row) for row in rows]
    now = _successors(place.id for place in found if not place.is_open)
    return [replace(place, now=now.get(place.id)) for place in found]


def _rows(
    conditions: list[ColumnElement[bool]], word: str, limit: int, near: str, levels: Sequence[int]
) -> Sequence[Row[Any]]:
    nearer = [case((Place.code.startswith(near), 0), else_=1)] if near else []
    order = (Place.closed_on.is_not(None), *nearer, _closeness(word), Place.level, Place.code)
    wanted = _places().where(Place.level.in_(levels), *conditions).order_by(*order).limit(limit)
    rows: Sequence[Row[Any]] = db.session.execute(wanted).all()
    return rows


def resolve_village(text: str, *, field: str | None = None, near: str = "") -> Place:
    """Return the village that a typed name, label or code means today; raises DomainError where it is none or many."""
    words = _words(text)
    if len(words) == 1 and len(words[0]) == CODE_LENGTH and _is_code(words[0]):
        place = by_code(words[0])
        if place is None or place.level != VILLAGE_LEVEL:
            raise DomainError(f"没有代码为 {words[0]} 的村（社区），请核对。", field=field)
        return successor(place)
    found = search_villages(text, limit=50, near=near) if words else []
    named = [place for place in found if words[-1] in (folded(place.name), folded(place.label.village))]
    wanted = {place.chosen.id: place.chosen for place in ([p for p in named if p.is_open] or named or found)}
    if not wanted:
        raise DomainError(f"没有找到村（社区）“{clean_line(text)[:30]}”，请换个写法，或写 12 位代码。", field=field)
    if len(wanted) > 1:
        some = "、".join(place.label.text for place in list(wanted.values())[:NAMED_EXAMPLES])
        more = "等" if len(wanted) > NAMED_EXAMPLES else ""
        raise DomainError(f"“{clean_line(text)[:30]}”对应多个村（社区）：{some}{more}，请加上乡镇和县。", field=field)
    return db.session.get_one(Place, next(iter(wanted)))


def chosen_village(key: str, text: str, *, field: str | None = None) -> Place:
    """Return the village that a picker sent: the entry chosen, else what its text means (`resolve_village`)."""
    place = db.session.scalar(select(Place).where(Place.public_id == key)) if key else None
    if place is None or place.level != VILLAGE_LEVEL:
        return resolve_village(text, field=field)
    return successor(place)


def _words(text: str) -> list[str]:
    line = folded(clean_line(text)[:LONGEST_QUERY])
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


def _fits(word: str) -> ColumnElement[bool]:
    """Return where a word fits: digits a code, letters the initials, anything a name now or before, here or above."""
    above = aliased(Place)
    upper = select(_town.id).outerjoin(above, above.id == _town.parent_id).where(_town.level < VILLAGE_LEVEL)
    ways = [_own(Place, word), Place.parent_id.in_(upper.where(or_(_own(_town, word), _own(above, word))))]
    if _is_code(word):
        ways.append(Place.code.between(word.ljust(CODE_LENGTH, "0"), word.ljust(CODE_LENGTH, "9")))
        if len(word) == CODE_LENGTH:
            ways.append(Place.id.in_(select(PlaceVersion.place_id).where(PlaceVersion.code == word)))
    return or_(*ways)


def _is_code(word: str) -> bool:
    return word.isascii() and word.isdecimal() and len(word) <= CODE_LENGTH


def _own(table: Any, word: str) -> ColumnElement[bool]:
    """Return whether a word fits one place: letters begin the initials or a name, all else may stand anywhere."""
    begins = word.isascii() and word.isalpha()
    found: ColumnElement[bool] = table.search_key.contains(f" {word}" if begins else word, autoescape=True)
    return found


def _glued(word: str) -> ColumnElement[bool]:
    """Town and village written together: 润城上庄, rcszc."""
    ways: list[ColumnElement[bool]] = [false()]
    for cut in range(1 if word.isascii() else 2, len(word)):
        head, tail = f" {word[:cut]}", f" {word[cut:]}"
        above = select(_town.id).where(_town.level < VILLAGE_LEVEL, _town.search_key.contains(head, autoescape=True))
        ways.append(and_(Place.parent_id.in_(above), Place.search_key.contains(tail, autoescape=True)))
    return or_(*ways)


def _closeness(word: str) -> ColumnElement[int]:
    """Rank: the name itself, its beginning, anything of its own, only what is above it."""
    names = (Place.short_name, Place.name, Place.initials, Place.code)
    return case(
        (or_(*(func.lower(column) == word for column in names)), 0),
        (Place.search_key.contains(f" {word}", autoescape=True), 1),
        (or_(_own(Place, word), Place.code.startswith(word, autoescape=True)), 2),
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
