"""Who is told of new work, and who is awaited (use D7, D33a): the post that must act, never the accused."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from tests.world.county import County
from tests.world.matters import Matter
from tests.world.rows import a_case
from tracker.audit.queries import verify
from tracker.cases.acts import close_out, office, records, unit
from tracker.cases.acts.naming import AccusedEntry
from tracker.cases.lifecycle.case_file import case_file
from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.lifecycle.rules.awaiting import awaited
from tracker.cases.lifecycle.rules.steps import STEPS
from tracker.cases.page.awaited import awaited_people
from tracker.cases.record.rules.codes import LedgerStatus, Status
from tracker.core import clock
from tracker.core.clock import at_local
from tracker.core.database import committed, db
from tracker.jobs.sending import deliver
from tracker.notifications.models import Delivery, Notice
from tracker.people.models import User
from tracker.people.queries import reader_for
from tracker.reminders.ladder.rules.rungs import Recipient
from tracker.reminders.telling.recipients import NEW_WORK

MONDAY = date(2026, 11, 2)
# 走一步就换人办、却不另行通知的，和不通知的理由。
SILENT = {
    Action.REGISTER: "登记的人在场，受理员的台账列出",
    Action.IMPORT: "成批读入的旧件",
    Action.TRIAGE: "仍在信访部门",
    Action.SIGN_FOR: "仍在承办单位",
    Action.UNDO_SIGN_FOR: "仍在承办单位",
    Action.ACCEPT: "仍在承办单位",
    Action.DELIVER: "仍在承办单位",
    Action.DIVERT: "本机关办理完毕",
    Action.TRANSFER: "本机关办理完毕",
    Action.FORWARD: "本机关办理完毕，仍由信访部门取得回执",
    Action.NOT_ACCEPT: "本机关办理完毕",
    Action.NO_LONGER_ACCEPT: "本机关办理完毕",
    Action.WITHDRAW: "信访人撤回",
    Action.MERGE: "随主件办理",
    Action.UNDO_MERGE: "仍在信访部门",
    Action.VOID: "作废",
    Action.UNDO_IMPORT: "作废",
    Action.SIGN_CLOSE_OUT: "销号",
    Action.REQUEST_REVIEW: "复查机关办理",
    Action.CONCLUDE_REVIEW: "复查机关已经办理",
    Action.DISMISS_REVIEW: "原意见不变，回到原处",
    Action.SERVE_REVIEW: "恢复原来的销号",
    Action.SERVE_RE_EXAMINATION: "恢复原来的销号",
}


def told(case_id: int) -> dict[str, set[str]]:
    """Return who got which notice of new work in their inbox: names by heading."""
    rows = db.session.execute(
        select(Notice.heading, User.name)
        .join(Delivery, Delivery.notice_id == Notice.id)
        .join(User, User.id == Delivery.user_id)
        .where(Notice.source == NEW_WORK, Notice.case_id == case_id)
    )
    found: dict[str, set[str]] = {}
    for heading, name in rows:
        found.setdefault(heading, set()).add(name)
    return found


def test_every_step_that_moves_a_matter_tells_somebody_or_says_why_not() -> None:
    moving = {row.action for row in STEPS if row.moves or row.hands is not None}
    telling = {row.action for row in STEPS if row.tells}
    undecided = moving - telling - SILENT.keys()
    assert not undecided, "new steps: whom they tell, or a reason in SILENT"
    assert not telling & SILENT.keys()


def test_new_work_is_told_with_the_hour_to_the_handler_and_the_head(county: County) -> None:
    with clock.frozen(at_local(MONDAY, 10, 5)):
        matter = Matter(county, received_on=MONDAY).until("assign")
    deliver(at_local(MONDAY, 10, 6), ways={})
    assert told(matter.case.id) == {}, "what comes to a desk within an hour comes together"
    deliver(at_local(MONDAY, 11), ways={})
    assert told(matter.case.id) == {"新交办": {county.handler.name, county.unit_head.name}}
    notice = db.session.scalars(select(Notice).where(Notice.source == NEW_WORK)).first()
    assert notice is not None
    assert "现在等责任人（承办人）、承办单位负责人。" in notice.why
    assert verify().wrong is None


def test_what_somebody_has_done_within_the_hour_is_told_to_nobody(county: County) -> None:
    with clock.frozen(at_local(MONDAY, 10, 5)):
        matter = Matter(county, received_on=MONDAY).until("apply")
    with clock.frozen(at_local(MONDAY, 10, 40)), committed():
        matter.confirm()
    deliver(at_local(MONDAY, 11), ways={})
    assert told(matter.case.id) == {"待审核销号": {county.acceptor.name, county.checker.name}}
    dropped = select(Notice.dropped_because).where(Notice.heading == "申请销号")
    assert db.session.scalars(dropped).all() == ["已经有人办理"]


def test_each_hand_of_the_close_out_is_told(county: County) -> None:
    with clock.frozen(at_local(MONDAY, 9)):
        matter = Matter(county, received_on=MONDAY).until("confirm_file")
    day = MONDAY
    for name in ("apply", "confirm", "call_back", "check"):
        day += timedelta(days=1)
        with clock.frozen(at_local(day, 9)), committed():
            getattr(matter, name)()
        deliver(at_local(day, 10), ways={})
    assert told(matter.case.id) == {
        "申请销号": {county.unit_head.name},
        "待审核销号": {county.acceptor.name, county.checker.name},
        "待签批销号": {county.lead.name},
    }
    with clock.frozen(at_local(day, 14)), committed():
        close_out.return_close_out(matter.case, by=county.lead, now=clock.now(), reason="请补办。")
    deliver(at_local(day, 15), ways={})
    assert told(matter.case.id)["退回补办"] == {county.handler.name}


def test_who_leads_it_from_now_on_is_told_also_while_others_have_it(county: County) -> None:
    with clock.frozen(at_local(MONDAY, 9)):
        matter = Matter(county, received_on=MONDAY).until("accept")
    with clock.frozen(at_local(MONDAY, 14)), committed():
        office.change_lead(
            matter.case, by=county.office_head, now=clock.now(), lead_official_id=county.leader.id, reason="分工调整。"
        )
    deliver(at_local(MONDAY, 15), ways={})
    rows = select(User.name, Notice.why).join(Delivery, Delivery.user_id == User.id).join(Delivery.notice)
    assert db.session.execute(rows.where(Notice.heading == "改由您领办")).all() == [
        (county.leader.name, "阳城县信访局周建国办理了“指定、更换领办领导”。")
    ]


def test_rulings_and_returns_go_to_who_must_act(county: County) -> None:
    with clock.frozen(at_local(MONDAY, 9)):
        matter = Matter(county, received_on=MONDAY).until("assign")
    with clock.frozen(at_local(MONDAY, 10)), committed():
        unit.file_objection(matter.case, by=county.handler, now=clock.now(), reason="不属于我局职责。")
    deliver(at_local(MONDAY, 11), ways={})
    assert told(matter.case.id) == {"单位申请退回": {county.acceptor.name, county.checker.name}}
    with clock.frozen(at_local(MONDAY, 14)), committed():
        office.refuse_objection(matter.case, by=county.acceptor, now=clock.now(), reason="属于你局职责。")
    deliver(at_local(MONDAY, 15), ways={})
    assert told(matter.case.id)["不同意退回"] == {county.handler.name}


def test_the_accused_is_never_told_of_new_work(county: County) -> None:
    """The head of the unit is complained of after it was given the matter, before the hour is over."""
    with clock.frozen(at_local(MONDAY, 10, 5)):
        matter = Matter(county, received_on=MONDAY).until("assign")
        with committed():
            entry = AccusedEntry(name=county.unit_head.name, position_held="局长")
            records.add_accused(matter.case, [entry], by=county.acceptor, now=clock.now(), reason="来信人补充。")
    deliver(at_local(MONDAY, 11), ways={})
    people = told(matter.case.id)["新交办"]
    assert county.unit_head.name not in people
    assert county.handler.name in people


# ── Who is awaited ──


@pytest.mark.parametrize(("last", "called"), [("assign", ""), ("confirm", "受理员")])
def test_the_page_names_who_is_awaited(county: County, last: str, called: str) -> None:
    matter = Matter(county).until(last)
    file = case_file(matter.case.id, reader_for(county.acceptor, clock.today()))
    people = awaited_people(file, clock.today())
    assert people == (f"{called} {county.checker.name}、{county.acceptor.name}" if called else "")


def test_without_a_unit_the_page_names_the_supervisor_who_is_awaited(county: County) -> None:
    """D33a: the office handled the matter itself, so somebody outside it checks, and nobody saw who."""
    assert awaited(Status.DIVERTED, LedgerStatus.CONFIRMED, with_unit=False) == (Recipient.SUPERVISOR,)
    case = a_case(county, status=Status.DIVERTED, ledger_status=LedgerStatus.CONFIRMED)
    file = case_file(case.id, reader_for(county.acceptor, clock.today()))
    assert awaited_people(file, clock.today()) == f"督查员 {county.supervisor.name}"
