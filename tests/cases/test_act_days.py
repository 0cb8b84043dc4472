"""The day of an act: between the act before it and today; its clocks go by it, however late it is typed (A2, A4)."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from tests.conftest import Clock
from tests.world.county import County
from tests.world.matters import Matter
from tracker.audit.queries import verify
from tracker.cases.acts import answers, office, records, refusals, reviews, unit
from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.lifecycle.rules.grounds import RefusalGround
from tracker.cases.page.trail import happened_words
from tracker.cases.record.models import CaseStep
from tracker.cases.record.rules.codes import AssignmentMode, Result, Route, ServiceMethod, Status
from tracker.core.database import committed, db
from tracker.core.errors import DomainError
from tracker.deadlines.limits import LimitKind
from tracker.deadlines.local import LocalNumber
from tracker.deadlines.models import Deadline
from tracker.deadlines.own_limits import amount_on, basis_words, set_own

ONE = timedelta(days=1)
Typed = Callable[..., Any]


def ended(matter: Matter, kind: LimitKind) -> Deadline:
    found = matter.clock(kind)
    assert found is not None
    return found


def last_line(matter: Matter) -> CaseStep:
    found = db.session.query(CaseStep).filter_by(case_id=matter.case.id).order_by(CaseStep.id.desc()).first()
    assert found is not None
    return found


class TestTypedLate:
    """A4: acts took the day of typing, so lawful ones were refused or became late."""

    def test_an_objection_of_the_last_day_is_taken_the_day_after(self, county: County, clock: Clock) -> None:
        matter = Matter(county).until("sign_for")
        letter = ended(matter, LimitKind.OBJECTION).effective_due
        while clock.today() <= letter:
            clock.forward(days=1)
        with pytest.raises(DomainError, match="编号") as refused, committed():
            unit.file_objection(
                matter.case, by=county.handler, now=clock.now(), reason="不属本单位。", happened_on=letter
            )
        assert refused.value.field == "proof", "typed after the window it is proven"
        with committed():
            unit.file_objection(
                matter.case, by=county.handler, now=clock.now(), reason="不属本单位。", happened_on=letter,
                proof="阳民函1号",
            )  # fmt: skip
        window, ruling = ended(matter, LimitKind.OBJECTION), ended(matter, LimitKind.RULING)
        assert (window.ended_on, window.met) == (letter, True)
        assert ruling.started_on == letter, "the same hand-over has one day"
        assert matter.case.status == Status.OBJECTED
        assert verify().wrong is None

    def test_one_of_the_day_after_is_not(self, county: County, clock: Clock) -> None:
        """The control."""
        matter = Matter(county).until("sign_for")
        day = ended(matter, LimitKind.OBJECTION).effective_due + ONE
        while clock.today() < day:
            clock.forward(days=1)
        with pytest.raises(DomainError, match="届满") as refused, committed():
            unit.file_objection(
                matter.case, by=county.handler, now=clock.now(), reason="不属本单位。", happened_on=day, proof="1号"
            )
        assert refused.value.field == "happened_on"

    def test_an_opinion_and_its_service_stand_on_their_days(self, county: County, clock: Clock) -> None:
        matter = Matter(county).until("accept")
        made = clock.today() + 3 * ONE
        clock.forward(days=8)
        points = {p.id: answers.PointAnswer(Result.EXPLAINED, "已说明。") for p in matter.case.demand_points}
        opinion = answers.Opinion("阳访意〔2026〕1号", "依据。", "事实。")
        with committed():
            answers.issue_opinion(matter.case, opinion, points, by=county.unit_head, now=clock.now(), happened_on=made)
        receipt = answers.ServiceReceipt(made, ServiceMethod.IN_PERSON, "原秀英", "回证0001")
        with committed():
            answers.deliver(matter.case, receipt, by=county.handler, now=clock.now())
        handling = ended(matter, LimitKind.HANDLING)
        assert (handling.ended_on, matter.case.answered_on) == (made, made)
        assert {point.answered_on for point in matter.case.demand_points} == {made}

    @pytest.mark.parametrize("mode", list(AssignmentMode))
    def test_the_hand_over_to_a_unit_has_one_day(self, county: County, clock: Clock, mode: AssignmentMode) -> None:
        matter = Matter(county).until("triage")
        came = clock.today() + ONE
        clock.forward(days=6)
        more = {"due_on": came + 3 * ONE} if mode is AssignmentMode.ASSIGNMENT else {"due_on": None}
        with committed():
            matter.assign(mode=mode, delivered_on=came, **more)
        referral, acceptance = ended(matter, LimitKind.OFFICE_REFERRAL), ended(matter, LimitKind.ACCEPTANCE)
        assert (referral.ended_on, acceptance.started_on) == (came, came)

    def test_an_extension_of_the_last_day_is_taken_later(self, county: County, clock: Clock) -> None:
        matter = Matter(county).until("accept")
        due = ended(matter, LimitKind.HANDLING).effective_due
        while clock.today() <= due:
            clock.forward(days=1)
        given = {"by": county.unit_head, "now": clock.now(), "days": 30, "reason": "待审计。"}
        with pytest.raises(DomainError, match="届满") as refused, committed():
            unit.extend(matter.case, unit.ServedNotice("延1号", due + ONE), **given)  # type: ignore[arg-type]
        assert refused.value.field == "happened_on"
        with committed():
            unit.extend(matter.case, unit.ServedNotice("延1号", due), happened_on=due, **given)  # type: ignore[arg-type]
        assert ended(matter, LimitKind.HANDLING).claimed_days == 30, "it waits to be confirmed (test_late_entries)"

    def test_a_ruling_and_what_comes_after_it(self, county: County, clock: Clock) -> None:
        matter = Matter(county).until("sign_for")
        ruled = clock.today() + ONE
        with committed():
            unit.file_objection(matter.case, by=county.handler, now=clock.now(), reason="不属本单位。")
        clock.forward(days=4)
        with committed():
            office.refuse_objection(
                matter.case, by=county.acceptor, now=clock.now(), reason="属本单位。", happened_on=ruled
            )
        assert ended(matter, LimitKind.RULING).ended_on == ruled
        with pytest.raises(DomainError, match="裁定异议之日") as refused, committed():
            unit.accept(
                matter.case, unit.ServedNotice("1号", clock.today()), by=county.handler, now=clock.now(),
                accepted_on=ruled - ONE,
            )  # fmt: skip
        assert refused.value.field == "accepted_on"

    def test_given_back_it_is_given_out_after_the_ruling(self, county: County, clock: Clock) -> None:
        matter = Matter(county).until("sign_for")
        with committed():
            unit.file_objection(matter.case, by=county.handler, now=clock.now(), reason="不属本单位。")
        clock.forward(days=3)
        ruled = clock.today() - ONE
        with committed():
            office.uphold_objection(
                matter.case, by=county.acceptor, now=clock.now(), reason="属乡镇。", happened_on=ruled
            )
        again = ended(matter, LimitKind.REASSIGNMENT)
        assert again.started_on == ruled
        with pytest.raises(DomainError, match="起算之日"), committed():
            matter.assign(delivered_on=ruled - ONE)
        with committed():
            matter.assign(delivered_on=ruled)
        assert ended(matter, LimitKind.REASSIGNMENT).ended_on == ruled

    def test_a_request_for_review_posted_on_the_last_day(self, county: County, clock: Clock) -> None:
        matter = Matter(county).until("deliver")
        posted = ended(matter, LimitKind.REVIEW_WINDOW).effective_due
        while clock.today() <= posted + ONE:
            clock.forward(days=1)
        given = {"by": county.acceptor, "now": clock.now(), "organ": "县人民政府", "received_on": clock.today()}
        with pytest.raises(DomainError, match="编号") as refused, committed():
            reviews.request_review(matter.case, requested_on=posted, **given)  # type: ignore[arg-type]
        assert refused.value.field == "proof"
        with pytest.raises(DomainError, match="届满") as refused, committed():
            reviews.request_review(matter.case, requested_on=posted + ONE, proof="EMS1", **given)  # type: ignore[arg-type]
        assert refused.value.field == "requested_on"
        with committed():
            reviews.request_review(matter.case, requested_on=posted, proof="EMS1", **given)  # type: ignore[arg-type]
        assert ended(matter, LimitKind.REVIEW).started_on == clock.today()


def _refuse(matter: Matter, on: date, now: Any) -> None:
    refusals.not_accept(
        matter.case, unit.ServedNotice("1号", on, ServiceMethod.IN_PERSON, "原秀英"),
        by=matter.county.unit_head, now=now, ground=RefusalGround.OTHER_ROUTE, organ="法院", reason="已判决。",
        happened_on=on,
    )  # fmt: skip


def _divert(matter: Matter, on: date, now: Any) -> None:
    records.divert(
        matter.case, unit.ServedNotice(None, on), by=matter.county.handler, now=now, organ="仲裁委", happened_on=on
    )


@pytest.mark.parametrize("act", [_refuse, _divert], ids=["不予受理", "导入"])
def test_what_the_unit_refuses_or_sends_on_ends_its_clock_on_the_day(
    county: County, clock: Clock, act: Callable[[Matter, date, Any], None]
) -> None:
    matter = Matter(county).until("sign_for")
    if act is _divert:
        with committed():
            matter.triage(route=Route.ARBITRATION, reason="属仲裁。")
    before, on = clock.today() - ONE, clock.today() + 2 * ONE
    clock.forward(days=9)
    for day in (before, clock.today() + ONE):
        with pytest.raises(DomainError, match="与今天之间"), committed():
            act(matter, day, clock.now())
    with committed():
        act(matter, on, clock.now())
    assert ended(matter, LimitKind.ACCEPTANCE).ended_on == on
    assert last_line(matter).happened_on == on


class TestEnteredLate:
    """补录: more than the office's days after the day it happened; both times stand in the trail."""

    def test_both_times_are_said_and_from_when_on_it_is_late(self, county: County, clock: Clock) -> None:
        matter = Matter(county).until("sign_for")
        accepted = clock.today()
        days = amount_on(LocalNumber.LATE_ENTRY, clock.today())
        assert basis_words(LocalNumber.LATE_ENTRY, clock.today()) == "本单位规定"
        clock.forward(days=days)
        with committed():
            unit.accept(
                matter.case, unit.ServedNotice("1号", accepted, ServiceMethod.IN_PERSON, "原秀英"), by=county.handler,
                now=clock.now(),
            )  # fmt: skip
        line = last_line(matter)
        assert (line.action, happened_words(line, 2026)) == (Action.ACCEPT, "11月21日办理")
        line.entered_at += ONE
        assert happened_words(line, 2026) == "11月21日办理，补录"
        line.entered_at -= ONE * (days + 1)
        assert happened_words(line, 2026) == ""
        db.session.rollback()

    def test_the_office_says_after_how_many_days(self, county: County, clock: Clock) -> None:
        with committed():
            set_own(
                LocalNumber.LATE_ENTRY, 9, clock.today(), reason="县信访局工作规定", by=county.admin, now=clock.now()
            )
        matter = Matter(county).until("sign_for")
        line = last_line(matter)
        db.session.expunge(line)
        line.happened_on = clock.today() - ONE * 9
        line.entered_at = clock.now()
        assert not happened_words(line, 2026).endswith("补录")
        line.happened_on -= ONE
        assert happened_words(line, 2026).endswith("补录")
        line.happened_on, line.entered_at = clock.today() - ONE * 5, clock.now() - ONE
        assert happened_words(line, 2026).endswith("补录"), "what was entered before keeps the number of its day"

    def test_the_page_says_it(self, county: County, clock: Clock) -> None:
        matter = Matter(county).until("sign_for")
        accepted = clock.today()
        clock.forward(days=9)
        with committed():
            unit.accept(
                matter.case, unit.ServedNotice("1号", accepted, ServiceMethod.IN_PERSON, "原秀英"), by=county.handler,
                now=clock.now(),
            )  # fmt: skip
        page = county.browser("handler").get(f"/cases/{matter.case.public_id}").text
        assert "11月21日办理，补录" in page
        assert "11月30日 09:00" in page
