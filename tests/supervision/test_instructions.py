"""批示: a task with its own clock for a named person, reported by him or his head; never by or to the accused."""

from datetime import date

import pytest
from sqlalchemy import select

from tests.world.county import County
from tests.world.matters import Matter
from tracker.audit.queries import verify
from tracker.cases.acts.naming import AccusedEntry
from tracker.cases.page.trail import trail_line
from tracker.cases.record.models import CaseStep
from tracker.core import clock as core_clock
from tracker.core.database import committed, db
from tracker.core.errors import DomainError, Forbidden, NotFound
from tracker.deadlines.limits import LimitKind
from tracker.deadlines.models import Deadline
from tracker.notifications.models import Notice
from tracker.people.models import User
from tracker.people.queries import reader_for
from tracker.supervision.papers import instructions
from tracker.supervision.papers.models import Instruction
from tracker.supervision.papers.persons import people_to_name
from tracker.supervision.papers.queries import instructions_to_report
from tracker.supervision.papers.rules.phrases import PHRASES, is_task, worded

DUE = date(2026, 11, 25)


@pytest.fixture
def matter(county: County) -> Matter:
    return Matter(county).until("accept")


def instructed(matter: Matter, by: User | None = None, **task: object) -> Instruction:
    """Write an instruction and commit it."""
    with committed():
        return instructions.instruct(
            matter.case,
            by=by or matter.county.lead,
            now=core_clock.now(),
            reason="请抓紧办理。",
            **task,  # type: ignore[arg-type]
        )


def reported(row: Instruction, by: User) -> None:
    with committed():
        instructions.report(row, by=by, now=core_clock.now(), reason="已经办妥。")


def clock_of(row: Instruction) -> Deadline | None:
    asked = select(Deadline).where(Deadline.subject == instructions.SUBJECT, Deadline.subject_id == row.id)
    return db.session.scalar(asked)


def test_with_a_person_and_a_day_it_is_a_task_with_a_clock(matter: Matter) -> None:
    row = instructed(matter, task_of_id=matter.county.handler.id, due_on=DUE)
    running = clock_of(row)
    assert running is not None
    assert (running.kind, running.effective_due) == (LimitKind.INSTRUCTION, DUE)
    assert (running.owner_user_id, running.owner_department_id) == (matter.county.handler.id, matter.county.civil.id)
    assert matter.case.next_due_on == DUE
    told = db.session.scalars(select(Notice).where(Notice.source == "instruction")).one()
    assert (told.user_id, told.at_once, told.reply_by) == (matter.county.handler.id, True, DUE)
    line = db.session.scalars(select(CaseStep).order_by(CaseStep.id.desc())).first()
    assert line is not None
    shown = trail_line(line, this_year=2026, known_numbers=frozenset())
    assert (shown.action, shown.said) == ("批示", "请抓紧办理。")
    assert "王海燕" in shown.detail
    assert "2026年11月25日" in shown.detail
    assert verify().wrong is None


def test_without_a_task_it_only_says_that_it_was_read(matter: Matter) -> None:
    row = instructed(matter)
    assert clock_of(row) is None
    assert db.session.scalars(select(Notice).where(Notice.source == "instruction")).all() == []


@pytest.mark.parametrize(
    ("task", "field"),
    [
        ({"due_on": DUE}, "task_of"),
        ({"task_of_id": 0}, "due_on"),
        ({"task_of_id": 0, "due_on": date(2026, 11, 20)}, "due_on"),
    ],
)
def test_half_a_task_is_refused(matter: Matter, task: dict[str, object], field: str) -> None:
    if "task_of_id" in task:
        task = task | {"task_of_id": matter.county.handler.id}
    with pytest.raises(DomainError) as refused:
        instructed(matter, **task)
    assert refused.value.field == field
    assert db.session.scalars(select(Instruction)).all() == []


def test_only_who_may_know_of_the_case_is_named(matter: Matter) -> None:
    with pytest.raises(DomainError) as refused:
        instructed(matter, task_of_id=matter.county.land_head.id, due_on=DUE)
    assert refused.value.field == "task_of"


@pytest.mark.parametrize("who", ["acceptor", "office_head", "supervisor", "handler", "unit_head"])
def test_only_leaders_instruct(matter: Matter, who: str) -> None:
    with pytest.raises(Forbidden):
        instructed(matter, getattr(matter.county, who))


@pytest.mark.both_databases
def test_a_report_is_the_named_person_s_or_his_head_s(matter: Matter) -> None:
    county = matter.county
    row = instructed(matter, task_of_id=county.handler.id, due_on=DUE)
    for other in (county.acceptor, county.office_head):
        with pytest.raises(Forbidden, match="应由批示指定的人"):
            reported(row, other)
    with pytest.raises(DomainError):
        reported(row, county.colleague)
    mine = instructions_to_report(matter.case.id, reader_for(county.handler, core_clock.today()))
    assert mine == instructions_to_report(matter.case.id, reader_for(county.unit_head, core_clock.today())) == [row]
    assert instructions_to_report(matter.case.id, reader_for(county.acceptor, core_clock.today())) == []
    reported(row, county.unit_head)
    stopped = clock_of(row)
    assert stopped is not None
    assert (stopped.met, stopped.ended_on) == (True, core_clock.today())
    assert (row.done_by_id, row.report) == (county.unit_head.id, "已经办妥。")
    told = db.session.scalars(select(Notice).where(Notice.source == "report")).one()
    assert told.user_id == county.lead.id
    with pytest.raises(DomainError):
        reported(row, county.handler)


def test_an_instruction_without_a_report_blocks_the_close_out(county: County) -> None:
    matter = Matter(county).until("confirm_file")
    row = instructed(matter, task_of_id=county.handler.id, due_on=DUE)
    with pytest.raises(DomainError, match="督办、批示"), committed():
        matter.apply()
    reported(row, county.handler)
    with committed():
        matter.apply()


def test_the_accused_leader_neither_instructs_nor_is_named(county: County) -> None:
    accused = AccusedEntry(county.leader.name, "县委书记")
    matter = Matter(county, accused=[accused]).until("accept")
    with pytest.raises(NotFound):
        instructed(matter, county.leader)
    with pytest.raises(DomainError) as refused:
        instructed(matter, task_of_id=county.leader.id, due_on=DUE)
    assert refused.value.field == "task_of"
    assert instructed(matter).by_id == county.lead.id, "the other leader still does"


def test_who_can_be_named_knows_of_the_case_the_handler_first(county: County) -> None:
    accused = AccusedEntry(county.unit_head.name, "局长")
    plain, barred = Matter(county).until("accept"), Matter(county, accused=[accused]).until("triage")
    found = people_to_name([plain.case, barred.case], core_clock.today())
    names = [words for _, words in found[plain.case.id]]
    assert names[0].startswith("王海燕")
    assert [name[:3] for name in names[1:]] == ["张建军", "周建国", "孙琳（", "李晓梅"]
    assert {int(id_) for id_, _ in found[barred.case.id]} == {
        county.office_head.id,
        county.checker.id,
        county.acceptor.id,
    }


def test_phrases_and_own_words_go_together() -> None:
    assert worded("press", " 结果报我。") == "请抓紧办理，按期答复。结果报我。"
    assert worded("press", "") == "请抓紧办理，按期答复。"
    assert worded(None, "速办。") == worded("unknown", "速办。") == "速办。"
    assert worded(None, "  ") == ""
    assert {phrase.code for phrase in PHRASES if not is_task(phrase.code, "")} == {"read"}
    assert is_task("read", "但请再核。")
    assert is_task(None, "")
