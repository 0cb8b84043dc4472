"""A small county for the tests of pages: its office, two units, leaders, a village; each person with a browser."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select

from tests.client import Client
from tests.people.factories import SINCE, make_department, make_user, sign_in
from tracker.cases.models import Case
from tracker.cases.rules.codes import Channel, Purpose
from tracker.cases.service.registration import Registration, register
from tracker.core import clock
from tracker.core.database import committed, db
from tracker.people import service
from tracker.people.models import Department, User
from tracker.people.rules import DepartmentKind, Role
from tracker.petitioners.service import PetitionerEntry
from tracker.places.models import Place

RECEIVED = date(2026, 11, 18)


@dataclass
class County:
    """Units, people and a village by their keys (ids), and a browser for each person who is asked for."""

    new_client: Callable[[], Client]
    ids: dict[str, int] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    village: str = ""
    _clients: dict[str, Client] = field(default_factory=dict)

    def user(self, key: str) -> User:
        """Return a person."""
        return db.session.get_one(User, self.ids[key])

    def unit(self, key: str) -> Department:
        """Return a unit."""
        return db.session.get_one(Department, self.ids[key])

    def browser(self, key: str) -> Client:
        """Return the browser of a person, signed in."""
        if key not in self._clients:
            self._clients[key] = self.new_client()
            sign_in(self._clients[key], self.names[key])
        return self._clients[key]

    def register(self, by: str = "registrar", **changes: Any) -> str:
        """Register a matter and return its public id."""
        given: dict[str, Any] = {
            "channel": Channel.LETTER,
            "received_on": RECEIVED,
            "title": "反映上庄村换届选举选民登记遗漏",
            "summary": "村里有十四户没有登记进选民名单。",
            "purpose": Purpose.SETTLEMENT,
            "demand_points": ["补登遗漏的十四户。", "公开村级收支明细。"],
            "petitioners": [PetitionerEntry(name="延秀兰", phone="13903561234", address="润城镇上庄村三组")],
            "village_id": self.ids["village"],
        }
        with committed():
            entry = Registration(**{**given, **changes})
            case = register(entry, office=self.unit("office"), by=self.user(by), now=clock.now())
            return case.public_id

    def case(self, public_id: str) -> Case:
        """Return a case, read afresh."""
        db.session.expire_all()
        return db.session.scalars(select(Case).where(Case.public_id == public_id)).one()


def make_county(new_client: Callable[[], Client]) -> County:
    """Make the county; call inside an application context."""
    county = County(new_client)
    with committed():
        units = _units()
        people = _people(units)
        village = _village()
        county.ids = {key: row.id for key, row in {**units, **people, "village": village}.items()}
        county.names = {key: row.username for key, row in people.items()}
        county.village = village.public_id
    return county


def _units() -> dict[str, Department]:
    kind = DepartmentKind
    county = make_department("中共阳城县委阳城县人民政府", short_name="阳城县", kind=kind.LEADERSHIP)
    return {
        "county": county,
        "office": make_department("阳城县信访局", short_name="县信访局", parent=county),
        "civil": make_department("阳城县民政局", short_name="县民政局", kind=kind.BUREAU, parent=county),
        "town": make_department("润城镇人民政府", short_name="润城镇", kind=kind.TOWNSHIP, parent=county),
    }


def _people(units: dict[str, Department]) -> dict[str, User]:
    posts: dict[str, tuple[str, Role, str]] = {
        "registrar": ("赵敏", Role.REGISTRAR, "office"),
        "acceptor": ("李晓梅", Role.ACCEPTOR, "office"),
        "office_head": ("周建国", Role.DEPARTMENT_HEAD, "office"),
        "supervisor": ("郝明", Role.SUPERVISOR, "county"),
        "handler": ("王海燕", Role.HANDLER, "civil"),
        "colleague": ("梁文", Role.HANDLER, "civil"),
        "unit_head": ("张建军", Role.DEPARTMENT_HEAD, "civil"),
        "town_head": ("段峰", Role.DEPARTMENT_HEAD, "town"),
        "lead": ("陈志远", Role.LEAD_OFFICIAL, "county"),
        "leader": ("林一鸣", Role.PRINCIPAL_LEADER, "county"),
    }
    people = {
        key: make_user(key, name, roles=[(role, units[unit])] if key not in SEALED else ())
        for key, (name, role, unit) in posts.items()
    }
    for key in SEALED:
        _name, role, unit = posts[key]
        give = {"role": role, "started_on": SINCE, "by": None, "now": clock.now(), "handles_accusations": True}
        service.give_post(people[key], department=units[unit], **give)  # type: ignore[arg-type]
    return people


# Who holds 举报专办岗位.
SEALED = ("acceptor", "office_head")


def _village() -> Place:
    above: Place | None = None
    names = ((3, "140522000000", "阳城县"), (4, "140522102000", "润城镇"), (5, "140522102205", "上庄村"))
    for level, code, name in names:
        place = Place(
            code=code,
            name=name,
            short_name=name,
            initials="x",
            level=level,
            valid_from=SINCE,
            parent_id=above and above.id,
        )
        db.session.add(place)
        db.session.flush()
        above = place
    assert above
    return above
