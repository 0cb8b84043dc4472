"""Complaining of somebody by post, in the field or in the text, shuts them out; what is not settled goes nowhere."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from tests.world.county import County
from tests.world.rows import TODAY, reader
from tracker import audit
from tracker.cases.access.rules import may_open_identity, may_see
from tracker.cases.access.scope import matter_of, visible_to
from tracker.cases.acts.accused import clear_accused, conflicts_of
from tracker.cases.acts.naming import AccusedEntry
from tracker.cases.record.models import AccusedParty, Case, NamedReader
from tracker.cases.record.rules.codes import Purpose
from tracker.core.database import committed, db
from tracker.people.models import Post, User
from tracker.people.service.accounts import change_user

NOW = datetime(2026, 11, 21, 1, tzinfo=UTC)


def registered(county: County, **changes: Any) -> Case:
    return county.case(county.register(**changes))


def sees(person: User, case: Case) -> bool:
    by_rule = may_see(reader(person), matter_of(case))
    found = db.session.scalar(select(Case.id).where(Case.id == case.id, visible_to(reader(person))))
    assert by_rule is (found is not None)
    return by_rule


def listed(case: Case) -> set[int]:
    running = (NamedReader.case_id == case.id, NamedReader.ended_at.is_(None))
    return set(db.session.scalars(select(NamedReader.user_id).where(*running)))


def conflicts(case: Case, department_id: int) -> list[str]:
    return conflicts_of(case, matter_of(case), department_id, [], TODAY)


BY_POST = [
    "县民政局局长",
    "民政局局长",
    "县民政局张局长",
    "张局长",
    "民政局一把手",
    "張建軍",
    "张建君",
    "Zhang Jianjun",
    "张某军",
]


@pytest.mark.parametrize("written", BY_POST)
def test_who_is_named_by_post_is_given_nothing_and_opens_nothing(county: County, written: str) -> None:
    case = registered(county, accused=[AccusedEntry(written)])
    assert conflicts(case, county.civil.id), "the case would have gone to the unit he heads"
    assert not sees(county.unit_head, case)
    assert not may_open_identity(reader(county.unit_head), matter_of(case))


@pytest.mark.parametrize("written", ["信访局局长", "周局长", "县信访局负责人", "信访办领导"])
def test_registering_an_accusation_never_lists_whom_it_complains_of(county: County, written: str) -> None:
    case = registered(county, purpose=Purpose.ACCUSATION, accused=[AccusedEntry(written)])
    assert county.office_head.id not in listed(case)
    ever = db.session.scalars(select(NamedReader.user_id).where(NamedReader.case_id == case.id)).all()
    assert county.office_head.id not in ever, "not even for the moment of the registration"
    assert not sees(county.office_head, case)


@pytest.mark.parametrize(
    ("title", "summary"),
    [
        ("反映县民政局局长张建军挪用低保款", "附明细。"),
        ("反映低保问题", "县民政局局长利用职权侵占低保款，请查处。"),
        ("反映低保问题", "尊敬的县委书记：张建军殴打上访群众。"),
        ("举报张局长", "详见材料。"),
    ],
)
def test_a_name_in_title_or_text_alone_shuts_out(county: County, title: str, summary: str) -> None:
    case = registered(county, title=title, summary=summary)
    assert not sees(county.unit_head, case)
    assert conflicts(case, county.civil.id)
    assert sees(county.leader, case), "who is only addressed is not accused"
    quoted = db.session.scalars(select(AccusedParty.quoted).where(AccusedParty.case_id == case.id)).all()
    assert all(quoted)


def test_a_demand_point_is_read_too(county: County) -> None:
    case = registered(county, demand_points=["查处县民政局局长受贿问题。"])
    assert not sees(county.unit_head, case)


def test_the_post_alone_counts(county: County) -> None:
    case = registered(county, accused=[AccusedEntry("", "县民政局局长")])
    assert not sees(county.unit_head, case)


@pytest.mark.parametrize(
    "summary",
    [
        "民政局不给低保，请民政局局长为民做主。",
        "尊敬的林书记：我家低保被取消，向县民政局反映多次。",
        "请县水务局张局长派人修管网。",
    ],
)
def test_a_unit_asked_and_a_person_begged_are_no_accused(county: County, summary: str) -> None:
    case = registered(county, summary=summary)
    assert db.session.scalar(select(AccusedParty.id).where(AccusedParty.case_id == case.id)) is None
    assert sees(county.office_head, case)
    assert conflicts(case, county.civil.id) == []


def test_a_post_that_nobody_holds_is_asked_and_its_unit_waits(county: County) -> None:
    case = registered(county, accused=[AccusedEntry("县民政局副局长")])
    for person in (county.unit_head, county.handler):
        assert not sees(person, case)
    assert conflicts(case, county.civil.id)
    assert conflicts(case, county.land.id) == []


def test_somebody_unknown_named_with_a_wrong_holds_the_case_until_it_is_settled(county: County) -> None:
    case = registered(county, summary="上庄村支书吴用贪污扶贫款。")
    rows = db.session.scalars(select(AccusedParty).where(AccusedParty.case_id == case.id)).all()
    assert {row.name for row in rows} == {"村支书", "吴用"}
    for unit in (county.civil, county.town):
        assert "还没有核实是谁" in conflicts(case, unit.id)[0]
    with committed():
        for row in rows:
            clear_accused(row, by=county.office_head, reason="村干部，不在本系统任职", now=NOW)
    assert conflicts(case, county.civil.id) == []


@pytest.mark.both_databases
def test_who_held_the_post_when_it_happened_is_meant(county: County) -> None:
    post = db.session.scalars(select(Post).where(Post.user_id == county.unit_head.id)).one()
    with committed():
        post.ended_on = TODAY.replace(month=6)
        audit.record(audit.Event.POST_ENDED, by=None, now=NOW)
    happened = registered(county, occurred_on=TODAY.replace(month=3), accused=[AccusedEntry("县民政局局长")])
    assert not sees(county.unit_head, happened)
    formerly = registered(county, accused=[AccusedEntry("原县民政局局长")])
    assert county.unit_head.id in matter_of(formerly).accused_user_ids
    since = registered(county, accused=[AccusedEntry("县民政局局长")])
    assert matter_of(since).accused_department_ids == {county.civil.id}, "nobody held it since: the unit is in question"


@pytest.mark.both_databases
def test_a_rename_takes_nobody_out_of_reach(county: County) -> None:
    with committed():
        change_user(county.unit_head, name="张健钧", phone="", by=county.admin, now=NOW)
    with committed():
        change_user(county.unit_head, name="赵无名", phone="", by=county.admin, now=NOW)
    for written in ("张建军", "张健钧", "赵无名"):
        assert not sees(county.unit_head, registered(county, accused=[AccusedEntry(written)])), written
