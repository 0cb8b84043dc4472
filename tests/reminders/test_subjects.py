"""The timer knows subjects, not cases: a kind of thing that it never heard of goes the whole way."""

from dataclasses import fields, replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.reminders.problems import KIND, NUMBER, problems, unanswered
from tests.world.county import County
from tracker import audit
from tracker.audit import Event
from tracker.audit.queries import verify
from tracker.cases.lifecycle.rules.step_rows import About
from tracker.core import clock
from tracker.core.clock import at_local, local_date
from tracker.core.database import committed, db
from tracker.core.errors import NotFound
from tracker.core.pacing import Pace
from tracker.deadlines.hints import ask_to_look_again
from tracker.deadlines.limits import LimitKind
from tracker.deadlines.models import Deadline
from tracker.deadlines.service import start_clock
from tracker.jobs import notices, subjects
from tracker.jobs.sending import compose
from tracker.jobs.subjects import SUBJECTS
from tracker.jobs.ticking import rehearse, tick
from tracker.notifications.models import Delivery, Notice
from tracker.people.models import User
from tracker.people.queries import reader_for
from tracker.people.rules import Reader
from tracker.reminders.ladder.queries import current
from tracker.reminders.ladder.rules.moments import Behaviour
from tracker.reminders.ladder.rules.rungs import LADDER
from tracker.reminders.models import Escalation, Sweep, TickRun
from tracker.reminders.outlook.preview import last_month
from tracker.reminders.outlook.simulation import page_of, simulated
from tracker.reminders.raising.looking import look_again
from tracker.reminders.runs import holding, ledger, unreleased
from tracker.reminders.subjects.answers import Subject
from tracker.reminders.subjects.table import Subjects, UnknownSubject
from tracker.supervision.messages.digest_queries import digest
from tracker.supervision.messages.feed_queries import duties
from tracker.supervision.messages.inbox import Which, inbox, message_address, unread_count
from tracker.supervision.overview.desk import desk
from tracker.supervision.overview.waiting import waiting
from tracker.supervision.papers.models import SupervisionOrder
from tracker.supervision.papers.order_paper import order_address, order_paper
from tracker.working_days.queries import calendar

DAY = timedelta(days=1)
BEGIN = date(2026, 11, 23)
DUE, LAST = BEGIN + 10 * DAY, BEGIN + 50 * DAY
FIELDS = [each.name for each in fields(Subject)]
# What is asked of a row, beside what names it and what it may have none of.
ANSWERS = [name for name in FIELDS if name not in ("kind", "parts", "column", "open_to", "watches")]


def begin(county: County, **owed: Any) -> int:
    """Start the clock of a village's problem; return its id."""
    with committed():
        row = start_clock(
            LimitKind.FEEDBACK,
            case_id=None,
            subject=KIND,
            subject_id=county.ids["village"],
            started_on=BEGIN,
            due_on=DUE,
            **owed,
        )
        db.session.flush()
        audit.record(Event.DATES_RECOUNTED, by=None, now=clock.now())
        return row.id


def person(user: User) -> Reader:
    return reader_for(user, local_date(clock.now()))


class Journey:
    """The whole way of a problem through the timer and the pages, each part with what it must show."""

    def __init__(self, county: County) -> None:
        self.county, self.known = county, subjects.SUBJECTS
        self.clock_id = begin(county, owner_department_id=county.ids["town"], owner_user_id=county.ids["town_head"])
        self.of_office = begin(county)

    def go(self) -> None:
        """Go it to its end."""
        with clock.frozen(at_local(BEGIN - DAY, 9)):
            self.looked_at_again()
        with clock.frozen(at_local(BEGIN + 5 * DAY, 9)):
            self.simulated()
        for day in range(0, (LAST - BEGIN).days, 2):
            with clock.frozen(at_local(BEGIN + day * DAY, 9)):
                found = tick()
                assert (found.left, "出错" in found.sentence) == (0, False), found.sentence
                notices.send_notices()
        with clock.frozen(at_local(LAST, 9)):
            self.told()
            self.shown()
            self.counted()
        self.withdrawn()

    def looked_at_again(self) -> None:
        """Look at every clock again, as after a change of the ladder."""
        with committed():
            ask_to_look_again(clock.now())
        pace = Pace()
        with pace.turn():
            assert not look_again(self.known, pace, now=clock.now())

    def simulated(self) -> None:
        """See what would go out on a day, before it does."""
        today, reader = local_date(clock.now()), person(self.county.supervisor)
        found = simulated(self.known, current(), calendar(), DUE + DAY, today=today, reader=reader)
        assert "work-urge" in {each.rung.code for each in found.coming if each.about.kind == KIND}
        assert {each.words.number for each in page_of(self.known, found, reader, 1, 50)} == {NUMBER}
        stranger = person(self.county.stranger)
        assert simulated(self.known, current(), calendar(), DUE + DAY, today=today, reader=stranger).coming == ()

    def told(self) -> None:
        """Read the messages, the mail, and the letter that the ladder issued, whose own clock reminds too."""
        order = db.session.scalars(select(SupervisionOrder).where(SupervisionOrder.subject == KIND)).first()
        assert order is not None
        assert (order.case_id, order.department_id) == (None, self.county.ids["town"])
        reply = db.session.scalars(select(Deadline.id).where(Deadline.subject == "order")).all()
        assert db.session.scalars(select(Escalation.rung).where(Escalation.deadline_id.in_(reply))).all()
        owes, today = person(self.county.town_head), local_date(clock.now())
        found = inbox(self.known, owes, Which.ALL, page=1, today=today)
        assert [group.first.number for group in found.groups] == [NUMBER]
        address = message_address(self.known, found.groups[0].first.notice_public_id, owes)
        assert address is not None
        assert address.page == "villages.village"
        assert unread_count(self.known, person(self.county.stranger)) == 0
        copy = db.session.scalars(select(Delivery).join(Delivery.notice).where(Notice.subject == KIND)).first()
        assert copy is not None
        mail = compose(copy, now=clock.now())
        assert mail is not None
        assert NUMBER in mail.subject

    def shown(self) -> None:
        """See it in the digest, in the calendar, and on the desk of the leaders who were asked."""
        today, owes = local_date(clock.now()), person(self.county.town_head)
        told = digest(self.known, owes, today=today, days=calendar())
        lines = [line for section in told.sections for line in section.lines]
        assert {(line.number, line.page) for line in lines} == {(NUMBER, "villages.village")}
        found, _ = duties(self.known, owes, today)
        assert self.clock_id in {duty.deadline_id for duty in found}
        assert {duty.number for duty in found} == {NUMBER}
        leader = person(self.county.leader)
        asked = waiting(self.known, leader, today, of=leader.user_id)
        assert {each.words.number for each in asked} == {NUMBER}
        seen = desk(self.known, person(self.county.supervisor), today=today, now=clock.now())
        assert {each.words.number for each in seen.others} == {NUMBER}
        assert {each.words.number for each in seen.orders.rows} == {NUMBER}
        order_id, _ = order_address(self.known, seen.orders.rows[0].order.public_id, owes)
        assert NUMBER in order_paper(self.known, order_id).paragraphs[0]
        with pytest.raises(NotFound):
            order_address(self.known, seen.orders.rows[0].order.public_id, person(self.county.stranger))

    def counted(self) -> None:
        """Find it in the ledger of runs, in what waits for release, in a preview, and nowhere for a stranger."""
        run = db.session.scalars(
            select(TickRun).join(Escalation, Escalation.run_id == TickRun.id).order_by(TickRun.id)
        ).first()
        assert run is not None
        knows, stranger = person(self.county.supervisor), person(self.county.stranger)
        assert ledger.raised_by(self.known, [run], knows)[run.id].raised.total() > 0
        assert ledger.raised_by(self.known, [run], stranger)[run.id].raised.total() == 0
        assert ledger.raised_by(self.known, [run], person(self.county.user("auditor")))[run.id].raised.total() > 0
        with committed():
            ids = select(Escalation.id).where(Escalation.run_id == run.id)
            for notice in db.session.scalars(select(Notice).where(Notice.source_id.in_(ids), Notice.source == "rung")):
                notice.held, notice.addressed_at = True, None
            db.session.flush()
            audit.record(Event.DATES_RECOUNTED, by=None, now=clock.now())
        assert {row.unit for row in unreleased.by_rung_and_unit(self.known, run.id, knows)} == {"润城镇人民政府"}
        assert unreleased.things(self.known, run.id, knows, 1, 9)[0][0].words.number == NUMBER
        today, auditor = local_date(clock.now()), person(self.county.user("auditor"))
        found = last_month(self.known, LADDER, LADDER, calendar(), today=today, reader=auditor)
        assert found.totals[0] > 0
        rehearse(clock.now())

    def withdrawn(self) -> None:
        """Confirm a clock that was set back: what was raised ahead is withdrawn, with its letters."""
        with clock.frozen(at_local(DUE + 3 * DAY, 9)):
            now = clock.now()
            assert holding.confirm_clock(self.known, by=self.county.supervisor, now=now, pace=Pace()) > 0
        assert verify().wrong is None


def invented(monkeypatch: pytest.MonkeyPatch, row: Subject) -> None:
    """Let the timer and the pages know one kind of thing more."""
    monkeypatch.setattr(subjects, "SUBJECTS", Subjects((*SUBJECTS.rows, row)))


@pytest.mark.both_databases
def test_an_invented_kind_goes_the_whole_way(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[str] = []
    invented(monkeypatch, problems(county, kept))
    Journey(county).go()
    assert kept, "the letters left their line with the problem"


@pytest.mark.long
@pytest.mark.parametrize("field", ANSWERS)
def test_without_any_one_answer_it_fails_by_name(field: str, county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    invented(monkeypatch, replace(problems(county, []), **{field: unanswered(field, asked)}))
    with pytest.raises((LookupError, AssertionError)):
        Journey(county).go()
    assert set(asked) == {field}


@pytest.mark.parametrize("field", FIELDS)
def test_no_answer_has_a_default(field: str) -> None:
    row = SUBJECTS.of("case")
    given = {each.name: getattr(row, each.name) for each in fields(Subject) if each.name != field}
    with pytest.raises(TypeError, match=field):
        Subject(**given)


def test_a_running_clock_of_an_unknown_kind_is_told(county: County) -> None:
    """Nobody answers for it: each run leaves it and says so, and the nightly check counts it."""
    begin(county)
    for day in (BEGIN, BEGIN + DAY):
        found = tick(at_local(day, 9))
        assert found.left == 1
        assert KIND in found.sentence
    assert db.session.scalars(select(Sweep.unseen)).all() == [1, 1]
    assert db.session.scalars(select(TickRun.sentence)).all() == [found.sentence] * 2
    with pytest.raises(UnknownSubject):
        SUBJECTS.about(db.session.scalars(select(Deadline)).all())


@pytest.mark.parametrize("about", About)
def test_every_clock_that_a_step_starts_is_of_a_known_kind(about: About) -> None:
    assert about.value in SUBJECTS.kinds


@pytest.mark.parametrize("behaviour", Behaviour)
def test_every_behaviour_is_seen_on_some_subject(behaviour: Behaviour) -> None:
    assert SUBJECTS.watching(behaviour)
