"""历史件: entered with their lateness as it was, silent, never struck off, never twice; undone as a whole."""

from datetime import date, time

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.cases.test_history_rules import ANSWERED, RECEIVED, row
from tests.conftest import Clock
from tests.databases import writing
from tests.people.factories import make_department, make_user
from tracker.audit.models import AuditEvent
from tracker.audit.queries import verify
from tracker.cases.access.scope import visible_to
from tracker.cases.intake.history import (
    Keyed,
    check_undo,
    finish_import,
    import_history_cases,
    known_keys,
    start_import,
)
from tracker.cases.intake.rules.history import DayAndHour, HistoryRow, import_key
from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.lifecycle.rules.lifecycle import find
from tracker.cases.lifecycle.rules.steps import STEPS
from tracker.cases.record.categories.service import seed_categories
from tracker.cases.record.models import (
    Case,
    CaseStep,
    Category,
    DemandPoint,
    Document,
    ImportRun,
    NamedReader,
    RegisterCounter,
)
from tracker.cases.record.rules.codes import LedgerStatus, Purpose, Status
from tracker.cases.record.search import matching
from tracker.core.database import committed, db
from tracker.core.encryption import blind_index
from tracker.core.errors import DomainError, Forbidden
from tracker.core.pacing import Pace
from tracker.deadlines.models import Deadline
from tracker.deadlines.queries import clock_of, why
from tracker.deadlines.rules import is_late
from tracker.people.models import Department, Post, User
from tracker.people.queries import reader_for
from tracker.people.rules import Role
from tracker.petitioners.models import Petitioner
from tracker.reminders.gate.queries import ClockDoubted
from tracker.reminders.models import TickRun
from tracker.spreadsheets.import_cases import undo

pytestmark = pytest.mark.both_databases


@pytest.fixture
def office(session: Session) -> Department:
    """Give a petition office."""
    with committed():
        return make_department()


def enter(office: Department, *rows: HistoryRow, clock: Clock, by: User | None = None) -> tuple[ImportRun, list[Case]]:
    """Import rows in one transaction."""
    keyed = [Keyed(import_key("liuyan", one), one) for one in rows]
    with committed():
        run = start_import("liuyan", office=office, file_name="list.xlsx", file_sha256="0" * 64, by=by, now=clock.now())
        cases = import_history_cases(run, keyed, office=office, by=by, now=clock.now())
        finish_import(run, failed=0, skipped=0, by=by, now=clock.now())
    return run, cases


# What is entered


def test_an_answered_matter(office: Department, clock: Clock) -> None:
    _, (case,) = enter(office, row(), clock=clock)
    assert (case.status, case.ledger_status) == (Status.DELIVERED, LedgerStatus.OPEN)
    assert (case.register_no, case.received_on, case.answered_on) == ("XF-2019-000001", RECEIVED.day, ANSWERED.day)
    assert (case.channel, case.source_no, case.people_count) == ("online", "2554", 1)
    assert (case.village_id, case.closed_on, case.closed_by_id, case.matter_class) == (None, None, None, None)
    assert case.is_history
    document = db.session.scalars(select(Document)).one()
    assert (document.kind, document.text, document.issued_on) == ("opinion", "已经修好。", ANSWERED.day)
    assert (document.served_on, document.service_method) == (ANSWERED.day, "electronic")
    petitioner = db.session.scalars(select(Petitioner)).one()
    assert (petitioner.name, petitioner.kind) == ("A0001", "main")
    assert petitioner.name_key == blind_index("petitioner.name", "A0001")
    assert db.session.scalars(select(DemandPoint.text)).all() == ["反映道路没有修好"]


def test_the_name_is_not_readable_in_the_database_nor_in_the_log(office: Department, clock: Clock) -> None:
    enter(office, row(petitioner_name="欧阳建国", phone="13812345678"), clock=clock)
    rows = [*db.session.execute(select(Petitioner.__table__)), *db.session.execute(select(AuditEvent.__table__))]
    raw = db.session.connection().exec_driver_sql("SELECT name, phone FROM petitioner").one()
    assert len(rows) >= 2
    assert all("欧阳建国".encode() not in bytes(value) and b"13812345678" not in bytes(value) for value in raw)
    payloads = db.session.scalars(select(AuditEvent.payload)).all()
    assert not any("欧阳".encode() in payload or b"13812345678" in payload for payload in payloads)


def test_no_clock_runs_and_lateness_is_as_it_was(office: Department, clock: Clock) -> None:
    late = DayAndHour(date(2019, 7, 1), time(17))
    _, (in_time, slow) = enter(office, row("1"), row("2", answered=late), clock=clock)
    clocks = db.session.scalars(select(Deadline).order_by(Deadline.case_id, Deadline.amount)).all()
    assert [(c.case_id, c.kind, c.amount) for c in clocks] == [
        (in_time.id, "acceptance", 15),
        (in_time.id, "handling", 60),
        (slow.id, "acceptance", 15),
        (slow.id, "handling", 60),
    ]
    assert all(c.ended_on and c.met and not c.provisional for c in clocks)
    assert [is_late(clock_of(c), date(2026, 11, 21)) for c in clocks] == [False, False, True, True]
    assert (in_time.next_due_on, slow.next_due_on) == (None, None)


def test_a_kept_clock_does_not_move_off_days_of_rest_and_says_so(office: Department, clock: Clock) -> None:
    received, answered = DayAndHour(date(2015, 9, 17)), DayAndHour(date(2015, 10, 5))
    enter(office, row(received=received, answered=answered), clock=clock)
    kept = db.session.scalars(select(Deadline).where(Deadline.kind == "acceptance")).one()
    assert (kept.nominal_due, kept.effective_due, kept.first_due) == (date(2015, 10, 2),) * 3
    assert "10月2日" in why(kept)
    assert "顺延" not in why(kept)
    assert "暂定" not in why(kept)


def test_the_edge_of_fifteen_days_counts_full_days(office: Department, clock: Clock) -> None:
    not_full = DayAndHour(date(2019, 5, 10), time(16, 3, 39))
    full = DayAndHour(date(2019, 5, 10), time(16, 3, 40))
    enter(office, row("1", answered=not_full), row("2", answered=full), clock=clock)
    kept = db.session.scalars(select(Deadline).where(Deadline.kind == "acceptance").order_by(Deadline.case_id)).all()
    assert [is_late(clock_of(c), date(2026, 11, 21)) for c in kept] == [False, True]
    assert [c.ended_on for c in kept] == [date(2019, 5, 10)] * 2


def test_a_matter_without_an_answer_waits_with_no_clock(office: Department, clock: Clock) -> None:
    _, (case,) = enter(office, row(answer=None, answered=None), clock=clock)
    assert (case.status, case.ledger_status, case.answered_on) == (Status.REGISTERED, LedgerStatus.OPEN, None)
    assert db.session.scalar(select(func.count()).select_from(Deadline)) == 0
    assert db.session.scalar(select(func.count()).select_from(Document)) == 0


def test_no_step_of_the_table_strikes_history_off(office: Department, clock: Clock) -> None:
    """销号 begins with an application, and the table gives none for history; the import itself is no way round."""
    _, (case,) = enter(office, row(), clock=clock)
    begins = find(Action.APPLY_CLOSE_OUT, Status(case.status), LedgerStatus(case.ledger_status))
    assert begins is not None
    assert "not_history" in begins.guards
    closing = [step for step in STEPS if step.ledger_to is LedgerStatus.CLOSED]
    assert closing
    assert all(LedgerStatus.OPEN not in step.ledger_froms for step in closing)


def test_each_case_has_its_event_and_its_line_and_the_log_verifies(office: Department, clock: Clock) -> None:
    with committed():
        user = make_user(name="李晓梅", roles=[(Role.ACCEPTOR, office)])
    run, cases = enter(office, row("1"), row("2"), clock=clock, by=user)
    kinds = db.session.execute(select(AuditEvent.kind, AuditEvent.case_id).order_by(AuditEvent.seq)).all()
    assert [tuple(kind) for kind in kinds[-3:]] == [
        ("case.imported", cases[0].id),
        ("case.imported", cases[1].id),
        ("import.finished", None),
    ]
    lines = db.session.scalars(select(CaseStep).order_by(CaseStep.id)).all()
    assert [(line.action, line.actor_name, line.actor_unit, line.to_status) for line in lines] == [
        ("import", "李晓梅", "县信访局", "delivered")
    ] * 2
    assert lines[0].facts["source_no"] == "1"
    assert (run.created, run.skipped, run.failed, run.started_by_id) == (2, 0, 0, user.id)
    assert verify().wrong is None
    writing().execute(db.update(Case).where(Case.id == cases[1].id).values(answered_on=date(2019, 4, 25)))
    db.session.flush()
    assert "petition_case" in (verify().wrong or "")


def test_what_was_imported_is_found_by_its_words(office: Department, clock: Clock) -> None:
    _, (first, second) = enter(office, row("1"), row("2", title="供暖不热", summary="三单元室温十度"), clock=clock)
    assert db.session.scalars(select(Case.id).where(matching("室温"))).all() == [second.id]
    assert db.session.scalars(select(Case.id).where(matching("道路 XF-2019-000001"))).all() == [first.id]


def test_a_second_import_makes_nothing_twice(office: Department, clock: Clock) -> None:
    enter(office, row("1"), row("2"), clock=clock)
    again, made = enter(office, row("1"), row("2", title="改了标题"), row("3"), clock=clock)
    assert [case.source_no for case in made] == ["3"]
    assert (again.created, again.skipped) == (1, 2)
    third, none = enter(office, row("1"), row("2"), row("3"), clock=clock)
    assert none == []
    assert (third.created, third.skipped) == (0, 3)
    assert db.session.scalar(select(func.count()).select_from(Case)) == 3
    assert db.session.get_one(RegisterCounter, (office.id, "XF", 2019, False)).last == 3


def test_a_broken_batch_leaves_nothing(office: Department, clock: Clock) -> None:
    with pytest.raises(ZeroDivisionError), committed():
        run = start_import("liuyan", office=office, file_name="x", file_sha256="0" * 64, by=None, now=clock.now())
        import_history_cases(run, [Keyed("k", row())], office=office, by=None, now=clock.now())
        raise ZeroDivisionError
    for model in (Case, Document, Petitioner, Deadline, CaseStep, ImportRun):
        assert db.session.scalar(select(func.count()).select_from(model)) == 0
    assert db.session.scalars(select(Case.id).where(matching("道路"))).all() == []
    _, (case,) = enter(office, row(), clock=clock)
    assert case.register_no == "XF-2019-000001"


def test_no_history_is_numbered_while_the_clock_is_wrong_about_the_year(office: Department, clock: Clock) -> None:
    with committed():
        db.session.add(TickRun(started_at=clock.now(), ended_at=clock.now(), state="done"))
    clock.forward(days=3652)
    with pytest.raises(ClockDoubted):
        enter(office, row(), clock=clock)
    assert not db.session.scalars(select(Case)).all()
    clock.forward(days=-3652)
    assert enter(office, row(), clock=clock)[1][0].register_no == "XF-2019-000001"


def test_categories_by_their_names(office: Department, clock: Clock) -> None:
    with committed():
        seed_categories(now=clock.now())
    levels = [("民政", "基层选举和社区建设", "村委会选举"), ("农村农业",), ("农村农业", "没有的"), ("没有的",), ()]
    _, cases = enter(office, *(row(str(n), category=names) for n, names in enumerate(levels)), clock=clock)
    found = [case.category.name if case.category else None for case in cases]
    assert found == ["基层选举和社区建设", "农村农业", "农村农业", None, None]
    assert db.session.scalar(select(func.count()).select_from(Category)) == 17 + 112


def test_an_accusation_is_seen_by_nobody_but_the_named(office: Department, clock: Clock) -> None:
    with committed():
        clerk = make_user(roles=[(Role.ACCEPTOR, office)])
        keeper = make_user(roles=[(Role.ACCEPTOR, office)])
        post = db.session.scalars(select(Post).where(Post.user_id == keeper.id)).one()
        post.handles_accusations = True
        db.session.flush()
        make_department("县民政局")
    _, (case,) = enter(office, row(purpose=Purpose.ACCUSATION), clock=clock, by=clerk)
    assert case.level == "accusation"
    assert [reader.user_id for reader in db.session.scalars(select(NamedReader))] == [keeper.id]
    seen = {
        user.id: db.session.scalars(select(Case.id).where(visible_to(reader_for(user, clock.today())))).all()
        for user in (clerk, keeper)
    }
    assert seen == {clerk.id: [], keeper.id: [case.id]}


# Undoing


@pytest.fixture
def acceptor(office: Department) -> User:
    """Give somebody who may import."""
    with committed():
        return make_user(name="李晓梅", roles=[(Role.ACCEPTOR, office)])


def undo_all(run: ImportRun, reason: str, by: User, clock: Clock) -> int:
    return undo(run, reason=reason, by=by, now=clock.now(), pace=Pace(1, most=1))


def test_an_import_is_undone_as_a_whole_and_can_be_made_again(office: Department, acceptor: User, clock: Clock) -> None:
    run, cases = enter(office, row("1"), row("2", answer=None, answered=None), clock=clock)
    _, (other,) = enter(office, row("3"), clock=clock)
    assert undo_all(run, "表格选错了", acceptor, clock) == 2
    assert [case.status for case in cases] == [Status.VOIDED] * 2
    assert other.status == Status.DELIVERED
    assert known_keys([import_key("liuyan", row(n)) for n in "123"]) == {import_key("liuyan", row("3"))}
    lines = db.session.scalars(select(CaseStep).where(CaseStep.action == "undo_import").order_by(CaseStep.id)).all()
    assert [(line.case_id, line.from_status, line.to_status, line.reason) for line in lines] == [
        (cases[0].id, "delivered", "voided", "表格选错了"),
        (cases[1].id, "registered", "voided", "表格选错了"),
    ]
    assert verify().wrong is None
    _, again = enter(office, row("1"), row("2"), clock=clock)
    assert [case.register_no for case in again] == ["XF-2019-000004", "XF-2019-000005"]
    with pytest.raises(DomainError, match="没有可以撤销的"):
        undo_all(run, "再来一次", acceptor, clock)


def test_an_import_somebody_acted_on_stays(office: Department, acceptor: User, clock: Clock) -> None:
    run, (first, second) = enter(office, row("1"), row("2"), clock=clock)
    writing()
    second.version += 1
    with pytest.raises(DomainError) as caught:
        check_undo(run, reason="撤销", by=acceptor, now=clock.now())
    assert caught.value.message == "读入后已有人办理过 1 件（XF-2019-000002），这次读入不能整批撤销。"
    db.session.rollback()
    assert first.status == Status.DELIVERED


def test_undoing_needs_a_reason(office: Department, acceptor: User, clock: Clock) -> None:
    run, _ = enter(office, row(), clock=clock)
    with pytest.raises(DomainError) as caught:
        undo_all(run, "", acceptor, clock)
    assert caught.value.field == "reason"


@pytest.mark.parametrize("role", [Role.REGISTRAR, Role.HANDLER, Role.SUPERVISOR, Role.ADMINISTRATOR])
def test_only_the_acceptor_of_the_office_imports_and_undoes(
    office: Department, acceptor: User, clock: Clock, role: Role
) -> None:
    with committed():
        other = make_department("邻县信访局")
        strangers = [make_user(roles=[(role, office)]), make_user(roles=[(Role.ACCEPTOR, other)])]
    run, (case,) = enter(office, row(), clock=clock, by=acceptor)
    for stranger in strangers:
        with pytest.raises(Forbidden, match="只有县信访局的受理员可以读入历史件"):
            enter(office, row("2"), clock=clock, by=stranger)
        with pytest.raises(Forbidden, match="“撤销读入”应由受理员、信访部门负责人办理"):
            undo_all(run, "撤销", stranger, clock)
    assert case.status == Status.DELIVERED
