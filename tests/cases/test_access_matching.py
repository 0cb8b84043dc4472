"""Whom a written name may mean."""

import pytest

from tests.world.county import County
from tests.world.rows import TODAY, department, user
from tracker.cases.access.naming.known import directory_of
from tracker.cases.access.naming.meaning import Match, PostDays
from tracker.cases.access.naming.reading import entry_meaning
from tracker.people.rules import DepartmentKind as Kind

DAYS = PostDays(TODAY, TODAY)


def matches(names: list[str], *, office_id: int) -> dict[str, Match]:
    """Say whom each of some written names may mean."""
    people = directory_of(office_id)
    return {name: entry_meaning(name, "", people, DAYS) for name in names}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("王海燕", ["王海燕"]),
        ("王 海 燕", ["王海燕"]),
        ("王　海·燕", ["王海燕"]),
        ("王海\u200b燕", ["王海燕"]),
        ("县民政局干部王海燕", ["王海燕"]),
        ("王海", ["王海"]),
        ("上庄村支书王海", ["王海"]),
        ("李晓梅、王海燕两人", ["李晓梅", "王海燕"]),
        ("王海燕燕", []),
        ("王海洋", []),
        ("张建", []),
        ("王某", []),
    ],
)
def test_users_by_name(county: County, written: str, meant: list[str]) -> None:
    people = [county.acceptor, county.handler, county.unit_head, county.lead, county.stranger, user("王海")]
    by_id = {person.id: person.name for person in people}
    found = matches([written], office_id=county.office.id)[written]
    assert sorted(by_id[id_] for id_ in found.user_ids) == sorted(meant)


def test_every_user_of_the_name_is_meant(county: County) -> None:
    namesake = user("王海燕")
    found = matches(["王海燕"], office_id=county.office.id)["王海燕"]
    assert found.user_ids == {county.handler.id, namesake.id}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("县民政局", {"县民政局"}),
        ("民政局", {"县民政局"}),
        ("阳城县民政局", {"县民政局"}),
        ("沁水县民政局", set()),
        ("润城镇", {"润城镇"}),
        ("润城镇政府", {"润城镇"}),
        ("润城镇党委", {"润城镇"}),
        ("润城镇人民政府", {"润城镇"}),
        ("县政府", {"县政府"}),
        ("政府", set()),
        ("上庄村", set()),
        ("自然资源局职工郭强", set()),
    ],
)
def test_units_by_name(county: County, written: str, meant: set[str]) -> None:
    government, elsewhere = department("县政府", Kind.LEADERSHIP, county.county), department("邻县民政局")
    known = (government, elsewhere, county.county, county.civil, county.land, county.town)
    units = {unit.id: unit.short_name for unit in known}
    found = matches([written], office_id=county.office.id)[written]
    assert {units[id_] for id_ in found.department_ids} == meant


def test_a_unit_elsewhere_is_meant_only_by_its_whole_name(county: County) -> None:
    elsewhere = department("邻县民政局")
    found = matches(["邻县民政局", "民政局"], office_id=county.office.id)
    assert found["邻县民政局"].department_ids == {elsewhere.id}
    assert found["民政局"].department_ids == {county.civil.id}


def test_nothing_written_means_nobody(county: County) -> None:
    found = matches(["", " 　", "·"], office_id=county.office.id)
    assert all(not match.user_ids and not match.department_ids for match in found.values())
