"""责任天数: whoever has the case at the end of a day has that day; no day is lost, none is counted twice."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.lifecycle.rules.step_rows import StepRule
from tracker.cases.lifecycle.rules.steps import STEPS
from tracker.cases.record.rules.codes import LedgerStatus, Status
from tracker.supervision.overview.rules.held import PAUSES, HandOver, Stage, shares, timeline

A, S, L = Action, Status, LedgerStatus
GIVEN = (A.ASSIGN, A.REFER)
OFFICE = "县信访局"
UNITS = ("县民政局", "县自然资源局", "润城镇")
PEOPLE = ("王海燕", "梁文", "段峰")
LEADS = ("陈志远", "林一鸣")
DAY = date(2026, 11, 2)
FIRST = HandOver(DAY, A.REGISTER, S.REGISTERED, L.OPEN)
Days = dict[tuple[str, str, Stage], int]


def told(*lines: tuple[int, Action, Status, LedgerStatus, dict[str, str]]) -> list[HandOver]:
    """Return a trail: each line so many days after the one before."""
    found = [FIRST]
    for days, action, status, ledger, named in lines:
        found.append(HandOver(found[-1].on + timedelta(days=days), action, status, ledger, **named))
    return found


def days_of(changes: list[HandOver], today: date) -> Days:
    """Return the days by holder and stage."""
    counted: Counter[tuple[str, str, Stage]] = Counter()
    for each in timeline(changes, office=OFFICE, today=today).segments:
        counted[each.hold.unit, each.hold.person, each.hold.stage] += each.days
    return dict(counted)


CIVIL = {"unit": "县民政局", "handler": "王海燕", "lead_official": "陈志远"}
LAND = {"unit": "县自然资源局", "handler": "段峰", "lead_official": "陈志远"}
TRIAGED = (1, A.TRIAGE, S.TRIAGED, L.OPEN, dict[str, str]())
ASSIGNED = (2, A.ASSIGN, S.ASSIGNED, L.OPEN, CIVIL)
SIGNED = (1, A.SIGN_FOR, S.SIGNED_FOR, L.OPEN, dict[str, str]())
ACCEPTED = (4, A.ACCEPT, S.ACCEPTED, L.OPEN, dict[str, str]())
OPINION = (10, A.ISSUE_OPINION, S.OPINION_ISSUED, L.OPEN, dict[str, str]())
DELIVERED = (1, A.DELIVER, S.DELIVERED, L.OPEN, dict[str, str]())
APPLIED = (3, A.APPLY_CLOSE_OUT, S.DELIVERED, L.REQUESTED, dict[str, str]())
CONFIRMED = (2, A.CONFIRM_CLOSE_OUT, S.DELIVERED, L.CONFIRMED, dict[str, str]())
CHECKED = (4, A.CHECK_CLOSE_OUT, S.DELIVERED, L.CHECKED, dict[str, str]())
CLOSED = (1, A.SIGN_CLOSE_OUT, S.DELIVERED, L.CLOSED, dict[str, str]())
WHOLE = (TRIAGED, ASSIGNED, SIGNED, ACCEPTED, OPINION, DELIVERED, APPLIED, CONFIRMED, CHECKED, CLOSED)


def test_who_was_named_at_triage_has_it_to_sign_where_no_unit_has_it_also_after_it_came_back() -> None:
    named = (1, A.TRIAGE, S.TRIAGED, L.OPEN, {"lead_official": "陈志远"})
    diverted = (1, A.DIVERT, S.DIVERTED, L.OPEN, dict[str, str]())
    back = (1, A.TAKE_BACK, S.TRIAGED, L.OPEN, dict[str, str]())
    signing = tuple((days, action, S.DIVERTED, ledger, {}) for days, action, _status, ledger, _named in WHOLE[6:])
    days = days_of(told(named, back, diverted, *signing), DAY)
    assert days["领办领导", "陈志远", Stage.CHECKING] == CLOSED[0]
    assert ("领办领导", "", Stage.CHECKING) not in days


def test_a_whole_way_belongs_to_everybody_who_had_it() -> None:
    days = days_of(told(*WHOLE), DAY + timedelta(days=400))
    assert days == {
        (OFFICE, "", Stage.OFFICE): 3,
        ("县民政局", "王海燕", Stage.UNSIGNED): 1,
        ("县民政局", "王海燕", Stage.WORK): 15,
        ("县民政局", "王海燕", Stage.ANSWERED): 3,
        ("县民政局", "负责人", Stage.CHECKING): 2,
        (OFFICE, "", Stage.CHECKING): 4,
        ("领办领导", "陈志远", Stage.CHECKING): 1,
    }


def test_the_age_ends_with_the_close_out() -> None:
    line = timeline(told(*WHOLE), office=OFFICE, today=DAY + timedelta(days=400))
    assert (line.days, line.over) == (29, True)
    looked_back = told(*WHOLE, (30, A.LOOK_BACK_HOLDS, S.DELIVERED, L.CLOSED, {}))
    assert timeline(looked_back, office=OFFICE, today=DAY + timedelta(days=400)) == line


def test_an_objection_costs_days_at_the_office_whatever_becomes_of_it() -> None:
    objected = (3, A.OBJECT, S.OBJECTED, L.OPEN, dict[str, str]())
    upheld = (5, A.UPHOLD_OBJECTION, S.TRIAGED, L.OPEN, dict[str, str]())
    again = (1, A.ASSIGN, S.ASSIGNED, L.OPEN, LAND)
    days = days_of(told(TRIAGED, ASSIGNED, objected, upheld, again), DAY + timedelta(days=14))
    assert days == {
        (OFFICE, "", Stage.OFFICE): 4,
        ("县民政局", "王海燕", Stage.UNSIGNED): 3,
        (OFFICE, "", Stage.RETURN): 5,
        ("县自然资源局", "段峰", Stage.UNSIGNED): 2,
    }
    refused = (5, A.REFUSE_OBJECTION, S.SIGNED_FOR, L.OPEN, dict[str, str]())
    days = days_of(told(TRIAGED, ASSIGNED, objected, refused), DAY + timedelta(days=14))
    assert days[OFFICE, "", Stage.RETURN] == 5
    assert days["县民政局", "王海燕", Stage.WORK] == 3


def test_each_handler_has_his_own_days() -> None:
    change = (6, A.CHANGE_HANDLER, S.ACCEPTED, L.OPEN, {"handler": "梁文"})
    line = timeline(
        told(TRIAGED, ASSIGNED, SIGNED, ACCEPTED, change), office=OFFICE, today=DAY + timedelta(days=14 + 9)
    )
    found = {(each.unit, each.person): each.days for each in shares(line.segments)}
    assert found == {("县民政局", "王海燕"): 11, ("县民政局", "梁文"): 9, (OFFICE, ""): 3}
    assert [each.person for each in shares(line.segments)] == ["王海燕", "梁文", ""], "the unit with most days first"


def test_a_return_for_rework_is_told_apart_from_the_work() -> None:
    returned = (4, A.RETURN_CLOSE_OUT, S.DELIVERED, L.RETURNED, dict[str, str]())
    days = days_of(told(*WHOLE[:8], returned), DAY + timedelta(days=28 + 7))
    assert days[OFFICE, "", Stage.CHECKING] == 4
    assert days["县民政局", "王海燕", Stage.REWORK] == 7


def test_what_nobody_could_work_on_stands_apart() -> None:
    reopened = (20, A.REOPEN, S.TRIAGED, L.OPEN, dict[str, str]())
    line = timeline(told(*WHOLE, reopened), office=OFFICE, today=DAY + timedelta(days=29 + 20 + 2))
    assert line.days == 51
    assert not line.over
    assert (line.segments[-2].hold.stage, line.segments[-2].days) == (Stage.CLOSED, 20)
    assert shares(line.segments)[-1].unit == "", "what nobody had comes last"
    merged = (1, A.MERGE, S.MERGED, L.OPEN, dict[str, str]())
    apart = (8, A.UNDO_MERGE, S.REGISTERED, L.OPEN, dict[str, str]())
    assert days_of(told(TRIAGED, merged, apart), DAY + timedelta(days=12)) == {
        (OFFICE, "", Stage.OFFICE): 4,
        ("", "", Stage.MERGED): 8,
    }
    assert days_of(told(TRIAGED, merged), DAY + timedelta(days=500)) == {(OFFICE, "", Stage.OFFICE): 2}


def test_a_review_is_with_the_organ_above() -> None:
    asked = (5, A.REQUEST_REVIEW, S.DELIVERED, L.OPEN, {"organ": "晋城市民政局"})
    ended = (25, A.CONCLUDE_REVIEW, S.DELIVERED, L.OPEN, {"organ": "晋城市民政局"})
    days = days_of(told(*WHOLE[:6], asked, ended), DAY + timedelta(days=19 + 5 + 25 + 2))
    assert days["晋城市民政局", "", Stage.REVIEW] == 25
    assert days["县民政局", "王海燕", Stage.ANSWERED] == 7


def test_the_opinion_on_a_struck_off_matter_waits_with_the_office() -> None:
    days = days_of(told(*WHOLE, *UPHELD), DAY + timedelta(days=sum(each[0] for each in WHOLE) + 2 + 4))
    assert (days["晋城市民政局", "", Stage.REVIEW], days[OFFICE, "", Stage.SERVICE]) == (1, 4)


def test_a_clock_that_was_set_back_makes_no_negative_day() -> None:
    back = HandOver(DAY - timedelta(days=3), A.ASSIGN, S.ASSIGNED, L.OPEN, **CIVIL)
    line = timeline([FIRST, back], office=OFFICE, today=DAY + timedelta(days=2))
    assert (line.days, sum(each.days for each in line.segments)) == (2, 2)
    assert timeline([FIRST], office=OFFICE, today=DAY - timedelta(days=9)).segments == ()


# Against an oracle that asks on each single day who has the case

# After the close-out: 复查 is asked for, and the opinion upholds; served, the seal is back.
UPHELD = (
    (1, A.REQUEST_REVIEW, S.DELIVERED, L.UNDER_REVIEW, {"organ": "晋城市民政局"}),
    (1, A.CONCLUDE_REVIEW, S.DELIVERED, L.UNDER_REVIEW, dict[str, str]()),
)
DECIDING = (A.CONCLUDE_REVIEW, A.CHANGE_OPINION, A.REMIT, A.DISMISS_REVIEW)
TAKEN_BACK = (A.UPHOLD_OBJECTION, A.LOOK_BACK_REOPENS, A.REOPEN, A.SEAL_ACCUSATION, A.WITHDRAW_REFUSAL)
NAMING = (A.CHANGE_HANDLER, A.CHANGE_LEAD, A.REQUEST_REVIEW, A.CONCLUDE_REVIEW, A.NOTE)


@st.composite
def trails(draw: st.DrawFn) -> list[HandOver]:
    """Return a walk through the lifecycle table that begins some way along the main line, with days between."""
    whole = (*WHOLE, *UPHELD)
    way = whole[: draw(st.integers(0, len(whole)))]
    found = told(*((draw(st.integers(0, 9)), *line[1:]) for line in way))
    for _step in range(draw(st.integers(0, 12))):
        last = found[-1]
        rows = [row for row in STEPS if last.status in row.froms and last.ledger in row.ledger_froms]
        rows = [row for row in rows if row.moves or row.action in NAMING]
        if not rows:
            break
        row = draw(st.sampled_from(rows))
        found.append(_line(row, last, last.on + timedelta(days=draw(st.integers(0, 9))), draw))
    return found


def _line(row: StepRule, last: HandOver, on: date, draw: st.DrawFn) -> HandOver:
    named = {}
    if row.action in GIVEN:
        named = {
            "unit": draw(st.sampled_from(UNITS)),
            "handler": draw(st.sampled_from(("", *PEOPLE))),
            "lead_official": draw(st.sampled_from(LEADS)),
        }
    elif row.action in (A.SIGN_FOR, A.CHANGE_HANDLER):
        named = {"handler": draw(st.sampled_from(("", *PEOPLE)))}
    elif row.action is A.CHANGE_LEAD:
        named = {"lead_official": draw(st.sampled_from(LEADS))}
    elif row.action is A.REQUEST_REVIEW:
        named = {"organ": "晋城市民政局"}
    return HandOver(on, row.action, row.to or last.status, row.ledger_to or last.ledger, **named)


def oracle(changes: list[HandOver], today: date) -> Counter[tuple[str, str, Stage]]:
    """Count each day of the age for whoever has the case when it ends, asked day by day from the whole trail."""
    counted: Counter[tuple[str, str, Stage]] = Counter()
    day = changes[0].on
    while day < _ends_on(changes, today):
        counted[_has_it([change for change in changes if change.on <= day])] += 1
        day += timedelta(days=1)
    return counted


def _ends_on(changes: list[HandOver], today: date) -> date:
    if not _is_over(changes[-1]):
        return max(today, changes[-1].on)
    return [change.on for previous, change in pairwise(changes) if not _is_over(previous) and _is_over(change)][-1]


def _is_over(change: HandOver) -> bool:
    return change.ledger is L.CLOSED or change.status in (S.MERGED, S.VOIDED)


def _has_it(known: list[HandOver]) -> tuple[str, str, Stage]:
    last, round_ = known[-1], list(_since_taken_back(known))
    # By its place: the same may be done twice on one day.
    handed = [place for place, each in enumerate(round_) if each.action in GIVEN]
    given = round_[handed[-1]] if handed else None
    after = round_[handed[-1] :] if handed else []
    handler = next((c.handler for c in reversed(after) if c.handler and c.action not in GIVEN), "")
    handler = handler or (given.handler if given else "")
    lead = next((each.lead_official for each in reversed(after) if each.lead_official), "")
    review = next((c for c in reversed(round_) if c.action in (A.REQUEST_REVIEW, *DECIDING)), None)
    if last.ledger is L.CLOSED:
        return "", "", Stage.CLOSED
    if last.status in (S.MERGED, S.VOIDED):
        return "", "", Stage.MERGED
    # Of a matter that was opened again the organ looks at the old answer; whoever makes the new one has it.
    if review and review.action is A.REQUEST_REVIEW and last.status is S.DELIVERED:
        return review.organ, "", Stage.REVIEW
    unit = given.unit if given else ""
    match last.ledger:
        case L.UNDER_REVIEW:
            return OFFICE, "", Stage.SERVICE
        case L.CONFIRMED:
            return OFFICE, "", Stage.CHECKING
        case L.CHECKED:
            return ("领办领导", lead, Stage.CHECKING) if unit else (OFFICE, "", Stage.CHECKING)
        case L.REQUESTED:
            return (unit, "负责人", Stage.CHECKING) if unit else (OFFICE, "", Stage.CHECKING)
        case L.RETURNED if last.status is not S.OBJECTED:
            return (unit, handler, Stage.REWORK) if unit else (OFFICE, "", Stage.REWORK)
    return _working(last, unit, handler)


def _working(last: HandOver, unit: str, handler: str) -> tuple[str, str, Stage]:
    if last.status is S.OBJECTED:
        return OFFICE, "", Stage.RETURN
    if last.status in (S.DELIVERED, S.DIVERTED, S.NOT_ACCEPTED, S.NO_LONGER_ACCEPTED, S.TRANSFERRED, S.WITHDRAWN):
        return (unit, handler, Stage.ANSWERED) if unit else (OFFICE, "", Stage.ANSWERED)
    if not unit:
        return OFFICE, "", Stage.OFFICE
    return unit, handler, Stage.UNSIGNED if last.status is S.ASSIGNED else Stage.WORK


def _since_taken_back(known: list[HandOver]) -> Iterator[HandOver]:
    ends = [n for n, each in enumerate(known) if each.action in TAKEN_BACK]
    yield from known[ends[-1] :] if ends else known


@given(trails(), st.integers(0, 40))
def test_every_day_is_counted_once_for_whoever_had_it(changes: list[HandOver], more: int) -> None:
    today = changes[-1].on + timedelta(days=more)
    line = timeline(changes, office=OFFICE, today=today)
    assert sum(each.days for each in line.segments) == line.days == (line.ended_on - DAY).days
    assert Counter(days_of(changes, today)) == oracle(changes, today)
    for one, following in pairwise(line.segments):
        assert one.end == following.start
        assert one.hold != following.hold, "stretches are as long as they can be"


def test_what_is_done_twice_on_one_day_is_counted_by_its_place() -> None:
    """A reply taken back twice on a day, then merged on the next: the first day is the office's."""
    day, next_day = date(2026, 11, 2), date(2026, 11, 3)
    twice = [HandOver(day, A.DIVERT, S.DIVERTED, L.OPEN), HandOver(day, A.WITHDRAW_REFUSAL, S.TRIAGED, L.OPEN)] * 2
    first = HandOver(day, A.REGISTER, S.REGISTERED, L.OPEN)
    changes = [first, *twice, HandOver(next_day, A.MERGE, S.MERGED, L.OPEN)]
    assert Counter(days_of(changes, next_day)) == oracle(changes, next_day) == {(OFFICE, "", Stage.OFFICE): 1}


@given(trails(), st.integers(0, 40))
def test_the_shares_add_up_to_the_age(changes: list[HandOver], more: int) -> None:
    line = timeline(changes, office=OFFICE, today=changes[-1].on + timedelta(days=more))
    found = shares(line.segments)
    assert sum(each.days for each in found) == line.days
    assert all(each.days == sum(days for _stage, days in each.by_stage) > 0 for each in found)
    pauses = [all(stage in PAUSES for stage, _days in each.by_stage) for each in found]
    assert pauses == sorted(pauses), "pauses stand last"


class EveryStageSeenError(Exception):
    """No further walk is wanted."""


def test_the_walks_reach_every_stage() -> None:
    """The property would say nothing of a stage that no walk reaches."""
    seen: set[Stage] = set()

    @settings(derandomize=True, max_examples=500, phases=(Phase.generate,), database=None)
    @given(trails(), st.integers(0, 5))
    def walk(changes: list[HandOver], more: int) -> None:
        seen.update(stage for _unit, _person, stage in days_of(changes, changes[-1].on + timedelta(days=more)))
        if seen == set(Stage):
            raise EveryStageSeenError

    with pytest.raises(EveryStageSeenError):
        walk()
