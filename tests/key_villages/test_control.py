"""进度控制表: a task has its clock, its trail and its people; what is changed stays on record, what is late is told."""

from typing import Any

import pytest
from sqlalchemy import select

from tests.conftest import Clock
from tests.key_villages.controlling import clocks, day, lines, opened, plan, task_named
from tests.key_villages.working import TODAY, later
from tests.world.county import County
from tracker.audit.queries import verify
from tracker.core import clock as now_clock
from tracker.core.database import committed, db
from tracker.core.errors import DomainError, Forbidden, StaleVersion
from tracker.deadlines.queries import clock_of
from tracker.deadlines.rules import is_late
from tracker.jobs.ticking import tick
from tracker.key_villages.queries.control import control_page, phases, tables
from tracker.key_villages.rules.control import ControlAct, TaskState
from tracker.key_villages.service import controlling
from tracker.notifications.models import Notice
from tracker.people.queries import reader_for
from tracker.reminders.models import Escalation

NAME = "选民登记、入户核对"


def by(county: County, who: str = "acceptor", **more: Any) -> dict[str, Any]:
    return {"by": county.user(who), "now": now_clock.now(), **more}


def test_a_task_goes_from_its_plan_to_its_end(county: County, clock: Clock) -> None:
    opened(county, plan(county))
    (running,) = clocks()
    assert (running.effective_due, running.owner_user_id) == (day(4), county.ids["handler"])
    clock.set(later(3))
    with committed():
        controlling.finish_task(
            task_named(NAME), finished_on=day(2), said="全部登记，逐户核对。", version=1, **by(county, "handler")
        )
    task, (ended,) = task_named(NAME), clocks()
    assert (task.finished_on, task.outcome, ended.ended_on, ended.met) == (day(2), "全部登记，逐户核对。", day(2), True)
    assert not is_late(clock_of(ended), TODAY)
    assert [line.act for line in lines()] == [ControlAct.OPEN, ControlAct.ADD, ControlAct.FINISH]
    # Who answers for it was told of it, and the office of its end.
    told = db.session.scalars(select(Notice).where(Notice.source == "control").order_by(Notice.id)).all()
    assert [(each.user_id, each.told) for each in told] == [(county.ids["handler"], None), (None, "office")]
    assert verify().wrong is None


def test_a_change_keeps_what_was_and_begins_another_clock(county: County) -> None:
    opened(county, plan(county))
    with committed():
        controlling.change_task(
            task_named(NAME),
            plan(county, last_on=day(9), organiser="各乡镇、县民政局"),
            said="下雪，入户推后。",
            version=1,
            **by(county),
        )
    task, (first, second) = task_named(NAME), clocks()
    assert (task.last_on, task.planned_last_on, task.version) == (day(9), day(4), 2)
    assert (first.ended_on, first.met, second.effective_due) == (TODAY, False, day(9))
    assert lines()[-1].told == "组织者“各乡镇”改为“各乡镇、县民政局”；11月16日至11月25日改为11月16日至11月30日"
    with pytest.raises(DomainError, match="没有改动"), committed():
        controlling.change_task(
            task, plan(county, last_on=day(9), organiser="各乡镇、县民政局"), said="再改。", **by(county)
        )


def test_what_is_finished_late_stays_late_and_what_is_cancelled_leaves_the_chart(county: County, clock: Clock) -> None:
    table = opened(county, plan(county), plan(county, name="公布选民名单", phase="公布"))
    clock.set(later(7))
    with committed():
        controlling.finish_task(task_named(NAME), finished_on=day(6), said="补完。", **by(county))
        controlling.cancel_task(task_named("公布选民名单"), said="并入下一项。", **by(county))
    page = control_page(db.session.merge(table), [], now_clock.today())
    (row,) = page.rows
    assert (row.state, row.words, row.late, row.finished_late) == (TaskState.DONE, "完成", 2, True)
    assert [piece.kind for piece in row.bar.pieces if row.bar] == ["done", "late"]
    assert (len(page.cancelled), page.count(TaskState.DONE), page.count(TaskState.LATE)) == (1, 1, 0)
    with committed():
        controlling.resume_task(task_named("公布选民名单"), said="取消有误。", **by(county))
    resumed = control_page(db.session.merge(table), [], now_clock.today())
    assert [(each.state, each.words) for each in resumed.rows] == [
        (TaskState.DONE, "完成"),
        (TaskState.LATE, "逾期 3 天"),
    ]
    assert [clock.ended_on is None for clock in clocks()] == [False, True]
    assert [phase.name for phase in phases(resumed.rows)] == ["选民登记", "公布"]


def test_who_may_not_is_refused_and_nothing_changes(county: County) -> None:
    table = opened(county, plan(county))
    for who in ("handler", "unit_head", "town_head", "lead", "stranger"):
        with pytest.raises(Forbidden), committed():
            controlling.add_task(db.session.merge(table), plan(county), **by(county, who))
        with pytest.raises(Forbidden), committed():
            controlling.cancel_task(task_named(NAME), said="不办了。", **by(county, who))
    for who in ("town_head", "stranger", "lead"):
        with pytest.raises(Forbidden), committed():
            controlling.finish_task(task_named(NAME), finished_on=TODAY, said="办完。", **by(county, who))
    wrong: tuple[tuple[dict[str, Any], str], ...] = (
        ({"last_on": day(-9)}, "结束日期不能早于开始日期"),
        ({"election": True}, "选举日只有一天"),
        ({"name": "　"}, "请填写任务"),
        ({"requirement": "长" * 501}, "请填写要求（1 至 500 个字）"),
        ({"user_id": county.ids["admin"]}, "请选择在岗、办理业务的人员"),
    )
    for changes, sentence in wrong:
        with pytest.raises(DomainError, match=sentence), committed():
            controlling.add_task(db.session.merge(table), plan(county, **changes), **by(county))
    for finished_on in (day(1), day(-6)):
        with pytest.raises(DomainError, match="完成日期应在"), committed():
            controlling.finish_task(task_named(NAME), finished_on=finished_on, said="办完。", **by(county))
    with pytest.raises(StaleVersion), committed():
        controlling.cancel_task(task_named(NAME), said="不办了。", version=9, **by(county))
    with pytest.raises(DomainError, match="现在是“进行中”，不能恢复办理"), committed():
        controlling.resume_task(task_named(NAME), said="再办。", **by(county))
    assert len(lines()) == 2
    assert task_named(NAME).version == 1


def test_who_heads_the_unit_may_finish_it(county: County) -> None:
    opened(county, plan(county))
    with committed():
        controlling.finish_task(task_named(NAME), finished_on=TODAY, said="办完。", **by(county, "unit_head"))
    assert task_named(NAME).finished_on == TODAY


@pytest.mark.both_databases
def test_an_earlier_table_is_copied_with_its_days_moved(county: County, clock: Clock) -> None:
    nobody = {"user_id": None, "department_id": None}
    election = plan(county, name="第一批选举日", first_on=day(20), last_on=day(20), election=True, **nobody)
    earlier = opened(county, plan(county), election, plan(county, name="取消的"))
    with committed():
        controlling.cancel_task(task_named("取消的"), said="不办了。", **by(county))
    clock.set(later(1000))
    table = opened(county, title="第十四届")
    with committed():
        count = controlling.copy_tasks(
            db.session.merge(table), db.session.merge(earlier), begins_on=day(1001), **by(county)
        )
    assert count == 2
    page = control_page(db.session.merge(table), [], now_clock.today())
    assert [(row.task.name, row.task.first_on, row.task.last_on, row.task.user_id) for row in page.rows] == [
        (NAME, day(1001), day(1010), county.ids["handler"]),
        ("第一批选举日", day(1026), day(1026), None),
    ]
    assert page.rows[1].bar
    assert page.rows[1].bar.diamond
    assert lines()[-1].told == f"照搬“{earlier.title}”2 项，日期移动 1006 天"
    with pytest.raises(DomainError, match="已经有任务"), committed():
        controlling.copy_tasks(db.session.merge(table), db.session.merge(earlier), begins_on=day(1), **by(county))


def test_what_is_late_climbs_the_ladder_until_it_is_finished(county: County, clock: Clock) -> None:
    opened(county, plan(county), plan(county, name="没有负责人的", user_id=None, department_id=None))
    for ahead in range(0, 12):
        clock.set(later(ahead))
        tick(now_clock.now())
    raised = db.session.scalars(select(Escalation.rung).order_by(Escalation.id)).all()
    assert raised[::2] == raised[1::2] == ["task-soon", "task-today", "task-late", "task-silent"]
    with committed():
        for name in (NAME, "没有负责人的"):
            controlling.finish_task(task_named(name), finished_on=now_clock.today(), said="办完。", **by(county))
    clock.set(later(13))
    tick(now_clock.now())
    again = db.session.scalars(select(Escalation.id)).all()
    assert len(again) == len(raised)


@pytest.mark.both_databases(who=("town_head",))
@pytest.mark.parametrize("who", ["handler", "town_head", "lead", "leader", "stranger", "supervisor", "registrar"])
def test_everybody_of_the_area_sees_it(county: County, who: str) -> None:
    table = opened(county, plan(county))
    assert [each.id for each in tables(reader_for(county.user(who), TODAY))] == [table.id]


@pytest.mark.parametrize("who", ["admin", "auditor", "security"])
def test_who_keeps_the_system_sees_none(county: County, who: str) -> None:
    opened(county, plan(county))
    assert tables(reader_for(county.user(who), TODAY)) == []
