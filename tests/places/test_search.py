"""Finding villages by what clerks type; a village is never shown without its town and county."""

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from tests.places.divisions import COUNTY, NEIGHBOUR, TOWN, VILLAGE, YANGCHENG, changed, load, place, row
from tracker.core import clock
from tracker.core.database import committed, db
from tracker.core.errors import DomainError
from tracker.places import queries, service

pytestmark = pytest.mark.usefixtures("county")
EAST = ("140521000000", "沁水县"), ("140521100000", "龙港镇"), ("140521101000", "中村镇")
NAUGHTY = (
    "", " ", "%", "_", "%%%", "\\", "'", '"', "' OR 1=1 --", "\x00", "\u202e", "\ufeff", "𠮷", "村\u200b委", "😀",
    "(((", "[a-z", "*", "1e309", "-1", "NaN", "select", "上" * 500, "x" * 5000, "１４０５２２", "ﬀ", "İ", "ß",
    "a b c d e f g h i j", "／", "·", "\n\r\t", "<script>alert(1)</script>", "${7*7}", "../../etc/passwd",
)  # fmt: skip


def names(text: str, **options: object) -> list[str]:
    return [found.label.text for found in queries.search_villages(text, **options)]  # type: ignore[arg-type]


WAYS = (
    *("上庄", "上庄村", "上庄村委会", VILLAGE, "１４０５２２１０２２１４", "上庄 1405221022"),
    *("润城 上庄", "润城镇上庄", "润城上庄", "阳城县 · 润城镇 · 上庄村", "阳城，上庄", "润城 szc", "rcz szc", "rczszc"),
)


def test_a_village_is_found_by_every_way_of_writing_it() -> None:
    assert {text: names(text)[0] for text in WAYS} == dict.fromkeys(WAYS, "阳城县 · 润城镇 · 上庄村")


def test_initials_find_every_village_that_has_them() -> None:
    for text in ("szc", "SZC", "ｓｚｃ", "yc szc"):
        found = names(text)
        assert {"阳城县 · 润城镇 · 上庄村", "阳城县 · 凤城镇 · 宋庄村"} <= set(found)
        assert "阳城县 · 润城镇 · 中庄村" not in found


@pytest.mark.both_databases
def test_the_name_itself_comes_before_names_that_contain_it() -> None:
    found = names("上庄")
    assert found[0] == "阳城县 · 润城镇 · 上庄村"
    assert "阳城县 · 西河乡 · 上庄头村" in found
    own = queries.search_villages("润城")
    assert own[0].label.village == "润城村"
    assert {one.label.town for one in own[1:]} == {"润城镇"}


@pytest.mark.both_databases
def test_a_code_begins_a_code() -> None:
    found = queries.search_villages("140522102", limit=50)
    assert len(found) == 23
    assert {one.code[:9] for one in found} == {"140522102"}
    assert queries.search_villages("9") == []


def test_one_name_in_many_towns_is_always_told_apart() -> None:
    others = tuple(row(f"14052110{town}{number}", "东庄村委会") for town in "01" for number in (201,))
    load((*(row(*one) for one in EAST), *others))
    found = names("东庄", limit=50)
    assert set(found) >= {"阳城县 · 演礼镇 · 东庄村", "沁水县 · 龙港镇 · 东庄村", "沁水县 · 中村镇 · 东庄村"}
    assert len(set(found)) == len(found)
    assert all(text.count(" · ") == 2 for text in found)
    assert names("东庄", near="140522")[0] == "阳城县 · 演礼镇 · 东庄村"
    assert names("东庄", near="140521")[0] == "沁水县 · 龙港镇 · 东庄村"


def test_open_ones_come_first_and_a_merged_one_names_its_successor() -> None:
    with committed():
        service.merge_villages(
            place(VILLAGE), place(NEIGHBOUR), on=clock.today(), reason="合并", by=None, now=clock.now()
        )
    load(changed(YANGCHENG, {VILLAGE: None, "140522102216": None}), as_of=clock.today())
    found = {one.code: one for one in queries.search_villages("润城", limit=50)}
    assert [one.is_open for one in found.values()] == sorted((one.is_open for one in found.values()), reverse=True)
    assert (found[VILLAGE].state, found[VILLAGE].chosen.label.text) == ("已并入中庄村", "阳城县 · 润城镇 · 中庄村")
    assert (found["140522102216"].state, found["140522102216"].chosen.code) == ("已撤销", "140522102216")
    assert (found[NEIGHBOUR].state, found[NEIGHBOUR].is_open) == ("", True)


def test_a_village_is_found_by_what_it_was_called() -> None:
    load(changed(YANGCHENG, {VILLAGE: "和谐社区居民委员会"}), as_of=clock.today())
    assert names("上庄村委会")[0] == "阳城县 · 润城镇 · 和谐社区"
    assert names("hxsq") == ["阳城县 · 润城镇 · 和谐社区"]


def test_a_search_asks_the_database_twice_at_most(session: Session) -> None:
    with committed():
        service.merge_villages(
            place(VILLAGE), place(NEIGHBOUR), on=clock.today(), reason="合并", by=None, now=clock.now()
        )
    asked: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith("BEGIN"):
            asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", count)
    try:
        for text, queries_made in (("东庄", 1), ("上庄", 2), ("没有这样的村", 2), ("", 0)):
            asked.clear()
            queries.search_villages(text)
            assert len(asked) == queries_made, text
    finally:
        event.remove(db.engine, "before_cursor_execute", count)


def test_whatever_is_typed_is_searched_for_and_nothing_else() -> None:
    for text in NAUGHTY:
        assert len(queries.search_villages(text)) <= 20
        with pytest.raises(DomainError, match="。"):
            queries.resolve_village(text)


def test_wildcards_are_letters_like_any_other() -> None:
    for text in ("%", "_", "\\", "上_村", "上%村", "/", "//"):
        assert queries.search_villages(text) == []


# --- what was typed without choosing --------------------------------------------------------------------------------


def test_a_typed_village_is_resolved() -> None:
    for text in (VILLAGE, "上庄村", "上庄村委会", "润城上庄村", "阳城县 · 润城镇 · 上庄村", "润城 上庄村"):
        assert queries.resolve_village(text) == place(VILLAGE)


def test_a_typed_name_of_many_asks_for_the_town() -> None:
    load((*(row(*one) for one in EAST), row("140521100201", "上庄村委会")))
    with pytest.raises(DomainError) as refused:
        queries.resolve_village("上庄村", field="village")
    assert refused.value.field == "village"
    assert refused.value.message == (
        "“上庄村”对应多个村（社区）：沁水县 · 龙港镇 · 上庄村、阳城县 · 润城镇 · 上庄村，请加上乡镇和县。"
    )
    assert queries.resolve_village("沁水 上庄村") == place("140521100201")


def test_a_typed_name_of_none_says_so() -> None:
    for text in ("没有的村", "140522102999", "润城镇没有的村", TOWN):
        with pytest.raises(DomainError, match=r"没有(找到|代码)"):
            queries.resolve_village(text)


def test_a_typed_village_that_was_merged_means_its_successor() -> None:
    with committed():
        service.merge_villages(
            place(VILLAGE), place(NEIGHBOUR), on=clock.today(), reason="合并", by=None, now=clock.now()
        )
    assert queries.resolve_village(VILLAGE) == place(NEIGHBOUR)
    assert queries.resolve_village("润城 上庄村") == place(NEIGHBOUR)


# --- the tree -------------------------------------------------------------------------------------------------------


def test_labels_name_what_is_above() -> None:
    codes = ("140000000000", "140500000000", COUNTY, TOWN, VILLAGE)
    found = queries.labels(place(code).id for code in codes)
    assert [found[place(code).id].text for code in codes] == [
        "山西省",
        "晋城市",
        "阳城县",
        "阳城县 · 润城镇",
        "阳城县 · 润城镇 · 上庄村",
    ]
    assert (found[place(VILLAGE).id].name, found[place(VILLAGE).id].above) == ("上庄村", "阳城县 · 润城镇")
    assert (found[place(TOWN).id].name, found[place(TOWN).id].above) == ("润城镇", "阳城县")
    assert queries.labels([]) == {}


@pytest.mark.both_databases
def test_children_subtrees_and_counts() -> None:
    assert len(queries.children(place(COUNTY))) == 15
    assert len(queries.children(place(TOWN))) == 23
    assert len(queries.subtree_ids(place(COUNTY))) == 357
    assert queries.subtree_ids(place(VILLAGE)) == {place(VILLAGE).id}
    (one,) = queries.counties()
    assert (one.place.name, one.city, one.towns, one.villages) == ("阳城县", "晋城市", 15, 341)
    villages = queries.villages_by_town(place(COUNTY))
    assert sum(map(len, villages.values())) == 341
    assert [village.code for village in villages[place(TOWN).id]][:2] == ["140522102001", "140522102200"]


def test_a_place_of_an_address_that_is_none_is_not_found() -> None:
    assert queries.place_of(place(VILLAGE).public_id) == place(VILLAGE)
    with pytest.raises(DomainError) as refused:
        queries.place_of("x" * 22)
    assert refused.value.status == 404
