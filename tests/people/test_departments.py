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


class County:
    """A county with its office, a township and two bureaus."""

    def __init__(self) -> None:
        self.top = make_department("阳城县", kind=DepartmentKind.LEADERSHIP)
        self.office = make_department("县信访局", parent=self.top)
        self.town = make_department("润城镇", kind=DepartmentKind.TOWNSHIP, parent=self.top)
        self.civil = make_department("县民政局", kind=DepartmentKind.BUREAU, parent=self.top)
        self.price = make_department("县物价局", kind=DepartmentKind.BUREAU, parent=self.top)
        self.administrator = make_user("admin", "张管理", roles=[(Role.ADMINISTRATOR, self.office)])


@pytest.fixture
def county(session: Session) -> County:
    with committed():
        return County()


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


def test_the_tree_reads_from_the_top(county: County, clock: Clock) -> None:
    tree = queries.department_tree(clock.today())
    assert [(node.depth, node.department.name) for node in tree] == [
        (0, "阳城县"),
        (1, "县信访局"),
        (1, "润城镇"),
        (1, "县民政局"),
        (1, "县物价局"),
    ]
    assert county.town.short_name == "润城镇"
    assert verify().wrong is None


def test_departments_of_some_kinds(county: County, clock: Clock) -> None:
    kinds = {DepartmentKind.TOWNSHIP, DepartmentKind.LEADERSHIP}
    assert [d.name for d in queries.active_departments(clock.today(), kinds)] == ["阳城县", "润城镇"]
    assert len(queries.active_departments(clock.today())) == 5
    assert queries.active_departments(date(2019, 12, 31)) == []


@pytest.mark.parametrize("name", ["润城镇", " 润城镇　"])
def test_a_name_stands_once_under_a_superior(county: County, name: str) -> None:
    with pytest.raises(DomainError, match="已经有") as refused, committed():
        make_department(name, parent=county.top)
    assert refused.value.field == "name"
    with committed():
        make_department(name, parent=county.civil)


@pytest.mark.parametrize(
    ("given", "field"),
    [({"name": " "}, "name"), ({"name": "长" * 101}, "name"), ({"short_name": "长" * 41}, "short_name")],
)
def test_names_fit(county: County, given: dict[str, str], field: str) -> None:
    with pytest.raises(DomainError) as refused:
        change(county.town, county.administrator, **given)
    assert refused.value.field == field
    assert county.town.name == "润城镇"


def test_a_department_is_not_older_than_its_superior(county: County) -> None:
    with pytest.raises(DomainError, match="不是有效的机构"), committed():
        make_department("旧所", parent=county.town, valid_from=date(2019, 1, 1))


def test_moving_in_the_tree(county: County, clock: Clock) -> None:
    change(county.civil, county.administrator, parent=county.town, name="民政所", short_name="")
    assert (county.civil.parent, county.civil.short_name) == (county.town, "民政所")
    with pytest.raises(DomainError, match="它自己或它的下级") as refused:
        change(county.town, county.administrator, parent=county.civil)
    assert refused.value.field == "parent"
    with pytest.raises(DomainError, match="它自己或它的下级"):
        change(county.town, county.administrator, parent=county.town)
    with pytest.raises(DomainError, match="它自己或它的下级"):
        change(county.top, county.administrator, parent=county.civil)


def test_a_stale_page_does_not_write_over(county: County) -> None:
    seen = queries.version_of(county.town)
    change(county.town, county.administrator, short_name="润城", seen=seen)
    with pytest.raises(StaleVersion):
        change(county.town, county.administrator, short_name="城镇", seen=seen)
    assert county.town.short_name == "润城"


def test_closing_ends_the_posts_and_the_sessions(county: County, clock: Clock) -> None:
    with committed():
        handler = make_user("zhaotz", "赵铁柱", roles=[(Role.HANDLER, county.price)])
        token = service.start_session(handler, now=clock.now())
    ended = close(county.price, county.administrator, successor=county.civil)
    assert ended == handler.posts
    assert (county.price.valid_to, county.price.successor, handler.posts[0].ended_on) == (
        CLOSING,
        county.civil,
        CLOSING,
    )
    assert queries.live_session(service.token_hash(token), clock.now()) is None
    assert queries.in_office(county.price, clock.today()) is county.civil
    assert queries.in_office(county.price, CLOSING) is county.price
    with pytest.raises(DomainError, match="已经撤销"):
        close(county.price, county.administrator)
    with pytest.raises(DomainError, match="已经撤销"):
        change(county.price, county.administrator, name="物价办")
    assert verify().wrong is None


def test_the_successors_staff_answer_for_what_is_left(county: County, clock: Clock) -> None:
    with committed():
        head = make_user("head", roles=[(Role.DEPARTMENT_HEAD, county.civil)])
    assert queries.reader_for(head, clock.today()).posts[0].scope_ids == {county.civil.id}
    close(county.price, county.administrator, successor=county.civil)
    assert queries.reader_for(head, clock.today()).posts[0].scope_ids == {county.civil.id, county.price.id}


def test_a_chain_of_successors_resolves(county: County, clock: Clock) -> None:
    with committed():
        merged = make_department("县发改局", kind=DepartmentKind.BUREAU, parent=county.top)
    close(county.price, county.administrator, successor=county.civil)
    close(county.civil, county.administrator, successor=merged, on=date(2026, 8, 31))
    assert queries.in_office(county.price, clock.today()) is merged
    assert queries.in_office(county.price, date(2026, 8, 1)) is county.civil


def test_successors_never_lead_back(county: County) -> None:
    for successor in (county.civil, county.price):
        if successor is county.civil:
            with pytest.raises(DomainError, match="它自己") as refused:
                close(county.civil, county.administrator, successor=county.civil)
            assert refused.value.field == "successor"
        else:
            close(county.price, county.administrator, successor=county.civil)
            with pytest.raises(DomainError, match="绕回它自己|不是有效的机构"):
                close(county.civil, county.administrator, successor=county.price)


def test_a_successor_is_there_on_the_first_day(county: County) -> None:
    with committed():
        late = make_department("明年的局", kind=DepartmentKind.BUREAU, parent=county.top, valid_from=date(2027, 1, 1))
    with pytest.raises(DomainError, match="不是有效的机构"):
        close(county.price, county.administrator, successor=late)


def test_what_has_open_departments_below_stays(county: County) -> None:
    with pytest.raises(DomainError, match="下面还有“县信访局”"):
        close(county.top, county.administrator)


def test_the_last_administrators_department_stays(county: County) -> None:
    with pytest.raises(DomainError, match="最后一名系统管理员"):
        close(county.office, county.administrator)
    assert county.office.valid_to is None


def test_a_department_that_never_was(county: County) -> None:
    with pytest.raises(DomainError, match="早于设立日期") as refused:
        close(county.price, county.administrator, on=date(2019, 12, 30))
    assert refused.value.field == "closes_on"
    close(county.price, county.administrator, on=date(2019, 12, 31))
    assert county.price not in queries.active_departments(SINCE)


def test_closed_departments_are_listed_when_asked_for(county: County, clock: Clock) -> None:
    close(county.price, county.administrator, successor=county.civil)
    assert county.price not in [node.department for node in queries.department_tree(clock.today())]
    assert county.price in [node.department for node in queries.department_tree(None)]
