"""本单位规定: the office's own numbers for what law leaves open, limits and others, valid from a day on.

A clock takes the number of the day on which it begins and keeps it: what runs is not counted again.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import joinedload

from tracker import audit
from tracker.audit import Event
from tracker.core.clock import local_date
from tracker.core.database import db, read_once
from tracker.core.dates import long_date
from tracker.core.errors import DomainError, FieldErrors
from tracker.deadlines.limits import LIMITS, Limit, LimitKind
from tracker.deadlines.local import LOCAL, LocalNumber, LocalRule
from tracker.deadlines.models import Deadline, OwnLimit
from tracker.people.models import User
from tracker.statutes.queries import cited
from tracker.statutes.rules.provisions import LAW
from tracker.statutes.rules.sources import SOURCES, Source

LONGEST_REASON = 500
_HELD = "own limits"

OwnKind = LimitKind | LocalNumber


class OwnAmount(NamedTuple):
    """A number that the office set for a kind, from a day on."""

    kind: str
    amount: int
    since: date


def changeable() -> dict[OwnKind, Limit | LocalRule]:
    """Return the rows whose number is the office's own."""
    own: dict[OwnKind, Limit | LocalRule] = {kind: limit for kind, limit in LIMITS.items() if limit.is_own}
    return own | LOCAL


def own_row(kind: OwnKind) -> Limit | LocalRule:
    """Return the row of a number as it is shipped."""
    return LOCAL[kind] if isinstance(kind, LocalNumber) else LIMITS[kind]


def is_late_entry(happened_on: date | None, entered_on: date) -> bool:
    """Return whether an act was entered more than the office's days after the day it happened (补录)."""
    if happened_on is None or happened_on == entered_on:
        return False
    return (entered_on - happened_on).days > amount_on(LocalNumber.LATE_ENTRY, entered_on)


def set_amounts() -> Sequence[OwnAmount]:
    """Return every number that was set, the one that holds over the others last. Read once in a transaction."""
    return read_once(_HELD, _read)


def _read() -> tuple[OwnAmount, ...]:
    columns = select(OwnLimit.kind, OwnLimit.amount, OwnLimit.since)
    return tuple(OwnAmount(*row) for row in db.session.execute(columns.order_by(OwnLimit.since, OwnLimit.id)))


def own_amount(kind: OwnKind, on: date) -> OwnAmount | None:
    """Return what the office set for a kind as it holds on a day; None where nothing, or where law has the number."""
    if kind not in changeable():
        return None
    held = [each for each in set_amounts() if each.kind == kind and each.since <= on]
    return held[-1] if held else None


def amount_on(kind: OwnKind, on: date) -> int:
    """Return the number of a limit for a clock that begins on a day, in the unit of its row."""
    own = own_amount(kind, on)
    return own.amount if own else own_row(kind).amount


def is_counted_by(kind: LimitKind, on: date) -> bool:
    """Return whether the office counts by a limit at all from a day on: one by which it watches may be set to none."""
    return not LIMITS[kind].watches or amount_on(kind, on) > 0


def basis_words(kind: OwnKind, on: date) -> str:
    """Return the basis of a limit for a clock that begins on a day: 条例第三十四条, 本单位规定（自2026年12月1日起）."""
    basis, own = own_row(kind).basis, own_amount(kind, on)
    if own is None:
        return cited(*basis, on=on)
    others = [each for each in basis if LAW[each].source is not Source.OFFICE]
    words = f"{SOURCES[Source.OFFICE].title}（自{long_date(own.since)}起）"
    return f"{cited(*others, on=on)}；{words}" if others else words


def history() -> list[OwnLimit]:
    """Return everything that was set, the latest first."""
    return list(db.session.scalars(select(OwnLimit).options(joinedload(OwnLimit.set_by)).order_by(OwnLimit.id.desc())))


def running_of(kinds: Sequence[LimitKind], which: ColumnElement[bool]) -> dict[LimitKind, int]:
    """Return how many clocks of kinds run now, of those that pass a condition; kinds without any are left out."""
    counted = (
        select(Deadline.kind, func.count())
        .where(Deadline.kind.in_(kinds), Deadline.ended_on.is_(None), which)
        .group_by(Deadline.kind)
    )
    return {LimitKind(kind): count for kind, count in db.session.execute(counted)}


def set_own(kind: OwnKind, amount: int, since: date, *, reason: str, by: User, now: datetime) -> OwnLimit:
    """Set the office's own number from a day on; clocks that run keep theirs.

    Raises DomainError for a limit whose number law fixes, FieldErrors with a sentence for each wrong field.
    """
    row = own_row(kind)
    if kind not in changeable():
        raise DomainError(f"“{row.label}”的天数是法定的，本单位不能改。", field="kind")
    errors, today = {}, local_date(now)
    if not row.least <= amount <= row.most:
        errors["amount"] = f"请填写 {row.least} 至 {row.most} 的整数。"
    elif amount == amount_on(kind, since):
        errors["amount"] = "和这一天施行的规定一样，不用改。"
    if since < today:
        errors["since"] = "从今天或者以后的一天起，已经起算的期限不改。"
    if not 1 <= len(reason) <= LONGEST_REASON:
        errors["reason"] = f"请写明依据，如本单位文件的名称和文号（最多 {LONGEST_REASON} 个字）。"
    if errors:
        raise FieldErrors(errors)
    entry = OwnLimit(kind=kind, amount=amount, since=since, reason=reason, set_at=now, set_by_id=by.id)
    db.session.add(entry)
    db.session.flush()
    db.session().info.pop(_HELD, None)
    payload = {"kind": kind.value, "amount": amount, "since": since.isoformat()}
    audit.record(Event.OWN_LIMIT_SET, by=by, now=now, payload=payload, text=reason)
    return entry
