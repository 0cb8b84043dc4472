"""如果今天是…: what would go out on a day agrees with the timer that looks every day; nothing is written."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from tests.cases.counting import statements
from tests.working_days.support import official
from tests.world.county import County
from tests.world.rows import TODAY, a_case, assigned, clock_of, kept, reader, user
from tracker.audit.models import AuditHead
from tracker.cases.models import CaseStep
from tracker.cases.rules.codes import LedgerStatus, Status
from tracker.cases.rules.codes import Level as CaseLevel
from tracker.core import clock
from tracker.core.database import Base, db
from tracker.deadlines.limits import LimitKind
from tracker.deadlines.models import Deadline
from tracker.people.rules import Role
from tracker.supervision.models import Escalation, SupervisionOrder
from tracker.supervision.queries.ladder import Ladder
from tracker.supervision.queries.simulation import Simulation, page_of, simulated
from tracker.supervision.rules.forecast import path_of, walked, went_out
from tracker.supervision.rules.ladder import LADDER, Level
from tracker.supervision.rules.reach import DayCounter, Watched, look, reached_on, reply_by, rungs_of

SHIPPED = Ladder(None, LADDER)
CALENDAR = official()
DAYS = DayCounter(CALENDAR)


def watched(started_on: date, due_on: date, kind: LimitKind = LimitKind.HANDLING, **values: Any) -> Watched:
    return Watched(1, kind, 1, started_on, due_on, 1, **values)


def every_day(clock_: Watched, first: date, last: date) -> list[tuple[date, str]]:
    """Look on every single day, as a timer that never stops; nobody answers a letter."""
    known: dict[str, bool] = {}
    told, not_before, day = [], None, first
    while day <= last:
        found = look(clock_, LADDER, day, DAYS, known=known, not_before=not_before)
        known |= {each.rung.code: False for each in found.record}
        if found.raise_now:
            rung = found.raise_now.rung
            known[rung.code] = True
            told.append((day, rung.code))
            if rung.issues:
                wanted = reply_by(rung, clock_, LADDER, day, DAYS)
                assert wanted
                not_before = wanted + timedelta(days=1)
        day += timedelta(days=1)
    return told


_KINDS = [kind for kind in LimitKind if rungs_of(kind, LADDER)]


@given(
    st.sampled_from(_KINDS),
    st.dates(date(2026, 1, 1), date(2026, 12, 1)),
    st.integers(0, 90),
    st.integers(0, 120),
    st.integers(0, 150),
)
def test_a_walk_finds_what_a_timer_finds_that_looks_every_day(
    kind: LimitKind, started_on: date, length: int, wait: int, span: int
) -> None:
    clock_ = watched(started_on, started_on + timedelta(days=length), kind)
    first = started_on + timedelta(days=wait)
    last = first + timedelta(days=span)
    found = walked(clock_, LADDER, first, last, DAYS, known={})
    assert [(day, reached.rung.code) for day, reached in found] == every_day(clock_, first, last)


@given(st.dates(date(2026, 1, 1), date(2026, 10, 1)), st.integers(0, 90), st.none() | st.integers(0, 120))
def test_clocks_alike_share_a_path(started_on: date, length: int, noted: int | None) -> None:
    """The path answers as a walk of the clock itself would, whenever the first sign of work was."""
    ladder = (*LADDER, replace(LADDER[0], code="work-half-2", number=90))
    clock_ = watched(started_on, started_on + timedelta(days=length))
    noted_on = None if noted is None else started_on + timedelta(days=noted)
    first, last = started_on + timedelta(days=20), started_on + timedelta(days=80)

    def walk(noted_on: date | None) -> list[Any]:
        return went_out(clock_, ladder, first, last, DAYS, noted_on)

    assert list(path_of(clock_, ladder, DAYS, walk).told(noted_on)) == walk(noted_on)


def test_what_went_out_stops_with_the_clock() -> None:
    due = date(2026, 10, 30)
    open_clock = watched(date(2026, 8, 31), due)
    codes = [r.rung.code for _, r in went_out(open_clock, LADDER, due, due + timedelta(days=20), DAYS)]
    assert codes == ["work-today", "work-urge", "work-blue", "work-amber"]
    ended = watched(date(2026, 8, 31), due, ended_on=due + timedelta(days=1))
    assert [r.rung.code for _, r in went_out(ended, LADDER, due, due + timedelta(days=20), DAYS)] == codes[:2]


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
    return [(each.case_id, each.rung.code) for each in found.coming]


def on_day(day: date, who: Any = None) -> Simulation:
    return simulated(SHIPPED, CALENDAR, day, today=TODAY, reader=reader(who) if who else None)


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
    assert [each.rung.level for each in on_day(TODAY).coming] == [Level.RED]
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


def test_a_letter_that_is_out_holds_the_next(county: County) -> None:
    row = waiting_clock(county, TODAY - timedelta(days=32))
    for rung in rungs_of(LimitKind.HANDLING, LADDER)[:-4]:
        recorded(row, rung.code, "raised" if rung.code == "work-amber" else "skipped")
    order = SupervisionOrder(
        kind="amber",
        number="督〔2026〕1号",
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
    step = CaseStep(case_id=row.case_id, round=1, action="note", at=clock.now(), actor_name="王海燕", actor_unit="")
    step.from_status = step.to_status = Status.ACCEPTED
    step.from_ledger = step.to_ledger = LedgerStatus.OPEN
    kept(step)
    assert told(on_day(TODAY)) == []


def test_a_behaviour_that_lasts_comes_on_its_day(county: County) -> None:
    case = a_case(county, status=Status.DELIVERED, ledger_status=LedgerStatus.RETURNED)
    step = CaseStep(case_id=case.id, round=1, action="return_close_out", at=clock.now(), actor_name="", actor_unit="")
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
    assert told(on_day(day, admin)) == []
    everything = on_day(day)
    assert page_of(everything, reader(admin), 1, 50) == []
    assert [shown.coming.case_id for shown in page_of(everything, reader(county.handler), 1, 50)] == [mine.case_id]


def test_pages_cover_everything_once(county: County) -> None:
    for n in range(7):
        waiting_clock(county, TODAY - timedelta(days=1 + n % 3))
    found = on_day(TODAY, county.acceptor)
    pages = [page_of(found, reader(county.acceptor), number, 3) for number in (1, 2, 3)]
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
    assert counted() == few <= 12
