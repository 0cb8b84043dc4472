"""A limit in hours (小时): from an instant to an instant, by an invented one that lives here only.

报告 stands for it: 24 hours from the moment the matter is known. Everything that lists days shows the day of its end.
"""

import ast
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from tests.architecture.sources import Source, program
from tests.conftest import Clock as Wall
from tests.deadlines.pausing import paused, recorded
from tests.reminders.problems import KIND, NUMBER, problems
from tests.working_days.test_notices import notice_of
from tests.world.county import County
from tests.world.matters import Matter
from tracker.audit.queries import verify
from tracker.cases.ledger.due import clocks_of
from tracker.cases.lifecycle.rules.lifecycle import REGISTRATION
from tracker.cases.lifecycle.rules.step_rows import Since
from tracker.cases.lifecycle.rules.steps import STEPS
from tracker.core.clock import SHANGHAI, local_date
from tracker.core.database import db
from tracker.core.errors import DomainError
from tracker.deadlines.limits import LIMITS, Limit, LimitKind, Owner
from tracker.deadlines.models import Deadline
from tracker.deadlines.queries import days_of, limit_words, shown, shown_all
from tracker.deadlines.rules import Light
from tracker.deadlines.service import extend_clock, start_clock, stop_clock
from tracker.jobs import notices, subjects
from tracker.jobs.calendar import change_calendar
from tracker.jobs.sending import compose
from tracker.jobs.subjects import SUBJECTS
from tracker.jobs.ticking import tick
from tracker.notifications.models import Delivery, Notice
from tracker.people.queries import reader_for
from tracker.reminders.models import RAISED, Escalation
from tracker.reminders.subjects.table import Subjects
from tracker.statutes.rules.provisions import P
from tracker.supervision.messages.inbox import Which, inbox
from tracker.working_days.rules import Unit
from tracker.working_days.service import proposed

HOURS = LimitKind.LEADER_REPORT
IN_24_HOURS = Limit("向上级报告", 24, Unit.HOUR, Owner.OFFICE, (P.OWN_RULE,))
BEGUN = datetime(2026, 11, 21, 14, 5, tzinfo=SHANGHAI)
END = BEGUN + timedelta(hours=24)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
TODAY = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def invented(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let one kind of clock count hours."""
    monkeypatch.setitem(LIMITS, HOURS, IN_24_HOURS)


def begun(county: County, **given: Any) -> Deadline:
    """Start a clock of 24 hours at five past two."""
    about = {"case_id": None, "subject": KIND, "subject_id": county.ids["village"], **given}
    return recorded(lambda: start_clock(HOURS, started_on=local_date(BEGUN), started_at=BEGUN, **about))


# The clock


@pytest.mark.both_databases
def test_it_ends_at_an_instant_on_the_day_of_the_office(county: County, clock: Wall) -> None:
    row = begun(county)
    assert (row.due_at, row.effective_due, row.nominal_due, row.first_due) == (END, TODAY, TODAY, TODAY)
    late_evening = datetime(2026, 11, 21, 23, 30, tzinfo=SHANGHAI)
    other = recorded(
        lambda: start_clock(
            HOURS, case_id=None, subject=KIND, subject_id=1, started_on=date(2026, 11, 21), started_at=late_evening
        )
    )
    assert other.effective_due == date(2026, 11, 22), "in UTC both instants lie on one day"
    assert (limit_words(HOURS, row.amount), days_of(row)) == ("24 小时", [])
    assert shown(row, TODAY, now=END).why == (
        "2026年11月21日 14:05 起＋24小时＝2026年11月22日 周日 14:05（按小时计，夜间和休息日不扣除）"
    )
    assert shown(row, TODAY, now=END).date_text == "11月22日 周日 14:05"
    assert [each.late for each in shown_all([row], TODAY, now=END + MINUTE)] == [True]
    assert verify().wrong is None


def test_it_begins_at_an_instant_of_its_first_day(county: County, clock: Wall) -> None:
    for started_at in (None, BEGUN - 24 * HOUR):
        with pytest.raises(ValueError, match="from an instant"):
            start_clock(
                HOURS, case_id=None, subject=KIND, subject_id=1, started_on=local_date(BEGUN), started_at=started_at
            )


def test_it_can_neither_be_paused_nor_extended(county: County, clock: Wall) -> None:
    row = begun(county)
    with pytest.raises(DomainError, match="“向上级报告”以小时计算，不能暂停"):
        paused(row, clock.today())
    with pytest.raises(DomainError, match="延长期限"):
        recorded(lambda: extend_clock(row, 1, on=clock.today()))


@pytest.mark.both_databases
def test_the_moment_of_the_act_decides(county: County, clock: Wall) -> None:
    late, in_time, of_the_day = begun(county), begun(county), begun(county)
    recorded(lambda: stop_clock(late, on=TODAY, at=END + HOUR, met=True, by_action="test"))
    recorded(lambda: stop_clock(in_time, on=TODAY, at=END - HOUR, met=True, by_action="test"))
    recorded(lambda: stop_clock(of_the_day, on=TODAY, met=True, by_action="test"))
    said = [shown(row, TODAY).words for row in (late, in_time, of_the_day)]
    assert said == ["逾期 1 小时完成", "按期完成", "按期完成"]
    assert verify().wrong is None


@pytest.mark.both_databases
def test_no_calendar_moves_it(county: County, clock: Wall) -> None:
    matter = Matter(county).until("triage")
    row = begun(county, case_id=matter.case.id, subject="case", subject_id=matter.case.id)
    change_calendar(proposed(2027, notice_of(2027), source="试验"), seen=None, by=None, now=clock.now())
    db.session.refresh(row)
    assert (row.due_at, row.effective_due, row.revision) == (END, TODAY, 1)


def test_every_limit_in_hours_counts_from_the_moment_of_its_act() -> None:
    """A step knows its own moment; of a day that its form asks for it knows none."""
    starts = [*REGISTRATION, *(start for row in STEPS for start in row.starts)]
    known = [start.since for start in starts if LIMITS[start.kind].unit == Unit.HOUR]
    assert set(known) <= {Since.TODAY}
    assert known, "the invented one"


def test_no_limit_in_hours_rolls_or_is_extended() -> None:
    in_hours = [limit for limit in LIMITS.values() if limit.unit == Unit.HOUR]
    assert [limit.label for limit in in_hours if limit.extendable_days] == []


# The whole way


@pytest.mark.both_databases
def test_it_goes_the_whole_way_to_reminder_message_and_list(
    county: County, clock: Wall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subjects, "SUBJECTS", Subjects((*SUBJECTS.rows, problems(county, []))))
    clock.set(BEGUN)
    row = begun(county, owner_department_id=county.ids["town"], owner_user_id=county.ids["town_head"])
    for at in (TODAY, TODAY + timedelta(days=1)):
        clock.set(datetime(at.year, at.month, at.day, 9, tzinfo=SHANGHAI))
        found = tick()
        assert (found.left, "出错" in found.sentence) == (0, False), found.sentence
        notices.send_notices()
        if at == TODAY:
            assert [mail.subject for mail in mails(row)] == [f"【提醒】{NUMBER} 向上级报告剩5小时"] * len(mails(row))
    told = select_rungs(row)
    assert told == [("report-today", TODAY), ("report-late", TODAY + timedelta(days=1))]
    reader = reader_for(county.supervisor, clock.today())
    seen = inbox(subjects.SUBJECTS, reader, Which.ALL, page=1, today=clock.today(), now=clock.now())
    assert {group.first.clock.words for group in seen.groups if group.first.clock} <= {"逾期 18 小时"}
    assert verify().wrong is None


def mails(row: Deadline) -> list[Any]:
    copies = db.session.query(Delivery).join(Notice).filter(Notice.deadline_id == row.id)
    return [mail for copy in copies if (mail := compose(copy, now=Wall.now()))]


def select_rungs(row: Deadline) -> list[tuple[str, date]]:
    rows = db.session.query(Escalation).filter_by(deadline_id=row.id, state=RAISED).order_by(Escalation.id)
    return [(each.rung, each.reached_on) for each in rows]


@pytest.mark.both_databases
def test_lists_and_pages_of_a_case_say_the_time_of_day(county: County, clock: Wall) -> None:
    """The step that starts the clock gives it its moment; list and page go by the moment."""
    matter = Matter(county, vote_buying=True).until("triage")
    row = matter.clock(HOURS)
    assert row is not None
    assert row.due_at == clock.now() + timedelta(hours=24)
    recorded(lambda: stop_others(matter, row))
    clock.forward(hours=25)
    cell = clocks_of([matter.case.id], clock.today(), now=clock.now())[matter.case.id].nearest
    assert cell is not None
    assert (cell.date_text, cell.words, cell.light) == ("11月22日 周日 09:00", "逾期 1 小时", Light.RED)
    by_day = clocks_of([matter.case.id], clock.today())[matter.case.id].nearest
    assert by_day is not None
    assert by_day.words == "今天到期"
    text = county.browser("acceptor").get(f"/cases/{matter.case.public_id}").text
    assert "11月22日 周日 09:00" in text
    assert "逾期 1 小时" in text
    assert "24 小时" in text


def stop_others(matter: Matter, kept: Deadline) -> None:
    rows = db.session.query(Deadline).filter(Deadline.case_id == matter.case.id, Deadline.id != kept.id)
    for row in rows.filter(Deadline.ended_on.is_(None)):
        stop_clock(row, on=Wall.today(), met=True, by_action="test")


# What shows clocks passes on the moment

ASKED = frozenset({"shown", "shown_all", "clocks_of", "rows_of", "exported_cases", "case_page", "head_of", "step_page"})


def forgets_the_moment(source: Source) -> Iterator[str]:
    """Yield the calls that show clocks of a day without saying which moment it is."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ASKED:
            by_day = any(isinstance(each, ast.Name) and each.id == "today" for each in node.args)
            by_day |= any(each.arg == "today" for each in node.keywords)
            if by_day and not any(each.arg == "now" for each in node.keywords):
                yield f"{source.at(node.lineno)} {ast.unparse(node)[:60]}"


def test_a_call_without_the_moment_is_noticed() -> None:
    bad = Source("tracker/cases/page/page.py", "rows = shown_all(file.deadlines, today)\nrows_of(ids, today=today)")
    assert len(list(forgets_the_moment(bad))) == 2


def test_every_page_passes_the_moment() -> None:
    assert [found for source in program() for found in forgets_the_moment(source)] == []
