"""What a post answers for, and what it belongs to: 市 → 县 → 乡镇 and 部门."""

from dataclasses import dataclass

import pytest
from sqlalchemy.orm import Session

from tests.world.rows import TODAY, department, reader, user
from tracker.people.models import Department
from tracker.people.queries import chains
from tracker.people.rules import DepartmentKind as Kind
from tracker.people.rules import Role


@dataclass
class City:
    """A city with two counties; the leadership is the county's own node, as in the demonstration."""

    units: dict[str, Department]

    def ids(self, *names: str) -> set[int]:
        return {self.units[name].id for name in names}

    def scope(self, name: str, role: Role = Role.ACCEPTOR) -> set[int]:
        """Return what a post in a unit answers for."""
        return set(reader(user("某人", (role, self.units[name]))).posts[0].scope_ids)


@pytest.fixture
def city(session: Session) -> City:
    tree = {
        "市": (Kind.LEADERSHIP, None),
        "市信访局": (Kind.PETITION_OFFICE, "市"),
        "县": (Kind.LEADERSHIP, "市"),
        "邻县": (Kind.LEADERSHIP, "市"),
        "县信访局": (Kind.PETITION_OFFICE, "县"),
        "县信访局接待科": (Kind.OTHER, "县信访局"),
        "邻县信访局": (Kind.PETITION_OFFICE, "邻县"),
        "县民政局": (Kind.BUREAU, "县"),
        "润城镇": (Kind.TOWNSHIP, "县"),
        "润城镇信访办": (Kind.PETITION_OFFICE, "润城镇"),
        "润城镇司法所": (Kind.OTHER, "润城镇"),
    }
    made = City({})
    for name, (kind, above) in tree.items():
        made.units[name] = department(name, kind, made.units[above] if above else None)
    return made


COUNTY = ("县", "县信访局", "县信访局接待科", "县民政局", "润城镇", "润城镇信访办", "润城镇司法所")


@pytest.mark.parametrize(
    ("unit", "scope"),
    [
        ("市", ("市", "市信访局", "邻县", "邻县信访局", *COUNTY)),
        ("市信访局", ("市", "市信访局", "邻县", "邻县信访局", *COUNTY)),
        ("县", COUNTY),
        ("县信访局", COUNTY),
        ("邻县信访局", ("邻县", "邻县信访局")),
        ("润城镇", ("润城镇", "润城镇信访办", "润城镇司法所")),
        ("润城镇信访办", ("润城镇", "润城镇信访办", "润城镇司法所")),
        ("县民政局", ("县民政局",)),
        ("县信访局接待科", ("县信访局接待科",)),
    ],
)
def test_what_a_post_answers_for(city: City, unit: str, scope: tuple[str, ...]) -> None:
    assert city.scope(unit) == city.ids(*scope)


def test_leaders_beside_the_units_they_lead_answer_for_the_whole_county(session: Session) -> None:
    county = department("阳城县", Kind.OTHER)
    leaders = department("县领导班子", Kind.LEADERSHIP, county)
    office = department("县信访局", Kind.PETITION_OFFICE, county)
    held = reader(user("某人", (Role.PRINCIPAL_LEADER, leaders))).posts[0]
    assert held.scope_ids == {county.id, leaders.id, office.id}
    assert held.chain_ids == {leaders.id, county.id}


def test_an_office_without_anything_above_answers_for_itself(session: Session) -> None:
    office = department("县信访局", Kind.PETITION_OFFICE)
    assert reader(user("某人", (Role.ACCEPTOR, office))).posts[0].scope_ids == {office.id}


def test_a_post_answers_for_what_its_department_succeeded(city: City) -> None:
    old = department("县民政救济局")
    old.valid_to, old.successor_id = TODAY.replace(year=2025), city.units["县民政局"].id
    assert city.scope("县民政局") == {old.id, *city.ids("县民政局")}


@pytest.mark.parametrize(
    ("unit", "chain"),
    [
        ("润城镇司法所", ("润城镇司法所", "润城镇")),
        ("润城镇", ("润城镇",)),
        ("县民政局", ("县民政局",)),
        ("县信访局接待科", ("县信访局接待科", "县信访局")),
        ("县", ("县",)),
    ],
)
def test_what_a_post_belongs_to(city: City, unit: str, chain: tuple[str, ...]) -> None:
    held = reader(user("某人", (Role.HANDLER, city.units[unit]))).posts[0]
    assert held.chain_ids == chains([city.units[unit].id])[city.units[unit].id] == city.ids(*chain)


def test_who_complained_of_a_former_unit_complained_of_its_successor(city: City) -> None:
    old = department("县民政救济局")
    old.valid_to, old.successor_id = TODAY.replace(year=2025), city.units["县民政局"].id
    held = reader(user("某人", (Role.HANDLER, city.units["县民政局"])))
    assert old.id in held.chain_ids
