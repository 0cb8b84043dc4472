"""The county before `tests.world`, for the tests that still write their own."""

from dataclasses import dataclass, field
from typing import Any

from tests.people.factories import SINCE
from tests.world.rows import (
    TODAY,
    a_case,
    assigned,
    category,
    clock_of,
    department,
    kept,
    petitioner,
    place,
    reader,
    user,
)
from tracker.cases.models import Assignment, Case
from tracker.people.models import Department, User
from tracker.people.rules import DepartmentKind, Role
from tracker.places.models import Place

__all__ = [
    "SINCE",
    "TODAY",
    "County",
    "category",
    "clock_of",
    "department",
    "kept",
    "petitioner",
    "place",
    "reader",
    "user",
]


@dataclass
class County:
    """A county with its office, two bureaus and two townships with villages, and the people who work there."""

    government: Department = field(init=False)
    office: Department = field(init=False)
    bureau: Department = field(init=False)
    other_bureau: Department = field(init=False)
    town: Place = field(init=False)
    village: Place = field(init=False)
    other_village: Place = field(init=False)
    acceptor: User = field(init=False)
    handler: User = field(init=False)
    head: User = field(init=False)
    leader: User = field(init=False)
    stranger: User = field(init=False)

    def __post_init__(self) -> None:
        self.government = department("县政府", DepartmentKind.LEADERSHIP)
        self.office = department("县信访局", DepartmentKind.PETITION_OFFICE, self.government)
        self.bureau = department("县民政局", parent=self.government)
        self.other_bureau = department("县水务局", parent=self.government)
        county = place("阳城县", 3)
        self.town = place("润城镇", 4, county)
        self.village = place("上庄村", 5, self.town)
        self.other_village = place("大桥村", 5, place("北留镇", 4, county))
        self.acceptor = user("李晓梅", (Role.ACCEPTOR, self.office))
        self.handler = user("王海燕", (Role.HANDLER, self.bureau))
        self.head = user("赵丽", (Role.DEPARTMENT_HEAD, self.bureau))
        self.leader = user("张建国", (Role.LEAD_OFFICIAL, self.government))
        self.stranger = user("郭强", (Role.HANDLER, self.other_bureau))

    @property
    def ids(self) -> dict[str, int]:
        """The id of the office."""
        return {"office": self.office.id}

    def case(self, title: str = "反映选民登记遗漏", **values: Any) -> Case:
        """Make a case of this county's office."""
        return a_case(self, title, **values)  # type: ignore[arg-type]

    def assign(self, case: Case, unit: Department | None = None, **values: Any) -> Assignment:
        """Give a case to a unit as its handling unit."""
        return assigned(case, unit or self.bureau, **values)
