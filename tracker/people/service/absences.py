"""Absences (外出代理): noted by the person or the head of their unit, ended early, never erased."""

from datetime import date, datetime, timedelta

from tracker import audit
from tracker.core.clock import local_date
from tracker.core.database import db, locked
from tracker.core.dates import long_date
from tracker.core.errors import DomainError, Forbidden
from tracker.people.models import Absence, User
from tracker.people.queries.absences import overlapping_absence, units_today
from tracker.people.rules import Role

LONGEST_ABSENCE = timedelta(days=366)


def note_absence(
    user: User, *, started_on: date, ended_on: date, stand_in: User | None, by: audit.Actor, now: datetime
) -> Absence:
    """Note that a person is away from a day to a day, both inclusive, and who stands in for them (登记外出代理).

    Raises DomainError for a period that is over, too long or already noted, or a stand-in who cannot stand in.
    """
    today = local_date(now)
    locked(user)
    _refuse_stranger(user.id, by.id, today)
    _refuse_period(user, started_on, ended_on, today)
    if stand_in is not None:
        _refuse_stand_in(user, stand_in, today)
    absence = Absence(
        user_id=user.id,
        stand_in_id=stand_in.id if stand_in else None,
        started_on=started_on,
        ended_on=ended_on,
        noted_at=now,
        noted_by_id=by.id,
    )
    db.session.add(absence)
    _record(absence, by=by, now=now, act="noted")
    return absence


def end_absence(absence: Absence, *, by: audit.Actor, now: datetime) -> None:
    """End an absence today: the person is back (提前返岗); one that has not begun never counts.

    Raises DomainError for an absence that has ended.
    """
    today = local_date(now)
    locked(absence.user)
    locked(absence)
    _refuse_stranger(absence.user_id, by.id, today)
    if absence.ended_on < today:
        raise DomainError("这次外出已经结束。")
    absence.ended_on = max(today, absence.started_on) - timedelta(days=1)
    _record(absence, by=by, now=now, act="ended")


def _refuse_stranger(user_id: int, by_id: int, today: date) -> None:
    """Allow only the person and the head of a unit they work in."""
    if user_id == by_id:
        return
    headed = units_today(by_id, today, role=Role.DEPARTMENT_HEAD)
    if not set(headed) & set(units_today(user_id, today)):
        raise Forbidden("只能登记本人的外出；单位负责人可以登记本单位人员的外出。")


def _refuse_period(user: User, started_on: date, ended_on: date, today: date) -> None:
    if ended_on < started_on:
        raise DomainError("外出最后一天不能早于外出第一天。", field="ended_on")
    if ended_on < today:
        raise DomainError("这段时间已经过去，不用登记。", field="ended_on")
    if ended_on - started_on > LONGEST_ABSENCE:
        raise DomainError("一次最多登记一年，长期离开的，请办理岗位变动。", field="ended_on")
    other = overlapping_absence(user.id, started_on, ended_on)
    if other:
        period = f"{long_date(other.started_on)}至{long_date(other.ended_on)}"
        raise DomainError(f"{period}已经登记过外出，请先结束那一次或改日期。", field="started_on")


def _refuse_stand_in(user: User, stand_in: User, today: date) -> None:
    if stand_in.id == user.id:
        raise DomainError("代理人不能是外出的人自己。", field="stand_in")
    if not stand_in.is_active:
        raise DomainError(f"{stand_in.name}的账号已经停用，请另选代理人。", field="stand_in")
    if not set(units_today(user.id, today)) & set(units_today(stand_in.id, today)):
        raise DomainError("代理人应是同一单位的人，请另选。", field="stand_in")


def _record(absence: Absence, *, by: audit.Actor, now: datetime, act: str) -> None:
    db.session.flush()
    payload = {"user": absence.user_id, "absence": absence.id, "stand_in": absence.stand_in_id, "act": act}
    audit.record(audit.Event.ABSENCE_NOTED, by=by, now=now, payload=payload)
