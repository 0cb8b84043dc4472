"""系统 → 机构: the tree of departments."""

from datetime import timedelta

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker.cases.acts.loose_ends import tie_up
from tracker.cases.acts.newcomers import block_namesakes
from tracker.core import clock
from tracker.core.dates import Meaning
from tracker.core.pacing import Pace
from tracker.people import queries, service
from tracker.people.models import Department
from tracker.people.rules import DEPARTMENT_KIND_LABELS, DepartmentKind, Permission
from tracker.supervision.overview.hanging import NOT_ALL, on_unit
from tracker.web.frame.access import actor, may, requires
from tracker.web.frame.declarations import HALF
from tracker.web.frame.forms import (
    WAYS_TO_WRITE,
    AreaField,
    ChoiceField,
    DayField,
    LineField,
    OfficeForm,
    form_page,
)
from tracker.web.frame.sending import carried_out

pages = Blueprint("departments", __name__, url_prefix="/departments")
KIND_CHOICES = tuple((kind.value, label) for kind, label in DEPARTMENT_KIND_LABELS.items())


class DepartmentForm(OfficeForm):
    """What a department is."""

    name = LineField("名称", required=True, longest=100, render_kw=HALF)
    short_name = LineField("简称", longest=40, hint="列表和表格里用；不填写时用全称。", render_kw=HALF)
    kind = ChoiceField("类别", required=True, choices=KIND_CHOICES, render_kw=HALF)
    parent = ChoiceField("上级机构", render_kw=HALF | {"blank": "没有上级（最上级）"})
    place_code = LineField(
        "区划代码",
        longest=12,
        hint="乡镇（街道）填 12 位区划代码，其他不填。",
        render_kw=HALF | {"inputmode": "numeric"},
    )
    version = LineField("版本")


class NewDepartmentForm(DepartmentForm):
    """A department to set up, from a day on."""

    valid_from = DayField("设立日期", meaning=Meaning.EITHER, hint="从这一天起可以任职、办件。", render_kw=HALF)


class CallOffForm(OfficeForm):
    """Why a closing that lies ahead is called off."""

    reason = AreaField("依据", required=True, longest=500, hint="如改期、方案变更的文号。")


class CloseForm(OfficeForm):
    """When a department closes, and who takes over."""

    closes_on = DayField(
        "撤销日期",
        meaning=Meaning.EITHER,
        required=True,
        hint=f"从这一天起不再办件，岗位同时结束。{WAYS_TO_WRITE}。",
        render_kw=HALF,
    )
    successor = ChoiceField(
        "继续行使职权的单位",
        hint="没有办完的信访事项由它接着办；没有的，由信访部门重新交办。",
        render_kw=HALF | {"blank": "没有继续行使职权的单位"},
    )
    reason = AreaField("依据", required=True, longest=500, hint="如机构改革方案的文号。")


@pages.get("")
@requires(Permission.READ_PEOPLE)
def page() -> ResponseReturnValue:
    """Show the tree (机构), with or without what was closed."""
    everything = request.args.get("all") == "1"
    today = clock.today()
    nodes = queries.department_tree(None if everything else today)
    staff = queries.staff_numbers(today)
    return render_template(
        "office/departments/list.html",
        nodes=nodes,
        staff=staff,
        everything=everything,
        kinds=DEPARTMENT_KIND_LABELS,
        manages=may(Permission.MANAGE_PEOPLE),
    )


@pages.route("/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE)
def new() -> ResponseReturnValue:
    """Set up a department (新设机构)."""
    form = NewDepartmentForm(data={"valid_from": clock.today(), "parent": request.args.get("parent", "")})
    form.parent.choices = queries.department_choices(clock.today())
    return carried_out(form, lambda: _create(form), lambda _made: url_for(".page"), "机构已经建立。") or form_page(
        "office/departments/new.html", form
    )


def _create(form: NewDepartmentForm) -> None:
    made = service.create_department(
        name=form.name.data,
        short_name=form.short_name.data,
        kind=DepartmentKind(form.kind.data),
        parent=_chosen(form.parent.data),
        place_code=form.place_code.data,
        valid_from=form.valid_from.data or clock.today(),
        by=actor(),
        now=clock.now(),
    )
    block_namesakes(made, now=clock.now())


def _chosen(public_id: str | None) -> Department | None:
    return queries.department_by_public_id(public_id) if public_id else None


@pages.get("/<pid:public_id>")
@requires(Permission.READ_PEOPLE)
def detail(public_id: str) -> ResponseReturnValue:
    """Show a department with its people, and what can be done."""
    department = queries.department_by_public_id(public_id)
    return render_template(
        "office/departments/detail.html",
        department=department,
        kind=DEPARTMENT_KIND_LABELS[DepartmentKind(department.kind)],
        staff=queries.staff_of(department, today=clock.today()),
        ahead=department.valid_to is not None and department.valid_to >= clock.today(),
        manages=may(Permission.MANAGE_PEOPLE),
    )


@pages.route("/<pid:public_id>/edit", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE)
def edit(public_id: str) -> ResponseReturnValue:
    """Correct a department or move it in the tree (机构变更)."""
    department = queries.department_by_public_id(public_id)
    form = DepartmentForm(data=_given(department))
    form.parent.choices = _others(department)
    return carried_out(form, lambda: _change(department, form), _page_of, "已保存。") or form_page(
        "office/departments/edit.html", form, department=department, version=queries.version_of(department)
    )


def _change(department: Department, form: DepartmentForm) -> Department:
    service.change_department(
        department,
        name=form.name.data,
        short_name=form.short_name.data,
        kind=DepartmentKind(form.kind.data),
        parent=_chosen(form.parent.data),
        place_code=form.place_code.data,
        by=actor(),
        now=clock.now(),
        seen=form.version.data,
    )
    block_namesakes(department, now=clock.now())
    return department


def _given(department: Department) -> dict[str, str]:
    return {
        "name": department.name,
        "short_name": department.short_name,
        "kind": department.kind,
        "place_code": department.place_code or "",
        "parent": department.parent.public_id if department.parent else "",
    }


def _others(department: Department) -> list[tuple[str, str]]:
    return queries.department_choices(clock.today(), without=department.id)


@pages.route("/<pid:public_id>/close", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE)
def close(public_id: str) -> ResponseReturnValue:
    """Close a department (撤销) in favour of its successor; its posts end with it."""
    department = queries.department_by_public_id(public_id)
    form = CloseForm(data={"closes_on": clock.today()})
    form.successor.choices = _others(department)

    def act() -> Department:
        service.close_department(
            department,
            valid_to=form.closes_on.day - timedelta(days=1),
            successor=_chosen(form.successor.data),
            reason=form.reason.data,
            by=actor(),
            now=clock.now(),
        )
        return department

    said = "机构撤销已经登记，其中的岗位随之结束；没有办完的信访事项从撤销之日起移交，或者由信访部门重新交办。"
    done = carried_out(form, act, _page_of, said)
    if done is not None:
        tie_up(clock.now(), Pace())
        return done
    return form_page(
        "office/departments/close.html",
        form,
        department=department,
        staff=queries.staff_of(department, today=clock.today()),
        hanging=on_unit(department),
        not_all=NOT_ALL,
    )


@pages.route("/<pid:public_id>/close/cancel", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE)
def call_off(public_id: str) -> ResponseReturnValue:
    """Call off a closing that lies ahead (取消撤销); its posts run on."""
    department, form = queries.department_by_public_id(public_id), CallOffForm()

    def act() -> Department:
        service.call_off_closing(department, reason=form.reason.data, by=actor(), now=clock.now())
        return department

    said = "已经取消撤销，随之结束的岗位恢复，本人需重新登录。"
    return carried_out(form, act, _page_of, said) or form_page(
        "office/departments/call_off.html", form, department=department, posts=service.ending_with(department)
    )


def _page_of(department: Department) -> str:
    return url_for(".detail", public_id=department.public_id)
