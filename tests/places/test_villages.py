"""What the office decides itself: names, codes, merges, villages the official list does not have yet."""

import json
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.places.divisions import EDITION, NEIGHBOUR, NEXT_EDITION, TOWN, VILLAGE, YANGCHENG, changed, load, place, row
from tracker import audit
from tracker.audit.models import AuditEvent
from tracker.core import clock
from tracker.core.database import committed
from tracker.core.errors import DomainError, StaleVersion
from tracker.places import queries, service
from tracker.places.models import Place
from tracker.places.rules import PlaceChange

pytestmark = pytest.mark.usefixtures("county")
DAY = date(2025, 3, 1)
REASON = "阳政函〔2025〕3号"


def rename(code: str, name: str, *, on: date = DAY, reason: str = REASON, seen: int | None = None) -> None:
    with committed():
        service.rename_place(place(code), name, on=on, reason=reason, by=None, now=clock.now(), seen=seen)


def merge(code: str, into: str, *, on: date = DAY, reason: str = REASON, seen: int | None = None) -> None:
    with committed():
        service.merge_villages(place(code), place(into), on=on, reason=reason, by=None, now=clock.now(), seen=seen)


def undo(code: str, reason: str = "登记有误") -> None:
    with committed():
        service.undo_merge(place(code), reason=reason, by=None, now=clock.now())


def add(parent: str, name: str, *, code: str = "", on: date = DAY, reason: str = REASON) -> Place:
    with committed():
        return service.add_place(place(parent), name, code=code, on=on, reason=reason, by=None, now=clock.now())


def recode(village: str, code: str, *, on: date = DAY) -> None:
    with committed():
        service.recode_village(place(village), code, on=on, reason=REASON, by=None, now=clock.now())


def logged(session: Session) -> list[dict[str, object]]:
    kind = audit.Event.PLACE_CHANGED.value
    rows = session.scalars(select(AuditEvent).where(AuditEvent.kind == kind).order_by(AuditEvent.seq))
    return [json.loads(event.payload) for event in rows]


# --- names ------------------------------------------------------------------------------------------------------


def test_a_new_name_holds_from_its_day_and_the_old_one_stays_in_history(session: Session) -> None:
    rename(VILLAGE, "  上庄古村  村委会 ")
    village = place(VILLAGE)
    assert (village.name, village.short_name, village.initials) == ("上庄古村 村委会", "上庄古村 村", "szgc c")
    old, new = village.history
    assert (old.name, old.valid_to) == ("上庄村委会", DAY - timedelta(days=1))
    assert (new.valid_from, new.valid_to, new.source, new.manual) == (DAY, None, REASON, True)
    (event,) = logged(session)
    assert (event["change"], event["code"], event["on"]) == ("renamed", VILLAGE, "2025-03-01")
    assert "text_sha256" in event


@pytest.mark.both_databases
def test_what_a_village_was_called_on_a_day() -> None:
    rename(VILLAGE, "上庄古村村委会")
    village = place(VILLAGE)
    assert queries.name_on(village, DAY - timedelta(days=1)) == "上庄村委会"
    assert queries.name_on(village, DAY) == "上庄古村村委会"
    assert queries.name_on(village, date(2001, 1, 1)) == "上庄村委会"
    pairs = [(village.id, DAY), (village.id, EDITION), (place(NEIGHBOUR).id, EDITION)]
    assert queries.former_names(pairs) == {(village.id, EDITION): "上庄村委会"}
    assert queries.former_names([]) == {}


def test_an_import_leaves_the_new_name_until_the_list_changes_there() -> None:
    rename(VILLAGE, "上庄古村村委会")
    plan = load(YANGCHENG, as_of=date(2025, 6, 30))
    assert plan.counts == {PlaceChange.KEPT: 1, PlaceChange.UNCHANGED: 356}
    assert place(VILLAGE).name == "上庄古村村委会"
    load(changed(YANGCHENG, {VILLAGE: "上庄社区居民委员会"}), as_of=date(2025, 12, 31))
    assert place(VILLAGE).name == "上庄社区居民委员会"


def test_a_name_that_the_list_takes_over_is_then_the_lists_own() -> None:
    rename(VILLAGE, "上庄古村村委会")
    file = changed(YANGCHENG, {VILLAGE: "上庄古村村委会"})
    assert load(file, as_of=date(2025, 6, 30)).counts == {PlaceChange.UNCHANGED: 357}
    assert [version.manual for version in place(VILLAGE).history] == [False, False]
    load(YANGCHENG, as_of=date(2025, 12, 31))
    assert place(VILLAGE).name == "上庄村委会"


WRONG_NAMES = (
    ("", DAY, REASON, "name", "没有名称"),
    (" \u200b\u202e ", DAY, REASON, "name", "没有名称"),
    ("长" * 61, DAY, REASON, "name", "超过 60 个字"),
    ("上庄村委会", DAY, REASON, "name", "没有改动"),
    ("中庄村委会", DAY, REASON, "name", "已经有“中庄村委会”"),
    ("新上庄村委会", date(2027, 1, 1), REASON, "on", "晚于今天"),
    ("新上庄村委会", date(2020, 1, 1), REASON, "on", "早于现有记录"),
    ("新上庄村委会", DAY, "  ", "reason", "请写明依据"),
    ("新上庄村委会", DAY, "长" * 201, "reason", "最多 200 个字"),
)


def test_a_renaming_that_cannot_be_says_why() -> None:
    for name, on, reason, field, words in WRONG_NAMES:
        with pytest.raises(DomainError, match=words) as refused:
            rename(VILLAGE, name, on=on, reason=reason)
        assert refused.value.field == field
    assert place(VILLAGE).name == "上庄村委会"
    assert len(place(VILLAGE).history) == 1


def test_who_saw_an_older_name_is_told_and_overwrites_nothing() -> None:
    seen = place(VILLAGE).history[-1].id
    rename(VILLAGE, "甲村村委会", seen=seen)
    with pytest.raises(StaleVersion, match="现名甲村村委会"):
        rename(VILLAGE, "乙村村委会", seen=seen)
    assert place(VILLAGE).name == "甲村村委会"


# --- merges -----------------------------------------------------------------------------------------------------


@pytest.mark.both_databases
def test_a_merged_village_is_closed_and_points_to_the_other(session: Session) -> None:
    merge(VILLAGE, NEIGHBOUR)
    village = place(VILLAGE)
    assert (village.closed_on, village.closed_because) == (DAY, REASON)
    assert queries.successor(village) == place(NEIGHBOUR)
    assert village.history[-1].valid_to == DAY - timedelta(days=1)
    assert queries.merged_places(place(NEIGHBOUR)) == [village]
    assert logged(session)[-1] | {"change": "merged", "into": NEIGHBOUR} == logged(session)[-1]


def test_what_was_merged_counts_for_the_village_it_became() -> None:
    third = "140522102216"
    merge(VILLAGE, NEIGHBOUR)
    merge(NEIGHBOUR, third, on=date(2025, 4, 1))
    assert queries.successor(place(VILLAGE)) == place(third)
    assert queries.subtree_ids(place(third)) == {place(code).id for code in (VILLAGE, NEIGHBOUR, third)}
    assert queries.subtree_ids(place(VILLAGE)) == {place(VILLAGE).id}
    found = queries.search_villages("上庄村")
    assert [(one.name, one.state, one.chosen.code) for one in found if one.code == VILLAGE] == [
        ("上庄村委会", "已并入下庄村", third)
    ]


@pytest.mark.both_databases
def test_a_merge_can_be_taken_back(session: Session) -> None:
    merge(VILLAGE, NEIGHBOUR)
    undo(VILLAGE)
    village = place(VILLAGE)
    assert (village.closed_on, village.merged_into_id, village.closed_because) == (None, None, None)
    assert [(version.name, version.valid_to) for version in village.history] == [("上庄村委会", None)]
    assert [event["change"] for event in logged(session)] == ["merged", "merge_undone"]
    with pytest.raises(DomainError, match="没有并入别的村"):
        undo(VILLAGE)


def test_a_merge_is_taken_back_only_with_a_reason() -> None:
    merge(VILLAGE, NEIGHBOUR)
    with pytest.raises(DomainError, match="请写明依据"):
        undo(VILLAGE, reason="")
    assert place(VILLAGE).merged_into is not None


def test_an_import_never_takes_a_merge_back() -> None:
    merge(VILLAGE, NEIGHBOUR)
    plan = load(YANGCHENG, as_of=date(2025, 6, 30))
    assert plan.counts == {PlaceChange.KEPT: 1, PlaceChange.UNCHANGED: 356}
    assert queries.successor(place(VILLAGE)) == place(NEIGHBOUR)


def test_merges_that_make_no_sense_are_refused() -> None:
    load((row("140521000000", "沁水县"), row("140521100000", "龙港镇"), row("140521100201", "上庄村委会")))
    for into, words in ((VILLAGE, "并入自己"), (TOWN, "只有村"), ("140521100201", "同一县")):
        with pytest.raises(DomainError, match=words) as refused:
            merge(VILLAGE, into)
        assert refused.value.field == "into"
    merge(NEIGHBOUR, "140522102216")
    with pytest.raises(DomainError, match="已经撤销或并入别处"):
        merge(VILLAGE, NEIGHBOUR)
    with pytest.raises(DomainError, match="中庄村已经并入下庄村"):
        merge(NEIGHBOUR, VILLAGE)
    with pytest.raises(DomainError, match="早于现有记录"):
        merge(VILLAGE, "140522102216", on=EDITION - timedelta(days=1))
    assert place(VILLAGE).closed_on is None


# --- by hand ----------------------------------------------------------------------------------------------------


def test_a_village_without_a_code_yet_gets_a_provisional_one(session: Session) -> None:
    first, second = add(TOWN, "新庄村委会"), add(TOWN, "幸福社区居委会")
    assert [first.code, second.code] == ["140522102900", "140522102901"]
    assert (first.short_name, first.level, first.parent_id) == ("新庄村", 5, place(TOWN).id)
    assert queries.place_label(first).text == "阳城县 · 润城镇 · 新庄村"
    assert (first.history[0].manual, first.history[0].source) == (True, REASON)
    assert [event["change"] for event in logged(session)] == ["added", "added"]
    assert "140522102900" in [found.code for found in queries.search_villages("xzc")]


def test_its_official_code_comes_with_the_list_or_by_hand() -> None:
    first, second = add(TOWN, "新庄村委会").public_id, add(TOWN, "幸福社区居委会").public_id
    load((*YANGCHENG, row("140522102233", "新庄村委会")), as_of=date(2025, 6, 30))
    assert (place("140522102233").public_id, place("140522102901").public_id) == (first, second)
    recode("140522102901", "140522102003")
    assert place("140522102003").public_id == second
    assert place("140522102901").public_id == second
    load((*YANGCHENG, row("140522102233", "新庄村委会")), as_of=date(2025, 12, 31))
    assert place("140522102003").closed_on is None


WRONG_VILLAGES = (
    (TOWN, "上庄村委会", "", "name", "已经有"),
    (TOWN, "", "", "name", "没有名称"),
    (TOWN, "新庄村委会", VILLAGE, "code", "已经是上庄村的"),
    (TOWN, "新庄村委会", "140522103201", "code", "以 140522102 开头"),
    (TOWN, "新庄村委会", "140522102", "code", "12 位数字"),
    (VILLAGE, "新庄村委会", "", "parent", "现有的县下"),
    ("140522000000", "新镇", "", "code", "须填写 12 位代码"),
    ("140500000000", "新县", "140599000000", "parent", "现有的县下"),
)


def test_what_cannot_be_added_says_why() -> None:
    for parent, name, code, field, words in WRONG_VILLAGES:
        with pytest.raises(DomainError, match=words) as refused:
            add(parent, name, code=code)
        assert refused.value.field == field
    assert len(queries.children(place(TOWN))) == 23


def test_a_town_can_be_added_with_its_code_and_codes_of_towns_stay() -> None:
    town = add("140522000000", "析城山镇", code="140522115000")
    assert queries.place_label(town).text == "阳城县 · 析城山镇"
    with pytest.raises(DomainError, match="乡镇以上的代码"):
        recode(TOWN, "140522116000")


@pytest.mark.both_databases
def test_the_provisional_codes_of_a_town_come_to_an_end(session: Session) -> None:
    add(TOWN, "末村村委会", code="140522102999")
    with pytest.raises(DomainError, match="已用完"):
        add(TOWN, "再来村委会")
    assert NEXT_EDITION > EDITION
