"""如果今天是…: what would go out on a day agrees with the timer that looks every day; nothing is written."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.cases.counting import statements
from tests.reminders.test_forecast import CALENDAR, DAYS, watched
from tests.world.county import County
from tests.world.rows import TODAY, a_case, assigned, clock_of, kept, reader, user
from tracker.audit.models import AuditHead
from tracker.cases.record.models import CaseStep
from tracker.cases.record.rules.codes import Confidentiality as CaseLevel
from tracker.cases.record.rules.codes import LedgerStatus, Status
from tracker.core import clock
from tracker.core.database import Base, db
from tracker.deadlines.limits import LimitKind
from tracker.deadlines.models import Deadline
from tracker.jobs.subjects import SUBJECTS
from tracker.people.rules import DepartmentKind, HeldPost, Reader, Role
from tracker.reminders.ladder.queries import Ladder
from tracker.reminders.ladder.rules.reach import reached_on, rungs_of
from tracker.reminders.ladder.rules.rungs import LADDER, RungLevel
from tracker.reminders.models import Escalation
from tracker.reminders.outlook.simulation import Simulation, page_of, simulated
from tracker.supervision.papers.models import SupervisionOrder

SHIPPED = Ladder(None, LADDER)


def waiting_clock(county: County, due_on: date, kind: LimitKind = LimitKind.HANDLING, **values: Any) -> Deadline:
    """Make a case of the county's bureau with a clock that the timer has not looked at."""
    case = a_case(county, received_on=values.pop("started_on", due_on - timedelta(days=60)), **values.pop("case", {}))
    assigned(case, county.civil, handler_id=county.handler.id, lead_official_id=county.lead.id)
    return clock_of(case, kind, due_on, look_on=case.received_on, revision=1, **values)


def recorded(row: Deadline, rung: str, state: str) -> Escalation:
    """Record a rung of a clock as the timer does."""
    values = {"subject": "deadline", "subject_id": row.id, "revision": 1, "rung": rung, "case_id": row.case_id}
    values |= {"deadline_id": row.id, "level": "urge", "reached_on": TODAY, "raised_at": clock.now()}
    found: Escalation = kept(Escalation(**values, state=state))
    return found


def told(found: Simulation) -> list[tuple[int, str]]:
    return [(each.about.id, each.rung.code) for each in found.coming]


# Who reads the log counts everything.
AUDITOR = Reader(0, True, (HeldPost(Role.AUDITOR, 0, DepartmentKind.PETITION_OFFICE, frozenset()),))


def on_day(day: date, who: Any = None) -> Simulation:
    return simulated(SUBJECTS, SHIPPED, CALENDAR, day, today=TODAY, reader=reader(who) if who else AUDITOR)


def test_each_day_shows_its_own_rungs(county: County) -> None:
    row = waiting_clock(county, TODAY + timedelta(days=5))
    expected = {
        reached_on(rung, watched(row.started_on, row.effective_due), DAYS): rung.code
        for rung in rungs_of(LimitKind.HANDLING, LADDER)
    }
    assert expected[date(2026, 11, 23)] == "work-soon"
    for ahead in range(1, 60):
        day = TODAY + timedelta(days=ahead)
        codes = [code for _, code in told(on_day(day))]
        assert codes == ([expected[day]] if day in expected else []), day


def test_the_backlog_goes_out_today_at_its_highest_level(county: County) -> None:
    waiting_clock(county, TODAY - timedelta(days=40))
    assert [each.rung.level for each in on_day(TODAY).coming] == [RungLevel.RED]
    assert on_day(TODAY + timedelta(days=1)).coming == ()


def test_what_was_recorded_is_not_shown_again(county: County) -> None:
    row = waiting_clock(county, TODAY - timedelta(days=1))
    assert [code for _, code in told(on_day(TODAY))] == ["work-urge"]
    raised = recorded(row, "work-urge", "raised")
    assert told(on_day(TODAY)) == []
    raised.state = "withdrawn"
    assert [code for _, code in told(on_day(TODAY))] == ["work-urge"]
    raised.state, row.revision = "raised", 2
    assert [code for _, code in told(on_day(TODAY))] == ["work-urge"]


@pytest.mark.both_databases
def test_a_letter_that_is_out_holds_the_next(county: County) -> None:
    row = waiting_clock(county, TODAY - timedelta(days=32))
    for rung in rungs_of(LimitKind.HANDLING, LADDER)[:-4]:
        recorded(row, rung.code, "raised" if rung.code == "work-amber" else "skipped")
    order = SupervisionOrder(
        kind="amber",
        number="督〔2026〕1号",
        subject="case",
        subject_id=row.case_id,
        case_id=row.case_id,
        about_deadline_id=row.id,
        office_id=county.office.id,
        department_id=county.civil.id,
        text="请办理。",
        issued_at=clock.now(),
        reply_by=TODAY + timedelta(days=4),
    )
    kept(order)
    assert told(on_day(TODAY)) == []
    assert [code for _, code in told(on_day(TODAY + timedelta(days=5)))] == ["work-red"]
    order.replied_at = clock.now()
    assert [code for _, code in told(on_day(TODAY))] == ["work-red"]


def test_a_work_note_keeps_the_reminder_of_half_the_time_away(county: County) -> None:
    row = waiting_clock(county, TODAY + timedelta(days=30), started_on=TODAY - timedelta(days=30))
    assert [code for _, code in told(on_day(TODAY))] == ["work-half"]
    step = CaseStep(case_id=row.case_id, round=1, action="note", actor_name="王海燕", actor_unit="")
    step.entered_at = clock.now()
    step.from_status = step.to_status = Status.ACCEPTED
    step.from_ledger = step.to_ledger = LedgerStatus.OPEN
    kept(step)
    assert told(on_day(TODAY)) == []


def test_a_behaviour_that_lasts_comes_on_its_day(county: County) -> None:
    case = a_case(county, status=Status.DELIVERED, ledger_status=LedgerStatus.RETURNED)
    step = CaseStep(case_id=case.id, round=1, action="return_close_out", actor_name="", actor_unit="")
    step.entered_at = clock.now()
    step.from_status = step.to_status = Status.DELIVERED
    step.from_ledger = step.to_ledger = LedgerStatus.RETURNED
    kept(step)
    day = DAYS.working_days_from(TODAY, 5)
    assert told(on_day(day)) == [(case.id, "rework-silent")]
    assert told(on_day(day - timedelta(days=1))) == told(on_day(day + timedelta(days=1))) == []


def test_a_reader_sees_his_own_and_the_administrator_only_numbers(county: County) -> None:
    mine = waiting_clock(county, TODAY - timedelta(days=1))
    sealed = waiting_clock(county, TODAY - timedelta(days=1), case={"level": CaseLevel.ACCUSATION})
    day = TODAY
    assert {case for case, _ in told(on_day(day))} == {mine.case_id, sealed.case_id}
    assert [case for case, _ in told(on_day(day, county.handler))] == [mine.case_id]
    assert told(on_day(day, county.stranger)) == []
    admin = user("管理员", (Role.ADMINISTRATOR, county.office))
    assert [case for case, _ in told(on_day(day, admin))] == [mine.case_id], "what has an open number"
    everything = on_day(day)
    assert page_of(SUBJECTS, everything, reader(admin), 1, 50) == []
    assert [shown.coming.about.id for shown in page_of(SUBJECTS, everything, reader(county.handler), 1, 50)] == [
        mine.case_id
    ]


@pytest.mark.both_databases
def test_pages_cover_everything_once(county: County) -> None:
    for n in range(7):
        waiting_clock(county, TODAY - timedelta(days=1 + n % 3))
    found = on_day(TODAY, county.acceptor)
    pages = [page_of(SUBJECTS, found, reader(county.acceptor), number, 3) for number in (1, 2, 3)]
    assert [len(page) for page in pages] == [3, 3, 1]
    assert [shown.coming for page in pages for shown in page] == list(found.coming)
    assert sum(number for _, number in found.by_rung()) == len(found.coming) == 7


def rows_of_everything() -> dict[str, int]:
    return {
        name: db.session.scalar(select(func.count()).select_from(table)) or 0
        for name, table in Base.metadata.tables.items()
    }


def test_it_writes_nothing(county: County) -> None:
    for n in range(4):
        waiting_clock(county, TODAY + timedelta(days=5 - 10 * n))
    before, heads = rows_of_everything(), list(db.session.execute(select(AuditHead.log_id, AuditHead.size)))
    hints = list(db.session.scalars(select(Deadline.look_on).order_by(Deadline.id)))
    with statements() as sent:
        assert on_day(TODAY, county.acceptor).coming
        assert on_day(TODAY + timedelta(days=2)).coming
    assert not [each for each in sent if not each.lstrip().upper().startswith(("SELECT", "WITH"))]
    assert rows_of_everything() == before
    assert list(db.session.execute(select(AuditHead.log_id, AuditHead.size))) == heads
    assert list(db.session.scalars(select(Deadline.look_on).order_by(Deadline.id))) == hints
    assert not db.session.new
    assert not db.session.dirty


def test_statements_do_not_grow_with_the_clocks(county: County) -> None:
    def counted() -> int:
        with statements() as sent:
            on_day(TODAY, county.acceptor)
        return len(sent)

    waiting_clock(county, TODAY - timedelta(days=1))
    few = counted()
    for _ in range(30):
        waiting_clock(county, TODAY - timedelta(days=1))
    assert counted() == few <= 14
