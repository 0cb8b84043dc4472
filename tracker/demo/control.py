"""The control table of the demonstration (进度控制表): fifteen tasks of an election of villagers' committees."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import select

from tracker.core.clock import at_local, local_date
from tracker.core.database import db
from tracker.demo.staff import Staff
from tracker.key_villages.models import ControlTable, ControlTask
from tracker.key_villages.service.controlling import TaskPlan, add_task, finish_task, open_table

Deed = tuple[datetime, Callable[[datetime], None]]
KEEPER = "sunlin"
TITLE = "阳城县第十三届村（居）民委员会换届"


@dataclass(frozen=True)
class TaskPlanned:
    """A task: from which day to which, counted from the day of the demonstration, and on which it was finished."""

    phase: str
    name: str
    first: int
    last: int
    participants: str
    requirement: str
    organiser: str
    owner: tuple[str, str] | None = None
    finished: int | None = None
    election: bool = False


T = TaskPlanned
ORGANISATION, CIVIL, AGRICULTURE = (
    ("organisation", "ruanqing"),
    ("civil", "wanghaiyan"),
    ("agriculture", "mabin"),
)
PREPARE, ENROL, NOMINATE = "准备", "选民登记", "提名和竞选"
VOTE, HAND_ON = "投票选举", "交接和回头看"
# fmt: off
TASKS = (
    T(PREPARE, "成立领导小组、印发方案", -33, -30, "县换届领导小组 11 个成员单位", "方案报市备案", "县委组织部",
      ORGANISATION, finished=-30),
    T(PREPARE, "培训乡镇、村骨干", -31, -26, "15 个乡镇、274 村 1,096 人", "分三期，签到、测试", "县民政局", CIVIL,
      finished=-26),
    T(PREPARE, "村级财务审计公布", -31, -16, "县农业农村局、乡镇三资中心", "审计结果在公开栏公布 7 日", "县农业农村局",
      AGRICULTURE, finished=-10),
    T(PREPARE, "重点难点村排查入账", -26, -3, "包村领导、联络员", "逐村逐户，一村一策", "县换届办"),
    T(ENROL, "推选村民选举委员会", -33, -25, "村民会议或各村民小组", "全程录像，当日公告", "各乡镇", finished=-25),
    T(ENROL, "选民登记、入户核对", -29, -8, "登记员 612 人", "遗漏、重复逐户说明", "各乡镇", finished=-8),
    T(ENROL, "公布选民名单", -1, -1, "村民选举委员会", "选举日 20 日前", "各乡镇、县民政局"),
    T(ENROL, "名单申诉处理", -5, 7, "申诉人、村民选举委员会", "5 日内提出，3 日内答复", "村民选举委员会"),
    T(NOMINATE, "候选人资格联审", -2, 6, "组织、纪检、公安等 9 家", "负面清单逐条出具意见", "县委组织部", ORGANISATION),
    T(NOMINATE, "提名候选人", 7, 13, "全体选民", "到会过半数", "各乡镇"),
    T(NOMINATE, "竞职陈述、公开承诺", 14, 18, "候选人", "选举委员会统一组织", "村民选举委员会"),
    T(VOTE, "第一批选举日（186 村）", 21, 21, "选民、监票计票人", "结果当天报", "各乡镇，包村干部驻村", election=True),
    T(VOTE, "第二批选举日（88 村）", 28, 28, "同上；重点难点村工作组驻村", "结果当天报；选举不结束不离村", "包村领导",
      election=True),
    T(HAND_ON, "新老班子交接", 22, 36, "新老班子、乡镇干部", "10 日内移交印章、账目", "各乡镇"),
    T(HAND_ON, "回头看第一轮", 30, 36, "督查员", "抽 30 村，抽签办法公开", "县换届办"),
)
# fmt: on


def control_deeds(staff: Staff, now: datetime) -> Iterator[Deed]:
    """Yield the deeds: the table is drawn up before the first task begins, each task finished on its day."""
    today = local_date(now)
    yield at_local(today - timedelta(days=34), 9), partial(_draw_up, staff, now)
    for task in TASKS:
        if task.finished is not None:
            yield at_local(today + timedelta(days=task.finished), 17), partial(_finish, staff, task)


def _draw_up(staff: Staff, now: datetime, at: datetime) -> None:
    today, by = local_date(now), staff.people[KEEPER]
    table: ControlTable = open_table(staff.units["office"], title=TITLE, by=by, now=at)
    for task in TASKS:
        unit, person = task.owner or ("", "")
        plan = TaskPlan(
            phase=task.phase,
            name=task.name,
            first_on=today + timedelta(days=task.first),
            last_on=today + timedelta(days=task.last),
            participants=task.participants,
            requirement=task.requirement,
            organiser=task.organiser,
            election=task.election,
            department_id=staff.units[unit].id if unit else None,
            user_id=staff.people[person].id if person else None,
        )
        add_task(table, plan, by=by, now=at)


def _finish(staff: Staff, planned: TaskPlanned, at: datetime) -> None:
    task = db.session.scalars(select(ControlTask).where(ControlTask.name == planned.name)).one()
    by = staff.people[planned.owner[1] if planned.owner else KEEPER]
    finish_task(task, finished_on=local_date(at), said="已经完成，资料归档。", by=by, now=at)
