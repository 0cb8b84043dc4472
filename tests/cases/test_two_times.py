"""A fact has two times: the day it happened, and the moment it was entered."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.conftest import Clock
from tests.world.county import County
from tests.world.matters import Matter
from tracker.audit.queries import verify
from tracker.cases.acts import (
    answers,
    close_out,
    feedback,
    forwarding,
    interruptions,
    reviews,
    sidetracks,
    superior,
    unit,
)
from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.record.models import CaseStep
from tracker.cases.record.rules.codes import Result, Route, ServiceMethod
from tracker.core.clock import local_date
from tracker.core.database import committed, db
from tracker.core.dates import Meaning
from tracker.web.case.action_forms import ACTION_FORMS
from tracker.web.case.step_forms.base import ACT_DAY
from tracker.web.frame.forms import DayField

ONE = timedelta(days=1)


class Late(Matter):
    """A matter of which everything is entered a day after it happened."""

    def __init__(self, county: County, clock: Clock) -> None:
        super().__init__(county, received_on=clock.today() - 9 * ONE)
        self._clock = clock
        self.days: dict[Action, date] = {}

    def enter(self, action: Action, act: Callable[..., Any], who: str = "acceptor", **given: Any) -> None:
        """Let a day pass and enter what happened on it."""
        day = self._clock.today()
        self._clock.forward(days=1)
        field = given.pop("day")
        with committed():
            act(self.case, by=getattr(self.county, who), now=self._clock.now(), **{field: day}, **given)
        self.days[action] = day

    def line(self, action: Action) -> CaseStep:
        """Return the last line of the trail about an action."""
        lines = select(CaseStep).where(CaseStep.case_id == self.case.id, CaseStep.action == action)
        return db.session.scalars(lines.order_by(CaseStep.id.desc())).first() or pytest.fail(action)

    def check(self) -> None:  # type: ignore[override]
        """Every act stands on the day it happened; it was entered the day after."""
        for action, day in self.days.items():
            line = self.line(action)
            assert (line.happened_on, line.entered_at.date()) == (day, day + ONE), action


def deliver(case: Any, *, served_on: date, **common: Any) -> None:
    answers.deliver(case, answers.ServiceReceipt(served_on, ServiceMethod.IN_PERSON, "原秀英", "回证0001"), **common)


def accept(case: Any, *, now: datetime, **common: Any) -> None:
    unit.accept(case, unit.ServedNotice("阳访受〔2026〕1号", local_date(now)), now=now, **common)


def serve_review(case: Any, *, served_on: date, **common: Any) -> None:
    receipt = answers.ServiceReceipt(served_on, ServiceMethod.IN_PERSON, "原秀英", "回证0002")
    reviews.serve_review(case, receipt, **common)


def serve_re_examination(case: Any, *, served_on: date, **common: Any) -> None:
    receipt = answers.ServiceReceipt(served_on, ServiceMethod.IN_PERSON, "原秀英", "回证0003")
    reviews.serve_re_examination(case, receipt, **common)


def hearing(case: Any, *, first_on: date, **common: Any) -> None:
    interruptions.hold_hearing(case, interruptions.Days(first_on, first_on), reason="听证。", **common)


def force_majeure(case: Any, *, first_on: date, **common: Any) -> None:
    interruptions.record_force_majeure(case, interruptions.Days(first_on, first_on), reason="暴雨。", **common)


def carry_out(case: Any, **common: Any) -> None:
    notes = {point.id: "已补登。" for point in case.demand_points if point.result == Result.SUPPORTED}
    answers.carry_out(case, notes, **common)


@pytest.fixture
def matter(county: County, clock: Clock) -> Late:
    """Give a matter that was assigned a day before it is entered, and answered today."""
    found = Late(county, clock)
    day = clock.today() - ONE
    with committed():
        found.triage()
    with committed():
        found.assign(delivered_on=day)
    line = found.line(Action.ASSIGN)
    assert (line.happened_on, line.entered_at.date()) == (day, clock.today())
    for step in ("sign_for", "accept", "answer"):
        with committed():
            getattr(found, step)()
    return found


def test_what_was_accepted_the_day_before_counts_from_then(county: County, clock: Clock) -> None:
    found = Late(county, clock)
    for step in ("triage", "assign", "sign_for"):
        with committed():
            getattr(found, step)()
    found.enter(Action.ACCEPT, accept, "handler", day="accepted_on")
    found.check()


def test_what_takes_no_day_happens_on_the_day_it_is_entered(matter: Late, clock: Clock) -> None:
    for action in (Action.REGISTER, Action.TRIAGE, Action.SIGN_FOR, Action.ACCEPT, Action.ISSUE_OPINION):
        assert matter.line(action).happened_on == clock.today(), action


def test_what_is_entered_late_stands_on_its_day(matter: Late, clock: Clock) -> None:
    matter.enter(Action.DELIVER, deliver, "handler", day="served_on")
    matter.enter(Action.CARRY_OUT, carry_out, "handler", day="carried_out_on")
    asked = {"organ": "县人民政府", "received_on": clock.today() + ONE}
    matter.enter(Action.REQUEST_REVIEW, reviews.request_review, day="requested_on", **asked)
    upheld = {"result": "upheld", "reason": "维持。"}
    matter.enter(Action.CONCLUDE_REVIEW, reviews.conclude_review, day="concluded_on", **upheld)
    matter.enter(Action.SERVE_REVIEW, serve_review, day="served_on")
    matter.enter(Action.RECORD_FORCE_MAJEURE, force_majeure, day="first_on")
    asked = {"organ": "市人民政府", "received_on": clock.today() + ONE}
    matter.enter(Action.REQUEST_REVIEW, reviews.request_review, day="requested_on", **asked)
    matter.enter(Action.HOLD_HEARING, hearing, day="first_on")
    matter.enter(Action.CONCLUDE_REVIEW, reviews.conclude_review, day="concluded_on", **upheld)
    matter.enter(Action.SERVE_RE_EXAMINATION, serve_re_examination, day="served_on")
    for step in ("confirm_file", "apply", "confirm"):
        with committed():
            getattr(matter, step)()
    called = {"reached": True, "satisfaction": "satisfied", "reason": "已收到。"}
    matter.enter(Action.CALL_BACK, close_out.call_back, "checker", day="called_on", **called)
    matter.check()
    assert verify().wrong is None


def test_what_is_handed_over_and_remitted_stands_on_its_day(matter: Late, clock: Clock) -> None:
    with committed():
        sidetracks.mark_vote_buying(matter.case, by=matter.county.acceptor, now=clock.now(), reason="有贿选线索。")
    given = {"organ": "县纪委监委", "materials_list": "来信一份"}
    matter.enter(Action.TRANSFER, forwarding.transfer, "office_head", day="handed_over_on", **given)
    receipt = {"receipt_no": "收1号", "received_by": "信访室"}
    matter.enter(Action.RECORD_RECEIPT, forwarding.record_receipt, day="received_on", **receipt)
    matter.enter(Action.DELIVER, deliver, "handler", day="served_on")
    asked = {"organ": "县人民政府", "received_on": clock.today() + ONE}
    matter.enter(Action.REQUEST_REVIEW, reviews.request_review, day="requested_on", **asked)
    revoked = {"result": "revoked", "reason": "事实不清。"}
    matter.enter(Action.REMIT, reviews.conclude_review, day="concluded_on", **revoked)
    matter.check()


def test_what_is_forwarded_and_sent_back_stands_on_its_day(county: County, clock: Clock) -> None:
    matter = Late(county, clock)
    with committed():
        matter.triage(route=Route.LITIGATION)
    given = {"organ": "阳城县人民法院", "materials_list": "来信一份"}
    matter.enter(Action.FORWARD, forwarding.forward, day="handed_over_on", **given)
    matter.enter(Action.TAKE_BACK, forwarding.take_back, day="happened_on", reason="不属其管辖。")
    matter.check()


@pytest.mark.parametrize(
    ("action", "result"), [(Action.CHANGE_OPINION, "changed"), (Action.DISMISS_REVIEW, "dismissed")]
)
def test_what_the_organ_decided_stands_on_its_day(matter: Late, clock: Clock, action: Action, result: str) -> None:
    matter.enter(Action.DELIVER, deliver, "handler", day="served_on")
    asked = {"organ": "县人民政府", "received_on": clock.today() + ONE}
    matter.enter(Action.REQUEST_REVIEW, reviews.request_review, day="requested_on", **asked)
    given = {"result": result, "reason": "见意见书。"}
    if result == "changed":
        given["changed"] = {matter.case.demand_points[1].id: Result.SUPPORTED}  # type: ignore[assignment]
    matter.enter(action, reviews.conclude_review, day="concluded_on", **given)
    matter.check()


def test_the_report_of_the_result_stands_on_its_day(matter: Late, clock: Clock) -> None:
    matter.enter(Action.DELIVER, deliver, "handler", day="served_on")
    with committed():
        superior.set_superior_day(
            matter.case, by=matter.county.acceptor, now=clock.now(), due_on=date(2027, 1, 20), reason="来函。"
        )
    matter.enter(
        Action.REPORT_SUPERIOR, superior.report_superior, day="reported_on", report_no="阳信报1号", reason="已答复。"
    )
    matter.enter(Action.REPORT_RESULT, feedback.report_result, "handler", day="reported_on", reason="已经办结。")
    matter.check()


def test_every_act_that_must_name_a_day_is_tried_here_or_among_the_act_days() -> None:
    """A day that may be left out is that of a paper's service, a fact of its own; so is a receipt that is corrected."""
    asking = {action for action, form in ACTION_FORMS.items() for field in _fields(form) if _is_required_day(field)}
    assert asking == {
        *(Action.ASSIGN, Action.REFER, Action.ACCEPT, Action.DELIVER, Action.CARRY_OUT, Action.REQUEST_REVIEW),
        *(Action.CONCLUDE_REVIEW, Action.SERVE_REVIEW, Action.REMIT, Action.CALL_BACK),
        *(Action.REPORT_SUPERIOR, Action.REPORT_RESULT, Action.HOLD_HEARING, Action.RECORD_FORCE_MAJEURE),
        *(Action.CHANGE_OPINION, Action.DISMISS_REVIEW, Action.SERVE_RE_EXAMINATION),
        *(Action.FORWARD, Action.TAKE_BACK),
        *(Action.TRANSFER, Action.RECORD_RECEIPT, Action.REPORT_LEADERS, Action.CONCLUDE_VALIDITY),
        *(Action.OBJECT, Action.UPHOLD_OBJECTION, Action.REFUSE_OBJECTION, Action.ISSUE_OPINION),
        *(Action.NOT_ACCEPT, Action.NO_LONGER_ACCEPT, Action.DIVERT, Action.EXTEND),
        *(Action.SERVE_DOCUMENT, Action.CORRECT_RECEIPT),
    }


def test_the_day_of_an_act_is_asked_for_in_one_wording() -> None:
    """The day on which the reviewing organ got the request, and days left out, are not that of the act."""
    days = (field for form in ACTION_FORMS.values() for field in _fields(form) if _is_required_day(field))
    others = {field.args[0] for field in days if field.kwargs.get("hint") != ACT_DAY}
    assert others == {"发现日期", "收到日期", "收到申请日期", "第一日", "最后一日"}


def _fields(form: type) -> Iterator[Any]:
    return (getattr(form, name) for name in dir(form) if hasattr(getattr(form, name), "field_class"))


def _is_required_day(field: Any) -> bool:
    """Say whether it is a day on which something happened: a limit is a day to be kept."""
    if field.field_class is not DayField or not field.kwargs.get("required"):
        return False
    return bool(field.kwargs["meaning"] is Meaning.HAPPENED)
