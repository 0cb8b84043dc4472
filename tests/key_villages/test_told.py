"""到期提醒: what stands on the ledger is looked at, raised, written and told as a matter is, to whom may know of it."""

import pytest
from sqlalchemy import select

from tests.conftest import Clock
from tests.key_villages.controlling import opened as open_table
from tests.key_villages.controlling import plan
from tests.key_villages.inspecting import found, opened
from tests.key_villages.working import DUE, TODAY, Ledger, later
from tracker.core import clock as now_clock
from tracker.core.database import committed, db
from tracker.core.errors import NotFound
from tracker.core.pacing import Pace
from tracker.deadlines.hints import ask_to_look_again
from tracker.jobs import notices, sending
from tracker.jobs.subjects import SUBJECTS
from tracker.jobs.ticking import tick
from tracker.key_villages.control_subject import CONTROL_TASK
from tracker.key_villages.models import (
    ControlTask,
    VillageEntry,
    VillageFinding,
    VillageLookBack,
    VillageProblem,
)
from tracker.key_villages.rules.looking_back import Occasion
from tracker.key_villages.service import entering, looking_back
from tracker.key_villages.subject import VILLAGE, VILLAGE_FINDING, VILLAGE_LOOK_BACK, VILLAGE_PROBLEM
from tracker.notifications.models import Delivery, Notice
from tracker.people.queries import reader_for
from tracker.people.service import disable_user
from tracker.reminders.raising.looking import look_again
from tracker.supervision.messages.inbox import Which, inbox, message_address, unread_count
from tracker.supervision.messages.other_duties import other_duties

# Of each kind the table of its things: the rows of the program's table of subjects that this package brings.
KINDS = {
    VILLAGE.kind: VillageEntry,
    VILLAGE_PROBLEM.kind: VillageProblem,
    VILLAGE_FINDING.kind: VillageFinding,
    VILLAGE_LOOK_BACK.kind: VillageLookBack,
    CONTROL_TASK.kind: ControlTask,
}


@pytest.fixture
def late(ledger: Ledger, clock: Clock) -> Ledger:
    """Give a village whose problem, election, finding and look-back, and a task, run late for twenty days."""
    entry_id = ledger.enter("公开三年收支明细")
    found(ledger, opened(ledger))
    open_table(ledger.county, plan(ledger.county))
    by = {"by": ledger.county.acceptor, "now": now_clock.now()}
    with committed():
        entry = ledger.entry(entry_id)
        entering.set_election(entry, election_on=DUE, said="第一批。", **by)
        looking_back.plan_look_back(entry, Occasion.BEFORE_ELECTION, DUE, said="换届前看一次。", **by)
        ask_to_look_again(now_clock.now())
    pace = Pace()
    with pace.turn():
        assert not look_again(SUBJECTS, pace, now=now_clock.now())
    with committed():
        entering.correct_problem(ledger.entry(entry_id).problems[0], text="公开三年收支明细账", said="写全。", **by)
    for ahead in range(0, (DUE - TODAY).days + 20, 3):
        clock.set(later(ahead))
        tick(now_clock.now())
        notices.send_notices()
    return ledger


def test_every_kind_of_thing_that_is_late_is_told_to_who_may_know(late: Ledger) -> None:
    county = late.county
    rows = {kind: db.session.scalars(select(Notice).where(Notice.subject == kind)).all() for kind in KINDS}
    assert [kind for kind, told in rows.items() if not told] == []
    copies = db.session.scalars(select(Delivery).join(Delivery.notice).where(Notice.subject.in_(KINDS))).all()
    outsiders = {county.ids[key] for key in ("stranger", "other_town_head", "admin", "auditor") if key in county.ids}
    assert {copy.user_id for copy in copies}.isdisjoint(outsiders)
    assert county.ids["handler"] in {copy.user_id for copy in copies}
    said = "".join(found.subject for copy in copies if (found := sending.compose(copy, now=now_clock.now())))
    numbers = {
        late.entry(db.session.scalars(select(VillageEntry.id)).one()).number,
        "第一轮集中督导第1项",
        "选民登记、入户核对",
    }
    assert [number for number in sorted(numbers) if number not in said] == []


def test_who_owes_it_reads_it_and_opens_the_page_and_a_stranger_has_nothing(late: Ledger) -> None:
    today = now_clock.today()
    owes, stranger = (reader_for(late.county.user(key), today) for key in ("handler", "stranger"))
    groups = inbox(SUBJECTS, owes, Which.ALL, page=1, today=today).groups
    messages = [message for group in groups for message in (group.first, *group.more)]
    pages = {message_address(SUBJECTS, message.notice_public_id, owes) for message in messages}
    assert {address.page for address in pages if address} >= {"key_villages.entry", "inspections.one", "control.task"}
    assert unread_count(SUBJECTS, stranger) == 0
    for message in messages:
        with pytest.raises(NotFound):
            message_address(SUBJECTS, message.notice_public_id, stranger)


@pytest.mark.both_databases
def test_what_is_late_counts_for_who_may_know(late: Ledger) -> None:
    today = now_clock.today()
    for kind, table in KINDS.items():
        subject = SUBJECTS.of(kind)
        ids = set(db.session.scalars(select(table.id)))
        assert ids, kind
        for key, sees in (("acceptor", True), ("supervisor", True), ("stranger", kind == CONTROL_TASK.kind)):
            reader = reader_for(late.county.user(key), today)
            assert (set(db.session.scalars(subject.known(reader))) == ids) is sees, (kind, key)
            assert subject.standing(next(iter(ids)), None, None).may_know(reader) is sees, (kind, key)
        assert set(subject.words(ids)) == ids, kind
        auditor = reader_for(late.county.user("auditor"), today)
        assert set(db.session.scalars(subject.counted(auditor))) == ids, kind
        assert set(db.session.scalars(subject.live())) == ids, kind
        with committed():
            subject.lock(ids)
        mine = set(db.session.scalars(subject.own(reader_for(late.county.handler, today), today)))
        assert mine == (set() if kind in (VILLAGE.kind, VILLAGE_LOOK_BACK.kind) else ids), kind


@pytest.mark.both_databases
def test_what_a_unit_without_people_owes_is_listed_to_who_keeps_the_ledger(late: Ledger, clock: Clock) -> None:
    """The ladder has said all: who keeps the ledger hands problem and finding over, and has to see them."""
    county = late.county

    def owed_to(key: str) -> set[str]:
        reader = reader_for(county.user(key), now_clock.today())
        return {each.words.number for each in other_duties(SUBJECTS, reader, now_clock.today())}

    before = owed_to("acceptor")
    theirs = owed_to("handler")
    assert theirs, "the control: the handler owes some"
    assert not theirs & before
    with committed():
        for person in (county.handler, county.colleague, county.unit_head):
            disable_user(person, by=county.admin, now=now_clock.now(), reason="调离")
    assert theirs <= owed_to("acceptor")
    assert theirs <= owed_to("supervisor")
    assert not theirs & owed_to("stranger"), "nobody else's"
