"""The county of the tests: one petition office, two bureaus, a township, leaders; the places are those of Yangcheng.

Built by the program's own services once for each database; a test that asks for `county` gets a copy of that.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Generic, TypeVar

from sqlalchemy import select

from tests.client import Client
from tests.databases import Ids
from tests.people.factories import SINCE, let_in, make_department, make_user
from tests.places.divisions import COUNTY, TOWN, VILLAGE, YANGCHENG, load, place
from tracker.cases.intake.registration import Registration, register
from tracker.cases.record.models import Case
from tracker.cases.record.rules.codes import Channel, Purpose
from tracker.core import clock
from tracker.core.clock import at_local
from tracker.core.database import Model, committed, db
from tracker.people.models import Department, User
from tracker.people.rules import DepartmentKind, Role
from tracker.people.service import give_post
from tracker.petitioners.service import PetitionerEntry
from tracker.places.models import Place

THE_DAY = at_local(date(2026, 11, 21))
# Before all that a test lets happen: the clock gate refuses a day before the last line of the log.
BUILT_AT = at_local(date(2026, 1, 5))
RECEIVED = date(2026, 11, 18)
OTHER_TOWN, OTHER_VILLAGE = "140522101000", "140522101228"

UNITS = {
    "county": ("中共阳城县委阳城县人民政府", "阳城县", DepartmentKind.LEADERSHIP),
    "office": ("阳城县信访局", "县信访局", DepartmentKind.PETITION_OFFICE),
    "civil": ("阳城县民政局", "县民政局", DepartmentKind.BUREAU),
    "land": ("阳城县自然资源局", "县自然资源局", DepartmentKind.BUREAU),
    "town": ("润城镇人民政府", "润城镇", DepartmentKind.TOWNSHIP),
}
PEOPLE = {
    "registrar": ("赵敏", Role.REGISTRAR, "office"),
    "acceptor": ("李晓梅", Role.ACCEPTOR, "office"),
    "checker": ("孙琳", Role.ACCEPTOR, "office"),
    "office_head": ("周建国", Role.DEPARTMENT_HEAD, "office"),
    "admin": ("张管理", Role.ADMINISTRATOR, "office"),
    "auditor": ("马安", Role.AUDITOR, "office"),
    "supervisor": ("郝明", Role.SUPERVISOR, "county"),
    "lead": ("陈志远", Role.LEAD_OFFICIAL, "county"),
    "leader": ("林一鸣", Role.PRINCIPAL_LEADER, "county"),
    "handler": ("王海燕", Role.HANDLER, "civil"),
    "colleague": ("梁文", Role.HANDLER, "civil"),
    "unit_head": ("张建军", Role.DEPARTMENT_HEAD, "civil"),
    "stranger": ("郭强", Role.HANDLER, "land"),
    "land_head": ("宋伟", Role.DEPARTMENT_HEAD, "land"),
    "town_head": ("温凯", Role.DEPARTMENT_HEAD, "town"),
    "security": ("宁安", Role.SECURITY_ADMINISTRATOR, "office"),
}
# Who holds 举报专办岗位.
SEALED = ("acceptor", "office_head")
PLACES = {
    "area": COUNTY,
    "township": TOWN,
    "village": VILLAGE,
    "other_township": OTHER_TOWN,
    "other_village": OTHER_VILLAGE,
}


Row = TypeVar("Row", bound=Model)


def build() -> Ids:
    """Build the county in an empty database, on a day before the tests; return the ids of its rows by their keys."""
    with clock.frozen(BUILT_AT):
        with committed():
            units = _units()
            people = {key: _person(key, units[unit], role, name) for key, (name, role, unit) in PEOPLE.items()}
        load(YANGCHENG)
    places = {key: place(code) for key, code in PLACES.items()}
    return {key: row.id for rows in (units, people, places) for key, row in rows.items()}


def _units() -> dict[str, Department]:
    made: dict[str, Department] = {}
    for key, (name, short_name, kind) in UNITS.items():
        made[key] = make_department(name, short_name=short_name, kind=kind, parent=made.get("county"))
    return made


def _person(key: str, unit: Department, role: Role, name: str) -> User:
    person = make_user(key, name)
    give_post(
        person,
        department=unit,
        role=role,
        started_on=SINCE,
        by=None,
        now=clock.now(),
        handles_accusations=key in SEALED,
    )
    return person


class Kept(Generic[Row]):
    """A row of the county, looked up by its id wherever it is asked for: in the session of whoever asks."""

    def __init__(self, model: type[Row]) -> None:
        self.model = model

    def __set_name__(self, _owner: type, name: str) -> None:
        self.key = name

    def __get__(self, county: "County", _owner: type) -> Row:
        return db.session.get_one(self.model, county.ids[self.key])


@dataclass
class County:
    """The county as a test sees it: the ids of its rows, the rows, and a browser for each person who is asked for."""

    ids: Ids
    new_client: Callable[[], Client]
    _browsers: dict[str, Client] = field(default_factory=dict)

    county = Kept(Department)
    office = Kept(Department)
    civil = Kept(Department)
    land = Kept(Department)
    town = Kept(Department)
    registrar = Kept(User)
    acceptor = Kept(User)
    checker = Kept(User)
    office_head = Kept(User)
    admin = Kept(User)
    auditor = Kept(User)
    supervisor = Kept(User)
    lead = Kept(User)
    leader = Kept(User)
    handler = Kept(User)
    colleague = Kept(User)
    unit_head = Kept(User)
    stranger = Kept(User)
    land_head = Kept(User)
    town_head = Kept(User)
    security = Kept(User)
    area = Kept(Place)
    township = Kept(Place)
    village = Kept(Place)
    other_township = Kept(Place)
    other_village = Kept(Place)

    def user(self, key: str) -> User:
        """Return a person."""
        return db.session.get_one(User, self.ids[key])

    def browser(self, key: str) -> Client:
        """Return the browser of a person who has signed in."""
        if key not in self._browsers:
            self._browsers[key] = self.new_client()
            let_in(self._browsers[key], self.ids[key])
        return self._browsers[key]

    def end_sessions(self) -> None:
        """Forget every browser: whoever comes back has to sign in again."""
        self._browsers.clear()

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
            case = register(entry, office=self.office, by=self.user(by), now=clock.now())
            return case.public_id

    def case(self, public_id: str) -> Case:
        """Return a case, read afresh."""
        db.session.expire_all()
        return db.session.scalars(select(Case).where(Case.public_id == public_id)).one()
