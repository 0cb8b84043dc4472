"""The layers of duty of the demonstration (三包三定): villages of one township, some of them with nobody yet."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import select

from tracker.core.clock import at_local, local_date
from tracker.core.database import db
from tracker.demo.staff import Staff
from tracker.key_villages.rules.codes import VillageDutyKind
from tracker.key_villages.service.duties import give_layer
from tracker.places.models import VILLAGE, Place

Deed = tuple[datetime, Callable[[datetime], None]]
TOWN, HEAD = "runcheng", "wenkai"
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
