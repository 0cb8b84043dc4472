"""三包三定: layers of duty are given and ended by the office or the head of the township, each act in the log."""

from datetime import date, datetime, timedelta

from sqlalchemy import select

from tracker import audit
from tracker.core.clock import local_date
from tracker.core.database import db, locked
from tracker.core.errors import DomainError, Forbidden
from tracker.core.text import worded
from tracker.key_villages.control_access import keeps
from tracker.key_villages.duty_access import may_give, town_unit
from tracker.key_villages.models import VillageDuty
from tracker.key_villages.rules.codes import DUTY_LABELS, VillageDutyKind
from tracker.key_villages.rules.layers import LAYERS
from tracker.people.models import Department, User
from tracker.people.queries import reader_for
from tracker.places.models import Place
from tracker.places.rules import VILLAGE_LEVEL

LONGEST_WHO, LONGEST_TASK, LONGEST_TIMES, LONGEST_REASON = 200, 500, 200, 500


def give_layer(
    village: Place,
    kind: VillageDutyKind,
    *,
    office: Department,
    user_id: int | None,
    words: str,
    task: str,
    times: str,
    started_on: date,
    ended_on: date | None,
    by: User,
    now: datetime,
) -> VillageDuty:
    """Give a layer of duty in a village (三包) with its person, task and times (三定), from a day, perhaps to a day.

    Who has an account is of the village's township; all others are in words. Several may have one layer. Raises
    Forbidden, DomainError.
    """
    today = local_date(now)
    locked(village)
    _check(village, kind, office, by, today)
    person = _person(village, user_id, today)
    who = "" if person else worded(words, "人员", LONGEST_WHO, "words")
    if ended_on is not None and ended_on < started_on:
        raise DomainError("结束日期不能早于开始日期。", field="ended_on")
    row = VillageDuty(
        place_id=village.id,
        office_id=office.id,
        kind=kind.value,
        user_id=person.id if person else None,
        user=person,
        words=who or None,
        task=worded(task, "任务", LONGEST_TASK, "task"),
        times=worded(times, "时间", LONGEST_TIMES, "times"),
        started_on=started_on,
        ended_on=ended_on,
        given_at=now,
    )
    if _same(row) is not None:
        raise DomainError("这个人已经包这一层，起止日期重叠。", field="person" if person else "words")
    db.session.add(row)
    db.session.flush()
    _record(row, "give", by, now)
    return row


def end_layer(duty: VillageDuty, *, said: str, by: User, now: datetime) -> None:
    """End a layer of duty today, with the reason. Raises Forbidden, DomainError."""
    today = local_date(now)
    locked(duty)
    _check(duty.place, VillageDutyKind(duty.kind), db.session.get_one(Department, duty.office_id), by, today)
    if duty.ended_on is not None and duty.ended_on < today:
        raise DomainError("这项包保已经结束。")
    reason = worded(said, "理由", LONGEST_REASON, "said")
    duty.ended_on = today if duty.started_on <= today else duty.started_on - timedelta(days=1)
    _record(duty, "end", by, now, text=reason)


def _check(village: Place, kind: VillageDutyKind, office: Department, by: User, today: date) -> None:
    if kind not in LAYERS:
        raise DomainError(f"{DUTY_LABELS[kind]}在重点难点村台账上明确。")
    if village.level != VILLAGE_LEVEL or village.closed_on is not None:
        raise DomainError("请选择一个现有的村（社区）。", field="village")
    reader = reader_for(by, today)
    if not (keeps(reader, office.id) or may_give(reader, village)):
        raise Forbidden("三包三定应由信访部门（换届办）或者本乡镇负责人明确。")


def _person(village: Place, user_id: int | None, today: date) -> User | None:
    """Return who has an account: somebody of the village's township, so that nobody else comes to see the village."""
    if user_id is None:
        return None
    person, unit = db.session.get(User, user_id), town_unit(village)
    reader = reader_for(person, today) if person else None
    if reader is None or unit is None or not reader.active or unit.id not in reader.department_ids:
        raise DomainError("有账号的应是本乡镇在岗的人员，其他人直接写姓名。", field="person")
    return person


def _same(row: VillageDuty) -> VillageDuty | None:
    """Return a duty of the same person in the same layer whose days overlap."""
    same = (VillageDuty.place_id == row.place_id, VillageDuty.kind == row.kind)
    rows = db.session.scalars(select(VillageDuty).where(*same))
    until = row.ended_on or date.max
    return next(
        (
            each
            for each in rows
            if (each.user_id, each.words) == (row.user_id, row.words)
            and each.started_on <= until
            and (each.ended_on or date.max) >= row.started_on
        ),
        None,
    )


def _record(row: VillageDuty, act: str, by: User, now: datetime, *, text: str | None = None) -> None:
    about = {"duty": [row.place_id, row.id], "act": act}
    audit.record(audit.Event.DUTY_CHANGED, by=by, now=now, payload=about, text=text)
