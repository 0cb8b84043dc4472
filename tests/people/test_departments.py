"""Departments: a tree with dates and successors."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from tests.conftest import Clock
from tests.people.factories import SINCE, make_department, make_user
from tracker.audit.queries import verify
from tracker.core.database import committed
from tracker.core.errors import DomainError, StaleVersion
from tracker.people import queries, service
from tracker.people.models import Department, User
from tracker.people.rules import DepartmentKind, Role

pytestmark = pytest.mark.both_databases

CLOSING = date(2026, 6, 30)


class Units:
    """A county's leadership, its petition office, a township and two bureaus, and who changes them."""

    def __init__(self) -> None:
        self.top = make_department("阳城县", kind=DepartmentKind.LEADERSHIP)
        self.office = make_department("县信访局", parent=self.top)
        self.town = make_department("润城镇", kind=DepartmentKind.TOWNSHIP, parent=self.top)
        self.civil = make_department("县民政局", kind=DepartmentKind.BUREAU, parent=self.top)
        self.price = make_department("县物价局", kind=DepartmentKind.BUREAU, parent=self.top)
        self.administrator = make_user("admin", "张管理", roles=[(Role.ADMINISTRATOR, self.office)])


@pytest.fixture
def units(session: Session) -> Units:
    with committed():
        return Units()


def change(department: Department, by: User, **given: object) -> None:
    now = {
        "name": department.name,
        "short_name": department.short_name,
        "kind": DepartmentKind(department.kind),
        "parent": department.parent,
        "place_code": department.place_code,
    }
    with committed():
        service.change_department(department, **{**now, **given}, by=by, now=Clock.now())  # type: ignore[arg-type]


def close(department: Department, by: User, successor: Department | None = None, on: date = CLOSING) -> list[object]:
    with committed():
        return list(
            service.close_department(
                department, valid_to=on, successor=successor, by=by, now=Clock.now(), reason="机构改革"
            )
        )


def test_the_tree_reads_from_the_top(units: Units, clock: Clock) -> None:
    tree = queries.department_tree(clock.today())
    assert [(node.depth, node.department.name) for node in tree] == [
        (0, "阳城县"),
        (1, "县信访局"),
        (1, "润城镇"),
        (1, "县民政局"),
        (1, "县物价局"),
    ]
    assert units.town.short_name == "润城镇"
    assert verify().wrong is None


def test_departments_of_some_kinds(units: Units, clock: Clock) -> None:
    kinds = {DepartmentKind.TOWNSHIP, DepartmentKind.LEADERSHIP}
    assert [d.name for d in queries.active_departments(clock.today(), kinds)] == ["阳城县", "润城镇"]
    assert len(queries.active_departments(clock.today())) == 5
    assert queries.active_departments(date(2019, 12, 31)) == []


@pytest.mark.parametrize("name", ["润城镇", " 润城镇　"])
def test_a_name_stands_once_under_a_superior(units: Units, name: str) -> None:
    with pytest.raises(DomainError, match="已经有") as refused, committed():
        make_department(name, parent=units.top)
    assert refused.value.field == "name"
    with committed():
        make_department(name, parent=units.civil)


@pytest.mark.parametrize(
    ("given", "field"),
    [({"name": " "}, "name"), ({"name": "长" * 101}, "name"), ({"short_name": "长" * 41}, "short_name")],
)
def test_names_fit(units: Units, given: dict[str, str], field: str) -> None:
    with pytest.raises(DomainError) as refused:
        change(units.town, units.administrator, **given)
    assert refused.value.field == field
    assert units.town.name == "润城镇"


def test_a_department_is_not_older_than_its_superior(units: Units) -> None:
    with pytest.raises(DomainError, match="不是有效的机构"), committed():
        make_department("旧所", parent=units.town, valid_from=date(2019, 1, 1))


def test_moving_in_the_tree(units: Units, clock: Clock) -> None:
    change(units.civil, units.administrator, parent=units.town, name="民政所", short_name="")
    assert (units.civil.parent, units.civil.short_name) == (units.town, "民政所")
    with pytest.raises(DomainError, match="它自己或它的下级") as refused:
        change(units.town, units.administrator, parent=units.civil)
    assert refused.value.field == "parent"
    with pytest.raises(DomainError, match="它自己或它的下级"):
        change(units.town, units.administrator, parent=units.town)
    with pytest.raises(DomainError, match="它自己或它的下级"):
        change(units.top, units.administrator, parent=units.civil)


def test_a_stale_page_does_not_write_over(units: Units) -> None:
    seen = queries.version_of(units.town)
    change(units.town, units.administrator, short_name="润城", seen=seen)
    with pytest.raises(StaleVersion):
        change(units.town, units.administrator, short_name="城镇", seen=seen)
    assert units.town.short_name == "润城"


def test_closing_ends_the_posts_and_the_sessions(units: Units, clock: Clock) -> None:
    with committed():
        handler = make_user("zhaotz", "赵铁柱", roles=[(Role.HANDLER, units.price)])
        token = service.start_session(handler, now=clock.now())
    ended = close(units.price, units.administrator, successor=units.civil)
    assert ended == handler.posts
    assert (units.price.valid_to, units.price.successor, handler.posts[0].ended_on) == (
        CLOSING,
        units.civil,
        CLOSING,
    )
    assert queries.live_session(service.token_hash(token), clock.now()) is None
    assert queries.in_office(units.price, clock.today()) is units.civil
    assert queries.in_office(units.price, CLOSING) is units.price
    with pytest.raises(DomainError, match="已经撤销"):
        close(units.price, units.administrator)
    with pytest.raises(DomainError, match="已经撤销"):
        change(units.price, units.administrator, name="物价办")
    assert verify().wrong is None


def test_the_successors_staff_answer_for_what_is_left(units: Units, clock: Clock) -> None:
    with committed():
        head = make_user("head", roles=[(Role.DEPARTMENT_HEAD, units.civil)])
    assert queries.reader_for(head, clock.today()).posts[0].scope_ids == {units.civil.id}
    close(units.price, units.administrator, successor=units.civil)
    assert queries.reader_for(head, clock.today()).posts[0].scope_ids == {units.civil.id, units.price.id}


def test_a_chain_of_successors_resolves(units: Units, clock: Clock) -> None:
    with committed():
        merged = make_department("县发改局", kind=DepartmentKind.BUREAU, parent=units.top)
    close(units.price, units.administrator, successor=units.civil)
    close(units.civil, units.administrator, successor=merged, on=date(2026, 8, 31))
    assert queries.in_office(units.price, clock.today()) is merged
    assert queries.in_office(units.price, date(2026, 8, 1)) is units.civil


def test_successors_never_lead_back(units: Units) -> None:
    for successor in (units.civil, units.price):
        if successor is units.civil:
            with pytest.raises(DomainError, match="它自己") as refused:
                close(units.civil, units.administrator, successor=units.civil)
            assert refused.value.field == "successor"
        else:
            close(units.price, units.administrator, successor=units.civil)
            with pytest.raises(DomainError, match="绕回它自己|不是有效的机构"):
                close(units.civil, units.administrator, successor=units.price)


def test_a_successor_is_there_on_the_first_day(units: Units) -> None:
    with committed():
        late = make_department("明年的局", kind=DepartmentKind.BUREAU, parent=units.top, valid_from=date(2027, 1, 1))
    with pytest.raises(DomainError, match="不是有效的机构"):
        close(units.price, units.administrator, successor=late)


def test_what_has_open_departments_below_stays(units: Units) -> None:
    with pytest.raises(DomainError, match="下面还有“县信访局”"):
        close(units.top, units.administrator)


def test_the_last_administrators_department_stays(units: Units) -> None:
    with pytest.raises(DomainError, match="最后一名系统管理员"):
        close(units.office, units.administrator)
    assert units.office.valid_to is None


def test_a_department_that_never_was(units: Units) -> None:
    with pytest.raises(DomainError, match="早于设立日期") as refused:
        close(units.price, units.administrator, on=date(2019, 12, 30))
    assert refused.value.field == "closes_on"
    close(units.price, units.administrator, on=date(2019, 12, 31))
    assert units.price not in queries.active_departments(SINCE)


def test_closed_departments_are_listed_when_asked_for(units: Units, clock: Clock) -> None:
    close(units.price, units.administrator, successor=units.civil)
    assert units.price not in [node.department for node in queries.department_tree(clock.today())]
    assert units.price in [node.department for node in queries.department_tree(None)]
