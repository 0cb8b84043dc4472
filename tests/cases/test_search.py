"""Search means the same on both databases: a part of the normalised text, for any characters and any length."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import inspect, select, text, update
from sqlalchemy.orm import Session

from tests.databases import writing
from tests.world.county import County
from tests.world.rows import a_case, kept
from tracker.cases.record import search
from tracker.cases.record.models import AccusedParty, Case, DemandPoint
from tracker.cases.record.search import (
    SearchEntry,
    alike,
    create_search,
    drop_search,
    index_case,
    matching,
    reindex,
    words_of,
    write,
)
from tracker.cases.record.search_check import disagreeing
from tracker.core.database import db
from tracker.core.text import normalise

pytestmark = pytest.mark.both_databases
LITERAL = {"literal_binds": True}


def found(words: str) -> set[int]:
    return set(db.session.scalars(select(Case.id).where(matching(words))))


def naive(words: str, fields_by_case: dict[int, list[str]]) -> set[int]:
    """Find by the definition: every word is a part of some field, both normalised."""
    wanted = [normalise(word) for word in words.split()]
    return {
        case_id
        for case_id, fields in fields_by_case.items()
        if all(any(word in normalise(field) for field in fields) for word in wanted)
    }


def indexed(county: County, **values: object) -> Case:
    case = a_case(county, **values)  # type: ignore[arg-type]
    index_case(case)
    return case


@pytest.mark.parametrize(
    ("words", "hit"),
    [
        ("拆", True),
        ("拆迁", True),
        ("拆迁款", True),
        ("拆迁补偿", False),
        ("拆迁补偿款", False),
        ("要求公开拆迁款分配方案", True),
        ("案", True),
        ("案要", False),
        ("2026", True),
        ("026号", True),
        ("ＹＣ－2026", True),
        ("yc-2026-0031", True),
        ("0031", True),
        ("31", True),
        ("1", True),
        ("拆 迁", True),
        ("拆迁　方案", True),
        ("方案 拆迁", True),
        ("拆迁 水库", False),
        ("上庄村", False),
        ("东头的", True),
        ("公示三天", True),
        ("天要", False),
        ("𠂇", True),
        ("𠂇某", True),
        ("某𠂇", False),
    ],
)
def test_a_word_of_any_length_is_found_exactly(county: County, words: str, hit: bool) -> None:
    case = indexed(
        county,
        title="要求公开拆迁款分配方案",
        summary="要求按 2026 号文件办理。信访人 𠂇某。",
        register_no="XF-0099",
        hotline_no="YC-2026-0031",
        village_id=county.village.id,
        place_note="东头的几户",
        points=["公示三天", "要求张贴"],
    )
    other = indexed(county, register_no="XF-", title="饮水", summary="管网破损")
    assert found(words) == ({case.id} if hit else set())
    assert other.id not in found(words)


SIGNS = (
    *(
        '"',
        "'",
        "''",
        "*",
        "拆*",
        "%",
        "_",
        "拆_款",
        "拆%",
        "\\",
        ":",
        "拆:*",
        "&",
        "|",
        "!",
        "<->",
        "-拆",
        "+",
        "^",
        "#",
    ),
    *(
        "NEAR(",
        "NEAR(拆 迁)",
        "张三 AND",
        "AND",
        "OR",
        "NOT",
        "(",
        ")",
        "(a+",
        "［",
        "］",
        "[拆]",
        "{}",
        ";--",
        "`",
        "$1",
    ),
    *(
        "{{7*7}}",
        "\x00",
        "\ud83d",
        "\u202e",
        "🀄",
        "e̶",
        "\t",
        ":q",
        "case_search",
        "grams : 拆",
        "0e0",
        "4fe1",
        "62c6*",
    ),
)


@pytest.mark.parametrize("words", SIGNS)
def test_no_sign_in_a_query_means_anything(county: County, words: str) -> None:
    plain = indexed(county, title="要求公开拆迁款", summary="没有符号")
    same = indexed(county, title=f"原文里就有 {words} 这几个字".replace("\x00", "").replace("\ud83d", ""), summary="无")
    if words_of(words):
        assert found(words) == {same.id} | ({plain.id} & naive(words, {plain.id: [plain.title, plain.summary]}))
    else:
        assert found(words) == {plain.id, same.id}


def test_a_query_without_words_leaves_everything(county: County) -> None:
    case = indexed(county)
    assert found("") == found(" 　\t") == found("·") == {case.id}


def test_names_are_not_in_the_index(county: County) -> None:
    case = a_case(county, names=["欧阳某某"], accused=["司马某某"])
    index_case(case)
    assert db.session.scalar(select(AccusedParty.id).where(AccusedParty.case_id == case.id))
    assert found("欧阳某某") == found("欧阳") == found("司马") == set()
    assert found(case.title) == {case.id}


def test_an_entry_is_replaced_not_added_to(county: County) -> None:
    case = indexed(county, title="反映水质", summary="水质")
    case.title, case.summary = "反映道路", "道路"
    index_case(case)
    assert found("水质") == set()
    assert found("道路") == {case.id}


def test_demand_points_written_after_the_case_are_found(county: County) -> None:
    case = a_case(county)
    assert case.demand_points == []
    kept(DemandPoint(case_id=case.id, position=1, text="重新公布选民名单"))
    index_case(case)
    assert found("选民名单") == {case.id}


def test_an_entry_lives_and_dies_with_its_transaction(county: County) -> None:
    case = indexed(county)
    db.session.rollback()
    assert found(case.title if inspect(case).persistent else "选民登记") == set()


def test_reindex_of_some_leaves_the_others(county: County) -> None:
    case, other = indexed(county, title="水质"), indexed(county, title="水压")
    case.title = other.title = "道路"
    db.session.flush()
    assert reindex(Case.id == case.id) == 1
    assert found("道路") == {case.id}
    assert found("水压") == {other.id}


def test_reindex_of_everything_forgets_what_is_stale(county: County) -> None:
    cases = [indexed(county, title=f"第{number}件") for number in range(3)]
    write([SearchEntry(cases[0].id, ("过时的字",))])
    assert found("过时的字") == {cases[0].id}
    assert reindex() == 3
    assert found("过时的字") == set()
    assert found("件") == {case.id for case in cases}


ALPHABET = "村庄民选举01aB ·。，\n“”%_*\"'ＡＢ１　𠂇\u200b"
TEXTS = st.text(ALPHABET, max_size=12)


@given(
    fields=st.lists(st.lists(TEXTS, min_size=1, max_size=3), min_size=1, max_size=5),
    queries=st.lists(st.text(ALPHABET, max_size=8), min_size=1, max_size=6),
)
def test_search_is_a_part_of_the_normalised_text(
    session: Session, county: County, fields: list[list[str]], queries: list[str]
) -> None:
    cases = [a_case(county) for _ in fields]
    by_case = {case.id: texts for case, texts in zip(cases, fields, strict=True)}
    write(SearchEntry(case_id, tuple(n for t in texts if (n := normalise(t)))) for case_id, texts in by_case.items())
    for query in [*queries, *(words[1:5] for texts in fields for words in texts)]:
        assert found(query) == naive(query, by_case) if words_of(query) else found(query) == set(by_case), query
    session.rollback()


def test_alike_finds_the_reworded_letter_among_many(county: County) -> None:
    for number in range(60):
        indexed(county, title=f"反映村务公开第{number}次", summary="要求公开村务账目，反映村务公开不及时。" * 2)
    letter = "反映上庄村换届选举时选民登记遗漏外出务工人员四十余人，村务账目未公开"
    earlier = indexed(county, title="选民登记遗漏", summary=letter)
    again = "关于上庄村换届时选民登记漏登外出务工人员的情况，村务账目也未公开"
    assert alike(again)[0] == earlier.id
    assert alike(again, Case.id != earlier.id)[0] != earlier.id
    assert earlier.id not in alike("要求修路")
    assert alike("") == alike("村") == []


def test_what_is_alike_is_narrowed_before_it_is_ranked(county: County) -> None:
    """SQLite looks each up by its key as it finds it, instead of ranking everything first."""
    meant = indexed(county, title="拆迁补偿没有到位")
    indexed(county, title="拆迁补偿没有到位")
    only = (Case.id == meant.id, Case.received_on == meant.received_on)
    assert alike("拆迁补偿没有到位", *only) == [meant.id]
    if db.session.get_bind().dialect.name == "sqlite":
        ranked = search.Fts5().ranked(search._pairs("拆迁"), only).compile(db.engine, compile_kwargs=LITERAL)
        plan = [row[3] for row in db.session.execute(text(f"EXPLAIN QUERY PLAN {ranked}"))]
        assert plan[0].startswith("SCAN case_search VIRTUAL TABLE")
        assert [step for step in plan if "petition_case" in step and step.endswith("INTEGER PRIMARY KEY (rowid=?)")]
        assert not [step for step in plan if step.startswith("MATERIALIZE")]


def test_a_common_word_finds_the_same(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    cases = [indexed(county, title=f"第{number}件拆迁") for number in range(4)]
    other = indexed(county, title="饮水", summary="水")
    rare = {words: found(words) for words in ("拆迁", "件拆", "拆", "饮水", "没有")}
    monkeypatch.setattr(search, "COMMON", 1)
    assert {words: found(words) for words in rare} == rare
    assert rare["拆迁"] == {case.id for case in cases}
    assert rare["饮水"] == {other.id}
    assert alike("第2件拆迁与补偿")


def test_the_rarest_pairs_are_few_enough() -> None:
    counted = {f"{number:02}": number * 100 for number in range(1, 40)}
    chosen = search._rarest(counted)
    assert chosen == ["01", "02", "03", "04", "05", "06", "07"]
    assert search._rarest({"a": 9000, "b": 8000, "c": 7000, "d": 6000, "e": 5000}) == ["e", "d", "c", "b"]
    assert len(search._rarest(dict.fromkeys(map(str, range(40)), 1))) == 16


def test_tables_go_and_come_back(session: Session, county: County) -> None:
    connection = writing().connection()
    drop_search(connection)
    assert "case_search" not in inspect(connection).get_table_names()
    create_search(connection)
    case = indexed(county)
    assert found("选民登记") == {case.id}
    session.rollback()
    assert session.execute(text("SELECT count(*) FROM case_search")).scalar() == 0


def test_an_entry_agrees_after_a_demand_point_was_answered(county: County) -> None:
    """PostgreSQL gives the rows of a matter as they lie: one that was changed lies behind the others."""
    case = county.case(county.register(demand_points=["补登遗漏的十四户。", "公开村级收支明细。"]))
    writing().execute(
        update(DemandPoint).where(DemandPoint.case_id == case.id, DemandPoint.position == 1).values(result="supported")
    )
    db.session.commit()
    assert list(disagreeing()) == []
