"""One duty climbs one ladder (law D4), and no rung is spent without what it announces (law D5)."""

import random
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from tests.reminders.test_raising import START, at, raised, run_days
from tests.world.clocks import make_clocks
from tests.world.county import County
from tests.world.matters import Matter
from tracker.audit.queries import verify
from tracker.core import clock
from tracker.core.clock import local_date
from tracker.core.database import committed, db
from tracker.deadlines.limits import LimitKind
from tracker.deadlines.models import Deadline
from tracker.jobs.ticking import tick
from tracker.notifications.models import Notice
from tracker.reminders.ladder.rules import reach
from tracker.reminders.ladder.rules.moments import When
from tracker.reminders.ladder.rules.reach import rungs_of
from tracker.reminders.ladder.rules.rungs import LADDER, LEVELS, WITHOUT_PAPER, RungLevel
from tracker.reminders.models import RAISED, RUNG, Escalation
from tracker.reminders.raising import clocks
from tracker.supervision.papers import orders
from tracker.supervision.papers.models import SupervisionOrder

ONE = timedelta(days=1)
FEEDBACK_DUE = date(2026, 11, 18)


@pytest.fixture
def matter(county: County) -> Matter:
    """Give a matter whose 15 days end a day before the feedback is due."""
    with clock.frozen(at(START)):
        given = Matter(county, received_on=START).until("triage")
        with committed():
            given.assign(due_on=FEEDBACK_DUE)
    return given


def climbed(matter: Matter, kind: LimitKind) -> list[str]:
    """Return the rungs after the last day that were raised for the clocks of a kind."""
    after = {rung.code for rung in rungs_of(kind, LADDER) if rung.when is When.AFTER}
    return [code for code, state, _ in raised(matter.case, kind) if state == RAISED and code in after]


@pytest.mark.both_databases
def test_of_one_duty_only_the_clock_that_leads_climbs_and_names_the_other(matter: Matter) -> None:
    run_days(date(2026, 11, 15), date(2026, 11, 30))
    assert climbed(matter, LimitKind.ACCEPTANCE) == ["short-urge", "short-blue", "short-amber"]
    assert climbed(matter, LimitKind.FEEDBACK) == []
    assert "work-soon" in [code for code, *_ in raised(matter.case, LimitKind.FEEDBACK)], "the warning of its own day"
    urge = select(Escalation.id).where(Escalation.rung == "short-urge")
    why = set(db.session.scalars(select(Notice.why).where(Notice.source == RUNG, Notice.source_id.in_(urge))))
    beside = "同一项办理责任还有：反馈交办结果，2026年11月18日到期，今天到期。"
    assert why == {f"告知是否受理，2026年11月17日到期，已逾期 1 天。{beside}"}
    assert verify().wrong is None


def test_once_the_leading_clock_ends_the_next_one_climbs_at_the_level_it_has_reached(matter: Matter) -> None:
    run_days(date(2026, 11, 28), date(2026, 12, 1))
    with clock.frozen(at(date(2026, 12, 1), 15)), committed():
        order = db.session.scalars(select(SupervisionOrder).order_by(SupervisionOrder.id.desc())).first()
        assert order is not None
        orders.answer(order, by=matter.county.handler, now=clock.now(), reason="已办理。")
        matter.sign_for()
        matter.accept()
    run_days(date(2026, 12, 2), date(2026, 12, 2))
    assert climbed(matter, LimitKind.FEEDBACK) == ["work-blue"]


def test_without_the_table_each_clock_climbs_by_itself(matter: Matter, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control."""
    monkeypatch.setattr(clocks, "look", lambda *of, **given: reach.look(*of, **{**given, "follows": False}))
    run_days(date(2026, 11, 16), date(2026, 11, 23))
    assert climbed(matter, LimitKind.FEEDBACK) != []


# ── Letters ──


def unpapered(county: County) -> list[str]:
    """Return the raised rungs that announce a letter of which there is none, and letters that came too early."""
    found = []
    papers = {row.escalation_id: row for row in db.session.scalars(select(SupervisionOrder))}
    issuing = {rung.code for rung in LADDER if rung.issues}
    rows = select(Escalation, Deadline.owner_department_id).join(Deadline, Deadline.id == Escalation.deadline_id)
    for rung, unit in db.session.execute(rows.where(Escalation.state == RAISED, Escalation.rung.in_(issuing))):
        if unit not in (None, county.office.id) and rung.id not in papers:
            found.append(f"{rung.rung} of clock {rung.deadline_id} has no paper")
    by_unit: dict[tuple[int | None, int], list[SupervisionOrder]] = {}
    for paper in sorted(papers.values(), key=lambda paper: paper.id):
        by_unit.setdefault((paper.case_id, paper.department_id), []).append(paper)
    for theirs in by_unit.values():
        for first, second in zip(theirs, theirs[1:], strict=False):
            if first.replied_at is None and local_date(second.issued_at) <= first.reply_by:
                found.append(f"{second.number} went out while {first.number} waited")
    return found


def many(county: County, seed: int) -> None:
    """Let clocks of every kind run late, several of each case, all owed by one unit; some letters are answered."""
    chance = random.Random(seed)
    with clock.frozen(at(START)):
        ids = make_clocks(county, 24, begin=START, span=10, seed=seed, cases=3, ended=0)
        with committed():
            for row in db.session.scalars(select(Deadline).where(Deadline.id.in_(ids))):
                row.owner_department_id = county.civil.id
            clocks.audit.record(clocks.audit.Event.DATES_RECOUNTED, by=None, now=clock.now())
    day = START
    for _ in range(22):
        run_days(day, day)
        if chance.random() < 0.5:
            with clock.frozen(at(day, 15)), committed():
                for order in db.session.scalars(select(SupervisionOrder).where(SupervisionOrder.replied_at.is_(None))):
                    waits = select(Deadline.id).where(Deadline.subject == "order", Deadline.subject_id == order.id)
                    if db.session.scalar(waits.where(Deadline.ended_on.is_(None))):
                        orders.answer(order, by=county.handler, now=clock.now(), reason="已办理。")
                        break
        day += 3 * ONE


def test_every_rung_that_issues_a_letter_has_its_letter(county: County) -> None:
    many(county, 1)
    assert db.session.scalar(select(SupervisionOrder.id).limit(1)) is not None
    assert unpapered(county) == []


def test_without_the_gate_two_letters_would_go_out_at_once(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control."""
    monkeypatch.setattr(clocks, "_letters_before", lambda _tick, _looked: {})
    many(county, 1)
    assert unpapered(county) != []


@pytest.mark.both_databases
def test_the_office_s_own_rungs_announce_no_paper(county: County) -> None:
    with clock.frozen(at(START)):
        Matter(county, received_on=START)
    for days in (14, 16, 20, 28, 36, 44):
        tick(at(START + days * ONE))
    headings = set(db.session.scalars(select(Notice.heading).where(Notice.source == RUNG)))
    assert headings == {"提醒", "催办", "逾期提醒"}


def test_no_heading_without_a_paper_is_that_of_a_paper() -> None:
    papers = {form.label for level, form in LEVELS.items() if level not in (RungLevel.REMIND, RungLevel.URGE)}
    assert not papers & set(WITHOUT_PAPER.values())
    assert set(WITHOUT_PAPER) == set(RungLevel)
