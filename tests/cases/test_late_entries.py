"""补录，待核: what is typed after the last day of a duty with a day inside it meets nothing until others confirm it."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from tests.conftest import Clock
from tests.world.county import County
from tests.world.matters import Matter
from tracker.audit.queries import verify
from tracker.cases.acts import answers, corrections, late_entries, unit
from tracker.cases.lifecycle.case_file import CaseFile
from tracker.cases.lifecycle.checklist import checklist_of
from tracker.cases.lifecycle.documents import Sending
from tracker.cases.lifecycle.rules.close_out import CheckItem, CheckLine, CheckState
from tracker.cases.record.rules.codes import Result, ServiceMethod, Status
from tracker.core.database import committed, db
from tracker.core.dates import long_date
from tracker.core.errors import DomainError, Forbidden
from tracker.deadlines.claims import claim_words
from tracker.deadlines.limits import LimitKind
from tracker.deadlines.models import Deadline
from tracker.deadlines.queries import clock_of, shown_all
from tracker.deadlines.rules import Light, is_late, words
from tracker.jobs.ticking import tick
from tracker.notifications.models import Notice
from tracker.people.models import User
from tracker.people.queries import reader_for
from tracker.people.rules import Role
from tracker.people.service import give_post
from tracker.reminders.ladder.rules.wording import letter, why_clock

ONE = timedelta(days=1)


def the_clock(matter: Matter, kind: LimitKind) -> Deadline:
    found = matter.clock(kind)
    assert found is not None
    return found


def days_later(clock: Clock, day: date, more: int) -> None:
    """Let the days go by until some days after a day."""
    clock.forward(days=(day - clock.today()).days + more)


def answered_late(county: County, clock: Clock, more: int = 2) -> tuple[Matter, date]:
    """A4: the opinion of three days before the last day, sent then, typed two days after it."""
    matter = Matter(county).until("accept")
    due = the_clock(matter, LimitKind.HANDLING).effective_due
    made = due - 3 * ONE
    days_later(clock, due, more)
    points = {point.id: answers.PointAnswer(Result.EXPLAINED, "已说明。") for point in matter.case.demand_points}
    opinion = answers.Opinion("阳访意〔2026〕1号", "依据。", "事实。")
    with committed():
        answers.issue_opinion(
            matter.case, opinion, points, by=county.unit_head, now=clock.now(), happened_on=made,
            sending=Sending(made, method=ServiceMethod.POST, proof="EMS 1"),
        )  # fmt: skip
    return matter, made


def test_an_opinion_typed_after_the_last_day_does_not_end_its_clock(county: County, clock: Clock) -> None:
    matter, _made = answered_late(county, clock)
    handling = the_clock(matter, LimitKind.HANDLING)
    assert handling.ended_on is None
    assert matter.case.next_due_on == min(
        each.effective_due
        for each in db.session.query(Deadline).filter_by(case_id=matter.case.id, ended_on=None)
        if each.kind in (LimitKind.HANDLING, LimitKind.FEEDBACK)
    )
    assert matter.case.status == Status.OPINION_ISSUED, "the act itself is taken"


def check(
    matter: Matter, kind: LimitKind, by: User, now: datetime, *, upheld: bool = True, proof: str = "EMS 1"
) -> None:
    """核实补录."""
    with committed():
        late_entries.check_late_entry(
            matter.case, the_clock(matter, kind).public_id, by=by, now=now, upheld=upheld, reason="查了回执。",
            proof=proof,
        )  # fmt: skip


def test_confirmed_from_outside_it_was_in_time_and_both_days_stay(county: County, clock: Clock) -> None:
    matter, made = answered_late(county, clock)
    entered = clock.today()
    shown = shown_all([the_clock(matter, LimitKind.HANDLING)], clock.today())[0]
    assert (shown.words, shown.light, shown.late) == ("补录，待核", Light.RED, True)
    clock.forward(days=3)
    check(matter, LimitKind.HANDLING, county.acceptor, clock.now())
    handling = the_clock(matter, LimitKind.HANDLING)
    assert (handling.ended_on, handling.met, is_late(clock_of(handling), clock.today())) == (made, True, False)
    assert claim_words(handling) == f"补录：{long_date(made)}办理，{long_date(entered)}录入；已核实，按办理之日计"
    page = county.browser("acceptor").get(f"/cases/{matter.case.public_id}").text
    assert claim_words(handling) in page
    assert "核实补录" in page, "who confirmed it stands in the trail"
    assert verify().wrong is None


def test_not_confirmed_it_is_late_by_the_day_of_entry(county: County, clock: Clock) -> None:
    matter, made = answered_late(county, clock, more=2)
    entered = clock.today()
    clock.forward(days=3)
    check(matter, LimitKind.HANDLING, county.acceptor, clock.now(), upheld=False, proof="")
    handling = the_clock(matter, LimitKind.HANDLING)
    assert (handling.claimed_on, handling.ended_on, handling.met) == (made, entered, True)
    assert words(clock_of(handling), clock.today()) == "逾期 2 天完成"
    assert claim_words(handling).endswith("不予认可，按录入之日计")


def test_the_unit_does_not_confirm_itself_and_nothing_is_confirmed_without_proof(county: County, clock: Clock) -> None:
    matter, _made = answered_late(county, clock)
    for own in (county.handler, county.unit_head):
        with pytest.raises(Forbidden):
            check(matter, LimitKind.HANDLING, own, clock.now())
    with pytest.raises(DomainError, match="凭据") as refused:
        check(matter, LimitKind.HANDLING, county.acceptor, clock.now(), proof="")
    assert refused.value.field == "proof"
    assert the_clock(matter, LimitKind.HANDLING).ended_on is None


def test_of_two_posts_the_one_in_the_unit_counts(county: County, clock: Clock) -> None:
    """Somebody of the office who also serves in the unit is of the unit."""
    matter, _made = answered_late(county, clock)
    both = county.acceptor
    with committed():
        give_post(
            both, department=county.civil, role=Role.HANDLER, started_on=clock.today(), by=county.user("admin"),
            now=clock.now(),
        )  # fmt: skip
    with pytest.raises(DomainError, match="由别人核实"):
        check(matter, LimitKind.HANDLING, both, clock.now())


@pytest.mark.parametrize("late", [True, False], ids=["补录", "control"])
def test_the_office_s_own_clock_is_confirmed_outside_the_office(county: County, clock: Clock, late: bool) -> None:
    matter = Matter(county).until("triage")
    referral = the_clock(matter, LimitKind.OFFICE_REFERRAL)
    came = referral.effective_due - ONE
    days_later(clock, referral.effective_due, 2 if late else 0)
    with committed():
        matter.assign(delivered_on=came)
    referral = the_clock(matter, LimitKind.OFFICE_REFERRAL)
    assert the_clock(matter, LimitKind.ACCEPTANCE).started_on == came, "the unit's own days count from the day"
    if not late:
        assert (referral.ended_on, referral.claimed_at) == (came, None)
        return
    assert referral.ended_on is None
    for own in (county.acceptor, county.office_head):
        with pytest.raises(DomainError, match="由别人核实"):
            check(matter, LimitKind.OFFICE_REFERRAL, own, clock.now())
    check(matter, LimitKind.OFFICE_REFERRAL, county.user("supervisor"), clock.now())
    assert the_clock(matter, LimitKind.OFFICE_REFERRAL).ended_on == came


@pytest.mark.parametrize("upheld", [True, False])
def test_an_extension_typed_late_moves_the_clock_when_it_is_confirmed(
    county: County, clock: Clock, upheld: bool
) -> None:
    matter = Matter(county).until("accept")
    due = the_clock(matter, LimitKind.HANDLING).effective_due
    days_later(clock, due, 1)
    given = {"by": county.unit_head, "now": clock.now(), "reason": "待审计。", "happened_on": due}
    notice = unit.ServedNotice("延1号", due)
    with pytest.raises(DomainError, match="1 至 30 日"), committed():
        unit.extend(matter.case, notice, days=31, **given)  # type: ignore[arg-type]
    with committed():
        unit.extend(matter.case, notice, days=30, **given)  # type: ignore[arg-type]
    handling = the_clock(matter, LimitKind.HANDLING)
    assert (handling.effective_due, handling.extension_days) == (due, 0)
    with pytest.raises(DomainError, match="只能延长一次"), committed():
        unit.extend(matter.case, notice, days=10, **given)  # type: ignore[arg-type]
    # The opinion comes before the extension is confirmed: late by what is known, and judged again afterwards.
    clock.forward(days=4)
    with committed():
        matter.answer()
    with committed():
        matter.deliver()
    assert is_late(clock_of(the_clock(matter, LimitKind.HANDLING)), clock.today())
    check(matter, LimitKind.HANDLING, county.acceptor, clock.now(), upheld=upheld)
    handling = the_clock(matter, LimitKind.HANDLING)
    assert handling.extension_days == (30 if upheld else 0)
    assert is_late(clock_of(handling), clock.today()) is not upheld


def test_a_claimed_clock_is_met_once_and_holds_up_the_close_out(county: County, clock: Clock) -> None:
    matter, _made = answered_late(county, clock)
    with committed():
        matter.deliver()
    handling = the_clock(matter, LimitKind.HANDLING)
    assert handling.ended_on is None, "the service of what was claimed is no second act"

    def loose() -> CheckLine:
        lines = checklist_of(CaseFile(matter.case, reader_for(county.handler, clock.today())))
        return next(line for line in lines if line.item is CheckItem.NO_LOOSE_ENDS)

    assert (loose().state, "补录待核实 1 项" in loose().words) == (CheckState.MISSING, True)
    check(matter, LimitKind.HANDLING, county.acceptor, clock.now())
    assert loose().state is CheckState.DONE


def test_a_corrected_day_of_sending_is_the_one_that_waits(county: County, clock: Clock) -> None:
    matter, made = answered_late(county, clock)
    paper = CaseFile(matter.case, reader_for(county.acceptor, clock.today())).on_their_way[0]
    with committed():
        corrections.correct_paper(
            matter.case, paper, corrections.PaperCorrection(paper.document_no, made + ONE, None, None, "EMS 1"),
            by=county.acceptor, now=clock.now(), reason="看错了邮戳。",
        )  # fmt: skip
    handling = the_clock(matter, LimitKind.HANDLING)
    assert (handling.ended_on, handling.claimed_on) == (None, made + ONE)


def test_what_is_late_by_its_own_day_asks_nobody(county: County, clock: Clock) -> None:
    """The control: an act after the last day ends its clock as late, typed when it may."""
    matter = Matter(county).until("accept")
    days_later(clock, the_clock(matter, LimitKind.HANDLING).effective_due, 3)
    with committed():
        matter.answer()
    with committed():
        matter.deliver()
    handling = the_clock(matter, LimitKind.HANDLING)
    assert (handling.ended_on, handling.claimed_at) == (clock.today(), None)
    with pytest.raises(DomainError, match="没有等您核实"):
        check(matter, LimitKind.HANDLING, county.acceptor, clock.now())


def test_the_ladder_says_what_was_entered(county: County) -> None:
    kind, due, day = LimitKind.ACCEPTANCE, date(2026, 9, 1), date(2026, 8, 28)
    assert "至今没有完成" in letter(kind, due, "请办理。")
    for text in (letter(kind, due, "请办理。", day), why_clock(kind, due, date(2026, 9, 3), claimed_on=day)):
        assert "已补录为2026年8月28日办理，待核实" in text
        assert "至今没有完成" not in text


@pytest.mark.both_databases
def test_the_timer_raises_a_claimed_clock_in_these_words(county: County, clock: Clock) -> None:
    matter, made = answered_late(county, clock, more=1)
    due = long_date(the_clock(matter, LimitKind.HANDLING).effective_due)
    tick(clock.now())
    clock.forward(days=1)
    tick(clock.now())
    rungs = (Notice.case_id == matter.case.id, Notice.source == "rung")
    whys = db.session.scalars(select(Notice.why).where(*rungs)).all()
    said = [why for why in whys if "作出处理意见并送达，" in why and f"{due}到期，已逾期" in why]
    assert said, whys
    assert all(f"已补录为{long_date(made)}办理，待核实" in why for why in said)
