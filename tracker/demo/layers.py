"""The layers of duty of the demonstration (三包三定), in some villages nobody yet, and two sponsored matters (包案)."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import select

from tracker.cases.access.scope import NUMBERS_CLOSED
from tracker.cases.ledger.conditions import in_hand
from tracker.cases.record.leads import led_by
from tracker.cases.record.models import Case
from tracker.core.clock import at_local, local_date
from tracker.core.database import db
from tracker.demo.control import KEEPER
from tracker.demo.staff import Staff
from tracker.key_villages.rules.codes import VillageDutyKind
from tracker.key_villages.service.duties import give_layer
from tracker.key_villages.service.sponsoring import sponsor_case
from tracker.places.models import VILLAGE, Place

Deed = tuple[datetime, Callable[[datetime], None]]
TOWN, HEAD, LEADER = "runcheng", "wenkai", "chenzhiyuan"
K = VillageDutyKind
# Which layer, who (an account of the township, or words), when, what.
LAYERS = (
    (K.TOWN_LEADER, "wenkai", "", "每月两次到村，选举日全天在村", "联系本村，协调解决重点问题。"),
    (K.TOWN_STAFF, "", "裴俊杰（镇经管站）", "每周一、三到村", "包村集体经济合作社和村级财务公开。"),
    (K.GROUP_CADRE, "", "延建国（村委委员）", "随时", "包第一、二、三组，入户核对选民。"),
)


def layer_deeds(staff: Staff, now: datetime) -> Iterator[Deed]:
    """Yield the deeds: of the first villages of the township each has one layer less than the one before it."""
    code = (staff.units[TOWN].place_code or "")[:9]
    rows = select(Place).where(Place.level == VILLAGE, Place.code.startswith(code)).order_by(Place.code).limit(8)
    for number, village in enumerate(db.session.scalars(rows).all()):
        for layer in LAYERS[: 3 - number // 3]:
            yield at_local(local_date(now) - timedelta(days=32), 10), partial(_give, staff, village.id, layer)
    yield at_local(local_date(now) - timedelta(days=4), 15), partial(_sponsor, staff)


def _sponsor(staff: Staff, at: datetime) -> None:
    open_ones = (led_by(staff.people[LEADER].id), in_hand(), ~NUMBERS_CLOSED)
    for case in db.session.scalars(select(Case).where(*open_ones).order_by(Case.id).limit(2)).all():
        days: dict[str, Any] = {"started_on": local_date(at), "ended_on": None}
        sponsor_case(case, reason="三次集体来访，涉及换届，长期没有化解。", by=staff.people[KEEPER], now=at, **days)


def _give(staff: Staff, village_id: int, layer: tuple[VillageDutyKind, str, str, str, str], at: datetime) -> None:
    kind, person, words, times, task = layer
    give_layer(
        db.session.get_one(Place, village_id),
        kind,
        office=staff.units["office"],
        user_id=staff.people[person].id if person else None,
        words=words,
        task=task,
        times=times,
        started_on=local_date(at),
        ended_on=None,
        by=staff.people[HEAD],
        now=at,
    )
