"""The forms of the control table (进度控制表)."""

from tracker.core.dates import Meaning
from tracker.key_villages.service.controlling import (
    LONGEST_LINE,
    LONGEST_NAME,
    LONGEST_PHASE,
    LONGEST_SAID,
    LONGEST_TEXT,
    LONGEST_TITLE,
)
from tracker.web.frame.declarations import HALF, SHORT
from tracker.web.frame.forms import AreaField, ChoiceField, DayField, LineField, OfficeForm, TickField


class OpenTableForm(OfficeForm):
    """A control table of a campaign."""

    title = LineField("名称", required=True, longest=LONGEST_TITLE, hint="如：阳城县第十三届村（居）民委员会换届。")


class CopyTasksForm(OfficeForm):
    """The tasks of an earlier table, with their days moved."""

    source = ChoiceField("照搬哪一份", required=True)
    begins_on = DayField("最早的任务从哪一天开始", meaning=Meaning.EITHER, required=True, render_kw=SHORT)


class TaskForm(OfficeForm):
    """A task as it is planned."""

    phase = LineField("阶段", required=True, longest=LONGEST_PHASE, render_kw=HALF)
    name = LineField("任务", required=True, longest=LONGEST_NAME, render_kw=HALF)
    first_on = DayField("开始", meaning=Meaning.EITHER, required=True, render_kw=HALF)
    last_on = DayField("结束", meaning=Meaning.EITHER, required=True, render_kw=HALF)
    election = TickField("选举日，结果当天报", hint="只有一天，图上画菱形。")
    participants = LineField(
        "参加人员", required=True, longest=LONGEST_LINE, hint="哪些人参加，如：15 个乡镇、274 村。"
    )
    requirement = AreaField("要求", required=True, longest=LONGEST_TEXT, hint="按什么要求办。")
    organiser = LineField(
        "组织者", required=True, longest=LONGEST_LINE, hint="谁负责组织，照纸上写，如：各乡镇。", render_kw=HALF
    )
    owner = ChoiceField("负责登记完成的人", by_initials=True, render_kw=HALF | {"blank": "信访部门（换届办）"})


class ChangeTaskForm(TaskForm):
    """Another plan of a task, with the reason."""

    last = ("said",)
    said = AreaField("更改的理由", required=True, longest=LONGEST_SAID, hint="原来的内容留在过程里。")
    version = LineField("版本", longest=9)


class TaskWordsForm(OfficeForm):
    """Why a task is cancelled, or goes on."""

    said = AreaField("理由", required=True, longest=LONGEST_SAID, hint="写进过程，以后不能改。")
    version = LineField("版本", longest=9)


class FinishTaskForm(OfficeForm):
    """On which day a task was done, and what was done."""

    finished_on = DayField("完成日期", meaning=Meaning.HAPPENED, required=True, render_kw=SHORT)
    said = AreaField("办了什么", required=True, longest=LONGEST_SAID, hint="完成情况，写进过程，以后不能改。")
    version = LineField("版本", longest=9)
