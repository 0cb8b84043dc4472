"""LAW: every basis is a row, every article stands in a text that is held, and the edition is that of the day."""

from collections.abc import Iterator
from datetime import date

import pytest

from tests.world.county import County
from tracker.cases.lifecycle.rules.grounds import GROUND_BASIS
from tracker.cases.lifecycle.rules.steps import STEPS
from tracker.deadlines.limits import LIMITS
from tracker.statutes.queries import NOT_HELD, law_lines
from tracker.statutes.rules.citing import Entered, citation, edition_on
from tracker.statutes.rules.citing import cited as cited_by
from tracker.statutes.rules.provisions import LAW, P, Provision
from tracker.statutes.rules.sources import EDITIONS, STATUTES, ArticlePlace, Source, chinese
from tracker.statutes.texts import articles, line_of

TODAY = date(2026, 11, 29)
# Of these the text is not held (引用，未存文本): its number is from the law itself, not read here.
CITED_WITHOUT_TEXT = {P.SUGGESTION_DAYS}
HELD = {(edition.source, edition.name): edition.held for edition in EDITIONS}


def cited(*basis: Provision, on: date, titles: bool = False) -> str:
    return cited_by(basis, on, titles=titles)


def bases() -> Iterator[tuple[str, object]]:
    """Yield every basis of the program with the name of its row."""
    yield from ((f"STEPS {step.label}", step.basis) for step in STEPS)
    yield from ((f"LIMITS {limit.label}", limit.basis) for limit in LIMITS.values())
    yield from ((f"GROUND_BASIS {ground}", basis) for ground, basis in GROUND_BASIS.items())


def strangers(found: Iterator[tuple[str, object]]) -> Iterator[str]:
    """Name the bases that are no rows of LAW."""
    for name, basis in found:
        if not isinstance(basis, tuple):
            yield f"{name}: {basis!r} is free text; add the row to LAW (tracker/statutes/rules/provisions) and name it"
            continue
        for each in basis:
            if not isinstance(each, Provision) or each not in LAW:
                yield f"{name}: {each!r} is in no row; add the row to LAW (tracker/statutes/rules/provisions)"


def test_every_basis_is_a_row_of_the_table() -> None:
    assert list(strangers(bases())) == []


@pytest.mark.parametrize("basis", ["第三十四条", ("第三十四条",)])
def test_a_basis_in_free_text_is_caught(basis: object) -> None:
    found = list(strangers(iter([("LIMITS 办理", basis)])))
    assert len(found) == 1
    assert "add the row to LAW" in found[0]


def test_every_member_is_a_row_and_the_table_has_no_other() -> None:
    assert list(LAW) == list(Provision)


@pytest.mark.parametrize("provision", [each for each in LAW if LAW[each].source in STATUTES], ids=str)
def test_every_article_stands_in_the_text_that_is_held(provision: Provision) -> None:
    assert LAW[provision].places
    for edition, place in LAW[provision].places:
        held = HELD[LAW[provision].source, edition]
        assert bool(held) == (provision not in CITED_WITHOUT_TEXT)
        if not held:
            continue
        line = line_of(held, place)
        assert len(line) > 20
        assert not line.startswith("第")


@pytest.mark.parametrize("place", [ArticlePlace(51), ArticlePlace(23, 5), ArticlePlace(31, 0, 7)])
def test_a_place_that_no_text_has_is_caught(place: ArticlePlace) -> None:
    with pytest.raises(LookupError):
        line_of("xinfang-tiaoli-2022.md", place)


@pytest.mark.parametrize(("file", "last"), [("xinfang-tiaoli-2022.md", 50), ("cunweihui-zuzhifa-2018.md", 41)])
def test_a_text_is_read_whole(file: str, last: int) -> None:
    assert list(articles(file)) == [f"第{chinese(number)}条" for number in range(1, last + 1)]


def test_numbers_are_written_as_statutes_write_them() -> None:
    assert [chinese(n) for n in (1, 10, 11, 20, 36, 100, 105, 110, 203)] == [
        "一", "十", "十一", "二十", "三十六", "一百", "一百零五", "一百一十", "二百零三",
    ]  # fmt: skip
    assert ArticlePlace(31, 0, 1, 5).words == "第三十一条第一项至第五项"


def test_the_line_is_that_of_the_article(county: County) -> None:
    (line,) = law_lines((P.T34,), TODAY)
    assert (line.cited, line.edition) == ("条例第三十四条", "《信访工作条例》 2022年公布")
    assert line.text.startswith("对本条例第三十一条第六项规定的信访事项应当自受理之日起60日内办结")
    (items,) = law_lines((P.T31_1_TO_4,), TODAY)
    assert len(items.text.splitlines()) == 5


def test_the_edition_is_that_of_the_day_of_the_act(county: County) -> None:
    """村民委员会组织法: §17 until the end of 2025; nobody has told the number of 2026, so none is printed."""
    assert cited(P.SPOILED_ELECTION, on=date(2025, 12, 31)) == "村民委员会组织法第十七条"
    assert cited(P.SPOILED_ELECTION, on=date(2026, 1, 1)) == "村民委员会组织法关于破坏选举的规定"
    (old,), (new,) = (law_lines((P.SPOILED_ELECTION,), day) for day in (date(2025, 12, 31), date(2026, 1, 1)))
    assert (old.note, new.text, new.note) == ("", "", NOT_HELD)
    assert "由乡级或者县级人民政府负责调查并依法处理" in old.text


def test_before_its_first_edition_a_statute_is_not_cited_by_article() -> None:
    assert cited(P.T34, on=date(2022, 4, 30)) == "条例施行以前的规定"
    assert cited(P.T34, on=date(2022, 5, 1)) == "条例第三十四条"


def test_several_places_are_printed_together() -> None:
    assert cited(P.T22_2, P.T30_3, on=TODAY) == "条例第二十二条第二款、第三十条第三款"
    assert cited(P.ASSIGNMENT_NAMES, P.T22_1_3, on=TODAY, titles=True) == (
        "交办函指定；《信访工作条例》第二十二条第一款第三项"
    )


def test_the_report_of_the_same_day_is_the_office_s_own_rule() -> None:
    """Law A11: the notice says 及时, never 当日."""
    assert cited(*LIMITS["leader_report"].basis, on=TODAY) == "本单位规定（通知要求及时）"


def test_what_the_office_enters_goes_before_the_table() -> None:
    number = Entered(Source.VILLAGES, "2025年修订", date(2026, 1, 1), P.SPOILED_ELECTION, "第二十一条", "甲。")
    assert cited_by((P.SPOILED_ELECTION,), TODAY, [number]) == "村民委员会组织法第二十一条"
    assert cited_by((P.SPOILED_ELECTION,), date(2025, 12, 31), [number]) == "村民委员会组织法第十七条"
    later = Entered(Source.PETITIONS, "2027年修订", date(2027, 3, 1))
    assert cited_by((P.T34,), date(2027, 2, 28), [later]) == "条例第三十四条"
    assert cited_by((P.T34,), date(2027, 3, 1), [later]) == "条例关于办理期限和延长的规定"
    found = edition_on(Source.PETITIONS, date(2027, 3, 1), [later])
    assert found is not None
    assert citation(P.T34, date(2027, 3, 1), [later]).edition == found
