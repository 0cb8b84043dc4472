"""Pauses of a clock (期间不计): what they change, what they never change, and what cannot be."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from tests.conftest import Clock
from tests.databases import writing
from tests.deadlines.pausing import ARTICLE, HEARD, at, paused, recorded, resumed
from tests.working_days.test_notices import notice_of
from tests.world.county import County
from tracker import audit
from tracker.audit import Event
from tracker.audit.queries import verify
from tracker.core.database import WriteWithoutRecord, committed, db
from tracker.core.errors import DomainError
from tracker.deadlines.limits import LIMITS, LimitKind
from tracker.deadlines.models import Deadline, DeadlinePause
from tracker.deadlines.queries import is_over, next_due_on, shown, shown_all
from tracker.deadlines.rules import PAUSED_WORDS, Light
from tracker.deadlines.service import extend_clock, pause, start_clock, stop_clock
from tracker.working_days.service import load_year

ONE = timedelta(days=1)
BEGAN = date(2026, 11, 21)


def begun(county: County, kind: LimitKind = LimitKind.HANDLING, **given: Any) -> Deadline:
    """Start a clock of the office's case-to-be on 21 November."""
    with committed():
        row = start_clock(kind, case_id=None, subject="problem", subject_id=1, started_on=BEGAN, **given)
        db.session.flush()
        audit.record(Event.DATES_RECOUNTED, by=None, now=Clock.now())
    return row


@pytest.mark.both_databases
def test_a_clock_stands_still_and_goes_on_later_by_the_days_it_missed(county: County, clock: Clock) -> None:
    row = begun(county)
    assert (row.effective_due, row.revision) == (date(2027, 1, 20), 1)
    at(clock, date(2026, 12, 1))
    lasting = paused(row, date(2026, 11, 30))
    assert (row.paused_on, row.excluded_days, row.effective_due, row.revision) == (
        date(2026, 11, 30), 0, date(2027, 1, 20), 1,
    )  # fmt: skip
    at(clock, date(2027, 3, 1))
    assert not shown(row, clock.today()).late, "nobody is late while it lasts, however long"
    at(clock, date(2026, 12, 10))
    resumed(lasting, date(2026, 12, 10))
    assert (row.paused_on, row.excluded_days) == (None, 10)
    assert (row.nominal_due, row.effective_due, row.revision) == (date(2027, 1, 30), date(2027, 2, 1), 2)
    assert (row.revised_on, row.look_on, row.first_due) == (date(2026, 12, 10),) * 2 + (date(2027, 1, 20),)
    assert verify().wrong is None


@pytest.mark.both_databases
def test_pauses_that_touch_or_overlap_count_once(county: County, clock: Clock) -> None:
    row = begun(county)
    at(clock, date(2026, 12, 20))
    for first, on in ((1, 5), (5, 9), (7, 11), (2, 3)):
        resumed(paused(row, date(2026, 12, first)), date(2026, 12, on))
    assert (row.excluded_days, row.nominal_due) == (10, date(2027, 1, 30))
    resumed(paused(row, date(2026, 12, 10)), date(2026, 12, 10))
    assert (row.excluded_days, row.revision) == (10, 4), "a pause of no days changes nothing"


def test_a_day_that_was_past_when_the_pause_began_never_moves(county: County, clock: Clock) -> None:
    row = begun(county, LimitKind.ACCEPTANCE)
    assert row.effective_due == date(2026, 12, 7)
    at(clock, date(2026, 12, 8))
    lasting = paused(row, date(2026, 12, 8))
    assert shown(row, clock.today()).late, "it was late already"
    assert next_due_on([row]) == date(2026, 12, 7)
    at(clock, date(2026, 12, 20))
    resumed(lasting, date(2026, 12, 20))
    assert (row.effective_due, row.revision, shown(row, clock.today()).words) == (date(2026, 12, 7), 1, "逾期 13 天")


def test_on_its_last_day_a_clock_may_still_be_paused(county: County, clock: Clock) -> None:
    row = begun(county, LimitKind.ACCEPTANCE)
    at(clock, date(2026, 12, 9))
    lasting = paused(row, date(2026, 12, 7))
    assert not shown(row, clock.today()).late, "the last day itself was missed"
    resumed(lasting, date(2026, 12, 9))
    assert row.effective_due == date(2026, 12, 9)


@pytest.mark.both_databases
def test_what_a_page_says_of_it(county: County, clock: Clock) -> None:
    row = begun(county)
    at(clock, date(2026, 12, 1))
    lasting = paused(row, date(2026, 11, 30))
    seen = shown_all([row], clock.today())[0]
    assert (seen.words, seen.light, seen.paused, seen.pause) == (
        PAUSED_WORDS, Light.GREY, True, "11月30日起暂停计时：听证期间（条例第三十六条）",
    )  # fmt: skip
    share = seen.share
    at(clock, date(2026, 12, 10))
    assert shown(row, clock.today()).share == share, "the time stands still"
    assert "听证" not in seen.why
    assert next_due_on([row]) is None
    resumed(lasting, date(2026, 12, 10))
    seen = shown(row, clock.today())
    assert (seen.paused, seen.pause, seen.excluded_days) == (False, "", 10)
    assert "（跳过11月30日至12月9日听证期间）" in seen.why
    assert (share, seen.share) == (round(100 * 8 / 60), round(100 * 9 / 62)), "today counts again, of two days more"
    assert next_due_on([row]) == date(2027, 2, 1)


def test_a_day_that_a_letter_names_moves_on_and_says_why(county: County, clock: Clock) -> None:
    row = begun(county, LimitKind.FEEDBACK, due_on=date(2026, 12, 10))
    before = shown(row, clock.today()).why
    at(clock, date(2026, 12, 4))
    resumed(paused(row, date(2026, 12, 1)), date(2026, 12, 4))
    assert (row.effective_due, row.first_due, row.revision) == (date(2026, 12, 13), date(2026, 12, 10), 2)
    assert shown(row, clock.today()).why == f"{before}（跳过12月1日至3日听证期间）＝2026年12月13日"


def test_an_extension_given_afterwards_knows_the_pause(county: County, clock: Clock) -> None:
    row = begun(county)
    at(clock, date(2026, 12, 4))
    resumed(paused(row, date(2026, 12, 1)), date(2026, 12, 4))
    recorded(lambda: extend_clock(row, 30, on=clock.today()))
    assert row.nominal_due == date(2027, 1, 20) + 33 * ONE


@pytest.mark.both_databases
def test_a_pause_ends_with_its_clock(county: County, clock: Clock) -> None:
    row = begun(county, LimitKind.ACCEPTANCE)
    at(clock, date(2026, 12, 20))
    lasting = paused(row, date(2026, 12, 1))
    recorded(lambda: stop_clock(row, on=clock.today(), met=True, by_action="test"))
    assert (lasting.resumed_on, row.paused_on, row.ended_on) == (clock.today(), None, clock.today())
    assert shown(row, clock.today()).words == "按期完成"
    assert row.ended_on <= row.effective_due, "lists that compare the days say the same"
    assert verify().wrong is None


def test_an_act_of_a_day_before_the_pause_takes_all_of_it_back(county: County, clock: Clock) -> None:
    row = begun(county, LimitKind.ACCEPTANCE)
    at(clock, date(2026, 12, 20))
    paused(row, date(2026, 12, 1))
    recorded(lambda: stop_clock(row, on=date(2026, 11, 28), met=True, by_action="test"))
    assert (row.excluded_days, row.effective_due, row.revision) == (0, date(2026, 12, 7), 1)


def test_a_day_that_stays_because_it_was_told_moves_on_too(county: County, clock: Clock) -> None:
    """A long holiday moved it, a correction took that back, the petitioner was told; then comes a pause."""
    row = begun(county)
    row_id = row.id
    assert LIMITS[LimitKind.HANDLING].told
    with committed():
        load_year(2027, notice_of(2027), source="试验", by=None, now=clock.now())
        kept = db.session.get(Deadline, row_id)
        assert kept is not None
        kept.effective_due = date(2027, 1, 25)
        db.session.flush()
        audit.record(Event.DATES_RECOUNTED, by=None, now=clock.now())
    at(clock, date(2027, 1, 28))
    lasting = paused(row, date(2027, 1, 22))
    assert not is_over(row, clock.today())
    resumed(lasting, date(2027, 1, 27))
    assert (row.nominal_due, row.effective_due) == (date(2027, 1, 20), date(2027, 1, 30)), "four days were left"


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("before the start", {"first_on": BEGAN - ONE}, "不能早于期限起算的 2026年11月21日"),
    ("not yet", {"first_on": date(2026, 12, 2)}, "不能从以后的日期起"),
    ("without a reason", {"reason": "  "}, "请写明暂停的原因"),
    ("without an article", {"basis": ""}, "请写明暂停的依据"),
    ("with a reason too long", {"reason": "听" * 41}, "1 至 40 个字"),
]


@pytest.mark.parametrize(("_why", "changed", "sentence"), REFUSED)
def test_what_cannot_be_is_refused(
    _why: str, changed: dict[str, Any], sentence: str, county: County, clock: Clock
) -> None:
    row = begun(county)
    at(clock, date(2026, 12, 1))
    given = {"first_on": date(2026, 11, 30), "reason": HEARD, "basis": ARTICLE, **changed}
    with pytest.raises(DomainError, match=sentence), committed():
        pause(row, given.pop("first_on"), today=clock.today(), **given)
    assert row.paused_on is None


def test_only_one_lasts_and_none_begins_when_all_is_over(county: County, clock: Clock) -> None:
    row = begun(county)
    at(clock, date(2026, 12, 1))
    lasting = paused(row, date(2026, 11, 30))
    with pytest.raises(DomainError, match="已从 2026年11月30日 起暂停，恢复以前不能再次暂停"):
        paused(row, date(2026, 12, 1))
    with pytest.raises(DomainError, match="不能早于暂停的 2026年11月30日"):
        resumed(lasting, date(2026, 11, 29))
    with pytest.raises(DomainError, match="不能晚于今天"):
        resumed(lasting, date(2026, 12, 2))
    resumed(lasting, date(2026, 12, 1))
    with pytest.raises(DomainError, match="已于 2026年12月1日 恢复计时"):
        resumed(lasting, date(2026, 12, 1))
    recorded(lambda: stop_clock(row, on=clock.today(), met=True, by_action="test"))
    with pytest.raises(DomainError, match="已于 2026年12月1日 停止，不能再暂停"):
        paused(row, date(2026, 12, 1))


@pytest.mark.both_databases
def test_two_pauses_that_last_are_refused_by_the_database_too(county: County, clock: Clock) -> None:
    row = begun(county)
    paused(row, BEGAN)
    session = writing()
    session.add(DeadlinePause(deadline_id=row.id, first_on=BEGAN, reason=HEARD, basis=ARTICLE))
    with pytest.raises(IntegrityError):
        session.flush()
    session.rollback()


@pytest.mark.both_databases
def test_a_pause_without_a_line_in_the_log_is_not_kept(county: County, clock: Clock) -> None:
    row = begun(county)
    with pytest.raises(WriteWithoutRecord), committed():
        pause(row, BEGAN, reason=HEARD, basis=ARTICLE, today=clock.today())
    assert db.session.query(DeadlinePause).count() == 0


@pytest.mark.both_databases
@pytest.mark.parametrize("column", ["first_on", "reason", "basis"])
def test_a_pause_changed_behind_the_log_is_named(column: str, county: County, clock: Clock) -> None:
    row = begun(county)
    lasting = paused(row, BEGAN)
    session = writing()
    changed = {"first_on": BEGAN - ONE, "reason": "别的", "basis": "别的"}[column]
    session.execute(DeadlinePause.__table__.update().where(DeadlinePause.id == lasting.id).values({column: changed}))
    session.commit()
    assert "deadline_pause" in str(verify().wrong)
