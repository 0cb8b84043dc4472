"""What an import would do: compare a file with the places known, change by change. Pure.

A place is the same place under the same code. Where a code vanishes and a new one appears, it is the same place
again if exactly one of each has its name in the same town, or in the county of a town that is dissolved too.
Only what the file lists is covered: the children of a place are closed if the file lists other children of it.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from tracker.places.rules.files import FileRefused, PlaceLine
from tracker.places.rules.names import COUNTY_LEVEL, TOWN_LEVEL, level_of, parent_code_of, short_name, stem


class PlaceChange(StrEnum):
    """What happens to one place."""

    ADDED = "added"
    RENAMED = "renamed"
    RECODED = "recoded"
    MOVED = "moved"
    REOPENED = "reopened"
    CLOSED = "closed"
    KEPT = "kept"
    UNCHANGED = "unchanged"


CHANGE_LABELS = {
    PlaceChange.ADDED: "新增",
    PlaceChange.RENAMED: "更名",
    PlaceChange.RECODED: "变更代码",
    PlaceChange.MOVED: "改属",
    PlaceChange.REOPENED: "恢复",
    PlaceChange.CLOSED: "撤销",
    PlaceChange.KEPT: "保留本单位所作变更",
    PlaceChange.UNCHANGED: "不变",
}
WRITTEN = frozenset(CHANGE_LABELS) - {PlaceChange.KEPT, PlaceChange.UNCHANGED}


@dataclass(frozen=True, slots=True)
class Known:
    """A place as the database has it; `listed` is its code, name and parent in the last edition imported."""

    id: int
    version_id: int | None
    code: str
    name: str
    level: int
    parent_id: int | None
    valid_from: date
    closed_on: date | None = None
    merged: bool = False
    manual: bool = False
    listed: tuple[str, str, str | None] | None = None

    @property
    def is_open(self) -> bool:
        """Whether the place exists now."""
        return self.closed_on is None


@dataclass(frozen=True, slots=True)
class PlannedChange:
    """One place of the plan: the row that names it (none: it is closed), and what is known (none: it is new).

    `above` is where it lies: 阳城县 · 润城镇.
    """

    change: PlaceChange
    row: PlaceLine | None
    known: Known | None
    above: str = ""

    @property
    def code(self) -> str:
        """The code the place has afterwards."""
        return self.row.code if self.row else self.known.code if self.known else ""

    @property
    def name(self) -> str:
        """The name the place has afterwards."""
        return self.row.name if self.row else self.known.name if self.known else ""

    @property
    def level(self) -> int:
        """The level of the place."""
        return self.row.level if self.row else self.known.level if self.known else 0

    @property
    def before(self) -> str:
        """What changes, as it was: the name, the code, or nothing."""
        if self.known is None or self.row is None:
            return ""
        old = [self.known.name] if self.known.name != self.row.name else []
        return "、".join(old + ([self.known.code] if self.known.code != self.row.code else []))


@dataclass(frozen=True)
class EditionPlan:
    """The whole plan, in the order of the codes, parents first; warnings are for a person to look at."""

    changes: tuple[PlannedChange, ...]
    warnings: tuple[str, ...] = ()
    counts: Mapping[PlaceChange, int] = field(default_factory=dict)

    def of(self, change: PlaceChange) -> tuple[PlannedChange, ...]:
        """Return the changes of one kind."""
        return tuple(planned for planned in self.changes if planned.change is change)

    @property
    def fingerprint(self) -> str:
        """What tells one plan from another: every change that would be written."""
        lines = (f"{p.change}|{p.code}|{p.name}|{p.before}" for p in self.changes if p.change in WRITTEN)
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def import_plan(
    rows: Iterable[PlaceLine], known: Iterable[Known], *, as_of: date, above: Iterable[PlaceLine] = ()
) -> EditionPlan:
    """Return what importing the rows would do to the known places.

    Parents that neither the file nor the database has are taken from `above`, the list that comes with the program.
    Raises FileRefused where a parent is unknown or closed, or where the edition is older than what it would change.
    """
    matching = _Matching(rows, known, above)
    if errors := matching.missing_parents():
        raise FileRefused(tuple(errors))
    matching.run()
    changes = [_planned(row, matching.known_for(row), matching, as_of) for row in matching.rows]
    changes += [
        PlannedChange(PlaceChange.CLOSED, None, place, matching.above(place.code))
        for place in matching.closing.values()
    ]
    if errors := [error for planned in changes if (error := _older_edition(planned, as_of))]:
        raise FileRefused(tuple(errors))
    counts = Counter(planned.change for planned in changes)
    return EditionPlan(tuple(changes), tuple(_warnings(changes, matching)), dict(counts))


class _Matching:
    """Finds for every row the place it means, and the places that no row means any more."""

    def __init__(self, rows: Iterable[PlaceLine], known: Iterable[Known], above: Iterable[PlaceLine]) -> None:
        self.row_by_code = {row.code: row for row in rows}
        self.listing = {row.parent_code for row in self.row_by_code.values()}
        self.places = {place.id: place for place in known}
        self.place_by_code = {place.code: place for place in self.places.values()}
        self.place_by_listed_code = {place.listed[0]: place for place in self.places.values() if place.listed}
        self.parents = {place.parent_id for place in self.places.values() if place.is_open}
        self._add_missing(above)
        self.rows = sorted(self.row_by_code.values(), key=lambda row: (row.level, row.code))
        self.deepest = max((row.level for row in self.rows), default=0)
        self.place_by_row: dict[str, Known] = {}
        self.row_by_place: dict[int, PlaceLine] = {}
        self.closing: dict[int, Known] = {}

    def _add_missing(self, above: Iterable[PlaceLine]) -> None:
        """Take the parents that are missing from the list above; they cover nothing."""
        above_by_code = {row.code: row for row in above}
        for row in list(self.row_by_code.values()):
            code = row.parent_code or ""
            while code in above_by_code and code not in self.row_by_code and code not in self.place_by_code:
                self.row_by_code[code] = above_by_code[code]
                code = above_by_code[code].parent_code or ""

    def known_for(self, row: PlaceLine) -> Known | None:
        """Return the place a row means."""
        return self.place_by_row.get(row.code)

    def parent_of(self, row: PlaceLine) -> Known | None:
        """Return the known place that is the parent of a row."""
        if row.parent_code is None:
            return None
        return self.place_by_row.get(row.parent_code) or self.place_by_code.get(row.parent_code)

    def above(self, code: str) -> str:
        """Return where a place lies, county first: 阳城县 · 润城镇."""
        names: list[str] = []
        upper = parent_code_of(code)
        while upper and level_of(upper) >= COUNTY_LEVEL:
            found = self.row_by_code.get(upper) or self.place_by_code.get(upper)
            names += [short_name(found.name, found.level)] if found else []
            upper = parent_code_of(upper)
        return " · ".join(reversed(names))

    def missing_parents(self) -> list[str]:
        """Return a sentence for every row whose parent is neither in the file nor open in the database."""
        errors = []
        for row in self.rows:
            if row.parent_code is None or row.parent_code in self.row_by_code:
                continue
            parent = self.place_by_code.get(row.parent_code)
            if parent is None:
                errors.append(
                    f"第 {row.number} 行：{row.name}（{row.code}）的上级 {row.parent_code} 不在文件里，也没有读入过。"
                    "请先读入含这个上级的省、市、县区划代码文件，再读入本文件。"
                )
            elif not parent.is_open:
                errors.append(f"第 {row.number} 行：{row.name}（{row.code}）的上级{parent.name}已经撤销。")
            elif parent_code_of(parent.code) in self.row_by_code and parent_code_of(parent.code) in self.listing:
                errors.append(
                    f"第 {row.number} 行：文件列出了{row.name}，却没有列出它的上级{parent.name}（{parent.code}）。"
                )
        return errors

    def run(self) -> None:
        """Match level by level, so that a village can follow its town to a new code."""
        for row in self.rows:
            place = self.place_by_code.get(row.code) or self.place_by_listed_code.get(row.code)
            if place is not None and place.id not in self.row_by_place:
                self._match(row, place)
        children = defaultdict(list)
        for place in self.places.values():
            children[place.level].append(place)
        for level in sorted(children):
            gone = [place for place in children[level] if self._is_gone(place)]
            fresh = [row for row in self.rows if row.level == level and row.code not in self.place_by_row]
            self._match_same(fresh, gone, self._town_of_row, self._town_of_place)
            self._match_same(fresh, gone, self._county_of_row, self._county_of_place)
            for place in gone:
                if place.id not in self.row_by_place and place.listed is not None:
                    self.closing[place.id] = place

    def _match(self, row: PlaceLine, place: Known) -> None:
        self.place_by_row[row.code] = place
        self.row_by_place[place.id] = row

    def _is_gone(self, place: Known) -> bool:
        """Whether the file covers an open place and does not list it."""
        if not place.is_open or place.id in self.row_by_place or place.parent_id is None:
            return False
        if place.parent_id in self.closing:
            return True
        parent_row = self.row_by_place.get(place.parent_id)
        return parent_row is not None and parent_row.code in self.listing

    def _match_same(
        self,
        rows: list[PlaceLine],
        places: list[Known],
        key_of_row: Callable[[PlaceLine], Hashable],
        key_of_place: Callable[[Known], Hashable],
    ) -> None:
        """Match what is left where exactly one row and one place share a key."""
        rows_by_key, places_by_key = defaultdict(list), defaultdict(list)
        for row in rows:
            if row.code not in self.place_by_row:
                rows_by_key[key_of_row(row)].append(row)
        for place in places:
            if place.id not in self.row_by_place:
                places_by_key[key_of_place(place)].append(place)
        for key, found in places_by_key.items():
            if key is not None and len(found) == len(rows_by_key.get(key, ())) == 1:
                self._match(rows_by_key[key][0], found[0])

    def _town_of_row(self, row: PlaceLine) -> Hashable:
        parent = self.parent_of(row)
        return (parent.id, stem(row.name, row.level)) if parent else None

    def _town_of_place(self, place: Known) -> Hashable:
        return (place.parent_id, stem(place.name, place.level))

    def _county_of_row(self, row: PlaceLine) -> Hashable:
        county = row.parent_code and self.place_by_code.get(parent_code_of(row.parent_code) or "")
        return (county.id, stem(row.name, row.level)) if county else None

    def _county_of_place(self, place: Known) -> Hashable:
        parent = self.closing.get(place.parent_id or 0)
        return (parent.parent_id, stem(place.name, place.level)) if parent else None


def _planned(row: PlaceLine, place: Known | None, matching: _Matching, as_of: date) -> PlannedChange:
    change = _change(row, place, matching.parent_of(row), as_of) if place else PlaceChange.ADDED
    return PlannedChange(change, row, place, matching.above(row.code))


def _change(row: PlaceLine, place: Known, parent: Known | None, as_of: date) -> PlaceChange:
    moved = place.parent_id != (parent.id if parent else None)
    if not place.is_open and not place.merged:
        return PlaceChange.REOPENED
    if place.is_open and (row.code, row.name) == (place.code, place.name) and not moved:
        return PlaceChange.UNCHANGED
    if place.merged or _is_ours(row, place, as_of):
        return PlaceChange.KEPT
    if moved:
        return PlaceChange.MOVED
    return PlaceChange.RENAMED if row.code == place.code else PlaceChange.RECODED


def _is_ours(row: PlaceLine, place: Known, as_of: date) -> bool:
    """Whether the office changed the place, and the file brings nothing newer on it."""
    return place.manual and (place.valid_from > as_of or place.listed == (row.code, row.name, row.parent_code))


def _older_edition(planned: PlannedChange, as_of: date) -> str | None:
    place = planned.known
    if place is None or planned.change not in WRITTEN:
        return None
    since = place.closed_on if place.closed_on else place.valid_from
    if since <= as_of:
        return None
    where = f"第 {planned.row.number} 行：" if planned.row else ""
    return (
        f"{where}{place.name}（{place.code}）现有记录从 {since.isoformat()} 起，晚于本文件的日期 {as_of.isoformat()}；"
        "旧版本不能覆盖新版本。"
    )


def _warnings(changes: list[PlannedChange], matching: _Matching) -> list[str]:
    """Name what a person should look at: names that changed places, and what hangs on a closed town."""
    renamed = [planned for planned in changes if planned.change is PlaceChange.RENAMED]
    old_names = {(p.known.parent_id, p.known.name): p.known.code for p in renamed if p.known}
    warnings = []
    for planned in renamed:
        known = planned.known
        other = old_names.get((known.parent_id, planned.name)) if known else None
        if known and other:
            warnings.append(
                f"{planned.code} 由{known.name}改为{planned.name}，而{planned.name}原来的代码是 {other}："
                "请核对文件里的名称是否错行。"
            )
    return warnings + [sentence for place in matching.places.values() if (sentence := _left_over(place, matching))]


def _left_over(place: Known, matching: _Matching) -> str | None:
    """Return what stays although the file is silent on it."""
    if place.is_open and place.listed is None and place.parent_id in matching.closing:
        return f"手工增加的{place.name}（{place.code}）仍保留，但它的上级已撤销，请另行处理。"
    row = matching.row_by_place.get(place.id)
    if row is None or row.level != TOWN_LEVEL or row.code in matching.listing or place.id not in matching.parents:
        return None
    if matching.deepest <= TOWN_LEVEL:
        return None
    return f"文件没有列出{place.name}（{place.code}）下的村（社区），它们保持不变。"
