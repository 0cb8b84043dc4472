"""Late matters by unit and township: every number is the number of rows of the list that it opens, for every reader."""

import random
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qsl

import pytest
from sqlalchemy import select

from tests.cases.counting import statements
from tests.world.county import County
from tests.world.rows import TODAY, a_case, assigned, clock_of, department, kept, place, reader, user
from tracker.cases.ledger import Filters, page
from tracker.cases.record.models import AccusedParty, NamedReader
from tracker.core import clock
from tracker.core.database import db
from tracker.deadlines.limits import LimitKind
from tracker.people.models import Department, User
from tracker.people.rules import DepartmentKind, Reader, Role
from tracker.places.models import Place
from tracker.supervision.overview.late import Counts, LateRow, LateTable, late_by_place, late_by_unit, late_total

DAY = timedelta(days=1)
CASES = 90


class World:
    """A county at random: cases of all states, levels and places with units, accused people, merged villages."""

    def __init__(self, county: County, seed: int, *, counties: int = 1) -> None:
        self.chance = random.Random(seed)
        self.county = county
        self.units = [county.civil, county.land, county.office, *self._townships(), self._closed_unit()]
        self.places = self._places(counties)
        self.people = self._people()
        for _ in range(CASES):
            self._case()

    def _townships(self) -> list[Department]:
        return [department(f"{name}政府", DepartmentKind.TOWNSHIP, self.county.county) for name in ("润城镇", "北留镇")]

    def _closed_unit(self) -> Department:
        gone = department("县移民局", parent=self.county.county)
        gone.valid_to = TODAY - 30 * DAY
        return gone

    def _places(self, counties: int) -> list[Place | None]:
        others = []
        for number in range(1, counties):
            town = place(f"外镇{number}", 4, place(f"外县{number}", 3))
            others += [town, place(f"外村{number}", 5, town)]
        merged = place(
            "下庄村",
            5,
            place("旧乡", 4, self.county.township.parent_id and db.session.get(Place, self.county.township.parent_id)),
        )
        merged.merged_into_id = self.county.village.id
        merged.closed_on = TODAY
        return [self.county.village, self.county.other_village, self.county.township, merged, *others, None]

    def _people(self) -> list[User]:
        county, kinds = self.county, Role
        return [
            county.acceptor,
            county.handler,
            county.unit_head,
            county.lead,
            county.stranger,
            user("周建国", (kinds.DEPARTMENT_HEAD, county.office)),
            user("郝明", (kinds.SUPERVISOR, county.county)),
            user("林一鸣", (kinds.PRINCIPAL_LEADER, county.county)),
            user("赵敏", (kinds.REGISTRAR, county.office)),
            user("管理员", (kinds.ADMINISTRATOR, county.office)),
        ]

    def _case(self) -> None:
        one, county = self.chance.choice, self.county
        where = one(self.places)
        case = a_case(
            county,
            village_id=where.id if where else None,
            status=one(["registered", "triaged", "assigned", "accepted", "delivered", "merged", "voided"]),
            ledger_status=one(["open", "open", "open", "returned_for_rework", "closed_out"]),
            level=one(["ordinary", "ordinary", "sensitive", "accusation"]),
        )
        if self.chance.random() < 0.8:
            given = {"handler_id": one([county.handler.id, None]), "lead_official_id": one([county.lead.id, None])}
            assigned(case, one(self.units), **given)
        if self.chance.random() < 0.8:
            clock_of(case, LimitKind.HANDLING, TODAY + self.chance.randrange(-9, 12) * DAY)
        if self.chance.random() < 0.2:
            kept(AccusedParty(case_id=case.id, name="某", user_id=one(self.people).id, status="provisional"))
        if self.chance.random() < 0.2:
            kept(NamedReader(case_id=case.id, user_id=one(self.people).id, because="", added_at=clock.now()))


def numbers(row: LateRow) -> Iterator[tuple[str, int]]:
    """Give the query of each number of a row, and the number."""
    for name, query in row.queries.items():
        yield query, getattr(row.counts, name)


def listed(asking: Reader, query: str) -> int:
    filters = Filters.parse(dict(parse_qsl(query)), today=TODAY)
    assert filters.problems == ()
    found = page(asking, filters, today=TODAY)
    return found.total


def summed(table: LateTable) -> Counts:
    total = Counts()
    for row in table.rows:
        total = total + row.counts
    return total


@pytest.mark.parametrize(("seed", "counties"), [(1, 1), (2, 1), (3, 3)])
def test_every_number_is_the_number_of_its_list(county: County, seed: int, counties: int) -> None:
    world = World(county, seed, counties=counties)
    not_zero = 0
    for who in world.people:
        asking = reader(who)
        total = late_total(asking, TODAY)
        units, places = late_by_unit(asking, TODAY), late_by_place(asking, TODAY)
        for row in (total, *units.rows, *places.rows):
            for query, count in numbers(row):
                assert count == listed(asking, query), (who.name, row.label, query)
                not_zero += count > 0
        assert summed(units) == total.counts, who.name
    assert not_zero > 100


def test_the_accused_sees_smaller_numbers(county: County) -> None:
    for _ in range(3):
        case = a_case(county)
        assigned(case, county.civil, lead_official_id=county.lead.id)
        clock_of(case, LimitKind.HANDLING, TODAY - DAY)
    before = late_total(reader(county.lead), TODAY).counts
    assert before == Counts(open=3, soon=0, late=3)
    kept(AccusedParty(case_id=case.id, name="张建国", user_id=county.lead.id, status="provisional"))
    assert late_total(reader(county.lead), TODAY).counts == Counts(open=2, soon=0, late=2)
    assert late_total(reader(county.acceptor), TODAY).counts == before


def test_zero_rows_stand_in_the_order_of_the_tree(county: County) -> None:
    case = a_case(county, village_id=county.other_village.id)
    assigned(case, county.land)
    clock_of(case, LimitKind.HANDLING, TODAY - DAY)
    table = late_by_unit(reader(county.acceptor), TODAY)
    assert [(row.label, row.counts.late) for row in table.rows] == [
        ("县信访局", 0),
        ("县民政局", 0),
        ("县自然资源局", 1),
        ("润城镇", 0),
        ("尚未交给承办单位", 0),
    ]
    assert table.most == 1
    towns = late_by_place(reader(county.acceptor), TODAY)
    assert towns.by == "乡镇"
    by_code = db.session.scalars(select(Place.name).where(Place.parent_id == county.area.id).order_by(Place.code))
    assert [row.label for row in towns.rows] == [*by_code, "属地待定"]
    assert {row.label: row.counts.late for row in towns.rows if row.counts.late} == {"北留镇": 1}


def test_a_closed_unit_appears_only_with_what_it_still_has(county: County) -> None:
    gone = department("县移民局", parent=county.county)
    gone.valid_to = TODAY - DAY
    db.session.flush()
    assert "县移民局" not in [row.label for row in late_by_unit(reader(county.acceptor), TODAY).rows]
    assigned(a_case(county), gone)
    found = {row.label: row for row in late_by_unit(reader(county.acceptor), TODAY).rows}
    assert (found["县移民局"].counts.open, found["县移民局"].note) == (1, "已撤并")


def test_of_several_counties_each_is_one_row(county: County) -> None:
    far = place("外村", 5, place("外镇", 4, place("外县", 3, code="140581000000")))
    for where in (county.village, far, far):
        a_case(county, village_id=where.id)
    table = late_by_place(reader(county.acceptor), TODAY)
    assert table.by == "县"
    assert [(row.label, row.counts.open) for row in table.rows] == [("阳城县", 1), ("外县", 2), ("属地待定", 0)]


def test_the_queries_do_not_grow_with_units_or_matters(county: County) -> None:
    def sent() -> int:
        asking = reader(county.acceptor)
        with statements() as found:
            late_total(asking, TODAY), late_by_unit(asking, TODAY), late_by_place(asking, TODAY)
        return len(found)

    a_case(county, village_id=county.village.id)
    before = sent()
    for number in range(6):
        unit = department(f"县某局{number}", parent=county.county)
        assigned(a_case(county, village_id=place(f"村{number}", 5, county.township).id), unit)
    assert sent() == before <= 8
