"""Whom letters mean: no spelling of a post or a person is missed, and who is only asked or begged is left alone."""

import os
from pathlib import Path

import pytest

from benchmarks.naming import (
    DAYS,
    LETTERS,
    Asked,
    demo_directory,
    figures,
    grid,
    in_a_text,
    in_the_field,
    letters,
    ordinary,
    read_letters,
    table,
)
from tracker.cases.access.naming.meaning import Match
from tracker.cases.access.naming.reading import accusing_words, mentions_in
from tracker.core.text import normalise

FIELD_AND_TEXT = pytest.mark.parametrize("reading", [in_the_field, in_a_text])


@FIELD_AND_TEXT
def test_no_spelling_of_the_table_is_missed(reading: object) -> None:
    assert len(table()) >= 120
    counts, missed = figures(table(), reading)  # type: ignore[arg-type]
    assert missed == []
    assert counts["found"] > 0.85 * len(table()), "to ask everything would miss nothing either"


@FIELD_AND_TEXT
def test_no_form_of_the_grid_is_missed(reading: object) -> None:
    asked = list(grid())
    counts, missed = figures(asked, reading)  # type: ignore[arg-type]
    assert missed == []
    assert counts["found"] > 0.9 * len(asked)


def test_a_reading_by_equal_names_alone_is_caught() -> None:
    def equal(written: str) -> Match:
        ids = demo_directory().by_name.get(normalise(written), set())
        if not ids:
            raise LookupError(written)
        return Match(frozenset(ids))

    counts, missed = figures(table(), equal)
    assert counts["missed"] > 0.8 * len(table())
    assert "县民政局局长" in missed


def test_somebody_else_shut_out_is_no_finding() -> None:
    counts, missed = figures([Asked("张局长", user_id=1, unit_id=1)], in_the_field)
    assert (counts["missed"], missed) == (1, ["张局长"])


def test_at_most_three_in_a_hundred_ordinary_claims_are_asked() -> None:
    texts = list(ordinary())
    asked = [text for text in texts if mentions_in(text, demo_directory(), DAYS)]
    assert len(asked) <= 0.03 * len(texts), asked


@pytest.mark.parametrize(
    "text",
    [
        "民政局不给低保",
        "县民政局拖着不办，镇政府也不管。",
        "尊敬的县委书记：我家低保被取消了。",
        "请民政局局长为民做主，查处开发商行贿。",
        "恳请张局长调查饮水管网的问题。",
        "张局长您好，我是上庄村村民。",
        "向林书记反映饮水困难。",
        "希望县政府领导严查黑网吧赌博。",
    ],
)
def test_who_owes_a_service_or_is_addressed_is_not_accused(text: str) -> None:
    assert mentions_in(text, demo_directory(), DAYS) == []


@pytest.mark.parametrize(
    "text",
    [
        "县民政局虚报冒领低保资金",
        "向张局长行贿五万元才办下来",
        "请查处张局长受贿问题",
        "尊敬的县委书记：民政局张局长挪用低保款",
        "反映张局长态度恶劣",
        "村支书贪污扶贫款",
        "吴用贪污公款",
        "派出所民警打人",
    ],
)
def test_who_is_named_with_a_wrong_is_accused(text: str) -> None:
    assert mentions_in(text, demo_directory(), DAYS)


ASKED_FOR = "查处 查清 查明 查实 查办 严查 严惩 严禁 严打 杜绝 关于 马上制止 解除 施压 申请查 何时查处 强势 陆续"


@pytest.mark.parametrize("verb", ASKED_FOR.split())
def test_a_word_that_begins_like_a_surname_names_nobody(verb: str) -> None:
    """What a letter asks for stands where a name may stand; somebody of that surname is still named."""
    for wrong in ("贿选行为", "贪污问题", "殴打村民"):
        assert mentions_in(f"{verb}{wrong}。", demo_directory(), DAYS) == [], wrong
        assert mentions_in(f"{verb[0]}某{wrong}。", demo_directory(), DAYS), "negative control"
        assert mentions_in(f"{verb[0]}建国{wrong}。", demo_directory(), DAYS), "negative control"


@pytest.mark.parametrize(
    ("text", "opens"),
    [
        ("举报某村支书侵占补助", True),
        ("检举村主任", True),
        ("多次向纪委控告无果", True),
        ("拨打举报电话无人接听", False),
        ("咨询低保怎么办", False),
    ],
)
def test_the_word_that_accuses(text: str, opens: bool) -> None:
    assert bool(accusing_words(text)) is opens


@pytest.mark.skipif(not os.environ.get(LETTERS), reason=f"{LETTERS} names no folder of letters")
def test_of_real_letters_few_are_asked_and_none_closed_unasked() -> None:
    found = read_letters(letters(Path(os.environ[LETTERS])))
    assert found.rows > 1000
    assert found.asked <= 0.08 * found.rows, found
    assert found.closed_unasked <= 0.01 * found.rows
