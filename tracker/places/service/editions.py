"""Importing an edition of the division codes (读入区划代码): planned as a whole, written turn by turn."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta
from itertools import chain
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from tracker import audit
from tracker.audit import Actor
from tracker.audit.queries import happened_after, head
from tracker.audit.service import ACTS
from tracker.core import clock
from tracker.core.database import Model, db
from tracker.core.errors import DomainError, StaleVersion
from tracker.core.pacing import Pace
from tracker.core.text import clean_line
from tracker.places import queries
from tracker.places.models import Place, PlaceVersion
from tracker.places.rules import VILLAGE_LEVEL, WRITTEN, EditionPlan, PlaceChange, PlaceLine, PlannedChange
from tracker.places.service.naming import former_names, spoken

LONGEST_SOURCE = 200
_ONE_DAY = timedelta(days=1)
_MEANWHILE = "别人刚刚也在读入或改动区划，本次没有读入，请重新预览后再试。"
_HALF = "别人刚刚也在读入或改动区划，本次读入到一半停下；已写入的保留，请重新预览，再读入一次补齐。"
# Places of one turn at most.
PLACES = 500
PLACE_EVENTS = (audit.Event.PLACES_IMPORTED, audit.Event.PLACE_CHANGED)


def import_places(
    rows: Sequence[PlaceLine],
    *,
    source: str,
    as_of: date,
    by: Actor | None,
    now: datetime,
    sha256: str = "",
    seen: str | None = None,
    pace: Pace | None = None,
) -> EditionPlan:
    """Import an edition of the codes (读入区划代码) as it was on a day, turn by turn; return what was done.

    Safe to repeat, and broken off it is completed by importing the file again. Changed names and codes become history;
    vanished codes are closed, within what the file lists; what the office itself decided stays until the file changes
    there. `seen` is the fingerprint of the plan that a person looked at: StaleVersion where it would now be another,
    or where somebody changes places meanwhile. Raises FileRefused with sentences by row before anything is written.
    """
    source = check_edition(source, as_of, today=clock.local_date(now))
    line = head(ACTS)[0]
    plan = queries.plan(rows, as_of=as_of)
    if seen is not None and plan.fingerprint != seen:
        raise StaleVersion("预览之后区划又有变动，没有读入。下面是重新计算的结果，请再看一遍。")
    counts = {change.value: number for change, number in plan.counts.items()}
    payload = {"sha256": sha256, "as_of": as_of, "rows": len(rows), "counts": counts}
    pace, ids, waiting, begun = pace or Pace(PLACES, most=PLACES), _ids_known(plan), _in_order(plan), False
    while waiting or not begun:
        part, waiting = waiting[: pace.rows], waiting[pace.rows :]
        try:
            with pace.turn():
                _refuse_others(line, begun=begun)
                written = _write(part, ids, source=source, as_of=as_of)
                if not waiting:
                    written += _confirm(plan)
                said = {**payload, "counts": {}, "part": len(part)} if waiting else payload
                event, sealed = audit.Event.PLACES_IMPORTED, list(chain.from_iterable(written))
                line = audit.record(event, by=by, now=now, payload=said, text=source, rows=sealed).seq
        except IntegrityError:
            raise StaleVersion(_HALF if begun else _MEANWHILE) from None
        begun = True
    return plan


def _refuse_others(line: int, *, begun: bool) -> None:
    """Raise StaleVersion where somebody else changed places after a line of the log: the plan knows nothing of it."""
    if happened_after(line, PLACE_EVENTS):
        raise StaleVersion(_HALF if begun else _MEANWHILE)


def check_edition(source: str, as_of: date, *, today: date) -> str:
    """Return the name of an edition, cleaned; raises DomainError where it or its date makes no sense."""
    if as_of > today:
        raise DomainError(f"文件日期 {as_of.isoformat()} 晚于今天。", field="as_of")
    source = clean_line(source)
    if not source:
        raise DomainError("请写明来源，如“统计用区划代码 2023 年版”。", field="source")
    if len(source) > LONGEST_SOURCE:
        raise DomainError(f"来源最多 {LONGEST_SOURCE} 个字。", field="source")
    return source


def _in_order(plan: EditionPlan) -> list[PlannedChange]:
    """Return what is written: new places level by level, then what changes."""
    changes = [planned for planned in plan.changes if planned.change in WRITTEN]
    new = sorted((planned for planned in changes if not planned.known), key=lambda planned: planned.level)
    return [*new, *(planned for planned in changes if planned.known)]


def _ids_known(plan: EditionPlan) -> dict[str, int]:
    """Return the ids of the places that there are already, by their codes in the file, with their parents'."""
    ids = {planned.row.code: planned.known.id for planned in plan.changes if planned.row and planned.known}
    wanted = {planned.row.parent_code for planned in plan.changes if planned.row and planned.row.parent_code}
    rows = db.session.execute(select(Place.code, Place.id).where(Place.code.in_(wanted - ids.keys())))
    return dict(iter(rows)) | ids


def _write(part: list[PlannedChange], ids: dict[str, int], *, source: str, as_of: date) -> list[Sequence[Model]]:
    """Write a part of a plan with a few bulk statements, then its history; `ids` learns those of new places.

    Return the rows that were written, for the log.
    """
    for level in range(1, VILLAGE_LEVEL + 1):
        ids |= _add([p.row for p in part if p.row and not p.known and p.level == level], ids, as_of=as_of)
    _change([planned for planned in part if planned.known], ids, source=source, as_of=as_of)
    begun = _write_history(part, ids, source=source, as_of=as_of)
    db.session.expire_all()
    places = {ids[p.row.code] for p in part if p.row} | {p.known.id for p in part if p.known}
    ended = [p.known.version_id for p in part if p.known and p.known.is_open and p.known.version_id]
    return [_rows(Place, places), _rows(PlaceVersion, [*begun, *ended])]


def _rows(model: type[Place] | type[PlaceVersion], ids: Collection[int]) -> Sequence[Model]:
    """Read rows that a statement wrote; the part of an edition is never so large that they are too many to name."""
    return db.session.scalars(select(model).where(model.id.in_(ids)).order_by(model.id)).all() if ids else ()


def _add(rows: list[PlaceLine], ids: dict[str, int], *, as_of: date) -> dict[str, int]:
    """Insert places of one level; return their ids by code."""
    if not rows:
        return {}
    values = [{"code": row.code, "level": row.level, "valid_from": as_of, **_placed(row, ids)} for row in rows]
    added = db.session.execute(insert(Place).returning(Place.code, Place.id), values)
    return dict(iter(added))


def _placed(row: PlaceLine, ids: dict[str, int], former: Iterable[str] = ()) -> dict[str, Any]:
    """Return what follows from a row's name and parent."""
    return {**spoken(row.name, row.level, former), "parent_id": ids[row.parent_code] if row.parent_code else None}


def _change(changes: list[PlannedChange], ids: dict[str, int], *, source: str, as_of: date) -> None:
    """Write new names, codes and parents; close and reopen."""
    former = former_names(p.known.id for p in changes if p.known and p.row)
    open_again = {"closed_on": None, "closed_because": None}
    values = [
        {"id": p.known.id, "code": p.row.code, **open_again, **_placed(p.row, ids, former[p.known.id])}
        for p in changes
        if p.known and p.row
    ]
    closed = [
        {"id": p.known.id, "closed_on": as_of, "closed_because": f"{source}不再列入"[:LONGEST_SOURCE]}
        for p in changes
        if p.known and not p.row
    ]
    ended = [{"id": p.known.version_id, "valid_to": as_of - _ONE_DAY} for p in changes if p.known and p.known.is_open]
    for table, rows in ((Place, values), (Place, closed), (PlaceVersion, ended)):
        if rows:
            db.session.execute(update(table), rows)


def _write_history(changes: list[PlannedChange], ids: dict[str, int], *, source: str, as_of: date) -> Sequence[int]:
    """Begin a version for every place that is new or different; return their ids."""
    values = [
        {
            "place_id": ids[planned.row.code],
            "code": planned.row.code,
            "name": planned.row.name,
            "parent_code": planned.row.parent_code,
            "valid_from": as_of,
            "source": source,
        }
        for planned in changes
        if planned.row
    ]
    return db.session.scalars(insert(PlaceVersion).returning(PlaceVersion.id), values).all() if values else ()


def _confirm(plan: EditionPlan) -> list[Sequence[Model]]:
    """Mark what the office had written itself and the official list now says too; return the rows."""
    said = [
        {"id": planned.known.version_id, "manual": False}
        for planned in plan.of(PlaceChange.UNCHANGED)
        if planned.known and planned.known.manual and planned.known.version_id
    ]
    if said:
        db.session.execute(update(PlaceVersion), said)
        db.session.expire_all()
    return [_rows(PlaceVersion, [each["id"] for each in said])]
