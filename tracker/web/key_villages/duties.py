"""三包三定: the matrix of duties by township, one village with its history, and the forms that give and end a layer."""

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker.core import clock
from tracker.core.database import db
from tracker.core.dates import Meaning
from tracker.core.errors import NotFound
from tracker.key_villages.control_access import keeps, offices_of
from tracker.key_villages.duty_access import may_give, town_unit
from tracker.key_villages.models import VillageDuty
from tracker.key_villages.queries.matrix import Matrix, duties_in, matrix, village_of
from tracker.key_villages.rules.codes import DUTY_LABELS, VillageDutyKind
from tracker.key_villages.rules.layers import COLUMNS, LAYERS
from tracker.key_villages.service.duties import (
    LONGEST_REASON,
    LONGEST_TASK,
    LONGEST_TIMES,
    LONGEST_WHO,
    end_layer,
    give_layer,
)
from tracker.people.models import Department
from tracker.people.queries import staff_of
from tracker.people.rules import DepartmentKind, Permission
from tracker.places.models import Place
from tracker.web.frame.access import person, reader, requires
from tracker.web.frame.declarations import HALF, SEGMENTS
from tracker.web.frame.forms import AreaField, ChoiceField, DayField, LineField, OfficeForm, form_page, page_number
from tracker.web.frame.paging import PAGE_SIZE, Paging
from tracker.web.frame.sending import carried_out

pages = Blueprint("duties", __name__, url_prefix="/villages/duties")


class GiveLayerForm(OfficeForm):
    """Who has a layer of duty in a village, with times and task."""

    layer = ChoiceField(
        "哪一层", required=True, choices=[(kind.value, DUTY_LABELS[kind]) for kind in LAYERS], render_kw=SEGMENTS
    )
    person = ChoiceField(
        "定人员：有账号的", by_initials=True, render_kw=HALF | {"blank": "没有账号，写姓名"}, hint="本乡镇的人员。"
    )
    words = LineField(
        "定人员：没有账号的", longest=LONGEST_WHO, hint="姓名、职务，如“裴俊杰（村委委员）”。", render_kw=HALF
    )
    times = LineField(
        "定时间", required=True, longest=LONGEST_TIMES, hint="什么时候在村、多久一次，如“每周一、三到村”。"
    )
    task = AreaField("定任务", required=True, longest=LONGEST_TASK, hint="包哪些事、哪个组、哪个单位。")
    started_on = DayField("从哪一天起", meaning=Meaning.EITHER, required=True, render_kw=HALF)
    ended_on = DayField("到哪一天止", meaning=Meaning.LIMIT, hint="没有定的不填。", render_kw=HALF)


class EndLayerForm(OfficeForm):
    """Why a layer of duty ends."""

    said = AreaField("理由", required=True, longest=LONGEST_REASON, hint="写进日志；此人当天起不再包。")


@pages.get("")
@requires(Permission.READ_CASES)
def page() -> ResponseReturnValue:
    """Show the matrix (三包三定), and the villages that lack somebody (缺人的村)."""
    found = matrix(reader(), clock.today())
    asked = request.args
    missing = VillageDutyKind(asked["missing"]) if asked.get("missing") in set(COLUMNS) else None
    town = asked["town"] if "town" in asked else _own_town(found)
    rows = found.chosen(town, missing)
    number = page_number()
    chosen = next((each for each in found.towns if each.public_id == town), None)
    in_town = Matrix(found.towns, found.chosen(town, None))
    return render_template(
        "key_villages/matrix.html",
        matrix=found,
        town=chosen,
        counts=[(DUTY_LABELS[kind], kind, in_town.missing[kind]) for kind in COLUMNS],
        rows=rows[(number - 1) * PAGE_SIZE : number * PAGE_SIZE],
        paging=Paging(number, len(rows)),
        missing=missing,
        columns=COLUMNS,
        labels=DUTY_LABELS,
        href=lambda **changes: _href(town, missing, **changes),
    )


def _own_town(found: Matrix) -> str:
    """Return the township of who works in one; else all are shown."""
    units = [post.department_id for post in reader().posts if post.department_kind is DepartmentKind.TOWNSHIP]
    codes = {unit.place_code for unit in (db.session.get_one(Department, id_) for id_ in units)}
    return next((town.public_id for town in found.towns if town.code in codes), "")


def _href(in_town: str, lacks: VillageDutyKind | None, **changes: str) -> str:
    """Return the address of the matrix with its township or its column changed; "" takes one away."""
    kept = {"town": in_town, "missing": lacks.value if lacks else ""} | changes
    asked = {name: value for name, value in kept.items() if value or name == "town"}
    return f"{url_for('.page')}?{urlencode(asked)}"


@pages.get("/<pid:public_id>")
@requires(Permission.READ_CASES)
def village(public_id: str) -> ResponseReturnValue:
    """Show the duties of one village with their history."""
    found = _village(public_id)
    return render_template(
        "key_villages/village_duties.html",
        page=duties_in(found, reader(), clock.today()),
        village=found,
        gives=_office(found) is not None,
        layers=LAYERS,
        columns=COLUMNS,
        labels=DUTY_LABELS,
        today=clock.today(),
    )


def _village(public_id: str) -> Place:
    found = village_of(public_id, reader())
    if found is None:
        raise NotFound
    return found


def _office(found: Place) -> Department | None:
    """Return the office in whose name the person may give a layer of duty there; None where they may not."""
    offices = [db.session.get_one(Department, id_) for id_ in sorted(db.session.scalars(offices_of(reader())))]
    own = [office for office in offices if keeps(reader(), office.id)]
    return next(iter(own), None) or (next(iter(offices), None) if may_give(reader(), found) else None)


@pages.route("/<pid:public_id>/new", methods=["GET", "POST"])
@requires(Permission.READ_CASES)
def give(public_id: str) -> ResponseReturnValue:
    """Give a layer of duty in a village."""
    found, today = _village(public_id), clock.today()
    office = _office(found)
    if office is None:
        raise NotFound
    asked = request.args.get("layer", "")
    form = GiveLayerForm(data={"started_on": today, "layer": asked if asked in set(LAYERS) else None})
    unit = town_unit(found)
    staff = staff_of(unit, today=today) if unit else []
    form.person.choices = list({str(post.user_id): (str(post.user_id), post.user.name) for post in staff}.values())
    back = url_for(".village", public_id=public_id)

    def given() -> VillageDuty:
        days: dict[str, Any] = {"started_on": form.started_on.day, "ended_on": form.ended_on.data}
        who: dict[str, Any] = {"user_id": form.person.row_id, "words": form.words.data}
        texts: dict[str, Any] = {"task": form.task.data, "times": form.times.data}
        kind = VillageDutyKind(form.layer.chosen)
        return give_layer(found, kind, office=office, by=person(), now=clock.now(), **days, **who, **texts)

    return carried_out(form, given, lambda _made: back, lambda made: f"已经明确：{made.who}。") or form_page(
        "key_villages/duty_act.html", form, label="明确三包三定", back=back, village=found
    )


@pages.route("/<pid:public_id>/end/<pid:duty_id>", methods=["GET", "POST"])
@requires(Permission.READ_CASES)
def end(public_id: str, duty_id: str) -> ResponseReturnValue:
    """End a layer of duty in a village."""
    found = _village(public_id)
    rows = duties_in(found, reader(), clock.today()).running
    row = next((each for each in rows if each.public_id == duty_id and each.kind in LAYERS), None)
    if row is None or _office(found) is None:
        raise NotFound
    form, duty = EndLayerForm(), row
    back = url_for(".village", public_id=public_id)
    return carried_out(
        form,
        lambda: end_layer(duty, said=form.said.data, by=person(), now=clock.now()),
        lambda _made: back,
        "已经免去。",
    ) or form_page("key_villages/duty_act.html", form, label="免去三包三定", back=back, village=found, duty=row)
