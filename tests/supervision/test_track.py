"""The supervision track: how far it has gone now, falling back when what it was about is cured."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.reminders.ladder.rules.rungs import LEVEL_ORDER, ORDER_LEVELS, RungLevel
from tracker.supervision.papers.rules.paper_words import PAPER_WORDS
from tracker.supervision.papers.rules.track import OrderState, track, track_words

PAPERS = st.builds(OrderState, level=st.sampled_from(ORDER_LEVELS), withdrawn=st.booleans(), cured=st.booleans())


@pytest.mark.parametrize(
    ("papers", "words"),
    [
        ([], "未督办"),
        ([OrderState(RungLevel.URGE, withdrawn=False, cured=False)], "已催办"),
        ([OrderState(RungLevel.URGE, withdrawn=True, cured=False)], "未督办"),
        (
            [
                OrderState(RungLevel.RED, withdrawn=False, cured=True),
                OrderState(RungLevel.BLUE, withdrawn=False, cured=False),
            ],
            "蓝色督办",
        ),
        (
            [
                OrderState(RungLevel.LISTED, withdrawn=False, cured=False),
                OrderState(RungLevel.RED, withdrawn=False, cured=False),
            ],
            "挂牌督办",
        ),
    ],
)
def test_the_highest_paper_that_still_stands(papers: list[OrderState], words: str) -> None:
    assert track_words(track(papers)) == words


@given(st.lists(PAPERS))
def test_only_standing_papers_count_and_none_of_them_stands_higher(papers: list[OrderState]) -> None:
    standing = [paper.level for paper in papers if not paper.withdrawn and not paper.cured]
    found = track(papers)
    assert (found is None) is (not standing)
    assert found is None or (
        found in standing and all(LEVEL_ORDER.index(found) >= LEVEL_ORDER.index(s) for s in standing)
    )


@given(st.lists(PAPERS), PAPERS)
def test_a_cure_never_raises_the_track(papers: list[OrderState], one: OrderState) -> None:
    def height(level: RungLevel | None) -> int:
        return -1 if level is None else LEVEL_ORDER.index(level)

    cured = OrderState(one.level, withdrawn=one.withdrawn, cured=True)
    assert height(track([*papers, cured])) <= height(track([*papers, one]))


def test_every_paper_has_its_words_and_names_the_day_of_the_reply() -> None:
    assert set(PAPER_WORDS) == set(ORDER_LEVELS)
    for words in PAPER_WORDS.values():
        assert "2026年12月8日" in words.asks.format(day="2026年12月8日")
