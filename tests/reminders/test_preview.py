"""What would have gone out last month under another ladder: counted by rung and kind, nothing written."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from tests.cases.counting import statements
from tests.reminders.rungs import changed, rung, without
from tests.reminders.test_simulation import AUDITOR
from tests.working_days.support import official
from tests.world.county import County
from tests.world.rows import TODAY, a_case, clock_of, kept, reader, user
from tracker.cases.record.models import Case, CaseStep
from tracker.cases.record.rules.codes import Confidentiality, LedgerStatus, Status
from tracker.core.clock import at_local
from tracker.core.database import db
from tracker.deadlines.limits import LimitKind
from tracker.deadlines.models import Deadline
from tracker.jobs.subjects import SUBJECTS
from tracker.people.rules import Reader, Role
from tracker.reminders.ladder.rules.rungs import LADDER, Rung
from tracker.reminders.outlook.preview import LadderPreview, last_month

pytestmark = pytest.mark.both_databases

CALENDAR = official()


def ran(county: County, due_on: date, kind: LimitKind = LimitKind.HANDLING, **values: Any) -> Deadline:
    case = a_case(county, received_on=values.pop("started_on", due_on - timedelta(days=60)))
    return clock_of(case, kind, due_on, revision=1, **values)


def compared(after: tuple[Rung, ...] = LADDER, who: Reader = AUDITOR) -> LadderPreview:
    return last_month(SUBJECTS, LADDER, after, CALENDAR, today=TODAY, reader=who)


def by_code(preview: LadderPreview) -> dict[str, tuple[int, int]]:
    return {side.rung.code: (side.before, side.after) for side in preview.rungs if side.rung}


def test_the_month_before_today(county: County) -> None:
    preview = compared()
    assert (preview.first, preview.last) == (date(2026, 10, 22), date(2026, 11, 20))
    assert (preview.clocks, preview.totals, preview.rungs, preview.kinds) == (0, (0, 0), (), ())


def test_counts_by_rung_and_kind_under_both(county: County) -> None:
    for days in (10, 10, 3):
        ran(county, TODAY - timedelta(days=days))
    preview = compared(changed("work-soon", number=12))
    both = by_code(preview)
    assert both["work-urge"] == (3, 3)
    assert both["work-blue"] == (2, 2)
    assert both["work-soon"] == (3, 3)
    assert [(side.label, side.before, side.after) for side in preview.kinds] == [
        ("作出处理意见并送达", preview.totals[0], preview.totals[1])
    ]
    assert preview.before.papers == 5


def test_who_keeps_the_system_counts_open_numbers_alone(county: County) -> None:
    """One hidden clock, and one hidden matter that is looked at for what it does: the preview is that without them."""
    keeper = reader(user("管理员", (Role.ADMINISTRATOR, county.office)))
    ran(county, TODAY - timedelta(days=10))
    without_hidden = compared(who=keeper)
    assert without_hidden.totals[0] > 0
    sealed = ran(county, TODAY - timedelta(days=10))
    db.session.get_one(Case, sealed.case_id).level = Confidentiality.ACCUSATION.value
    silent = a_case(county, status=Status.DELIVERED, ledger_status=LedgerStatus.RETURNED, level="accusation")
    step = CaseStep(case_id=silent.id, round=1, action="return_close_out", actor_name="", actor_unit="")
    step.entered_at = at_local(TODAY - timedelta(days=20))
    step.from_status = step.to_status = Status.DELIVERED
    step.from_ledger = step.to_ledger = LedgerStatus.RETURNED
    kept(step)
    assert compared(who=keeper) == without_hidden
    everything = by_code(compared())
    assert everything["rework-silent"] == (1, 1), "who reads the log counts all"
    assert everything["work-urge"] == (2, 2)


def test_what_a_change_would_do(county: County) -> None:
    """A later warning falls out of the month, an earlier letter into it; taken out is zero."""
    for _ in range(4):
        ran(county, TODAY - timedelta(days=5))
    assert "work-blue" not in by_code(compared())
    assert by_code(compared(changed("work-blue", number=4)))["work-blue"] == (0, 4)
    assert by_code(compared(changed("work-urge", active=False)))["work-urge"] == (4, 0)
    assert by_code(compared(without("work-urge")))["work-urge"] == (4, 0)
    more = (*LADDER, rung("work-urge", code="work-urge-2", number=3))
    assert by_code(compared(more))["work-urge-2"] == (0, 4)


def test_what_was_told_before_the_month_is_not_counted(county: County) -> None:
    ran(county, TODAY - timedelta(days=200))
    ran(county, TODAY + timedelta(days=200))
    assert compared().totals == (0, 0)


def test_ended_clocks_count_until_their_end(county: County) -> None:
    due = TODAY - timedelta(days=16)
    ran(county, due, ended_on=due, met=True)
    ran(county, due, ended_on=due - timedelta(days=2), met=True)
    ran(county, due, ended_on=TODAY - timedelta(days=60), met=True)
    preview = compared()
    counted = by_code(preview)
    assert (counted["work-soon"], counted["work-today"], counted.get("work-urge")) == ((2, 2), (1, 1), None)
    assert preview.clocks == 2


def test_windows_are_nobodys_duty(county: County) -> None:
    ran(county, TODAY - timedelta(days=5), LimitKind.REVIEW_WINDOW)
    assert compared().clocks == 0


def test_a_work_note_counts(county: County) -> None:
    row = ran(county, TODAY + timedelta(days=25), started_on=TODAY - timedelta(days=35))
    assert by_code(compared()) == {"work-half": (1, 1)}
    step = CaseStep(case_id=row.case_id, round=1, action="note", actor_name="王海燕", actor_unit="")
    step.entered_at = at_local(TODAY - timedelta(days=20))
    step.from_status = step.to_status = Status.ACCEPTED
    step.from_ledger = step.to_ledger = LedgerStatus.OPEN
    kept(step)
    assert by_code(compared()) == {}
    everybody = tuple(replace(rung, unless_noted=False) for rung in LADDER)
    assert by_code(compared(everybody)) == {"work-half": (0, 1)}


def test_only_reads_and_does_not_grow(county: County) -> None:
    def counted() -> int:
        with statements() as sent:
            compared(changed("work-soon", number=5))
        assert all(each.lstrip().upper().startswith("SELECT") for each in sent)
        return len(sent)

    ran(county, TODAY - timedelta(days=5))
    few = counted()
    for days in range(20):
        ran(county, TODAY - timedelta(days=days))
    some = counted()
    assert some <= few + 4
    for days in range(60):
        ran(county, TODAY - timedelta(days=days % 20))
    assert counted() == some
    assert not db.session.new
    assert not db.session.dirty


def test_behaviours_are_counted_by_the_days_of_each_table(county: County) -> None:
    first = a_case(county, received_on=TODAY - timedelta(days=40))
    for days in (2, 20, 50):
        at = at_local(TODAY - timedelta(days=days))
        a_case(county, original_id=first.id, received_on=TODAY - timedelta(days=days), registered_at=at)
    assert by_code(compared())["came-again"] == (2, 2)
    assert by_code(compared(changed("came-again", number=15)))["came-again"] == (2, 1)
    assert by_code(compared(changed("came-again", active=False)))["came-again"] == (2, 0)
