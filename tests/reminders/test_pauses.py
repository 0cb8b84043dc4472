"""A clock that is paused (期间不计) raises nothing; resumed, it is looked at again by its new day.

Nothing in the table of steps pauses a clock yet: the clocks here are about the invented problem of a village.
"""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from tests.conftest import Clock
from tests.databases import writing
from tests.deadlines.pausing import at, paused, recorded, resumed
from tests.reminders.problems import KIND, problems
from tests.reminders.test_simulation import AUDITOR
from tests.working_days.support import official
from tests.working_days.test_notices import notice_of
from tests.world.county import County
from tests.world.matters import Matter
from tracker.audit.queries import verify
from tracker.core import clock as core_clock
from tracker.core.database import db
from tracker.deadlines.limits import LimitKind
from tracker.deadlines.models import Deadline
from tracker.deadlines.queries import date_changes, shown
from tracker.deadlines.rules import NEVER
from tracker.deadlines.service import start_clock
from tracker.jobs import subjects
from tracker.jobs.calendar import change_calendar
from tracker.jobs.subjects import SUBJECTS
from tracker.jobs.ticking import tick
from tracker.people.queries import reader_for
from tracker.reminders.ladder.queries import current
from tracker.reminders.ladder.rules.rungs import LADDER
from tracker.reminders.models import RAISED, Escalation, Sweep
from tracker.reminders.outlook.preview import last_month
from tracker.reminders.outlook.simulation import simulated
from tracker.reminders.subjects.table import Subjects
from tracker.supervision.messages.digest_queries import digest
from tracker.supervision.messages.feed_queries import duties
from tracker.working_days.queries import calendar, calendar_with
from tracker.working_days.rules import NoticeDay
from tracker.working_days.service import proposed

ONE = timedelta(days=1)
BEGIN = date(2026, 11, 23)
DUE = BEGIN + 20 * ONE
RUNGS = {rung.code: rung for rung in LADDER}


@pytest.fixture
def problem(county: County, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Deadline:
    """Give the clock of a village's problem that the township's head owes: twenty days from 23 November."""
    monkeypatch.setattr(subjects, "SUBJECTS", Subjects((*SUBJECTS.rows, problems(county, []))))
    at(clock, BEGIN)
    return recorded(
        lambda: start_clock(
            LimitKind.FEEDBACK,
            case_id=None,
            subject=KIND,
            subject_id=county.ids["village"],
            started_on=BEGIN,
            due_on=DUE,
            owner_department_id=county.ids["town"],
            owner_user_id=county.ids["town_head"],
        )
    )


def ticked(clock: Clock, until: date) -> None:
    """Let the timer run each morning until a day."""
    while clock.today() < until:
        at(clock, clock.today() + ONE)
        found = tick()
        assert (found.left, "出错" in found.sentence) == (0, False), found.sentence


def raised(row: Deadline) -> list[tuple[int, str, date]]:
    """Return what was raised about a clock: by which revision, which rung, reached on which day."""
    rows = select(Escalation).where(Escalation.deadline_id == row.id, Escalation.state == RAISED)
    found = db.session.scalars(rows.order_by(Escalation.raised_at, Escalation.id))
    return [(each.revision, each.rung, each.reached_on) for each in found]


# The timer


@pytest.mark.both_databases
def test_while_it_is_paused_nobody_is_reminded_and_afterwards_by_the_new_day(problem: Deadline, clock: Clock) -> None:
    ticked(clock, BEGIN + 6 * ONE)
    lasting = paused(problem, clock.today())
    ticked(clock, DUE + 8 * ONE)
    assert raised(problem) == []
    assert problem.look_on == NEVER
    assert set(db.session.scalars(select(Sweep.wrong))) == {0}, "the nightly check agrees"
    resumed(lasting, clock.today())
    missed = (DUE + 8 * ONE) - (BEGIN + 6 * ONE)
    assert (problem.effective_due, problem.look_on) == (DUE + missed, clock.today())
    ticked(clock, problem.effective_due + ONE)
    assert [(revision, rung) for revision, rung, _ in raised(problem)] == [
        (2, "work-half"), (2, "work-quarter"), (2, "work-soon"), (2, "work-today"), (2, "work-urge"),
    ]  # fmt: skip
    assert raised(problem)[-1][2] == problem.effective_due + ONE
    assert verify().wrong is None


def test_without_the_pause_it_would_have_been(problem: Deadline, clock: Clock) -> None:
    """The negative control."""
    ticked(clock, DUE + 2 * ONE)
    assert raised(problem)[-1] == (1, "work-urge", DUE + ONE)


@pytest.mark.both_databases
def test_a_hint_that_hides_a_resumed_clock_is_found_at_night(problem: Deadline, clock: Clock) -> None:
    at(clock, BEGIN + 3 * ONE)
    resumed(paused(problem, BEGIN + ONE), BEGIN + 3 * ONE)
    ticked(clock, BEGIN + 4 * ONE)
    writing().execute(update(Deadline).values(look_on=NEVER))
    db.session.commit()
    ticked(clock, DUE + 3 * ONE)
    assert "work-half" in {rung for _, rung, _ in raised(problem)}
    due = {rung: day for _, rung, day in raised(problem)}
    assert due["work-half"] == BEGIN + 12 * ONE, "two of the twenty-two days do not count"


def test_a_hint_too_early_raises_nothing_while_it_is_paused(problem: Deadline, clock: Clock) -> None:
    at(clock, DUE + 5 * ONE)
    paused(problem, DUE)
    writing().execute(update(Deadline).values(look_on=None))
    db.session.commit()
    ticked(clock, DUE + 6 * ONE)
    db.session.refresh(problem)
    assert (raised(problem), problem.look_on) == ([], NEVER)


# What people see ahead and behind


@pytest.mark.both_databases
def test_the_simulation_the_digest_and_the_calendar_leave_it_out(
    problem: Deadline, county: County, clock: Clock
) -> None:
    reader = reader_for(county.town_head, clock.today())

    def seen() -> tuple[bool, bool, bool]:
        coming = simulated(
            subjects.SUBJECTS, current(), calendar(), DUE + 12 * ONE, today=clock.today(), reader=reader
        ).coming
        told = digest(subjects.SUBJECTS, reader, today=clock.today(), days=calendar())
        found, _ = duties(subjects.SUBJECTS, reader, clock.today())
        return bool(coming), bool([line for section in told.sections for line in section.lines]), bool(found)

    at(clock, DUE - 2 * ONE)
    lasting = paused(problem, DUE - 3 * ONE)
    assert seen() == (False, False, False)
    resumed(lasting, clock.today())
    assert problem.effective_due == DUE + ONE
    assert seen()[1:] == (True, True)


@pytest.mark.both_databases
def test_the_simulation_says_what_the_timer_then_does(problem: Deadline, county: County, clock: Clock) -> None:
    at(clock, BEGIN + 9 * ONE)
    resumed(paused(problem, BEGIN + 2 * ONE), BEGIN + 7 * ONE)
    on, days = BEGIN + 15 * ONE, calendar()
    reader = reader_for(county.user("auditor"), clock.today())
    foreseen = simulated(subjects.SUBJECTS, current(), days, on, today=clock.today(), reader=reader)
    assert {each.rung.code for each in foreseen.coming} == {"work-half"}
    ticked(clock, on)
    assert [(rung, day) for _, rung, day in raised(problem)] == [("work-half", on)]


@pytest.mark.both_databases
def test_the_preview_of_a_month_counts_by_the_days_that_count(problem: Deadline, clock: Clock) -> None:
    """Two clocks alike but for a pause: what one is told on the tenth day, the other is on the fifteenth."""
    at(clock, BEGIN + 9 * ONE)
    resumed(paused(problem, BEGIN + 2 * ONE), BEGIN + 7 * ONE)

    def told(today: date) -> int:
        found = last_month(subjects.SUBJECTS, LADDER, LADDER, official(), today=today, reader=AUDITOR)
        return {side.rung.code: side.before for side in found.rungs if side.rung}.get("work-half", 0)

    assert [told(BEGIN + days * ONE) for days in (11, 15, 16)] == [0, 0, 1]
    at(clock, BEGIN + 16 * ONE)
    paused(problem, BEGIN + 12 * ONE)
    assert told(BEGIN + 18 * ONE) == 0, "it stands still from the twelfth day on"


# The calendar

LONG = (*notice_of(2027), *(NoticeDay(date(2027, 1, day), False, "试验假期") for day in (29, 30, 31)))


@pytest.mark.both_databases
def test_a_change_of_the_calendar_counts_it_again_with_its_pauses(county: County, clock: Clock) -> None:
    clock.set(clock.now().replace(day=20))
    matter = Matter(county).until("accept")
    row = matter.clock(LimitKind.HANDLING)
    assert row is not None
    assert row.effective_due == date(2027, 1, 19)
    at(clock, date(2026, 12, 11))
    resumed(paused(row, date(2026, 12, 1)), date(2026, 12, 11))
    lasting = paused(row, date(2026, 12, 11), reason="中止期间")
    assert (row.effective_due, row.revision) == (date(2027, 1, 29), 2)
    proposal = proposed(2027, LONG, source="试验通知")
    foreseen = {each.id: each.after.effective for each in date_changes(calendar(), calendar_with(proposal))}
    assert foreseen[row.id] == date(2027, 2, 1)
    change_calendar(proposal, seen=None, by=None, now=core_clock.now())
    db.session.refresh(row)
    assert (row.effective_due, row.revision, row.paused_on) == (date(2027, 2, 1), 3, date(2026, 12, 11))
    assert "听证期间" in shown(row, clock.today()).why
    assert "还没有按新的放假安排" not in shown(row, clock.today()).why
    resumed(lasting, clock.today())
    assert (row.effective_due, row.revision) == (date(2027, 2, 1), 3)
    assert list(date_changes(calendar(), calendar())) == []
    assert verify().wrong is None
