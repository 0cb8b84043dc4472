"""本单位规定: the office's own numbers hold from a day on, for clocks that begin then; law's numbers nobody changes."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, true

from tests.conftest import Clock
from tests.deadlines.pausing import recorded
from tests.world.county import County
from tracker.audit.models import AuditEvent
from tracker.audit.queries import verify
from tracker.core.clock import now
from tracker.core.database import committed, db
from tracker.core.errors import DomainError
from tracker.deadlines.limits import LIMITS, LimitKind
from tracker.deadlines.models import Deadline
from tracker.deadlines.own_limits import amount_on, basis_words, changeable, running_of, set_amounts, set_own
from tracker.deadlines.queries import shown
from tracker.deadlines.service import start_clock

# Typed from the articles: what law counts in days, nobody's to change.
FIXED_BY_LAW = {
    LimitKind.OFFICE_REFERRAL: 15,
    LimitKind.OBJECTION: 5,
    LimitKind.ACCEPTANCE: 15,
    LimitKind.HANDLING: 60,
    LimitKind.REVIEW_WINDOW: 30,
    LimitKind.REVIEW: 30,
    LimitKind.RE_EXAMINATION_WINDOW: 30,
    LimitKind.RE_EXAMINATION: 30,
}


def change(county: County, kind: LimitKind = LimitKind.RULING, amount: int = 3, **given: object) -> None:
    told = {"since": Clock.today(), "reason": "县信访局工作规定第二号", **given}
    with committed():
        set_own(kind, amount, by=county.admin, now=now(), **told)


def begun(on: date, kind: LimitKind = LimitKind.RULING) -> Deadline:
    return recorded(lambda: start_clock(kind, case_id=None, subject="problem", subject_id=1, started_on=on))


def test_what_is_open_to_the_office_is_read_off_the_table() -> None:
    assert {LimitKind.REASSIGNMENT, LimitKind.RULING, LimitKind.LOOK_BACK, LimitKind.LEADER_REPORT} <= set(changeable())


@pytest.mark.parametrize(("kind", "days"), FIXED_BY_LAW.items(), ids=list(FIXED_BY_LAW))
def test_a_number_of_the_law_is_never_changed(county: County, kind: LimitKind, days: int) -> None:
    with pytest.raises(DomainError, match="法定"):
        change(county, kind)
    assert kind not in changeable()
    assert (amount_on(kind, Clock.today()), set_amounts()) == (days, ())


@pytest.mark.both_databases
def test_a_clock_takes_the_number_of_the_day_on_which_it_begins_and_keeps_it(county: County, clock: Clock) -> None:
    today = clock.today()
    running = begun(today)
    change(county, since=today + timedelta(days=1))
    assert begun(today).amount == 5
    later = begun(today + timedelta(days=1))
    assert (later.amount, later.unit) == (3, "working-day")
    assert running.amount == 5
    before, after = (shown(row, today) for row in (running, later))
    assert (before.limit_words, before.basis) == ("5 个工作日", "本单位规定")
    assert (after.limit_words, after.basis) == ("3 个工作日", "本单位规定（自2026年11月22日起）")
    assert after.due_on < before.due_on + timedelta(days=1)
    assert running_of([LimitKind.RULING, LimitKind.HANDLING], true()) == {LimitKind.RULING: 3}
    assert len(db.session.scalars(select(AuditEvent).where(AuditEvent.kind == "own_limit.set")).all()) == 1
    assert verify().wrong is None


def test_of_two_numbers_the_one_that_begins_last_holds(county: County, clock: Clock) -> None:
    today = clock.today()
    change(county, amount=7, since=today + timedelta(days=9))
    change(county, amount=4, since=today + timedelta(days=3))
    days = (0, 2, 3, 8, 9, 99)
    assert [amount_on(LimitKind.RULING, today + timedelta(days=n)) for n in days] == [5, 5, 4, 4, 7, 7]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        *(({"amount": amount}, "amount") for amount in (0, -1, 366, 5)),
        ({"since": Clock.today() - timedelta(days=1)}, "since"),
        ({"reason": ""}, "reason"),
        ({"reason": "字" * 501}, "reason"),
    ],
)
def test_what_cannot_be_set(county: County, clock: Clock, given: dict[str, object], field: str) -> None:
    if field == "since":
        given = {"since": clock.today() - timedelta(days=1)}
    with pytest.raises(DomainError) as refused:
        change(county, **given)
    assert set(refused.value.errors) == {field}
    assert set_amounts() == ()


def test_the_report_may_stay_within_the_day_or_get_days(county: County) -> None:
    """Of a limit of the same day 0 is a number, too."""
    kind = LimitKind.LEADER_REPORT
    change(county, kind, 1)
    assert basis_words(kind, Clock.today()) == "本单位规定（自2026年11月21日起）"
    change(county, kind, 0)
    assert amount_on(kind, Clock.today()) == LIMITS[kind].amount == 0
