"""The clocks of looks back: a seal schedules two (本单位规定的日数), a village that comes back drops what waits."""

from datetime import date, datetime

from sqlalchemy import select

from tracker.core.clock import local_date
from tracker.core.database import db, locked
from tracker.deadlines.limits import LIMITS, LimitKind
from tracker.deadlines.own_limits import amount_on
from tracker.deadlines.service import start_clock, stop_clock
from tracker.key_villages.models import LookBackSample, VillageEntry, VillageLookBack
from tracker.key_villages.rules.acts import ActRow, VillageAct
from tracker.key_villages.rules.codes import VillageStage
from tracker.key_villages.rules.looking_back import LookBackStage, Occasion
from tracker.key_villages.service.clocks import running
from tracker.working_days.queries import calendar
from tracker.working_days.rules import due

LOOK_BACK = "village_look_back"
# What the seal schedules, with the row that has its number of days.
AFTER_SEAL = {
    Occasion.AFTER_SEAL: LimitKind.VILLAGE_LOOK_BACK,
    Occasion.AGAIN: LimitKind.VILLAGE_SECOND_LOOK_BACK,
}


def follow_seal(entry: VillageEntry, row: ActRow, *, now: datetime) -> None:
    """Schedule the looks back with the seal of a village; drop them where it comes back, all where it is withdrawn."""
    today = local_date(now)
    if row.to is VillageStage.STRUCK_OFF:
        for occasion, kind in AFTER_SEAL.items():
            day = due(today, amount_on(kind, today), LIMITS[kind].unit, calendar()).effective
            plan(entry, occasion, day, now=now)
    if row.act in (VillageAct.RECUR, VillageAct.WITHDRAW):
        drop(entry, row.act, on=today)


def plan(
    entry: VillageEntry, occasion: Occasion, due_on: date, *, now: datetime, sample: LookBackSample | None = None
) -> VillageLookBack:
    """Plan a look back until a day, with its clock; its day is counted once and stays."""
    today = local_date(now)
    row = VillageLookBack(
        entry=entry,
        round=entry.round,
        occasion=occasion.value,
        due_on=due_on,
        planned_at=now,
        sample=sample,
        stage=LookBackStage.PLANNED.value,
    )
    db.session.add(row)
    db.session.flush()
    start_clock(
        AFTER_SEAL.get(occasion, LimitKind.VILLAGE_LOOK_BACK),
        case_id=None,
        subject=LOOK_BACK,
        subject_id=row.id,
        started_on=today,
        round_no=entry.round,
        due_on=due_on,
        owner_department_id=entry.office_id,
    )
    return row


def drop(entry: VillageEntry, act: VillageAct, *, on: date) -> None:
    """Let looks back that wait be needed no more (不再需要): with a seal what it scheduled, with an entry every one."""
    for row in waiting(entry):
        if act is VillageAct.WITHDRAW or row.occasion in AFTER_SEAL:
            locked(row).stage = LookBackStage.DROPPED.value
            end_look_back(row, on=on, met=False, act=act)


def end_look_back(row: VillageLookBack, *, on: date, met: bool, act: VillageAct) -> None:
    """End the clock of a look back."""
    for kind in AFTER_SEAL.values():
        clock = running(kind, LOOK_BACK, row.id)
        if clock is not None:
            stop_clock(clock, on=max(on, clock.started_on), met=met, by_action=act)


def waiting(entry: VillageEntry) -> list[VillageLookBack]:
    """Return the looks back of a village that wait, the nearest day first."""
    asked = select(VillageLookBack).where(
        VillageLookBack.entry_id == entry.id, VillageLookBack.stage == LookBackStage.PLANNED.value
    )
    return list(db.session.scalars(asked.order_by(VillageLookBack.due_on, VillageLookBack.id)))
