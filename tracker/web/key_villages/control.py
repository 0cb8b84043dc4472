"""进程图和进度控制表: the page of a table, one task, and the forms of the acts."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker.core import clock
from tracker.core.dates import weekday
from tracker.core.errors import NotFound
from tracker.key_villages.control_access import keeps, table_of, task_of
from tracker.key_villages.models import ControlTable, ControlTask
from tracker.key_villages.queries import pickers
from tracker.key_villages.queries.control import control_page, phases, sources, tables, task_page
from tracker.key_villages.rules.control import CONTROL_LABELS, TASK_LABELS, ControlAct, TaskState
from tracker.key_villages.service import controlling
from tracker.people.rules import Permission
from tracker.web.frame.access import may, person, reader, requires
from tracker.web.frame.forms import OfficeForm, form_page
from tracker.web.frame.sending import carried_out
from tracker.web.key_villages import control_forms as f
from tracker.web.key_villages.offices import office_kept

pages = Blueprint("control", __name__, url_prefix="/villages/control")
COUNTED = (None, TaskState.DONE, TaskState.RUNNING, TaskState.LATE, TaskState.TODO)


@pages.get("")
@requires(Permission.READ_CASES)
def page() -> ResponseReturnValue:
    """Show the latest control table (进程图和进度控制表), or how one begins."""
    found = tables(reader())
    return _shown(found[0], found) if found else render_template("key_villages/control.html", page=None, keeps=_keeps())


@pages.get("/<pid:public_id>")
@requires(Permission.READ_CASES)
def table(public_id: str) -> ResponseReturnValue:
    """Show one control table: of this campaign, or of an earlier one."""
    return _shown(table_of(public_id, reader()), tables(reader()))


def _keeps() -> bool:
    return may(Permission.KEEP_VILLAGES)


def _shown(asked: ControlTable, others: list[ControlTable]) -> str:
    """Return the page of a table; `state` in the address chooses the tasks of the table beneath the chart."""
    found = control_page(asked, others, clock.today())
    state = TaskState(request.args["state"]) if request.args.get("state") in set(TaskState) else None
    here = url_for(".table", public_id=asked.public_id)
    return render_template(
        "key_villages/control.html",
        page=found,
        phases=phases(found.rows),
        listed=phases(found.chosen(state)),
        state=state,
        counts=[
            (
                TASK_LABELS[each] if each else "全部",
                f"{here}?state={each.value}" if each else here,
                each,
                found.chosen(each),
            )
            for each in COUNTED
        ],
        task_labels=TASK_LABELS,
        weekday=weekday,
        here=here,
        keeps=keeps(reader(), asked.office_id),
        sources=sources(asked) if not found.rows else [],
    )


@pages.route("/new", methods=["GET", "POST"])
@requires(Permission.KEEP_VILLAGES)
def new() -> ResponseReturnValue:
    """Open a control table (新建控制表)."""
    form = f.OpenTableForm()
    return carried_out(
        form,
        lambda: controlling.open_table(office_kept(), title=form.title.data, by=person(), now=clock.now()),
        lambda made: url_for(".table", public_id=made.public_id),
        "已经新建，请加入任务，或者照搬以前的控制表。",
    ) or form_page("key_villages/control_act.html", form, label=CONTROL_LABELS[ControlAct.OPEN], back=url_for(".page"))


@pages.route("/<pid:public_id>/copy", methods=["GET", "POST"])
@requires(Permission.KEEP_VILLAGES)
def copy(public_id: str) -> ResponseReturnValue:
    """Copy the tasks of an earlier table (照搬)."""
    asked = table_of(public_id, reader())
    form, earlier = f.CopyTasksForm(), sources(asked)
    form.source.choices = [(each.public_id, f"{each.title}（{each.opened_at:%Y}年）") for each in earlier]

    def copied() -> int:
        source = next(each for each in earlier if each.public_id == form.source.data)
        given: dict[str, Any] = {"by": person(), "now": clock.now()}
        return controlling.copy_tasks(asked, source, begins_on=form.begins_on.day, **given)

    back = url_for(".table", public_id=public_id)
    done = "照搬了 {} 项，请逐项核对，尤其是选举日。"
    return carried_out(form, copied, lambda _made: back, done.format) or form_page(
        "key_villages/control_act.html", form, label=CONTROL_LABELS[ControlAct.COPY], back=back, about=asked.title
    )


@pages.route("/<pid:public_id>/tasks/new", methods=["GET", "POST"])
@requires(Permission.KEEP_VILLAGES)
def add(public_id: str) -> ResponseReturnValue:
    """Add a task to a table (加一项)."""
    asked = table_of(public_id, reader())
    form = f.TaskForm()
    _owners(form, None)
    back = url_for(".table", public_id=public_id)
    return carried_out(
        form,
        lambda: controlling.add_task(asked, _plan(form), by=person(), now=clock.now()),
        lambda _made: back,
        lambda made: f"已经加入“{made.name}”。",
    ) or form_page(
        "key_villages/control_act.html", form, label=CONTROL_LABELS[ControlAct.ADD], back=back, about=asked.title
    )


def _owners(form: Any, task: ControlTask | None) -> None:
    """Offer the staff; who answers for the task now is among them, also after leaving."""
    form.owner.choices = pickers.staff(clock.today())
    if task is not None and task.user is not None and _owner(task) not in form.owner.allowed:
        form.owner.choices = [*form.owner.choices, ("现在", [(_owner(task), task.user.called)])]


def _owner(task: ControlTask) -> str:
    return f"{task.department_id}-{task.user_id}" if task.user_id else ""


def _plan(form: Any) -> controlling.TaskPlan:
    unit, _, user = (form.owner.data or "").partition("-")
    return controlling.TaskPlan(
        phase=form.phase.data,
        name=form.name.data,
        first_on=form.first_on.day,
        last_on=form.last_on.day,
        participants=form.participants.data,
        requirement=form.requirement.data,
        organiser=form.organiser.data,
        election=form.election.data,
        department_id=int(unit) if unit else None,
        user_id=int(user) if user else None,
    )


@pages.get("/tasks/<pid:public_id>")
@requires(Permission.READ_CASES)
def task(public_id: str) -> ResponseReturnValue:
    """Show one task: how it stands, and what was done about it."""
    found = task_of(public_id, reader())
    return render_template(
        "key_villages/control_task.html",
        page=task_page(found, reader(), clock.today()),
        task=found,
        labels=CONTROL_LABELS,
        weekday=weekday,
    )


def _change(found: ControlTask, form: Any, given: dict[str, Any]) -> None:
    controlling.change_task(found, _plan(form), said=form.said.data, **given)


def _finish(found: ControlTask, form: Any, given: dict[str, Any]) -> None:
    controlling.finish_task(found, finished_on=form.finished_on.day, said=form.said.data, **given)


def _begin_change(found: ControlTask) -> dict[str, Any]:
    names = ("phase", "name", "first_on", "last_on", "election", "participants", "requirement", "organiser")
    return {name: getattr(found, name) for name in names} | {"owner": _owner(found)}


# Of each act on a task: its form, what it shows first, and the service it calls.
TASK_PAGES: dict[
    ControlAct,
    tuple[
        type[OfficeForm],
        Callable[[ControlTask], dict[str, Any]],
        Callable[[ControlTask, Any, dict[str, Any]], None],
    ],
] = {
    ControlAct.CHANGE: (f.ChangeTaskForm, _begin_change, _change),
    ControlAct.FINISH: (f.FinishTaskForm, lambda _found: {"finished_on": clock.today()}, _finish),
    ControlAct.CANCEL: (
        f.TaskWordsForm,
        lambda _found: {},
        lambda found, form, given: controlling.cancel_task(found, said=form.said.data, **given),
    ),
    ControlAct.RESUME: (
        f.TaskWordsForm,
        lambda _found: {},
        lambda found, form, given: controlling.resume_task(found, said=form.said.data, **given),
    ),
}


@pages.route("/tasks/<pid:public_id>/moves/<act>", methods=["GET", "POST"])
@requires(Permission.READ_CASES)
def act(public_id: str, act: str) -> ResponseReturnValue:
    """Take an act on a task: change, finish, cancel, let it go on."""
    found = task_of(public_id, reader())
    if act not in set(TASK_PAGES):
        raise NotFound
    asked = ControlAct(act)
    made, begins, take = TASK_PAGES[asked]
    form = made(data=begins(found))
    if asked is ControlAct.CHANGE:
        _owners(form, found)
    back = url_for(".task", public_id=public_id)

    def taken() -> None:
        version = form["version"].data
        number = int(version) if version and version.isdigit() else None
        take(found, form, {"by": person(), "now": clock.now(), "version": number})

    done = f"{CONTROL_LABELS[asked]}：已经办理。"
    return carried_out(form, taken, lambda _made: back, done) or form_page(
        "key_villages/control_act.html",
        form,
        label=CONTROL_LABELS[asked],
        back=back,
        about=found.name,
        version=found.version,
    )
