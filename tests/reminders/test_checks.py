"""What a ladder must satisfy before it is adopted: the sentence stands at the field; the shipped table is clean."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reminders.rungs import changed, rung, without
from tracker.deadlines.limits import LIMITS, LimitKind
from tracker.reminders.ladder.rules.checks import LONGEST_ASKED, MOST_RUNGS, faults, faults_found
from tracker.reminders.ladder.rules.kept import from_json, to_json
from tracker.reminders.ladder.rules.moments import Behaviour, When
from tracker.reminders.ladder.rules.rungs import LADDER, Recipient, Rung, RungLevel
from tracker.reminders.ladder.rules.words import differences, kinds_words, label, place, sections, when_words
from tracker.working_days.rules import Unit


def where(rungs: tuple[Rung, ...]) -> set[tuple[str, str]]:
    return {(fault.code, fault.field) for fault in faults_found(rungs)}


def test_the_shipped_table_can_be_adopted() -> None:
    assert faults(LADDER) == []


@pytest.mark.parametrize(
    ("code", "values", "field", "said"),
    [
        ("work-half", {"number": 0}, "number", "1 至 100"),
        ("work-half", {"number": 101}, "number", "1 至 100"),
        ("work-half", {"unit": Unit.DAY}, "number", "1 至 100"),
        ("work-soon", {"number": -1}, "number", "0 至 366"),
        ("work-soon", {"unit": Unit.PERCENT}, "number", "0 至 366"),
        ("work-urge", {"number": 0}, "number", "至少是 1"),
        ("work-soon", {"told": ()}, "told", "送达岗位"),
        ("work-soon", {"asked": "  "}, "asked", "写明要求"),
        ("work-soon", {"asked": "请" * (LONGEST_ASKED + 1)}, "asked", "最多 200 字"),
        ("work-soon", {"kinds": ()}, "kinds", "适用的期限"),
        ("came-again", {"kinds": (LimitKind.HANDLING,)}, "kinds", "适用的期限"),
        ("came-again", {"behaviour": None}, "kinds", "适用的期限"),
        ("work-soon", {"behaviour": Behaviour.CAME_AGAIN}, "kinds", "适用的期限"),
        ("work-soon", {"kinds": (LimitKind.HANDLING, LimitKind.REVIEW_WINDOW)}, "kinds", "不是谁的责任"),
        ("work-blue", {"reply_days": 0}, "reply", "不要求回复的留空"),
        ("work-blue", {"reply_days": None}, "issues", "写明回复期限"),
        ("work-soon", {"issues": True, "level": RungLevel.URGE, "reply_days": 2}, "issues", "逾期以后"),
        ("work-interview", {"issues": True, "reply_days": 2}, "issues", "由领导决定"),
        ("reply-late", {"issues": True, "reply_days": 2}, "issues", "由人决定"),
        ("work-amber", {"number": 2}, "number", "回复期限之后"),
        ("work-red", {"level": RungLevel.REMIND, "issues": False}, "number", "只升不降"),
    ],
)
def test_the_sentence_stands_at_its_field(code: str, values: dict[str, Any], field: str, said: str) -> None:
    found = [fault for fault in faults_found(changed(code, **values)) if said in fault.sentence]
    assert [fault.field for fault in found][:1] == [field], faults(changed(code, **values))


def test_codes_are_unique_and_plain() -> None:
    assert ("work-soon", "code") in where((*LADDER, rung("work-soon")))
    assert ("Work Soon", "code") in where((*LADDER, rung("work-soon", code="Work Soon")))
    assert ("work-soon-2", "code") not in where((*LADDER, rung("work-soon", code="work-soon-2")))


def test_no_duty_is_left_without_a_word() -> None:
    """Nothing falls due unseen: each kind of duty keeps at least one rung in use."""
    for kind in (kind for kind in LimitKind if LIMITS[kind].duty):
        silent = tuple(replace(each, active=each.active and kind not in each.kinds) for each in LADDER)
        assert any(LIMITS[kind].label in sentence and "没有人知道" in sentence for sentence in faults(silent))


def test_a_rung_that_is_switched_off_disturbs_no_order() -> None:
    assert where(changed("work-amber", number=2, active=False)) == set()


def test_the_table_has_an_end() -> None:
    many = (*LADDER, *(rung("work-soon", code=f"more-{n}") for n in range(MOST_RUNGS)))
    assert any("最多 120 行" in sentence for sentence in faults(many))


_RUNGS = st.builds(
    Rung,
    code=st.sampled_from(["work-soon", "b", "c", ""]),
    kinds=st.lists(st.sampled_from(LimitKind), max_size=3).map(tuple),
    when=st.sampled_from(When),
    number=st.integers(-2, 400),
    unit=st.sampled_from([Unit.DAY, Unit.WORKING_DAY, Unit.PERCENT, Unit.FIXED]),
    level=st.sampled_from(RungLevel),
    told=st.lists(st.sampled_from(Recipient), max_size=2).map(tuple),
    asked=st.sampled_from(["", "请办理。"]),
    reply_days=st.none() | st.integers(-1, 400),
    issues=st.booleans(),
    behaviour=st.none() | st.sampled_from(Behaviour),
    active=st.booleans(),
)


@given(st.lists(_RUNGS, max_size=6).map(tuple))
def test_any_table_is_judged_worded_and_kept(rungs: tuple[Rung, ...]) -> None:
    codes = {rung.code for rung in rungs}
    assert all(fault.code in {*codes, ""} and fault.sentence.endswith("。") for fault in faults_found(rungs))
    assert all(label(rung) and when_words(rung) for rung in rungs)
    assert from_json(to_json(rungs)) == rungs


def test_every_rung_stands_in_the_printed_table() -> None:
    shown = sections(LADDER)
    assert {rung.code for section in shown for rung in section.rungs} == {rung.code for rung in LADDER}
    kinds = [kind for section in shown for kind in section.kinds]
    assert len(kinds) == len(set(kinds))
    assert set(kinds) == {kind for kind in LimitKind if LIMITS[kind].duty}
    handling = next(section for section in shown if LimitKind.HANDLING in section.kinds)
    words = [when_words(rung) for rung in handling.rungs]
    in_order = ("时限用去 50%", "时限用去 75%", "到期前 3 日", "到期当天", "逾期第 1 日", "逾期第 5 个工作日")
    assert [each for each in words if each in in_order] == list(in_order)


def test_differences_are_told_by_rung() -> None:
    after = changed("work-blue", number=7, reply_days=3, told=(Recipient.OWNER,))
    (found,) = differences(LADDER, after)
    assert found.label == f"逾期第 5 个工作日蓝色督办（{kinds_words(rung('work-blue').kinds)}）"
    assert found.changes == (
        "何时：逾期第 5 个工作日 → 逾期第 7 个工作日",
        "告诉谁：承办单位负责人、领办领导 → 责任人（承办人）",
        "回复期限：5 个工作日 → 3 个工作日",
    )
    added = differences(LADDER, (*LADDER, rung("work-soon", code="work-soon-2")))
    assert [each.changes for each in added] == [("新增",)]
    assert [each.changes for each in differences(LADDER, without("work-half"))] == [("删去",)]
    assert [each.changes for each in differences(LADDER, changed("work-soon", active=False))] == [("停用",)]
    assert differences(LADDER, LADDER) == []


def test_behaviours_stand_after_the_rungs_of_days() -> None:
    days = [each for each in LADDER if each.when is not When.BEHAVIOUR]
    behaviours = [each for each in LADDER if each.when is When.BEHAVIOUR]
    assert behaviours
    assert min(map(place, behaviours)) > max(map(place, days))
