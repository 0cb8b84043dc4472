"""A new calendar is looked at before it is applied; it moves what it must, and corrects what was raised too early."""

import csv
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.world.county import County
from tests.world.matters import Matter, an_entry
from tracker import audit
from tracker.audit import Event
from tracker.audit.models import AuditEvent
from tracker.audit.queries import verify
from tracker.cases.intake.registration import register
from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.record.models import Case, CaseStep
from tracker.core import clock
from tracker.core.clock import at_local
from tracker.core.database import committed, db
from tracker.core.errors import DomainError, StaleVersion
from tracker.deadlines.limits import LIMITS, LimitKind
from tracker.deadlines.models import Deadline
from tracker.deadlines.service import start_clock, stop_clock
from tracker.jobs.calendar import Applied, change_calendar
from tracker.jobs.ticking import tick
from tracker.notifications.models import Notice
from tracker.people.queries import reader_for
from tracker.reminders.models import RAISED, WITHDRAWN, Escalation
from tracker.supervision.calendar.preview import CalendarPreview, moved_cases, preview
from tracker.supervision.papers.models import SupervisionOrder
from tracker.working_days.notices import shipped_notices
from tracker.working_days.queries import calendar, calendar_with
from tracker.working_days.rules import NoticeDay, Proposal, YearStatus
from tracker.working_days.service import load_year, proposed

GOLDEN = Path(__file__).parent / "calendar_change.csv"
TODAY = date(2026, 11, 21)


def days_off(*spans: tuple[date, date], worked: tuple[date, ...] = ()) -> tuple[NoticeDay, ...]:
    """Return an invented notice of 2027: these spans off besides the fixed holidays, some weekends worked."""
    fixed = [(date(2027, 1, 1), date(2027, 1, 3)), (date(2027, 5, 1), date(2027, 5, 3))]
    fixed.append((date(2027, 10, 1), date(2027, 10, 5)))
    off = [
        NoticeDay(first + timedelta(days=n), False, "节")
        for first, last in (*fixed, *spans)
        for n in range((last - first).days + 1)
    ]
    return (*off, *(NoticeDay(day, True, "节") for day in worked))


FIRST = days_off((date(2027, 2, 5), date(2027, 2, 12)), worked=(date(2027, 1, 30), date(2027, 2, 20)))
CORRECTED = days_off((date(2027, 2, 6), date(2027, 2, 10)), worked=(date(2027, 2, 20),))


def a_proposal(days: tuple[NoticeDay, ...], source: str = "试验通知") -> Proposal:
    return proposed(2027, days, source=source)


def look(days: tuple[NoticeDay, ...]) -> CalendarPreview:
    return preview(a_proposal(days), today=clock.today())


def apply(days: tuple[NoticeDay, ...], *, seen: str | None = None, at: datetime | None = None) -> Applied:
    return change_calendar(a_proposal(days), seen=seen, by=None, now=at or clock.now())


# 240 cases, before and after


def golden() -> list[dict[str, str]]:
    with GOLDEN.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def make_golden(county: County) -> list[Deadline]:
    """Register one case for each row, with the row's clock and no other."""
    made = []
    with committed():
        for row in golden():
            case = register(an_entry(), office=county.office, by=county.registrar, now=clock.now())
            for own in db.session.scalars(select(Deadline).where(Deadline.case_id == case.id)):
                stop_clock(own, on=clock.today(), met=True, by_action="test")
            started_on = date.fromisoformat(row["started_on"])
            made.append(
                start_clock(
                    LimitKind(row["kind"]),
                    case_id=case.id,
                    subject="case",
                    subject_id=case.id,
                    started_on=started_on,
                    owner_department_id=case.office_id,
                )
            )
            if row["ended_on"]:
                stop_clock(made[-1], on=date.fromisoformat(row["ended_on"]), met=True, by_action="test")
            audit.record(Event.CASE_CORRECTED, by=None, now=clock.now(), case_id=case.id)
    return made


def test_240_cases_before_and_after_a_year_and_after_its_correction(county: County) -> None:
    rows, clocks = golden(), make_golden(county)
    assert len(rows) >= 200

    def dates() -> list[str]:
        return [deadline.effective_due.isoformat() for deadline in clocks]

    assert dates() == [row["not_loaded"] for row in rows]
    for days, before, after in ((FIRST, "not_loaded", "loaded"), (CORRECTED, "loaded", "corrected")):
        shown = look(days)
        foreseen = {change.id: change.after.effective.isoformat() for change in shown.moved}
        assert dates() == [row[before] for row in rows], "looking moves nothing"
        applied = apply(days, seen=shown.fingerprint)
        assert dates() == [row[after] for row in rows]
        really = {d.id: row[after] for d, row in zip(clocks, rows, strict=True) if row[before] != row[after]}
        assert foreseen == really
        assert applied.moved == len(really) > 0
        assert sum(group.count for group in shown.groups) == len(really)
    assert verify().wrong is None
    assert {d.revision for d, row in zip(clocks, rows, strict=True) if row["ended_on"]} == {1}
    moved_twice = [row["not_loaded"] != row["loaded"] != row["corrected"] for row in rows]
    assert {d.revision for d, twice in zip(clocks, moved_twice, strict=True) if twice} == {3}


def test_the_golden_file_shows_every_direction() -> None:
    """Later, earlier, earlier and yet kept because it was told, ended: else the test above proves little."""
    rows = golden()
    assert any(row["not_loaded"] < row["loaded"] for row in rows)
    assert any(row["not_loaded"] > row["loaded"] for row in rows)
    earlier = {row["kind"] for row in rows if row["corrected"] < row["loaded"]}
    assert earlier
    assert not any(LIMITS[LimitKind(kind)].told for kind in earlier)
    kept = [row for row in rows if LIMITS[LimitKind(row["kind"])].told and row["loaded"] > row["not_loaded"]]
    assert kept
    assert all(row["corrected"] >= row["loaded"] for row in kept)
    assert sum(bool(row["ended_on"]) for row in rows) > 10


# What the preview says, and what it is bound to


def started(county: County, kind: LimitKind, started_on: date) -> tuple[Case, Deadline]:
    """Return a case with one running clock of a kind and no other."""
    with committed():
        case = register(an_entry(), office=county.office, by=county.registrar, now=clock.now())
        for own in db.session.scalars(select(Deadline).where(Deadline.case_id == case.id)):
            stop_clock(own, on=clock.today(), met=True, by_action="test")
        deadline = start_clock(
            kind,
            case_id=case.id,
            subject="case",
            subject_id=case.id,
            started_on=started_on,
            owner_department_id=county.civil.id,
        )
        db.session.flush()
        audit.record(Event.CASE_CORRECTED, by=None, now=clock.now(), case_id=case.id)
    return case, deadline


def test_the_preview_counts_by_kind_from_and_to(county: County) -> None:
    for _ in range(2):
        started(county, LimitKind.HANDLING, date(2026, 12, 9))
    started(county, LimitKind.ACCEPTANCE, date(2027, 1, 26))
    shown = look(FIRST)
    assert [(group.label, group.before, group.after, group.count) for group in shown.groups] == [
        ("告知是否受理", date(2027, 2, 10), date(2027, 2, 15), 1),
        ("作出处理意见并送达", date(2027, 2, 8), date(2027, 2, 15), 2),
    ]
    assert (len(shown.moved), shown.settled, shown.held, shown.newly_overdue) == (3, 3, 0, 0)


def test_the_preview_says_what_becomes_overdue_and_what_stays_because_it_was_told(county: County) -> None:
    _, inner = started(county, LimitKind.ACCEPTANCE, date(2027, 1, 26))
    _, told = started(county, LimitKind.HANDLING, date(2026, 12, 12))
    apply(FIRST)
    assert (inner.effective_due, told.effective_due) == (date(2027, 2, 15), date(2027, 2, 15))
    with clock.frozen(at_local(date(2027, 2, 13))):
        shown = look(days_off())
        assert (shown.newly_overdue, shown.no_longer_overdue, shown.held) == (1, 0, 1)
        apply(days_off(), seen=shown.fingerprint)
        assert (inner.effective_due, told.effective_due) == (date(2027, 2, 10), date(2027, 2, 15))
        again = look(FIRST)
        assert (again.newly_overdue, again.no_longer_overdue) == (0, 1)
        assert look(days_off()).held == 0, "what an earlier change kept in place is not said again"


@pytest.mark.both_databases
def test_case_numbers_are_for_those_who_may_see_them(county: County) -> None:
    case, _ = started(county, LimitKind.HANDLING, date(2026, 12, 9))
    shown = look(FIRST)
    rows, total = moved_cases(shown, reader_for(county.supervisor, TODAY), page=1, size=50)
    assert ([row.register_no for row in rows], total) == ([case.register_no], 1)
    assert moved_cases(shown, reader_for(county.land_head, TODAY), page=1, size=50) == ([], 0)
    nobody = replace(reader_for(county.supervisor, TODAY), posts=())
    assert moved_cases(shown, nobody, page=1, size=50) == ([], 0)


def test_pages_of_cases_follow_each_other(county: County) -> None:
    cases = [started(county, LimitKind.HANDLING, date(2026, 12, 9))[0].register_no for _ in range(5)]
    shown, reader = look(FIRST), reader_for(county.supervisor, TODAY)
    pages = [moved_cases(shown, reader, page=n, size=2) for n in (1, 2, 3)]
    assert [row.register_no for rows, _ in pages for row in rows] == cases
    assert {total for _, total in pages} == {5}


def touch_clock(deadline: Deadline) -> None:
    deadline.extension_days = 3
    audit.record(Event.CASE_CORRECTED, by=None, now=clock.now())


def touch_calendar(_deadline: Deadline) -> None:
    load_year(2026, shipped_notices()[2026].days, source="更正", by=None, now=clock.now())


@pytest.mark.parametrize("touch", [touch_clock, touch_calendar])
def test_apply_is_bound_to_what_was_shown(county: County, touch: Callable[[Deadline], None]) -> None:
    _, deadline = started(county, LimitKind.HANDLING, date(2026, 12, 9))
    seen = look(FIRST).fingerprint
    with committed():
        touch(deadline)
    before = (deadline.effective_due, deadline.revision)
    with pytest.raises(StaleVersion):
        apply(FIRST, seen=seen)
    assert (deadline.effective_due, deadline.revision) == before
    assert calendar().status(2027) is YearStatus.NOT_LOADED
    assert apply(FIRST, seen=look(FIRST).fingerprint).moved == 1


def test_work_that_concerns_no_moved_clock_does_not_make_the_preview_stale(county: County) -> None:
    """The negative control."""
    started(county, LimitKind.HANDLING, date(2026, 12, 9))
    seen = look(FIRST).fingerprint
    Matter(county).until("triage")
    assert apply(FIRST, seen=seen).moved == 1


def test_a_preview_writes_nothing(county: County) -> None:
    started(county, LimitKind.HANDLING, date(2026, 12, 9))
    tables = (AuditEvent, Deadline, Case, CaseStep, Escalation, Notice)
    counts = [db.session.scalar(select(func.count()).select_from(table)) for table in tables]
    look(FIRST)
    assert not db.session.new
    assert not db.session.dirty
    assert [db.session.scalar(select(func.count()).select_from(table)) for table in tables] == counts


def test_an_empty_year_is_refused() -> None:
    with pytest.raises(DomainError, match="是空的"):
        proposed(2027, (), source="试验通知")


def test_a_calendar_looked_at_is_the_calendar_once_loaded(session: Session) -> None:
    """Also where a later year's notice names a day of the December before."""
    of_2019 = [day for day in shipped_notices()[2019].days if day.date.year == 2019]
    assert len(of_2019) < len(shipped_notices()[2019].days)
    corrected = proposed(
        2018, [*shipped_notices()[2018].days, NoticeDay(date(2018, 12, 31), False, "节")], source="更正"
    )
    for proposal in (a_proposal(FIRST), corrected, proposed(2019, of_2019, source="更正"), a_proposal(CORRECTED)):
        foreseen = calendar_with(proposal)
        with committed():
            load_year(proposal.year, proposal.days, source=proposal.source, by=None, now=clock.now())
        assert dict(foreseen.marks) == dict(calendar().marks)
        assert dict(foreseen.years) == dict(calendar().years)


# Rungs that were raised too early


def run_days(first: date, last: date) -> None:
    for n in range((last - first).days + 1):
        tick(at_local(first + timedelta(days=n)))


def rungs(deadline: Deadline) -> dict[str, Escalation]:
    rows = db.session.scalars(select(Escalation).where(Escalation.deadline_id == deadline.id))
    return {f"{row.rung}/{row.revision}": row for row in rows.all()}


def corrections() -> list[Notice]:
    return list(db.session.scalars(select(Notice).where(Notice.source == "correction").order_by(Notice.id)))


@pytest.mark.both_databases
def test_a_rung_of_the_old_date_stays_with_a_correction_to_the_same_posts(county: County) -> None:
    case, deadline = started(county, LimitKind.ACCEPTANCE, date(2027, 1, 21))
    assert deadline.effective_due == date(2027, 2, 5)
    run_days(date(2027, 2, 4), date(2027, 2, 6))
    urge = rungs(deadline)["short-urge/1"]
    told = set(db.session.scalars(select(Notice.told).where(Notice.source == "rung", Notice.source_id == urge.id)))
    order = db.session.scalars(select(SupervisionOrder).where(SupervisionOrder.escalation_id == urge.id)).one()
    now = at_local(date(2027, 2, 7))
    with clock.frozen(now):
        shown = look(FIRST)
        assert urge.id in {wrong.escalation_id for wrong in shown.wrong}
        apply(FIRST, seen=shown.fingerprint, at=now)
    assert (deadline.effective_due, deadline.revision) == (date(2027, 2, 15), 2)
    assert (urge.state, urge.corrected_at) == (RAISED, now)
    notices = [notice for notice in corrections() if notice.source_id == urge.id]
    assert {notice.told for notice in notices} == told != set()
    assert {notice.key for notice in notices} == {f"correction:{urge.id}:{post}" for post in told}
    assert notices[0].heading == "更正"
    assert "2027年2月15日" in notices[0].why
    assert order.number in notices[0].asked
    assert order.withdrawn_at == now
    reply = db.session.scalars(select(Deadline).where(Deadline.subject == "order")).one()
    assert (reply.ended_on, reply.met) == (date(2027, 2, 7), False)
    trail = db.session.scalars(select(CaseStep.action).where(CaseStep.case_id == case.id).order_by(CaseStep.id)).all()
    assert trail[-2:] == [Action.RECOUNT.value, Action.WITHDRAW_ORDER.value]
    assert verify().wrong is None
    run_days(date(2027, 2, 8), date(2027, 2, 16))
    assert rungs(deadline)["short-urge/2"].state == RAISED, "on the right day it is raised again"


def test_a_rung_that_was_right_is_not_corrected(county: County) -> None:
    """The negative control: the date moves earlier, so the letter after it was no mistake; the early reminder was."""
    apply(FIRST)
    _, deadline = started(county, LimitKind.ACCEPTANCE, date(2027, 1, 26))
    run_days(date(2027, 2, 4), date(2027, 2, 16))
    soon, urge = rungs(deadline)["short-soon/1"], rungs(deadline)["short-urge/1"]
    assert (soon.reached_on, urge.reached_on) == (date(2027, 2, 4), date(2027, 2, 16))
    with clock.frozen(at_local(date(2027, 2, 17))):
        apply(days_off(), at=at_local(date(2027, 2, 17)))
    assert deadline.effective_due == date(2027, 2, 10)
    assert urge.corrected_at is None
    assert {notice.source_id for notice in corrections()} == {soon.id}


def test_a_rung_of_a_date_that_stays_can_be_raised_again(county: County) -> None:
    """Its working days were counted before the holidays were known; the date itself lies before them."""
    _, deadline = started(county, LimitKind.ACCEPTANCE, date(2027, 1, 19))
    assert deadline.effective_due == date(2027, 2, 3)
    run_days(date(2027, 2, 2), date(2027, 2, 9))
    blue = rungs(deadline)["short-blue/1"]
    assert blue.reached_on == date(2027, 2, 9)
    now = at_local(date(2027, 2, 9), 15)
    with clock.frozen(now):
        apply(FIRST, at=now)
    assert (deadline.effective_due, deadline.revision) == (date(2027, 2, 3), 1)
    assert (blue.state, blue.corrected_at) == (WITHDRAWN, now)
    assert corrections()
    run_days(date(2027, 2, 10), date(2027, 2, 20))
    assert (blue.state, blue.corrected_at, blue.reached_on > date(2027, 2, 12)) == (RAISED, None, True)
    assert verify().wrong is None


def test_what_becomes_overdue_is_raised_by_the_next_tick(county: County) -> None:
    apply(FIRST)
    _, deadline = started(county, LimitKind.ACCEPTANCE, date(2027, 1, 26))
    run_days(date(2027, 2, 8), date(2027, 2, 13))
    assert "short-urge/1" not in rungs(deadline)
    now = at_local(date(2027, 2, 13), 15)
    with clock.frozen(now):
        apply(days_off(), at=now)
    tick(now)
    assert rungs(deadline)["short-urge/2"].due_on == date(2027, 2, 10)
