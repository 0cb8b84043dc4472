"""复查 and 复核: what each result does to the answer, the ledger and the clocks (条例第三十五条、第三十六条)."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.cases.test_law_findings import running
from tests.conftest import Clock
from tests.world.county import County
from tests.world.matters import Matter
from tracker.audit.queries import verify
from tracker.cases.acts import answers, close_out, interruptions, records, reviews, unit
from tracker.cases.acts.lapsing import lapse_windows
from tracker.cases.lifecycle.case_file import CaseFile
from tracker.cases.page import case_page
from tracker.cases.record.finality import final_opinion, reviews_of, was_finalized
from tracker.cases.record.rules.codes import LedgerStatus, Result, ServiceMethod, Status
from tracker.cases.record.rules.reviewing import LookBackResult
from tracker.core import clock as core_clock
from tracker.core.database import committed
from tracker.core.errors import DomainError, FieldErrors
from tracker.deadlines.limits import LimitKind
from tracker.deadlines.queries import shown_all
from tracker.deadlines.service import last_day
from tracker.people.queries import reader_for
from tracker.reminders.ladder.rules.rungs import RungLevel
from tracker.supervision.papers.orders import issue

ORGAN = "阳城县人民政府"
RESULTS = (Result.SUPPORTED, Result.NOT_SUPPORTED)


def asked(matter: Matter, organ: str = ORGAN) -> Matter:
    """Let the petitioner ask for 复查, or for 复核 where the 复查意见 was served."""
    today = core_clock.today()
    with committed():
        reviews.request_review(
            matter.case, organ=organ, requested_on=today, received_on=today, by=matter.county.acceptor,
            now=core_clock.now(),
        )  # fmt: skip
    return matter


def decided(matter: Matter, result: str, **more: Any) -> Matter:
    """Record what the organ decided, today."""
    given = {"concluded_on": core_clock.today(), "reason": "复查意见要点。", **more}
    with committed():
        reviews.conclude_review(matter.case, result=result, by=matter.county.acceptor, now=core_clock.now(), **given)
    return matter


def served(matter: Matter) -> Matter:
    """Record that the petitioner got the opinion, today."""
    again = matter.clock(LimitKind.RE_EXAMINATION) is not None
    serve = reviews.serve_re_examination if again else reviews.serve_review
    receipt = answers.ServiceReceipt(core_clock.today(), ServiceMethod.POST, "原秀英", "回证0002")
    with committed():
        serve(matter.case, receipt, by=matter.county.acceptor, now=core_clock.now())
    return matter


def closed(county: County) -> Matter:
    """Give a matter that was struck off (已销号)."""
    return Matter(county).until("sign")


def page_of(matter: Matter, by: str = "handler") -> Any:
    user = getattr(matter.county, by)
    today = core_clock.today()
    return case_page(matter.case.id, by=user, reader=reader_for(user, today), today=today)


class TestRevoked:
    """A8: after 撤销 the 60 days began again, could be extended again, and a closed matter stayed half closed."""

    def test_the_organ_names_the_day(self, county: County, clock: Clock) -> None:
        matter, named = asked(Matter(county).until("deliver")), clock.today() + timedelta(days=45)
        decided(matter, "revoked", due_on=named)
        redo = matter.clock(LimitKind.REDO)
        assert redo is not None
        assert (redo.started_on, redo.effective_due, redo.unit) == (clock.today(), named, "fixed")
        assert "handling" not in running(matter.case)
        assert redo.owner_department_id == county.civil.id
        assert verify().wrong is None

    def test_unnamed_it_is_the_days_of_the_office(self, county: County, clock: Clock) -> None:
        matter = decided(asked(Matter(county).until("deliver")), "revoked")
        redo = matter.clock(LimitKind.REDO)
        assert redo is not None
        assert (redo.amount, redo.nominal_due) == (30, clock.today() + timedelta(days=30))

    def test_a_day_before_the_opinion_is_refused(self, county: County, clock: Clock) -> None:
        matter = asked(Matter(county).until("deliver"))
        with pytest.raises(DomainError, match="不能早于") as refused:
            decided(matter, "revoked", due_on=clock.today() - timedelta(days=1))
        assert refused.value.field == "due_on"
        assert matter.case.status == Status.DELIVERED

    def test_nothing_extends_it_and_no_change_of_class_brings_the_sixty_days_back(self, county: County) -> None:
        matter = decided(asked(Matter(county).until("deliver")), "revoked")
        with pytest.raises(DomainError, match="没有正在计算的 60 日"), committed():
            unit.extend(
                matter.case, unit.ServedNotice("阳访延〔2026〕1号", core_clock.today()), by=county.unit_head,
                now=core_clock.now(), days=30, reason="复杂。",
            )  # fmt: skip
        with committed():
            matter.triage(reason="核对。")
        assert running(matter.case) == {"redo", "feedback"} & running(matter.case)
        assert "redo" in running(matter.case)

    def test_the_new_answer_meets_it(self, county: County, clock: Clock) -> None:
        matter = decided(asked(Matter(county).until("deliver")), "revoked")
        with committed():
            matter.answer(Result.SUPPORTED, Result.SUPPORTED)
        with committed():
            matter.deliver()
        redo = matter.clock(LimitKind.REDO)
        assert redo is not None
        assert (redo.met, redo.ended_on) == (True, clock.today())
        assert "review_window" in running(matter.case)

    def test_what_was_answered_is_open_again_and_stays_readable(self, county: County) -> None:
        matter = Matter(county).until("carry_out")
        decided(asked(matter), "revoked")
        case = matter.case
        assert (case.result, case.answered_on) == (None, None)
        for point in case.demand_points:
            assert (point.result, point.answer, point.answered_on, point.carried_out_on) == (None, None, None, None)
        line = page_of(matter).trail[0]
        assert "原结果：诉求点 1 支持" in line.detail
        assert "诉求点 2 不支持" in line.detail
        assert "经核实答复如下。" in line.detail, "the answer of then"

    def test_a_struck_off_matter_is_open_again(self, county: County) -> None:
        """The 催办单 went to 县信访局, and `closed_on` stayed while the unit worked."""
        matter = decided(asked(closed(county)), "revoked")
        case = matter.case
        assert (case.status, case.ledger_status) == (Status.ACCEPTED, LedgerStatus.OPEN)
        assert (case.closed_on, case.closed_by_id) == (None, None)
        assert case.assignment is not None
        assert (case.assignment.ended_on, case.assignment.ended_because) == (None, None)
        with committed():
            order = issue(
                case, level=RungLevel.URGE, by=county.acceptor, now=core_clock.now(), reason="请抓紧。",
                reply_by=core_clock.today() + timedelta(days=5),
            )  # fmt: skip
        assert order.department_id == county.civil.id

    def test_the_same_result_on_the_same_facts_asks_for_a_reason(self, county: County) -> None:
        matter = decided(asked(Matter(county).until("deliver")), "revoked")
        with pytest.raises(FieldErrors, match="原意见相同") as refused, committed():
            matter.answer(*RESULTS)
        assert set(refused.value.errors) == {"same_because"}
        with committed():
            matter.answer(*RESULTS, same_because="重新核实后有新的证据，结果仍然相同。")
        assert matter.case.status == Status.OPINION_ISSUED

    def test_another_result_asks_for_none(self, county: County) -> None:
        """The control."""
        matter = decided(asked(Matter(county).until("deliver")), "revoked")
        with committed():
            matter.answer(Result.SUPPORTED, Result.SUPPORTED)
        assert matter.case.status == Status.OPINION_ISSUED


class TestChanged:
    """A9: a review that changed the opinion left every result as before, so nobody was asked to carry it out."""

    def changed(self, matter: Matter) -> Matter:
        second = matter.case.demand_points[1]
        return decided(matter, "changed", changed={second.id: Result.SUPPORTED})

    def test_the_results_follow_and_are_to_be_carried_out(self, county: County) -> None:
        matter = self.changed(asked(Matter(county).until("carry_out")))
        first, second = matter.case.demand_points
        assert (second.result, second.carried_out_on) == (Result.SUPPORTED, None)
        assert (first.result, first.carried_out_on) == (Result.SUPPORTED, core_clock.today()), "as it was"
        assert matter.case.result == Result.SUPPORTED
        served(matter)
        with committed():
            matter.confirm_file()
        with pytest.raises(DomainError, match="支持的诉求已落实（1 / 2）"), committed():
            matter.apply()

    def test_the_old_results_stay_readable(self, county: County) -> None:
        matter = self.changed(asked(Matter(county).until("deliver")))
        assert "诉求点 2 不支持 → 支持" in page_of(matter).trail[0].detail

    def test_what_changed_is_said(self, county: County) -> None:
        matter = asked(Matter(county).until("deliver"))
        with pytest.raises(DomainError, match="至少选择一个诉求点"):
            decided(matter, "changed")

    def test_a_struck_off_matter_is_worked_on_again(self, county: County) -> None:
        matter = self.changed(asked(closed(county)))
        case = matter.case
        assert (case.status, case.ledger_status, case.closed_on) == (Status.DELIVERED, LedgerStatus.OPEN, None)
        assert case.assignment is not None
        assert case.assignment.ended_on is None


class TestUpheld:
    """Use D14: 维持 made a struck-off matter start its four signatures anew."""

    def test_the_old_seal_comes_back_when_the_opinion_is_served(self, county: County, clock: Clock) -> None:
        matter = closed(county)
        closed_on, signer = clock.today(), matter.case.closed_by_id
        clock.forward(days=5)
        asked(matter)
        assert matter.case.ledger_status == LedgerStatus.UNDER_REVIEW
        assert page_of(matter).head.seal is None
        clock.forward(days=10)
        decided(matter, "upheld")
        assert matter.case.ledger_status == LedgerStatus.UNDER_REVIEW
        clock.forward(days=2)
        served(matter)
        case = matter.case
        assert (case.ledger_status, case.closed_on, case.closed_by_id) == (LedgerStatus.CLOSED, closed_on, signer)
        assert running(case) == {"re_examination_window", "look_back", "second_look_back"}
        assert case.assignment is not None
        assert case.assignment.ended_because == "closed"
        shown = page_of(matter, "acceptor")
        assert shown.head.seal is not None
        assert shown.head.seal.on == f"{closed_on:%Y.%m.%d}"
        assert all(station.agreed for station in shown.close_out.stations)
        assert verify().wrong is None

    def test_so_it_does_after_the_opinion_of_re_examination(self, county: County, clock: Clock) -> None:
        matter = served(decided(asked(closed(county)), "upheld"))
        decided(asked(matter, "晋城市人民政府"), "upheld")
        assert matter.case.ledger_status == LedgerStatus.UNDER_REVIEW
        served(matter)
        assert matter.case.ledger_status == LedgerStatus.CLOSED
        assert running(matter.case) == {"look_back", "second_look_back"}

    def test_an_open_matter_stays_open(self, county: County) -> None:
        """The control."""
        matter = served(decided(asked(Matter(county).until("deliver")), "upheld"))
        assert matter.case.ledger_status == LedgerStatus.OPEN

    def test_the_page_and_the_list_say_whom_it_waits_for(self, county: County) -> None:
        for matter in (asked(Matter(county).until("deliver")), asked(closed(county))):
            head = page_of(matter).head
            assert head.holder_unit == ORGAN
            assert county.handler.name not in head.holder
            decided(matter, "upheld")
        assert page_of(matter).head.holder_unit == "县信访局", "which has to serve the opinion"


class TestNotAccepted:
    """The organ may refuse to take the request: the earlier answer stands."""

    @pytest.mark.parametrize("last", ["deliver", "sign"])
    def test_the_earlier_answer_stands(self, county: County, last: str) -> None:
        matter = Matter(county).until(last)
        before = matter.case.ledger_status
        decided(asked(matter), "dismissed", reason="超过期限，又没有正当理由。")
        case = matter.case
        assert (case.status, case.ledger_status) == (Status.DELIVERED, before)
        assert CaseFile(case, reader_for(county.acceptor, core_clock.today())).running_review is None
        assert not {"review", "re_examination_window"} & running(case)

    def test_it_is_no_opinion_of_re_examination(self, county: County) -> None:
        matter = served(decided(asked(Matter(county).until("deliver")), "upheld"))
        decided(asked(matter, "晋城市人民政府"), "dismissed", reason="不属于复核范围。")
        assert running(matter.case) <= {"feedback", "carrying_out"}


def days(first_on: date, last_on: date) -> interruptions.Days:
    return interruptions.Days(first_on, last_on)


class TestDaysLeftOut:
    """A10: “听证时间不计” was printed on the clock and could not be done; there was no 不可抗力."""

    def hearing(self, matter: Matter, first_on: date, last_on: date) -> None:
        with committed():
            interruptions.hold_hearing(
                matter.case, days(first_on, last_on), by=matter.county.acceptor, now=core_clock.now(), reason="听证。"
            )

    def force_majeure(self, matter: Matter, first_on: date, last_on: date) -> None:
        with committed():
            interruptions.record_force_majeure(
                matter.case, days(first_on, last_on), by=matter.county.acceptor, now=core_clock.now(), reason="暴雨。"
            )  # fmt: skip

    def test_the_days_of_a_hearing_are_not_counted_for_re_examination(self, county: County, clock: Clock) -> None:
        matter = asked(served(decided(asked(Matter(county).until("deliver")), "upheld")), "晋城市人民政府")
        before = matter.clock(LimitKind.RE_EXAMINATION)
        assert before is not None
        began, due = before.started_on, before.nominal_due
        clock.forward(days=10)
        self.hearing(matter, began + timedelta(days=5), began + timedelta(days=7))
        after = matter.clock(LimitKind.RE_EXAMINATION)
        assert after is not None
        assert (after.nominal_due, after.excluded_days) == (due + timedelta(days=3), 3)
        self.hearing(matter, began + timedelta(days=7), began + timedelta(days=10))
        assert after.excluded_days == 6, "each day once, today too"
        assert "听证期间" in str([each.why for each in page_of(matter).clocks])
        assert verify().wrong is None

    def test_of_no_other_review(self, county: County, clock: Clock) -> None:
        matter = asked(Matter(county).until("deliver"))
        with pytest.raises(DomainError, match="没有正在进行的复核"):
            self.hearing(matter, clock.today(), clock.today())

    def test_days_that_cannot_be_are_refused(self, county: County, clock: Clock) -> None:
        matter = asked(served(decided(asked(Matter(county).until("deliver")), "upheld")), "晋城市人民政府")
        day = timedelta(days=1)
        for first, last, field in (
            (clock.today() - day, clock.today(), "first_on"),
            (clock.today(), clock.today() - day, "last_on"),
            (clock.today(), clock.today() + day, "last_on"),
        ):
            with pytest.raises(DomainError) as refused:
                self.hearing(matter, first, last)
            assert refused.value.field == field

    def test_force_majeure_makes_the_window_longer(self, county: County, clock: Clock) -> None:
        matter = Matter(county).until("deliver")
        window = matter.clock(LimitKind.REVIEW_WINDOW)
        assert window is not None
        due = window.nominal_due
        clock.forward(days=20)
        self.force_majeure(matter, clock.today() - timedelta(days=9), clock.today())
        window = matter.clock(LimitKind.REVIEW_WINDOW)
        assert window is not None
        assert window.nominal_due == due + timedelta(days=10)

    @pytest.mark.both_databases
    @pytest.mark.parametrize("last", ["deliver", "sign"])
    def test_a_window_that_lapsed_opens_again(self, county: County, clock: Clock, last: str) -> None:
        matter = Matter(county).until(last)
        served_on = clock.today()
        clock.forward(days=35)
        with committed():
            lapse_windows(core_clock.now(), limit=10)
        with pytest.raises(DomainError, match="届满"):
            asked(matter)
        self.force_majeure(matter, served_on + timedelta(days=25), served_on + timedelta(days=32))
        assert "review_window" in running(matter.case)
        asked(matter)
        assert "review" in running(matter.case)
        assert verify().wrong is None

    def test_or_stays_lapsed_with_a_later_last_day(self, county: County, clock: Clock) -> None:
        matter = Matter(county).until("deliver")
        served_on = clock.today()
        clock.forward(days=60)
        with committed():
            lapse_windows(core_clock.now(), limit=10)
        self.force_majeure(matter, served_on + timedelta(days=25), served_on + timedelta(days=29))
        window = matter.clock(LimitKind.REVIEW_WINDOW)
        assert window is not None
        assert window.ended_on == window.effective_due == last_day(window)
        assert window.nominal_due == served_on + timedelta(days=35)

    def test_after_the_last_day_nothing_hindered_anybody(self, county: County, clock: Clock) -> None:
        matter = Matter(county).until("deliver")
        clock.forward(days=40)
        with pytest.raises(DomainError, match="应在此以前开始") as refused:
            self.force_majeure(matter, clock.today() - timedelta(days=1), clock.today())
        assert refused.value.field == "first_on"


def reopened(county: County, how: str = "reopen") -> Matter:
    """A matter struck off on the day of its answer and opened again the same day: the 30 days have just begun."""
    matter = closed(county)
    with committed():
        if how == "reopen":
            close_out.reopen(matter.case, by=county.office_head, now=core_clock.now(), reason="发现新的情况。")
        else:
            result = LookBackResult.RECURRED
            close_out.look_back(
                matter.case, by=county.checker, now=core_clock.now(), result=result, reason="没有落实。"
            )
    return matter


def answered_again(matter: Matter) -> Matter:
    """Give the matter out, and answer it anew."""
    for step in ("assign", "sign_for", "accept", "answer", "deliver"):
        with committed():
            getattr(matter, step)()
    return matter


class TestReopened:
    """What is opened again takes no right from the petitioner: the answer that was served can be reviewed."""

    @pytest.mark.both_databases
    @pytest.mark.parametrize("how", ["reopen", "look back"])
    def test_the_days_run_on_untouched(self, county: County, clock: Clock, how: str) -> None:
        matter = closed(county)
        before = matter.clock(LimitKind.REVIEW_WINDOW)
        assert before is not None
        due = (before.id, before.started_on, before.effective_due, before.revision)
        matter = reopened(county, how)
        after = matter.clock(LimitKind.REVIEW_WINDOW)
        assert after is not None
        assert after.ended_on is None
        assert (after.started_on, after.effective_due, after.revision) == due[1:]
        assert matter.case.status == Status.TRIAGED
        assert verify().wrong is None

    def test_a_review_is_asked_for_and_decided_meanwhile(self, county: County, clock: Clock) -> None:
        matter = asked(reopened(county))
        assert matter.case.status == Status.TRIAGED, "the matter is worked on as before"
        assert LimitKind.REVIEW in running(matter.case)
        with committed():
            matter.assign()
        assert "对第 1 轮的答复" in county.browser("acceptor").get(f"/cases/{matter.case.public_id}").text
        decided(matter, "upheld")
        served(matter)
        assert LimitKind.RE_EXAMINATION_WINDOW in running(matter.case)
        assert matter.case.status == Status.ASSIGNED

    def test_the_new_answer_waits_for_what_the_organ_decides_on_the_old_one(self, county: County, clock: Clock) -> None:
        matter = asked(reopened(county))
        for step in ("assign", "sign_for", "accept"):
            with committed():
                getattr(matter, step)()
        with pytest.raises(DomainError, match="还没有结论"), committed():
            matter.answer()
        decided(matter, "revoked", due_on=clock.today() + timedelta(days=20))
        assert matter.case.status == Status.ACCEPTED
        assert LimitKind.HANDLING in running(matter.case), "the 60 days of the new round run on"
        with committed():
            matter.answer()

    def test_a_changed_opinion_names_its_results_for_the_new_answer(self, county: County) -> None:
        matter = asked(reopened(county))
        points = {matter.case.demand_points[1].id: Result.SUPPORTED}
        decided(matter, "changed", changed=points)
        assert [point.result for point in matter.case.demand_points] == [None, None]
        line = CaseFile(matter.case, reader_for(county.acceptor, core_clock.today())).steps[-1]
        assert line.facts["changed"] == [[2, "", "支持"]]

    def test_a_new_answer_takes_the_place_of_the_old_one(self, county: County, clock: Clock) -> None:
        matter = reopened(county)
        old = matter.clock(LimitKind.REVIEW_WINDOW)
        clock.forward(days=5)
        answered_again(matter)
        new = matter.clock(LimitKind.REVIEW_WINDOW)
        assert old is not None
        assert new is not None
        assert (old.ended_by, old.met, old.ended_on) == ("superseded", False, clock.today())
        assert (new.started_on, new.ended_on) == (clock.today(), None)
        words = [each.words for each in shown_all([old], clock.today())]
        assert words == ["原答复已被新答复代替"]
        asked(matter)
        assert matter.case.status == Status.DELIVERED

    def test_what_was_asked_in_time_is_entered_after_the_days_with_its_proof(
        self, county: County, clock: Clock
    ) -> None:
        matter = reopened(county)
        window = matter.clock(LimitKind.REVIEW_WINDOW)
        assert window is not None
        day = window.effective_due
        while clock.today() <= day:
            clock.forward(days=1)
        with committed():
            lapse_windows(clock.now(), limit=100)
        given: dict[str, Any] = {
            "by": county.acceptor,
            "now": clock.now(),
            "organ": ORGAN,
            "received_on": clock.today(),
        }
        with pytest.raises(DomainError, match="凭据"), committed():
            reviews.request_review(matter.case, requested_on=day, **given)
        with committed():
            reviews.request_review(matter.case, requested_on=day, proof="EMS 1", **given)
        assert LimitKind.REVIEW in running(matter.case)

    def test_it_is_neither_merged_nor_void_while_a_right_is_open(self, county: County) -> None:
        matter = reopened(county)
        with pytest.raises(DomainError, match="不能并案、作废"), committed():
            records.ask_void(matter.case, by=county.acceptor, now=core_clock.now(), reason="重复。")

    def test_the_old_answer_being_final_does_not_make_the_new_one_so(self, county: County, clock: Clock) -> None:
        matter = served(decided(asked(reopened(county)), "upheld"))
        served(decided(asked(matter, "阳城市人民政府"), "upheld"))
        assert was_finalized(matter.case, before_round=matter.case.round)
        answered_again(matter)
        assert final_opinion(matter.case, lambda: reviews_of(matter.case)) is None
        assert LimitKind.REVIEW_WINDOW in running(matter.case), "the new answer can be reviewed"
