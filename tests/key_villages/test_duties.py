"""三包三定: layers of duty with their person, times and task; given by the office or the township, seen as a matrix."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.key_villages.controlling import day
from tests.key_villages.working import Ledger
from tests.places.divisions import TOWN
from tests.world.county import County
from tracker import audit
from tracker.audit.queries import verify
from tracker.core import clock
from tracker.core.database import committed, db
from tracker.core.errors import DomainError, Forbidden
from tracker.key_villages.models import VillageDuty
from tracker.key_villages.queries.matrix import DutyRow, Matrix, duties_in, matrix
from tracker.key_villages.rules.codes import VillageDutyKind
from tracker.key_villages.rules.layers import COLUMNS, LAYERS
from tracker.key_villages.service.duties import end_layer, give_layer
from tracker.people.queries import reader_for

K = VillageDutyKind


@pytest.fixture(autouse=True)
def _township(county: County) -> None:
    """Let the unit of the township have the code of its place."""
    with committed():
        county.town.place_code = TOWN
        audit.record(audit.Event.DEPARTMENT_CHANGED, by=county.admin, now=clock.now())


def give(county: County, who: str = "acceptor", kind: K = K.TOWN_STAFF, **changes: Any) -> VillageDuty:
    given: dict[str, Any] = {
        "office": county.office,
        "user_id": None,
        "words": "裴俊杰（镇经管站）",
        "task": "包村集体经济合作社和第一、二组。",
        "times": "每周一、三到村",
        "started_on": day(0),
        "ended_on": None,
    }
    with committed():
        return give_layer(county.village, kind, by=county.user(who), now=clock.now(), **{**given, **changes})


def shown(county: County, who: str) -> Matrix:
    db.session.expire_all()
    return matrix(reader_for(county.user(who), clock.today()), clock.today())


def row(county: County, who: str) -> DutyRow:
    return next(each for each in shown(county, who).rows if each.village.id == county.ids["village"])


@pytest.mark.both_databases
def test_a_layer_is_given_by_the_office_and_by_the_township_and_ended(county: County) -> None:
    first, second = give(county), give(county, "town_head", K.TOWN_LEADER, user_id=county.ids["town_head"], words="")
    found = row(county, "registrar")
    assert [[each.who for each in found.held(kind)] for kind in LAYERS] == [["温凯"], ["裴俊杰（镇经管站）"], []]
    assert [kind for kind in COLUMNS if found.lacks(kind)] == [K.GROUP_CADRE]
    with committed():
        end_layer(db.session.merge(first), said="换人。", by=county.town_head, now=clock.now())
    page = duties_in(county.village, reader_for(county.registrar, day(1)), day(1))
    assert ([each.id for each in page.running], [each.id for each in page.over]) == ([second.id], [first.id])
    with pytest.raises(DomainError, match="已经结束"), committed():
        end_layer(db.session.merge(first), said="再来。", by=county.acceptor, now=clock.now() + timedelta(days=1))
    assert verify().wrong is None


def test_who_may_not_and_what_is_wrong_is_refused(county: County) -> None:
    for who in ("handler", "lead", "stranger", "land_head"):
        with pytest.raises(Forbidden):
            give(county, who)
    wrong: tuple[tuple[dict[str, Any], str], ...] = (
        ({"words": " "}, "请填写人员"),
        ({"task": ""}, "请填写任务"),
        ({"times": "长" * 201}, "请填写时间（1 至 200 个字）"),
        ({"ended_on": day(-1)}, "结束日期不能早于开始日期"),
        ({"user_id": county.ids["handler"]}, "有账号的应是本乡镇在岗的人员"),
        ({"kind": K.SPONSOR}, "在重点难点村台账上明确"),
    )
    for changes, sentence in wrong:
        with pytest.raises(DomainError, match=sentence):
            give(county, **changes)
    give(county, ended_on=day(9))
    with pytest.raises(DomainError, match="起止日期重叠"):
        give(county, started_on=day(9))
    give(county, started_on=day(10))
    assert len(row(county, "acceptor").held(K.TOWN_STAFF)) == 1


def test_whether_a_village_stands_on_the_ledger_is_told_only_to_who_may_see_it(county: County) -> None:
    ledger = Ledger(county)
    ledger.enter("公开三年收支明细")
    for who, sees in (("acceptor", True), ("town_head", True), ("lead", True), ("stranger", False)):
        found = row(county, who)
        assert (found.entry is not None) is sees, who
        assert [each.who for each in found.held(K.SPONSOR)] == (["陈志远"] if sees else []), who
        assert not found.lacks(K.SPONSOR), who
    assert shown(county, "acceptor").missing[K.LIAISON] == 0
    assert shown(county, "acceptor").missing[K.GROUP_CADRE] == len(shown(county, "acceptor").rows)


@pytest.mark.both_databases
def test_the_figures_open_their_villages(county: County) -> None:
    give(county)
    found = shown(county, "supervisor")
    for kind in COLUMNS:
        assert len(found.chosen("", kind)) == found.missing[kind]
    own = [town for town in found.towns if town.code == TOWN]
    assert len(found.chosen(own[0].public_id, None)) < len(found.rows)
    assert {each.town.code for each in found.chosen(own[0].public_id, K.TOWN_STAFF)} == {TOWN}


@pytest.mark.parametrize("who", ["admin", "auditor", "security"])
def test_who_keeps_the_system_sees_no_matrix(county: County, who: str) -> None:
    assert shown(county, who).rows == []


def test_a_duty_holds_from_its_first_day_to_its_last(county: County) -> None:
    give(county, started_on=day(2), ended_on=day(3))
    for ahead, held in ((1, 0), (2, 1), (3, 1), (4, 0)):
        on: date = day(ahead)
        found = matrix(reader_for(county.acceptor, on), on)
        (mine,) = [each for each in found.rows if each.village.id == county.ids["village"]]
        assert len(mine.held(K.TOWN_STAFF)) == held
