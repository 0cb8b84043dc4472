"""Codes, names, the file of codes, and the plan of an import: pure rules."""

from datetime import date

import pytest

from tracker.core.errors import DomainError
from tracker.places.rules import (
    FileRefused,
    Known,
    PlaceChange,
    PlaceLine,
    PlannedChange,
    code_error,
    import_plan,
    level_of,
    parent_code_of,
    read_file,
    short_name,
    stem,
)

OLD, NEW = date(2022, 6, 30), date(2023, 6, 30)
COUNTY, TOWN_A, TOWN_B = "140522000000", "140522100000", "140522101000"


@pytest.mark.parametrize(
    ("code", "level", "parent"),
    [
        ("140000000000", 1, None),
        ("140500000000", 2, "140000000000"),
        ("140522000000", 3, "140500000000"),
        ("140522100000", 4, "140522000000"),
        ("140522100001", 5, "140522100000"),
        ("140802404498", 5, "140802404000"),
        ("441900003000", 4, "441900000000"),  # 东莞: no county between city and town
    ],
)
def test_a_code_says_its_level_and_its_parent(code: str, level: int, parent: str | None) -> None:
    assert (level_of(code), parent_code_of(code)) == (level, parent)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("14052210000", "应为 12 位数字"),
        ("１４０５２２１０００００", "应为 12 位数字"),
        ("1.40522E+11", "改成了数值"),
        ("140522100000.0", "改成了数值"),
        ("", "应为 12 位数字"),
        ("000000000000", "不是区划代码"),
        ("140522100000", None),
    ],
)
def test_a_wrong_code_is_named(code: str, words: str | None) -> None:
    found = code_error(code)
    assert found is None if words is None else found and words in found


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("上庄村委会", "上庄村"),
        ("张村村委会", "张村"),
        ("坨村村委会", "坨村"),
        ("东麻村村委会", "东麻村"),
        ("上庄村村民委员会", "上庄村"),
        ("上庄村民委员会", "上庄村"),
        ("刘村庄村委会", "刘村庄村"),
        ("长shan村委会", "长shan村"),
        ("西关社区居民委员会", "西关社区"),
        ("西花园社区居委会", "西花园社区"),
        ("阳光社区村委会", "阳光社区"),
        ("北街居民委员会", "北街居委会"),
        ("北街居委会", "北街居委会"),
        ("巴音嘎查村委会", "巴音嘎查"),
        ("运城经济技术开发区虚拟社区", "运城经济技术开发区虚拟社区"),
        ("安阳现代陶瓷工业园社区", "安阳现代陶瓷工业园社区"),
        ("村委会", "村委会"),
        ("居委会", "居委会"),
    ],
)
def test_a_village_is_called_what_people_say(name: str, short: str) -> None:
    assert short_name(name, 5) == short


def test_a_town_keeps_its_kind() -> None:
    assert short_name("中城街道办事处", 4) == "中城街道"
    assert short_name("润城镇", 4) == "润城镇"
    assert short_name("阳城县", 3) == "阳城县"


def test_short_names_never_make_two_places_of_one_town_alike() -> None:
    names = ("北街村委会", "北街居委会", "北街社区居委会", "北街")
    assert len({short_name(name, 5) for name in names}) == len(names)


def test_the_stem_knows_a_place_again_that_became_another_kind() -> None:
    assert stem("上庄村委会", 5) == stem("上庄社区居民委员会", 5) == "上庄"
    assert stem("董封乡", 4) == stem("董封镇", 4)
    assert stem("村", 5) == "村"


HEAD = "code,name,level,parent_code\n"
GOOD = HEAD + "140522000000,阳城县,3,140500000000\n140522100000,凤城镇,4,140522000000\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_a_file_is_read_in_the_encodings_of_spreadsheet_programs(encoding: str, line_end: str) -> None:
    read = read_file(GOOD.replace("\n", line_end).encode(encoding))
    assert [(row.number, row.code, row.name, row.level, row.parent_code) for row in read.rows] == [
        (2, "140522000000", "阳城县", 3, "140500000000"),
        (3, "140522100000", "凤城镇", 4, "140522000000"),
    ]
    assert len(read.sha256) == 64


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("14052210000,凤城镇,4,140522000000", "第 3 行：代码“14052210000”应为 12 位数字。"),
        ("140522100000,,4,140522000000", "第 3 行：没有名称。"),
        ("140522100000,凤城镇,乡,140522000000", "第 3 行：级别“乡”应为 1（省）到 5（村）。"),
        (
            "140522100000,凤城镇,5,140522000000",
            "第 3 行：代码 140522100000 是 4（乡镇（街道）级），级别列写的却是 5（村（社区）级）。",
        ),
        (
            "140522100000,凤城镇,4,140521000000",
            "第 3 行：代码 140522100000 的上级应为 140522000000，parent_code 列写的却是“140521000000”。",
        ),
        ("140522000000,阳城县,3,140500000000", "第 3 行：代码 140522000000 与第 2 行重复。"),
        ("140522100000,凤\u202e城镇,4,140522000000", "第 3 行：名称里有不能显示的字符。"),
        (f"140522100000,{'长' * 61},4,140522000000", "第 3 行：名称超过 60 个字。"),
        ("140522100000", "第 3 行：没有名称。"),
    ],
)
def test_a_wrong_row_is_named_by_its_number(line: str, sentence: str) -> None:
    text = HEAD + "140522000000,阳城县,3,140500000000\n" + line + "\n"
    with pytest.raises(FileRefused) as refused:
        read_file(text.encode())
    assert refused.value.sentences[0] == sentence
    assert "一行也没有读入" in refused.value.message


def test_many_errors_are_counted_and_the_first_are_shown() -> None:
    text = HEAD + "".join(f"{number},某村,5,140522100000\n" for number in range(50))
    with pytest.raises(FileRefused, match="文件有 50 处错误") as refused:
        read_file(text.encode())
    assert len(refused.value.sentences) == 21
    assert refused.value.sentences[-1] == "……还有 30 处。"


@pytest.mark.parametrize(("wrong", "shown", "last"), [(20, 20, "第 21 行"), (21, 21, "……还有 1 处。")])
def test_errors_that_fit_are_all_shown(wrong: int, shown: int, last: str) -> None:
    with pytest.raises(FileRefused) as refused:
        read_file((HEAD + "x,某村,5,140522100000\n" * wrong).encode())
    assert len(refused.value.sentences) == shown
    assert refused.value.sentences[-1].startswith(last)
    assert refused.value.field == "file"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "空的"),
        (b"\xef\xbb\xbf", "缺少"),
        (b"  \n\n", "空的"),
        (HEAD.encode(), "只有表头"),
        (GOOD.encode("utf-16"), "UTF-16"),
        (GOOD.encode("utf-32"), "UTF-16"),
        (b"\xff\x80\xff\x80", "编码既不是"),
        (b"a;b;c\n1;2;3\n", "缺少 code、name、level、parent_code"),
        (b"code,name\n140522000000,x\n", "缺少 level、parent_code"),
        (HEAD.encode() + b'"140522000000,' + b"x" * 140_000, "不是正确的 CSV"),
        (b"PK\x03\x04\x00\x00", "不是 CSV 文本"),
    ],
)
def test_what_is_no_such_file_is_refused_in_one_sentence(content: bytes, words: str) -> None:
    with pytest.raises(DomainError) as refused:
        read_file(content)
    assert words in refused.value.message
    assert refused.value.message.endswith("。")


# --- the plan ---------------------------------------------------------------------------------------------------


def row(code: str, name: str, number: int = 0) -> PlaceLine:
    return PlaceLine(number, code, name, level_of(code), parent_code_of(code))


FILE = (
    row(COUNTY, "阳城县"),
    row(TOWN_A, "凤城镇"),
    row("140522100201", "上庄村委会"),
    row("140522100202", "中庄村委会"),
)


def known(rows: tuple[PlaceLine, ...]) -> list[Known]:
    """Return places as an import of the rows on OLD left them (and their city above)."""
    city = Known(1, 1, "140500000000", "晋城市", 2, None, OLD, listed=("140500000000", "晋城市", None))
    ids = {city.code: city.id}
    places = [city]
    for number, one in enumerate(rows, start=2):
        ids[one.code] = number
        listed = (one.code, one.name, one.parent_code)
        parent = ids[one.parent_code or ""]
        places.append(Known(number, number, one.code, one.name, one.level, parent, OLD, listed=listed))
    return places


def changes(rows: tuple[PlaceLine, ...], places: list[Known]) -> dict[str, PlaceChange]:
    plan = import_plan(rows, places, as_of=NEW)
    return {p.code: p.change for p in plan.changes if p.change is not PlaceChange.UNCHANGED}


def test_the_same_file_again_changes_nothing() -> None:
    plan = import_plan(FILE, known(FILE), as_of=NEW)
    assert plan.counts == {PlaceChange.UNCHANGED: 4}


def test_a_new_row_is_added_and_another_name_is_a_renaming() -> None:
    file = (*FILE[:2], row("140522100201", "上庄新村村委会"), FILE[3], row("140522100203", "下庄村委会"))
    assert changes(file, known(FILE)) == {"140522100201": PlaceChange.RENAMED, "140522100203": PlaceChange.ADDED}


def test_every_change_says_what_the_place_is_afterwards() -> None:
    """An added place is known by the file alone, one that closes by the database alone."""
    places = [*FILE[:3], row("140522100209", "下庄村委会")]
    plan = import_plan(places, known(FILE), as_of=NEW)
    said = {p.change: (p.code, p.name, p.level, p.before) for p in plan.changes}
    assert said[PlaceChange.ADDED] == ("140522100209", "下庄村委会", 5, "")
    assert said[PlaceChange.CLOSED] == ("140522100202", "中庄村委会", 5, "")
    assert {p.level for p in plan.of(PlaceChange.UNCHANGED)} == {3, 4, 5}
    nothing = PlannedChange(PlaceChange.KEPT, None, None)
    assert (nothing.code, nothing.name, nothing.level, nothing.before) == ("", "", 0, "")


def test_a_plan_is_told_from_another_by_what_it_would_write() -> None:
    same = import_plan(FILE, known(FILE), as_of=NEW)
    renamed = import_plan([*FILE[:3], row("140522100202", "东庄村委会")], known(FILE), as_of=NEW)
    closed = import_plan(FILE[:3], known(FILE), as_of=NEW)
    prints = {plan.fingerprint for plan in (same, renamed, closed)}
    assert len(prints) == 3
    assert {len(each) for each in prints} == {64}
    again = import_plan([*FILE[:3], row("140522100202", "东庄村委会", number=9)], known(FILE), as_of=NEW)
    assert again.fingerprint == renamed.fingerprint


def test_every_change_says_where_the_place_lies() -> None:
    plan = import_plan((*FILE, row("140522100203", "下庄村委会")), known(FILE), as_of=NEW)
    assert {p.code: p.above for p in plan.changes} == {
        COUNTY: "",
        TOWN_A: "阳城县",
        "140522100201": "阳城县 · 凤城镇",
        "140522100202": "阳城县 · 凤城镇",
        "140522100203": "阳城县 · 凤城镇",
    }


def test_a_vanished_village_is_closed_where_its_town_is_listed() -> None:
    assert changes(FILE[:3], known(FILE)) == {"140522100202": PlaceChange.CLOSED}


def test_a_vanished_town_closes_with_its_villages() -> None:
    file = (FILE[0], row(TOWN_B, "北留镇"), row("140522101201", "北留村委会"))
    assert changes(file, known(FILE)) == {
        TOWN_B: PlaceChange.ADDED,
        "140522101201": PlaceChange.ADDED,
        TOWN_A: PlaceChange.CLOSED,
        "140522100201": PlaceChange.CLOSED,
        "140522100202": PlaceChange.CLOSED,
    }


def test_what_the_file_does_not_list_children_of_is_not_covered() -> None:
    assert changes((FILE[0],), known(FILE)) == {}
    plan = import_plan((*FILE[:2], row(TOWN_B, "北留镇"), row("140522101201", "北留村委会")), known(FILE), as_of=NEW)
    assert plan.warnings == (f"文件没有列出凤城镇（{TOWN_A}）下的村（社区），它们保持不变。",)
    assert not plan.of(PlaceChange.CLOSED)


def test_a_file_of_one_county_leaves_the_others_alone() -> None:
    other = (row("140521000000", "沁水县"), row("140521100000", "龙港镇"), row("140521100201", "上庄村委会"))
    assert changes(FILE, known(FILE + other)) == {}


def test_a_village_is_known_again_under_another_code_of_its_town() -> None:
    file = (*FILE[:2], row("140522100002", "上庄社区居民委员会"), FILE[3])
    assert changes(file, known(FILE)) == {"140522100002": PlaceChange.RECODED}


def test_a_village_is_never_known_again_as_a_town() -> None:
    file = (*FILE[:2], FILE[3], row(TOWN_B, "上庄镇"), row("140522101201", "北留村委会"))
    assert changes(file, known(FILE)) == {
        TOWN_B: PlaceChange.ADDED,
        "140522101201": PlaceChange.ADDED,
        "140522100201": PlaceChange.CLOSED,
    }


def test_two_of_one_name_are_never_guessed() -> None:
    twins = (*FILE, row("140522100203", "上庄社区居委会"))
    file = (*FILE[:2], FILE[3], row("140522100204", "上庄村民委员会"))
    found = changes(file, known(twins))
    assert found == {
        "140522100204": PlaceChange.ADDED,
        "140522100201": PlaceChange.CLOSED,
        "140522100203": PlaceChange.CLOSED,
    }


def test_a_town_that_becomes_a_town_of_another_kind_takes_its_villages_along() -> None:
    before = (
        FILE[0],
        row("140522200000", "凤城乡"),
        row("140522200201", "上庄村委会"),
        row("140522200202", "中庄村委会"),
    )
    plan = import_plan(FILE, known(before), as_of=NEW)
    assert plan.counts == {PlaceChange.UNCHANGED: 1, PlaceChange.RECODED: 3}
    assert {p.known.code: p.row.code for p in plan.of(PlaceChange.RECODED) if p.known and p.row} == {
        "140522200000": TOWN_A,
        "140522200201": "140522100201",
        "140522200202": "140522100202",
    }


def test_villages_of_a_dissolved_town_are_known_again_in_another() -> None:
    before = (*FILE, row(TOWN_B, "北留镇"), row("140522101201", "北留村委会"))
    file = (
        FILE[0],
        row(TOWN_B, "北留镇"),
        before[5],
        row("140522101202", "上庄村委会"),
        row("140522101203", "新村委会"),
    )
    assert changes(file, known(before)) == {
        "140522101202": PlaceChange.MOVED,
        "140522101203": PlaceChange.ADDED,
        TOWN_A: PlaceChange.CLOSED,
        "140522100202": PlaceChange.CLOSED,
    }


def test_a_closed_place_that_is_listed_again_reopens_but_a_merged_one_stays_merged() -> None:
    places = known(FILE)
    closed = [replaced(p, closed_on=OLD) if p.code == "140522100201" else p for p in places]
    assert changes(FILE, closed) == {"140522100201": PlaceChange.REOPENED}
    merged = [replaced(p, closed_on=OLD, merged=True) if p.code == "140522100201" else p for p in places]
    assert changes(FILE, merged) == {"140522100201": PlaceChange.KEPT}


def test_what_the_office_decided_stays_until_the_file_changes_there() -> None:
    ours = [replaced(p, name="上庄新村村委会", manual=True) if p.code == "140522100201" else p for p in known(FILE)]
    assert changes(FILE, ours) == {"140522100201": PlaceChange.KEPT}
    newer = (*FILE[:2], row("140522100201", "上庄社区居委会"), FILE[3])
    assert changes(newer, ours) == {"140522100201": PlaceChange.RENAMED}
    later = [replaced(p, valid_from=date(2024, 1, 1)) if p.manual else p for p in ours]
    assert changes(newer, later) == {"140522100201": PlaceChange.KEPT}


def test_a_code_the_office_corrected_itself_is_not_added_twice() -> None:
    ours = [
        replaced(p, code="140522100233", name="新庄村委会", manual=True) if p.code == "140522100201" else p
        for p in known(FILE)
    ]
    assert changes(FILE, ours) == {"140522100201": PlaceChange.KEPT}


def test_a_village_added_by_hand_is_never_closed_by_a_list_that_does_not_know_it() -> None:
    by_hand = Known(99, 99, "140522100900", "新村村委会", 5, 3, OLD, manual=True)
    assert changes(FILE, [*known(FILE), by_hand]) == {}
    listed = (*FILE, row("140522100234", "新村村委会"))
    assert changes(listed, [*known(FILE), by_hand]) == {"140522100234": PlaceChange.RECODED}


def test_an_older_edition_never_overwrites_a_newer_one() -> None:
    renamed = (*FILE[:2], row("140522100201", "旧名村委会", 4), FILE[3])
    with pytest.raises(FileRefused) as refused:
        import_plan(renamed, known(FILE), as_of=date(2021, 6, 30))
    assert refused.value.sentences == (
        "第 4 行：上庄村委会（140522100201）现有记录从 2022-06-30 起，晚于本文件的日期 2021-06-30；"
        "旧版本不能覆盖新版本。",
    )
    assert import_plan(FILE, known(FILE), as_of=date(2021, 6, 30)).counts == {PlaceChange.UNCHANGED: 4}


def test_a_file_whose_parent_is_unknown_says_what_to_import_first() -> None:
    with pytest.raises(FileRefused) as refused:
        import_plan((row(COUNTY, "阳城县", 2),), [], as_of=NEW)
    assert refused.value.sentences == (
        "第 2 行：阳城县（140522000000）的上级 140500000000 不在文件里，也没有读入过。"
        "请先读入含这个上级的省、市、县区划代码文件，再读入本文件。",
    )


def test_missing_parents_are_taken_from_the_list_that_comes_with_the_program_and_cover_nothing() -> None:
    above = (row("140000000000", "山西省"), row("140400000000", "长治市"), row("140500000000", "晋城市"))
    province = Known(1, 1, "140000000000", "山西省", 1, None, OLD, listed=("140000000000", "山西省", None))
    taiyuan = Known(2, 2, "140100000000", "太原市", 2, 1, OLD, listed=("140100000000", "太原市", "140000000000"))
    plan = import_plan((row(COUNTY, "阳城县"),), [province, taiyuan], as_of=NEW, above=above)
    assert [(p.code, p.change) for p in plan.changes] == [
        ("140500000000", PlaceChange.ADDED),
        (COUNTY, PlaceChange.ADDED),
    ]


def test_a_town_missing_between_a_county_and_its_village_is_an_error() -> None:
    file = (FILE[0], row(TOWN_B, "北留镇"), row("140522100201", "上庄村委会", 4))
    with pytest.raises(FileRefused, match="1 处") as refused:
        import_plan(file, known(FILE), as_of=NEW)
    assert refused.value.sentences == ("第 4 行：文件列出了上庄村委会，却没有列出它的上级凤城镇（140522100000）。",)


def test_names_that_changed_places_are_pointed_out() -> None:
    swapped = (*FILE[:2], row("140522100201", "中庄村委会"), row("140522100202", "上庄村委会"))
    plan = import_plan(swapped, known(FILE), as_of=NEW)
    assert len(plan.warnings) == 2
    assert "请核对文件里的名称是否错行" in plan.warnings[0]
    harmless = (*FILE[:2], row("140522100201", "新庄村委会"), FILE[3])
    assert import_plan(harmless, known(FILE), as_of=NEW).warnings == ()


def replaced(place: Known, **changed: object) -> Known:
    fields = {name: getattr(place, name) for name in Known.__slots__}
    return Known(**{**fields, **changed})
