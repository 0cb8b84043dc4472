"""The table of acts on suggestions: no dead end, no act without a row, no condition that no row asks, letters kept."""

import dataclasses
from collections.abc import Iterator

from tracker.suggestions.rules.acts import (
    PROMISE_ACTS,
    SUGGESTION_ACT_LABELS,
    SUGGESTION_ACTS,
    SUGGESTION_PARTS,
    UNDOABLE,
    SuggestionAct,
    SuggestionCondition,
    SuggestionFacts,
    SuggestionPart,
    promise_row,
    rows_at,
    why_not,
)
from tracker.suggestions.rules.codes import (
    SUGGESTION_LIVE,
    SUGGESTION_OVER,
    SUGGESTION_STAGES,
    AnswerResult,
    PromiseStage,
    SuggestionStage,
)

A, S = SuggestionAct, SuggestionStage
GOOD = SuggestionFacts(
    days_over=False,
    lengthened=False,
    answered=True,
    heard=True,
    met=True,
    recorded=True,
    asks_again=True,
    undoable=True,
)
# For each condition the one fact that breaks it.
BREAKS = {
    SuggestionCondition.WITHIN_DAYS: {"days_over": True},
    SuggestionCondition.NOT_LENGTHENED: {"lengthened": True},
    SuggestionCondition.HEARD: {"heard": False},
    SuggestionCondition.NOT_HEARD: {"heard": True},
    SuggestionCondition.MET: {"met": False},
    SuggestionCondition.HAS_ANSWER: {"answered": False},
    SuggestionCondition.HAS_RECORD: {"recorded": False},
    SuggestionCondition.ASKS_AGAIN: {"asks_again": False},
    SuggestionCondition.CAN_GO_BACK: {"undoable": False},
}


def reached() -> Iterator[SuggestionStage]:
    """Yield the stages that the table reaches from 交办, each once."""
    seen, at = {S.IN_HAND}, [S.IN_HAND]
    while at:
        stage = at.pop()
        yield stage
        for row in SUGGESTION_ACTS:
            if stage in row.froms and row.to is not None and row.to not in seen:
                seen.add(row.to)
                at.append(row.to)


def test_every_stage_is_reached_and_left() -> None:
    assert set(reached()) == set(S)
    assert SUGGESTION_LIVE | SUGGESTION_OVER == set(S)
    for stage in SUGGESTION_LIVE:
        assert any(stage in row.froms and row.to not in (None, stage) for row in SUGGESTION_ACTS), stage
    for stage in SUGGESTION_OVER:
        assert list(rows_at(A.TAKE_BACK, stage)), f"{stage} cannot be taken back"


def test_every_act_has_a_row_a_label_and_somebody_who_takes_it() -> None:
    in_table = {row.act for row in SUGGESTION_ACTS} | {row.act for row in PROMISE_ACTS}
    assert in_table | {A.ENTER} == set(A) == set(SUGGESTION_ACT_LABELS)
    assert all(row.by and row.froms for row in SUGGESTION_ACTS)
    assert set(SUGGESTION_PARTS) == set(SuggestionPart) == frozenset().union(*(row.by for row in SUGGESTION_ACTS))
    assert all(bool(row.next_part) == bool(row.asked) for row in SUGGESTION_ACTS)
    assert set(UNDOABLE) <= in_table
    assert set(SUGGESTION_STAGES) == set(S)


def test_what_moves_a_suggestion_can_be_taken_back_or_decided_again() -> None:
    moving = {row.act for row in SUGGESTION_ACTS if row.to is not None}
    assert moving - set(UNDOABLE) == {A.OBJECT, A.AGREE_RETURN, A.REFUSE_RETURN}


def test_each_condition_stops_its_act_alone() -> None:
    assert set(BREAKS) == set(SuggestionCondition)
    for row in SUGGESTION_ACTS:
        base = dataclasses.replace(GOOD, heard=SuggestionCondition.NOT_HEARD not in row.conditions)
        assert why_not(row, base) == "", row
        for condition in row.conditions:
            assert why_not(row, dataclasses.replace(base, **BREAKS[condition])), (row.act, condition)
    assert {condition for row in SUGGESTION_ACTS for condition in row.conditions} == set(SuggestionCondition)


def test_who_works_on_a_suggestion_neither_concludes_it_nor_says_what_the_deputy_thinks() -> None:
    for act in (A.HEAR, A.CONCLUDE, A.AGREE_RETURN, A.REFUSE_RETURN, A.INSPECT, A.TAKE_BACK, A.TURN, A.WITHDRAW):
        assert {part for row in SUGGESTION_ACTS if row.act is act for part in row.by} == {SuggestionPart.KEEPER}, act
    assert SuggestionPart.KEEPER not in {part for row in rows_at(A.ANSWER, S.IN_HAND) for part in row.by}


def test_a_promise_ends_kept_or_struck_and_comes_back() -> None:
    assert {row.to for row in PROMISE_ACTS if row.start is PromiseStage.OPEN} == {
        *(PromiseStage.KEPT, PromiseStage.STRUCK, None),
    }
    again = promise_row(A.RETURN_PROMISE, PromiseStage.KEPT)
    assert again
    assert again.to is PromiseStage.OPEN
    assert promise_row(A.KEEP_PROMISE, PromiseStage.STRUCK) is None


def test_results_have_the_letters_of_the_forms() -> None:
    assert [each.value for each in AnswerResult] == ["a", "b", "c", "d"]
