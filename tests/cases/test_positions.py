"""Where people stand towards a case."""

import pytest

from tracker.cases.lifecycle.rules.actions import Station
from tracker.cases.lifecycle.rules.positions import Position, stations
from tracker.people.rules import DepartmentKind, HeldPost, Reader, Role

OFFICE, BUREAU, TOWN, COUNTY = 1, 2, 3, 4
OFFICE_SCOPE = frozenset({OFFICE, BUREAU, TOWN, COUNTY})


def reader(user_id: int, *posts: tuple[Role, int, DepartmentKind, frozenset[int]]) -> Reader:
    return Reader(
        user_id=user_id,
        active=True,
        posts=tuple(HeldPost(role, department, kind, scope) for role, department, kind, scope in posts),
    )


def office(role: Role) -> tuple[Role, int, DepartmentKind, frozenset[int]]:
    return role, OFFICE, DepartmentKind.PETITION_OFFICE, OFFICE_SCOPE


def bureau(role: Role) -> tuple[Role, int, DepartmentKind, frozenset[int]]:
    return role, BUREAU, DepartmentKind.BUREAU, frozenset({BUREAU})


def leader(role: Role) -> tuple[Role, int, DepartmentKind, frozenset[int]]:
    return role, COUNTY, DepartmentKind.LEADERSHIP, OFFICE_SCOPE


GIVEN = Position(OFFICE, BUREAU, handler_id=20, lead_official_id=30, side_department_ids=frozenset({TOWN}))
UNGIVEN = Position(OFFICE, None, None, None)


@pytest.mark.parametrize(
    ("person", "position", "held"),
    [
        (reader(1, office(Role.REGISTRAR)), GIVEN, {Station.REGISTRAR}),
        (reader(1, office(Role.ACCEPTOR)), GIVEN, {Station.ACCEPTOR, Station.CHECKER}),
        (reader(1, office(Role.DEPARTMENT_HEAD)), GIVEN, {Station.OFFICE_HEAD}),
        (reader(20, bureau(Role.HANDLER)), GIVEN, {Station.HANDLER, Station.UNIT_MEMBER}),
        (reader(21, bureau(Role.HANDLER)), GIVEN, {Station.UNIT_MEMBER}),
        (reader(22, bureau(Role.DEPARTMENT_HEAD)), GIVEN, {Station.UNIT_HEAD}),
        (reader(30, leader(Role.LEAD_OFFICIAL)), GIVEN, {Station.LEAD_OFFICIAL}),
        (reader(31, leader(Role.LEAD_OFFICIAL)), GIVEN, set()),
        (reader(32, leader(Role.PRINCIPAL_LEADER)), GIVEN, {Station.PRINCIPAL_LEADER}),
        (reader(33, leader(Role.SUPERVISOR)), GIVEN, {Station.CHECKER, Station.SUPERVISOR}),
        (reader(34, (Role.HANDLER, TOWN, DepartmentKind.TOWNSHIP, frozenset({TOWN}))), GIVEN, {Station.SIDE_UNIT}),
        (reader(1, office(Role.ACCEPTOR)), UNGIVEN, {Station.ACCEPTOR, Station.HANDLER}),
        (reader(1, office(Role.DEPARTMENT_HEAD)), UNGIVEN, {Station.OFFICE_HEAD, Station.UNIT_HEAD}),
        (reader(33, leader(Role.SUPERVISOR)), UNGIVEN, {Station.CHECKER, Station.SUPERVISOR}),
        (reader(31, leader(Role.LEAD_OFFICIAL)), UNGIVEN, {Station.LEAD_OFFICIAL}),
        (reader(40, (Role.ACCEPTOR, 99, DepartmentKind.PETITION_OFFICE, frozenset({99}))), GIVEN, set()),
        (reader(41, (Role.ADMINISTRATOR, COUNTY, DepartmentKind.LEADERSHIP, OFFICE_SCOPE)), GIVEN, set()),
    ],
)
def test_posts_give_stations(person: Reader, position: Position, held: set[Station]) -> None:
    assert stations(person, position) == held


def test_nobody_checks_the_work_of_his_own_unit() -> None:
    """A supervisor who also sits in the handling unit is no outsider to it."""
    both = reader(33, leader(Role.SUPERVISOR), bureau(Role.HANDLER))
    assert Station.CHECKER not in stations(both, GIVEN)
    assert Station.CHECKER in stations(reader(33, leader(Role.SUPERVISOR)), GIVEN)


def test_without_a_unit_a_vote_buying_case_is_signed_by_a_main_leader_only() -> None:
    position = Position(OFFICE, None, None, None, vote_buying=True)
    assert Station.LEAD_OFFICIAL not in stations(reader(31, leader(Role.LEAD_OFFICIAL)), position)
    assert Station.LEAD_OFFICIAL in stations(reader(32, leader(Role.PRINCIPAL_LEADER)), position)
