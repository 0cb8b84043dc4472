"""The timer raises each rung once, with its log entry, its notices and its letter."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from tests.world.county import County
from tests.world.matters import Matter
from tracker.audit.models import AuditEvent
from tracker.audit.queries import verify
from tracker.cases.acts import reviews, unit
from tracker.cases.acts.serving import ServedNotice
from tracker.cases.record.models import Case
from tracker.core import clock
from tracker.core.clock import at_local
from tracker.core.database import committed, db
from tracker.deadlines.limits import LimitKind
from tracker.deadlines.models import Deadline
from tracker.jobs.ticking import rehearse, tick
from tracker.notifications.models import Notice
from tracker.reminders.ladder.rules.rungs import RungLevel
from tracker.reminders.models import DRAFTED, RAISED, SKIPPED, Escalation, TickRun
from tracker.supervision.papers import orders
from tracker.supervision.papers.models import SupervisionOrder

START = date(2026, 11, 2)  # a Monday


def at(day: date, hour: int = 9) -> datetime:
    """Return an instant of a Beijing day."""
    return at_local(day, hour)


def run_days(first: date, last: date) -> None:
    """Run the timer once a day."""
    day = first
    while day <= last:
        tick(at(day))
        day += timedelta(days=1)


def raised(case: Case, kind: LimitKind | None = None) -> list[tuple[str, str, date]]:
    """Return what was raised for a case, in order."""
    rows = db.session.execute(
        select(Escalation.rung, Escalation.state, Escalation.reached_on, Deadline.kind)
        .outerjoin(Deadline, Deadline.id == Escalation.deadline_id)
        .where(Escalation.case_id == case.id)
        .order_by(Escalation.id)
    )
    return [(rung, state, on) for rung, state, on, of in rows if kind is None or of == kind]


@pytest.fixture
def matter(county: County) -> Matter:
    """Give a matter that is with its unit since the start, answer expected by 2027-01-15."""
    with clock.frozen(at(START)):
        return Matter(county, received_on=START).until("assign")


def test_the_ladder_goes_up_by_its_days(matter: Matter) -> None:
    run_days(date(2026, 11, 15), date(2026, 12, 8))
    assert raised(matter.case, LimitKind.ACCEPTANCE) == [
        ("short-soon", RAISED, date(2026, 11, 16)),
        ("short-urge", RAISED, date(2026, 11, 18)),
        ("short-blue", RAISED, date(2026, 11, 23)),
        ("short-amber", RAISED, date(2026, 11, 30)),
        ("short-red", DRAFTED, date(2026, 12, 7)),
    ]
    assert verify().wrong is None


@pytest.mark.both_databases
def test_each_rung_brings_its_log_entry_its_notices_and_its_letter(matter: Matter) -> None:
    run_days(START, date(2026, 11, 18))
    urge = db.session.scalars(select(Escalation).where(Escalation.rung == "short-urge")).one()
    notices = db.session.scalars(select(Notice).where(Notice.source == "rung", Notice.source_id == urge.id)).all()
    assert sorted(notice.told or "" for notice in notices) == ["owner", "unit_head"]
    assert all(notice.why.startswith("告知是否受理，2026年11月17日到期，已逾期 1 天。") for notice in notices)
    order = db.session.scalars(select(SupervisionOrder)).one()
    assert (order.kind, order.number, order.department_id) == ("urge", "催〔2026〕1号", matter.county.civil.id)
    assert order.reply_by == date(2026, 11, 20)
    assert order.issued_by_id is None
    reply_clock = db.session.scalars(select(Deadline).where(Deadline.kind == LimitKind.ORDER_REPLY)).one()
    assert (reply_clock.subject, reply_clock.subject_id) == ("order", order.id)
    events = db.session.scalars(select(AuditEvent).where(AuditEvent.kind == "rung.reached")).all()
    assert [event.case_id for event in events] == [matter.case.id] * 2


def test_a_second_run_of_the_same_day_does_nothing(matter: Matter) -> None:
    run_days(START, date(2026, 11, 18))
    before = db.session.scalar(select(func.count()).select_from(Notice))
    for hour in range(9, 18):
        assert tick(at(date(2026, 11, 18), hour)).tally.raised.total() == 0
    assert db.session.scalar(select(func.count()).select_from(Notice)) == before


def test_ten_days_off_bring_one_notice_at_the_level_now_reached(matter: Matter) -> None:
    run_days(START, date(2026, 11, 15))
    report = tick(at(date(2026, 11, 25)))
    assert report.held
    assert report.sentence == "停了 10 天，已补记，通知等待放行。"
    assert set(raised(matter.case, LimitKind.ACCEPTANCE)) == {
        ("short-blue", RAISED, date(2026, 11, 23)),
        ("short-soon", SKIPPED, date(2026, 11, 16)),
        ("short-urge", SKIPPED, date(2026, 11, 18)),
    }
    notices = db.session.scalars(select(Notice).where(Notice.source == "rung")).all()
    assert {notice.heading for notice in notices} == {"蓝色督办"}
    assert all(notice.late and notice.held for notice in notices)
    run = db.session.scalars(select(TickRun).order_by(TickRun.id.desc())).first()
    assert run is not None
    assert (run.gap_seconds, run.late) == (10 * 86_400, 1)


def test_the_ladder_writes_no_paper_to_the_office_itself(county: County) -> None:
    """D1, D2: the office's own 15 days, and those of the reviewing organ, brought papers from the office to itself."""
    with clock.frozen(at(START)):
        waiting = Matter(county, received_on=START)
        reviewed = Matter(county, received_on=START).until("deliver")
        with committed():
            reviews.request_review(
                reviewed.case, by=county.acceptor, now=clock.now(), organ="县人民政府", requested_on=START,
                received_on=START,
            )  # fmt: skip
    run_days(START, START + timedelta(days=60))
    for case, kind in ((waiting.case, LimitKind.OFFICE_REFERRAL), (reviewed.case, LimitKind.REVIEW)):
        assert [rung for rung, state, _ in raised(case, kind) if state == RAISED], "somebody was told"
    asked = set(db.session.scalars(select(SupervisionOrder.department_id)))
    assert asked == {county.civil.id}, "of the unit alone: to carry out what it supported"


def test_a_clock_that_ended_is_recorded_and_nobody_is_told(matter: Matter) -> None:
    run_days(START, date(2026, 11, 15))
    with clock.frozen(at(date(2026, 11, 19))), committed():
        matter.sign_for()
        matter.accept()
    tick(at(date(2026, 11, 25)))
    assert {(rung, state) for rung, state, _ in raised(matter.case, LimitKind.ACCEPTANCE)} == {
        ("short-soon", SKIPPED),
        ("short-urge", SKIPPED),
    }
    assert db.session.scalars(select(Notice.id).where(Notice.source == "rung")).all() == []


def test_an_extension_starts_the_reminders_anew_and_keeps_the_old_ones(matter: Matter) -> None:
    with clock.frozen(at(START)), committed():
        matter.sign_for()
        matter.accept()
    due = db.session.scalars(select(Deadline).where(Deadline.kind == LimitKind.HANDLING)).one()
    first_due = due.effective_due
    run_days(first_due - timedelta(days=4), first_due - timedelta(days=2))
    before = raised(matter.case, LimitKind.HANDLING)
    assert "work-soon" in [rung for rung, _, _ in before]
    with clock.frozen(at(first_due - timedelta(days=1))), committed():
        unit.extend(
            matter.case,
            ServedNotice("阳访延〔2026〕1号", clock.today()),
            by=matter.county.unit_head,
            now=clock.now(),
            days=30,
            reason="案情复杂。",
        )
    db.session.refresh(due)
    tick(at(first_due - timedelta(days=1)))
    run_days(due.effective_due - timedelta(days=4), due.effective_due + timedelta(days=1))
    rows = raised(matter.case, LimitKind.HANDLING)
    assert rows[: len(before)] == before
    after = [(rung, state) for rung, state, _ in rows[len(before) :]]
    assert ("work-soon", RAISED) in after
    assert "work-urge" in [rung for rung, *_ in raised(matter.case, LimitKind.FEEDBACK)], "which was due before it"
    assert ("work-half", SKIPPED) in after  # the half of the new term lies before the extension: only recorded
    assert "work-urge" not in [rung for rung, _, _ in before]


def test_half_the_time_without_a_note_is_told_and_with_one_is_not(county: County) -> None:
    with clock.frozen(at(START)):
        silent, noted = (Matter(county, received_on=START).until("accept") for _ in range(2))
    with clock.frozen(at(START + timedelta(days=10))), committed():
        unit.note(noted.case, by=county.handler, now=clock.now(), reason="已到村里核实。")
    run_days(START + timedelta(days=28), START + timedelta(days=32))
    assert ("work-half", RAISED) in [row[:2] for row in raised(silent.case, LimitKind.HANDLING)]
    assert ("work-half", SKIPPED) in [row[:2] for row in raised(noted.case, LimitKind.HANDLING)]


def test_no_second_letter_before_the_first_ones_reply_day(matter: Matter) -> None:
    run_days(date(2026, 11, 16), date(2026, 11, 17))
    with clock.frozen(at(date(2026, 11, 17))), committed():
        orders.issue(
            matter.case,
            by=matter.county.checker,
            now=clock.now(),
            level=RungLevel.URGE,
            reason="请抓紧。",
            reply_by=date(2026, 11, 27),
        )
    run_days(date(2026, 11, 18), date(2026, 11, 27))
    assert db.session.scalar(select(func.count()).select_from(SupervisionOrder)) == 1
    run_days(date(2026, 11, 28), date(2026, 11, 28))
    kinds = db.session.scalars(select(SupervisionOrder.kind).order_by(SupervisionOrder.id)).all()
    assert list(kinds) == ["urge", "blue"]


def test_a_rehearsal_writes_nothing(matter: Matter) -> None:
    def counts() -> dict[str, int]:
        return {
            name: db.session.scalar(select(func.count()).select_from(table)) or 0
            for name, table in db.metadata.tables.items()
        }

    run_days(START, date(2026, 11, 10))
    before, hints = counts(), db.session.scalars(select(Deadline.look_on).order_by(Deadline.id)).all()
    tally = rehearse(at(date(2026, 11, 18))).tally
    assert tally.raised == {"short-urge": 1}
    db.session.expire_all()
    assert counts() == before
    assert db.session.scalars(select(Deadline.look_on).order_by(Deadline.id)).all() == hints


def test_reminders_ahead_are_told_in_working_time(matter: Matter) -> None:
    tick(at(START))
    run_days(date(2026, 11, 14), date(2026, 11, 21))
    night = db.session.scalars(select(Notice).where(Notice.heading == "提醒")).all()
    assert night
    tick(at(date(2026, 11, 28)))  # a Saturday
    rested = [n for n in db.session.scalars(select(Notice)) if clock.local_date(n.created_at) == date(2026, 11, 28)]
    assert all(clock.local_date(n.not_before) == date(2026, 11, 30) for n in rested)


@pytest.mark.both_databases
def test_one_unit_has_one_letter_of_a_case_at_a_time(county: County) -> None:
    """Two clocks of a case run late together: one letter is out, the next supersedes it."""
    with clock.frozen(at(START)):
        matter = Matter(county, received_on=START).until("triage")
        with committed():
            matter.assign(due_on=date(2026, 11, 18))
    run_days(date(2026, 11, 17), date(2026, 11, 19))
    assert [order.kind for order in db.session.scalars(select(SupervisionOrder))] == ["urge"]
    run_days(date(2026, 11, 20), date(2026, 12, 16))
    letters = db.session.scalars(select(SupervisionOrder).order_by(SupervisionOrder.id)).all()
    for first, second in zip(letters, letters[1:], strict=False):
        assert clock.local_date(second.issued_at) > first.reply_by
    clocks = db.session.scalars(select(Deadline).where(Deadline.kind == LimitKind.ORDER_REPLY).order_by(Deadline.id))
    assert [row.ended_by for row in clocks] == ["superseded"] * (len(letters) - 1) + [None]
    assert verify().wrong is None
