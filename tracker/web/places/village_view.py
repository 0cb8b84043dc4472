"""What the pages of places show, made ready: children with their counts, a village with its cases."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from urllib.parse import urlencode

from flask import current_app, url_for

from tracker.cases.ledger import LedgerPage, PlaceCount, place_counts, village_cases
from tracker.cases.ledger.groups import StateGroup
from tracker.people.rules import Permission, Reader, permissions
from tracker.places import queries
from tracker.places.models import LEVELS, Place, PlaceVersion
from tracker.places.rules import VILLAGE_LEVEL
from tracker.web.frame.paging import Paging

LEDGER_PAGE = "ledger.page"
# Down from here the cases of everything below are counted: a county has some hundred villages, a province 23,000.
COUNTED_FROM = 3


@dataclass(frozen=True)
class VillageCount:
    """A count that opens its list."""

    label: str
    count: int
    href: str
    light: str = ""


@dataclass(frozen=True)
class Child:
    """A place in the list of the one above it, with its villages where it is a town."""

    place: Place
    state: str
    count: PlaceCount
    villages: Sequence[Place] = ()


@dataclass(frozen=True)
class Era:
    """What a place was called for a time, as the macro `c.timeline` draws it."""

    when: str
    iso: str
    action: str
    who: str
    detail: str
    kind: str
    change: str = ""
    reason: str = ""
    quote: bool = False


@dataclass(frozen=True)
class PlacePage:
    """The page of one place. `buckets` and `cases` are missing where the reader reads no cases."""

    place: Place
    label: queries.Label
    level: str
    above: Sequence[Place]
    buckets: Sequence[VillageCount] = ()
    children: Sequence[Child] = ()
    cases: LedgerPage | None = None
    tags: Mapping[int, Sequence[tuple[str, str]]] = field(default_factory=dict)
    paging: Paging | None = None
    history: Sequence[Era] = ()
    merged: Sequence[Place] = ()
    now: queries.Label | None = None
    now_href: str = ""
    counted: bool = False


def area_page(place: Place, reader: Reader, *, today: date) -> PlacePage:
    """Return the page of a county or town (or of what is above them): its children and their counts."""
    counted = _reads_cases(reader) and place.level >= COUNTED_FROM
    branches = queries.branches(place) if counted else []
    ids = {place.id, *(place_id for place_id, _branch in branches)}
    counts = place_counts(reader, ids, today=today) if counted else {}
    by_child: dict[int, PlaceCount] = {}
    for place_id, child_id in branches:
        by_child[child_id] = _sum((by_child.get(child_id, PlaceCount()), counts.get(place_id, PlaceCount())))
    villages = queries.villages_by_town(place) if place.level == COUNTED_FROM else {}
    children = [
        Child(child, _state(child), by_child.get(child.id, PlaceCount()), villages.get(child.id, ()))
        for child in queries.children(place)
    ]
    return replace(
        _head(place),
        buckets=_buckets(place, _sum(counts.values())) if counted else (),
        children=children,
        history=_history(place),
        counted=counted,
    )


def village_page(place: Place, reader: Reader, *, page: int, today: date, now: datetime) -> PlacePage:
    """Return the page of a village (村、社区): its cases and those of what was merged into it, names, merges."""
    present = queries.successor(place)
    found = replace(_head(place), history=_history(place), merged=queries.merged_places(place))
    if present.id != place.id:
        found = replace(found, now=queries.place_label(present), now_href=place_href(present))
    if not _reads_cases(reader):
        return found
    ids = queries.subtree_ids(place)
    cases = village_cases(reader, ids, page=page, today=today, now=now)
    return replace(
        found,
        buckets=_buckets(place, _sum(place_counts(reader, ids, today=today).values())),
        cases=cases,
        tags={row.id: [(tag.text, tag.kind) for tag in row.tags] for row in cases.rows},
        paging=Paging(cases.number, cases.total),
        counted=True,
    )


def _head(place: Place) -> PlacePage:
    return PlacePage(place, queries.place_label(place), LEVELS[place.level], queries.ancestors(place))


def _history(place: Place) -> list[Era]:
    versions = queries.versions(place)
    return [
        Era(
            when=f"{version.valid_from} 起",
            iso=version.valid_from.isoformat(),
            action=version.name,
            who=version.code,
            detail=f"依据：{version.source}{'（本单位）' if version.manual else ''}",
            kind="" if version is versions[0] else "system",
            change=_until(version),
        )
        for version in versions
    ]


def _until(version: PlaceVersion) -> str:
    """Say until when a version held; one that was corrected on its first day never did."""
    if version.valid_to is None:
        return ""
    return f"到 {version.valid_to} 止" if version.valid_to >= version.valid_from else "当日更正"


def _reads_cases(reader: Reader) -> bool:
    return Permission.READ_CASES in permissions(reader.posts)


def _state(place: Place) -> str:
    if place.closed_on is None:
        return ""
    return f"已并入{place.merged_into.short_name}" if place.merged_into else "已撤销"


def _sum(counts: Iterable[PlaceCount]) -> PlaceCount:
    rows = [(count.total, count.open, count.overdue, count.closed) for count in counts]
    return PlaceCount(*map(sum, zip(*rows, strict=True))) if rows else PlaceCount()


def _buckets(place: Place, count: PlaceCount) -> list[VillageCount]:
    return [
        VillageCount("在办", count.open, ledger_href(place, StateGroup.OPEN)),
        VillageCount("逾期", count.overdue, ledger_href(place, StateGroup.OVERDUE), "red"),
        VillageCount("已销号", count.closed, ledger_href(place, StateGroup.CLOSED)),
        VillageCount("全部", count.total, ledger_href(place)),
    ]


def ledger_href(place: Place, state: StateGroup | None = None) -> str:
    """Return the address of the ledger's list of a place; the place's own page while there is no ledger."""
    if LEDGER_PAGE not in current_app.view_functions:
        return place_href(place)
    asked = [("place", place.public_id), *([("state", state.value)] if state else [])]
    return f"{url_for(LEDGER_PAGE)}?{urlencode(asked)}"


def place_href(place: Place) -> str:
    """Return the address of a place's page."""
    return url_for("villages.village", public_id=place.public_id)


def is_village(place: Place) -> bool:
    """Return whether a place is a village or community."""
    return place.level == VILLAGE_LEVEL
