"""进程图: the state of a task on a day, and where its pieces stand on the days of the chart, in per cent. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from tracker.core.dates import month_day
from tracker.deadlines.rules import is_overdue


class TaskState(StrEnum):
    """How a task stands on a day; derived, never kept."""

    DONE = "done"
    RUNNING = "running"
    LATE = "late"
    TODO = "todo"
    CANCELLED = "cancelled"


TASK_LABELS = {
    TaskState.DONE: "完成",
    TaskState.RUNNING: "进行中",
    TaskState.LATE: "逾期",
    TaskState.TODO: "未开始",
    TaskState.CANCELLED: "已取消",
}


class ControlAct(StrEnum):
    """Acts on a control table or one of its tasks."""

    OPEN = "open"
    COPY = "copy"
    ADD = "add"
    CHANGE = "change"
    FINISH = "finish"
    CANCEL = "cancel"
    RESUME = "resume"


CONTROL_LABELS = {
    ControlAct.OPEN: "新建控制表",
    ControlAct.COPY: "照搬以前的控制表",
    ControlAct.ADD: "加一项任务",
    ControlAct.CHANGE: "更改任务",
    ControlAct.FINISH: "登记完成",
    ControlAct.CANCEL: "取消任务",
    ControlAct.RESUME: "恢复办理",
}
# From which states an act on a task may be taken.
OPEN_STATES = frozenset({TaskState.RUNNING, TaskState.LATE, TaskState.TODO})
TASK_ACTS: dict[ControlAct, frozenset[TaskState]] = {
    ControlAct.FINISH: OPEN_STATES,
    ControlAct.CHANGE: OPEN_STATES,
    ControlAct.CANCEL: OPEN_STATES,
    ControlAct.RESUME: frozenset({TaskState.DONE, TaskState.CANCELLED}),
}


@dataclass(frozen=True)
class TaskDays:
    """The days of a task, all inclusive."""

    first_on: date
    last_on: date
    finished_on: date | None = None
    cancelled_on: date | None = None
    election: bool = False

    def state(self, today: date) -> TaskState:
        """Return how it stands on a day."""
        if self.cancelled_on is not None:
            return TaskState.CANCELLED
        if self.finished_on is not None:
            return TaskState.DONE
        if is_overdue(self.last_on, today):
            return TaskState.LATE
        return TaskState.RUNNING if self.first_on <= today else TaskState.TODO

    def days_late(self, today: date) -> int:
        """Return by how many days it was finished late, or is late; 0 where it is not."""
        if self.cancelled_on is not None:
            return 0
        return max(0, ((self.finished_on or today) - self.last_on).days)

    def ends(self, today: date) -> date:
        """Return the last day that its pieces on the chart reach."""
        return self.last_on + timedelta(days=self.days_late(today))

    def words(self, today: date) -> str:
        """Return its state in words: 逾期 3 天."""
        state = self.state(today)
        late = f" {self.days_late(today)} 天" if state is TaskState.LATE else ""
        return f"{TASK_LABELS[state]}{late}"


WEEK = 7
# At most so many weeks are named above the chart.
MOST_NAMES = 12


@dataclass(frozen=True)
class Axis:
    """The days of the chart: whole weeks from a Monday to a Sunday."""

    first: date
    days: int

    @classmethod
    def over(cls, tasks: Sequence[TaskDays], today: date) -> "Axis":
        """Return the days that show every piece of some tasks. Raises ValueError where there is none."""
        first = min(each.first_on for each in tasks)
        last = max(each.ends(today) for each in tasks)
        monday = first - timedelta(days=first.weekday())
        return cls(monday, ((last - monday).days // WEEK + 1) * WEEK)

    def at(self, day: date) -> float:
        """Return where a day begins, in per cent."""
        return round(100 * (day - self.first).days / self.days, 3)

    def width(self, first: date, last: date) -> float:
        """Return how wide some days are, the first and the last included, in per cent."""
        return round(100 * ((last - first).days + 1) / self.days, 3)

    def middle(self, day: date) -> float:
        """Return where the middle of a day stands, in per cent."""
        return round(100 * ((day - self.first).days + 0.5) / self.days, 3)

    def shows(self, day: date) -> bool:
        """Say whether a day stands on the chart."""
        return 0 <= (day - self.first).days < self.days

    @property
    def mondays(self) -> list[date]:
        """The first day of every week."""
        return [self.first + timedelta(days=each) for each in range(0, self.days, WEEK)]

    @property
    def named(self) -> list[date]:
        """The Mondays that are named above the chart: as many as there is room for."""
        every = -(-len(self.mondays) // MOST_NAMES)
        return self.mondays[::every]

    @property
    def weekends(self) -> list[tuple[float, float]]:
        """Where each Saturday begins, and how wide it is with its Sunday."""
        ends = (day + timedelta(days=5) for day in self.mondays)
        return [(self.at(day), self.width(day, day + timedelta(days=1))) for day in ends]


@dataclass(frozen=True)
class Piece:
    """One piece of a bar: its kind (done, run, plan, late), where it begins and how wide it is, in per cent."""

    kind: str
    at: float
    width: float


@dataclass(frozen=True)
class Bar:
    """A task on the chart: its pieces, the diamond of an election day, and the words beside it.

    `words_at` is where they stand; `before` says that they end there.
    """

    pieces: Sequence[Piece]
    diamond: float | None
    words: str
    words_at: float
    before: bool
    late: bool


# Beyond it words stand before a bar, not behind it.
NEAR_THE_END = 74.0
GAP = 1.2


def bar(task: TaskDays, axis: Axis, today: date) -> Bar:
    """Return a task as the chart shows it on a day. Raises ValueError for one that was cancelled."""
    state = task.state(today)
    if state is TaskState.CANCELLED:
        raise ValueError("a task that was cancelled stands on no chart")
    diamond = axis.middle(task.first_on) if task.election else None
    pieces = [] if task.election else _pieces(task, state, axis, today)
    if task.days_late(today):
        after = task.last_on + timedelta(days=1)
        pieces.append(Piece("late", axis.at(after), axis.width(after, task.ends(today))))
    begins, ends = axis.at(task.first_on), axis.at(task.ends(today) + timedelta(days=1))
    before = ends > NEAR_THE_END and begins > 100 - NEAR_THE_END
    words = _beside(task, state, today)
    return Bar(pieces, diamond, words, begins - GAP if before else ends + GAP, before, state is TaskState.LATE)


def _pieces(task: TaskDays, state: TaskState, axis: Axis, today: date) -> list[Piece]:
    """Return the pieces up to the limit: what is done is pale, what runs is solid up to today, the plan an outline."""
    whole = Piece("plan", axis.at(task.first_on), axis.width(task.first_on, task.last_on))
    if state is TaskState.TODO:
        return [whole]
    if state is TaskState.DONE:
        until = max(task.first_on, min(task.finished_on or task.last_on, task.last_on))
        return [Piece("done", whole.at, axis.width(task.first_on, until))]
    until = min(today, task.last_on)
    return [whole, Piece("run", whole.at, axis.width(task.first_on, until))]


def _beside(task: TaskDays, state: TaskState, today: date) -> str:
    late = task.days_late(today)
    if state is TaskState.LATE:
        return f"逾期 {late} 天"
    if late:
        return f"迟 {late} 天完成"
    if task.election and state is not TaskState.DONE:
        return f"{month_day(task.first_on)} 结果当天报"
    return f"至 {month_day(task.last_on)}" if state is TaskState.RUNNING else ""
