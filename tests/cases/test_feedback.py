"""B12: 申请销号 was taken for the 办结报告, and the feedback date could neither be met in time nor moved."""

from datetime import timedelta

import pytest

from tests.cases.test_law_findings import running, served_today
from tests.cases.test_reviews import asked, page_of
from tests.conftest import Clock
from tests.world.county import County
from tests.world.matters import Matter
from tracker.audit.queries import verify
from tracker.cases.acts import feedback, records, refusals, unit
from tracker.cases.lifecycle.rules.grounds import RefusalGround
from tracker.cases.page.pickers import later_feedback
from tracker.cases.record.rules.codes import MatterClass, Route
from tracker.core import clock as core_clock
from tracker.core.database import committed
from tracker.core.errors import DomainError, Forbidden
from tracker.deadlines.limits import LimitKind


def report(matter: Matter, days_ago: int = 0) -> None:
    """Report the result to the office (报送办结报告)."""
    with committed():
        feedback.report_result(
            matter.case, by=matter.county.handler, now=core_clock.now(), reason="已经办结，信访人已申请复查。",
            reported_on=core_clock.today() - timedelta(days=days_ago),
        )  # fmt: skip


class TestTheReportOfTheResult:
    def test_it_is_made_while_a_review_runs_and_a_promise_is_open(self, county: County, clock: Clock) -> None:
        matter = asked(Matter(county).until("deliver"))
        clock.forward(days=3)
        report(matter, days_ago=2)
        met = matter.clock(LimitKind.FEEDBACK)
        assert met is not None
        assert (met.met, met.ended_on) == (True, clock.today() - timedelta(days=2))
        assert "review" in running(matter.case)
        with pytest.raises(DomainError, match="没有正在计算的反馈时限"):
            report(matter)
        assert verify().wrong is None

    def test_not_before_the_answer_was_served(self, county: County, clock: Clock) -> None:
        with pytest.raises(DomainError, match="不能“报送办结报告”"):
            report(Matter(county).until("answer"))
        matter = Matter(county).until("deliver")
        with pytest.raises(DomainError, match="答复送达之日") as refused:
            report(matter, days_ago=1)
        assert refused.value.field == "reported_on"

    def test_applying_for_close_out_is_another_act(self, county: County) -> None:
        matter = Matter(county).until("check")
        assert "feedback" in running(matter.case)
        with committed():
            matter.sign()
        met = matter.clock(LimitKind.FEEDBACK)
        assert met is not None
        assert met.met, "with the signature at the latest"

    @pytest.mark.parametrize("way", ["not_accept", "no_longer_accept", "divert"])
    def test_what_is_not_handled_is_not_reported_on(self, county: County, way: str) -> None:
        """The clock went on after 不予受理, 不再受理 and 导入."""
        matter, other = Matter(county).until("sign_for"), Matter(county).until("accept")
        given = {"by": county.unit_head, "now": core_clock.now()}
        with committed():
            if way == "not_accept":
                refusals.not_accept(
                    matter.case, served_today(), ground=RefusalGround.IN_HAND, other=other.case,
                    reason="同一事项。", **given
                )  # type: ignore[arg-type]  # fmt: skip
            elif way == "no_longer_accept":
                refusals.no_longer_accept(
                    matter.case, served_today(), ground=RefusalGround.AFTER_RE_EXAMINATION,
                    opinion_no="晋访核〔2025〕3号", reason="已经复核。", **given
                )  # type: ignore[arg-type]  # fmt: skip
            else:
                matter.triage(matter_class=MatterClass.CLAIM, route=Route.ARBITRATION, reason="应当仲裁。")
                records.divert(
                    matter.case, unit.ServedNotice(None, core_clock.today()), organ="仲裁委员会", **given
                )  # type: ignore[arg-type]  # fmt: skip
        assert running(matter.case) == set()


class TestTheDayOfFeedback:
    """Use D5: nobody could move it, so a matter inside its lawful time went up the ladder."""

    def move(self, matter: Matter, days: int, by: str = "acceptor") -> None:
        clock = matter.clock(LimitKind.FEEDBACK)
        assert clock is not None
        with committed():
            feedback.move_feedback(
                matter.case, by=getattr(matter.county, by), now=core_clock.now(), reason="县民政局申请：等待鉴定。",
                due_on=clock.effective_due + timedelta(days=days),
            )  # fmt: skip

    def test_the_office_moves_it_and_both_days_stay(self, county: County) -> None:
        matter = Matter(county).until("accept")
        before = matter.clock(LimitKind.FEEDBACK)
        assert before is not None
        self.move(matter, 20)
        after = matter.clock(LimitKind.FEEDBACK)
        assert after is not None
        assert (after.id != before.id, after.effective_due) == (True, before.effective_due + timedelta(days=20))
        assert (before.met, before.ended_by) == (False, "move_feedback")
        assert (after.owner_department_id, after.owner_user_id) == (county.civil.id, county.handler.id)
        assert matter.case.assignment is not None
        assert matter.case.assignment.due_on == after.effective_due
        assert " → " in page_of(matter).trail[0].detail
        assert verify().wrong is None

    def test_only_to_a_later_day_and_only_the_office(self, county: County) -> None:
        matter = Matter(county).until("accept")
        with pytest.raises(DomainError, match="应晚于") as refused:
            self.move(matter, 0)
        assert refused.value.field == "due_on"
        with pytest.raises(Forbidden):
            self.move(matter, 20, by="unit_head")

    def test_a_lawful_extension_proposes_it(self, county: County) -> None:
        matter = Matter(county).until("accept")
        assert later_feedback(matter.case).day in (None, matter.clock(LimitKind.HANDLING).effective_due)  # type: ignore[union-attr]
        with committed():
            unit.extend(
                matter.case, unit.ServedNotice("阳访延〔2026〕1号", core_clock.today()), by=county.unit_head,
                now=core_clock.now(), days=30, reason="需要鉴定。",
            )  # fmt: skip
        handling = matter.clock(LimitKind.HANDLING)
        assert handling is not None
        assert later_feedback(matter.case).day == handling.effective_due
