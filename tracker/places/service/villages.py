"""What the office decides itself, before the official list does: names, codes, merges, new villages."""

from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from tracker import audit
from tracker.audit import Actor
from tracker.core import clock
from tracker.core.database import db, locked
from tracker.core.errors import DomainError, StaleVersion
from tracker.core.text import clean_line
from tracker.places.models import Place, PlaceVersion
from tracker.places.rules import (
    FIRST_PROVISIONAL,
    TOWN_LEVEL,
    VILLAGE_LEVEL,
    code_error,
    level_of,
    name_error,
    parent_code_of,
    prefix_of,
)
from tracker.places.service.naming import former_names, spoken

LONGEST_REASON = 200
LAST_PROVISIONAL = 999
_ONE_DAY = timedelta(days=1)


def rename_place(
    place: Place, name: str, *, on: date, reason: str, by: Actor | None, now: datetime, seen: int | None = None
) -> PlaceVersion:
    """Give a place another name from a day on (更名); the old one stays in its history.

    `seen` is the version the page showed: StaleVersion where somebody changed the place since.
    Raises DomainError for the name it has already.
    """
    current = _current(place, seen)
    name = _checked_name(name, place.parent_id, place.id)
    if name == place.name:
        raise DomainError(f"现在的名称就是“{name}”，没有改动。", field="name")
    _check_change(current, on=on, now=now)
    return _begin_version(place, current, name=name, code=place.code, on=on, reason=reason, by=by, now=now)


def recode_village(
    place: Place, code: str, *, on: date, reason: str, by: Actor | None, now: datetime, seen: int | None = None
) -> PlaceVersion:
    """Give a village its official code, or another one, from a day on (变更代码).

    Raises DomainError for a town or anything above it.
    """
    current = _current(place, seen)
    if place.level != VILLAGE_LEVEL:
        raise DomainError("乡镇以上的代码随区划代码文件读入变更，不能单独修改。", field="code")
    code = _checked_code(code, place.parent)
    _check_change(current, on=on, now=now)
    return _begin_version(place, current, name=place.name, code=code, on=on, reason=reason, by=by, now=now)


def merge_villages(
    place: Place,
    into: Place,
    *,
    on: date,
    reason: str,
    by: Actor | None,
    now: datetime,
    seen: int | None = None,
) -> None:
    """Merge a village into another of the same county from a day on (行政村合并); its cases stay under its name.

    Raises DomainError for itself, for what is no village, for one that no longer exists, and for another county's.
    """
    first, second = sorted((place, into), key=lambda one: one.id)
    locked(first)
    locked(second)
    current = _current(place, seen)
    if place.id == into.id:
        raise DomainError("不能并入自己，请选择另一个村（社区）。", field="into")
    if place.level != VILLAGE_LEVEL or into.level != VILLAGE_LEVEL:
        raise DomainError("只有村（社区）之间可以合并。", field="into")
    if into.closed_on is not None:
        raise DomainError(f"{into.short_name}已经撤销或并入别处，请选择现有的村（社区）。", field="into")
    if prefix_of(_county_code(place)) != prefix_of(_county_code(into)):
        raise DomainError("只能并入同一县（市、区）的村（社区）。", field="into")
    _check_change(current, on=on, now=now)
    reason = _checked_reason(reason)
    current.valid_to = on - _ONE_DAY
    place.merged_into, place.closed_on, place.closed_because = into, on, reason
    _record(place, "merged", on=on, reason=reason, by=by, now=now, into=into.code)


def undo_merge(place: Place, *, reason: str, by: Actor | None, now: datetime) -> None:
    """Take back a merge (撤销合并): the village stands again as if it had never been merged.

    Raises DomainError for a village that was not merged, or whose town no longer exists.
    """
    locked(place)
    if place.merged_into is None:
        raise DomainError(f"{place.short_name}没有并入别的村（社区），不用撤销合并。")
    reason = _checked_reason(reason)
    if place.parent is not None and place.parent.closed_on is not None:
        raise DomainError(f"{place.short_name}原来的上级{place.parent.short_name}已经撤销，不能恢复。")
    _checked_name(place.name, place.parent_id, place.id)
    was = place.merged_into.code
    _latest(place).valid_to = None
    place.merged_into, place.closed_on, place.closed_because = None, None, None
    _record(place, "merge_undone", on=clock.local_date(now), reason=reason, by=by, now=now, into=was)


def add_place(
    parent: Place, name: str, *, code: str = "", on: date, reason: str, by: Actor | None, now: datetime
) -> Place:
    """Add a town or village that the official list does not have yet (手工增加).

    Without a code a village gets a provisional one, numbered from 900; its official code can be given later.
    Raises DomainError for a parent that cannot have it and for a day that is still to come.
    """
    locked(parent)
    level = parent.level + 1
    if level not in (TOWN_LEVEL, VILLAGE_LEVEL) or parent.closed_on is not None:
        raise DomainError("只能在现有的县下增加乡镇，在现有的乡镇下增加村（社区）。", field="parent")
    name = _checked_name(name, parent.id)
    code = _checked_code(code, parent) if code.strip() else _provisional_code(parent)
    reason = _checked_reason(reason)
    if on > clock.local_date(now):
        raise DomainError("开始日期不能晚于今天。", field="on")
    place = Place(code=code, level=level, valid_from=on, parent=parent, **spoken(name, level))
    db.session.add(place)
    db.session.flush()
    _add_version(place, on=on, reason=reason)
    _record(place, "added", on=on, reason=reason, by=by, now=now)
    return place


def _current(place: Place, seen: int | None) -> PlaceVersion:
    """Lock a place and return its version in force."""
    locked(place)
    current = _latest(place)
    if seen is not None and current.id != seen:
        raise StaleVersion(f"{place.short_name}刚被别人改动过，现名{place.name}。您填写的还在，请核对后再提交。")
    if place.closed_on is not None:
        state = f"并入{place.merged_into.short_name}" if place.merged_into else "撤销"
        raise DomainError(f"{place.short_name}已经{state}，不能再改动。")
    return current


def _latest(place: Place) -> PlaceVersion:
    rows = select(PlaceVersion).where(PlaceVersion.place_id == place.id).order_by(PlaceVersion.id.desc()).limit(1)
    return db.session.scalars(rows).one()


def _check_change(current: PlaceVersion, *, on: date, now: datetime) -> None:
    if on > clock.local_date(now):
        raise DomainError("变更日期不能晚于今天。", field="on")
    if on < current.valid_from:
        raise DomainError(f"变更日期早于现有记录的开始日期 {current.valid_from.isoformat()}。", field="on")


def _checked_reason(reason: str) -> str:
    reason = clean_line(reason)
    if not reason:
        raise DomainError("请写明依据：批文的名称、文号或理由。", field="reason")
    if len(reason) > LONGEST_REASON:
        raise DomainError(f"依据最多 {LONGEST_REASON} 个字。", field="reason")
    return reason


def _checked_name(name: str, parent_id: int | None, place_id: int | None = None) -> str:
    name = clean_line(name)
    if error := name_error(name):
        raise DomainError(f"{error}。", field="name")
    twins = select(Place.id).where(
        Place.parent_id == parent_id, Place.name == name, Place.closed_on.is_(None), Place.id != (place_id or 0)
    )
    if db.session.scalar(twins.limit(1)):
        raise DomainError(f"这里已经有“{name}”了，请核对。", field="name")
    return name


def _checked_code(code: str, parent: Place | None) -> str:
    code = clean_line(code)
    if error := code_error(code):
        raise DomainError(f"{error}。", field="code")
    if parent is None or parent_code_of(code) != parent.code or level_of(code) != parent.level + 1:
        raise DomainError(f"代码应以 {prefix_of(parent.code) if parent else ''} 开头，且属于下一级。", field="code")
    holder = db.session.scalar(select(Place).where(Place.code == code))
    if holder is not None:
        raise DomainError(f"代码 {code} 已经是{holder.short_name}的，请核对。", field="code")
    return code


def _provisional_code(parent: Place) -> str:
    """Return the next free code from 900 on, which the statistics bureau leaves alone."""
    if parent.level != TOWN_LEVEL:
        raise DomainError("增加乡镇须填写 12 位代码。", field="code")
    prefix = prefix_of(parent.code)
    taken = (PlaceVersion.code.startswith(prefix), PlaceVersion.code >= f"{prefix}{FIRST_PROVISIONAL}")
    last = db.session.scalar(select(func.max(PlaceVersion.code)).where(*taken))
    number = int(last[-3:]) + 1 if last else FIRST_PROVISIONAL
    if number > LAST_PROVISIONAL:
        raise DomainError(f"{parent.short_name}的暂定代码已用完，请填写正式代码。", field="code")
    return f"{prefix}{number}"


def _county_code(place: Place) -> str:
    return parent_code_of(parent_code_of(place.code) or "") or ""


def _begin_version(
    place: Place,
    current: PlaceVersion,
    *,
    name: str,
    code: str,
    on: date,
    reason: str,
    by: Actor | None,
    now: datetime,
) -> PlaceVersion:
    reason = _checked_reason(reason)
    change = "renamed" if name != place.name else "recoded"
    current.valid_to = on - _ONE_DAY
    place.code = code
    for column, value in spoken(name, place.level, former_names([place.id])[place.id]).items():
        setattr(place, column, value)
    version = _add_version(place, on=on, reason=reason)
    _record(place, change, on=on, reason=reason, by=by, now=now)
    return version


def _add_version(place: Place, *, on: date, reason: str) -> PlaceVersion:
    parent_code = place.parent.code if place.parent else None
    version = PlaceVersion(place_id=place.id, code=place.code, name=place.name, parent_code=parent_code)
    version.valid_from, version.source, version.manual = on, reason, True
    db.session.add(version)
    db.session.flush()
    return version


def _record(
    place: Place, change: str, *, on: date, reason: str, by: Actor | None, now: datetime, into: str | None = None
) -> None:
    payload = {"place_id": place.id, "code": place.code, "name": place.name, "change": change, "on": on}
    if into:
        payload["into"] = into
    audit.record(audit.Event.PLACE_CHANGED, by=by, now=now, payload=payload, text=reason)
