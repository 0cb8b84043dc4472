"""系统 → 内容分类: the two-level list, changed from a day on, never deleted."""

from datetime import timedelta

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from tracker.cases.record.categories import service as service
from tracker.cases.record.categories.queries import category, category_tree
from tracker.core import clock
from tracker.core.dates import Meaning
from tracker.people.rules import Permission
from tracker.web.frame.access import requires
from tracker.web.frame.declarations import HALF, SHORT
from tracker.web.frame.forms import ChoiceField, DayField, LineField, OfficeForm, form_page
from tracker.web.frame.sending import carried_out

pages = Blueprint("categories", __name__, url_prefix="/categories")


class NewForm(OfficeForm):
    """A category to add."""

    name = LineField("名称", required=True, longest=service.LONGEST_NAME, render_kw=SHORT)
    parent = ChoiceField("上一级", render_kw=SHORT | {"blank": "不选：增加一级分类"})
    valid_from = DayField("启用日期", meaning=Meaning.EITHER, required=True, render_kw=SHORT)


class RenameCategoryForm(OfficeForm):
    """Another name from a day on."""

    name = LineField("新名称", required=True, longest=service.LONGEST_NAME, render_kw=HALF)
    valid_from = DayField("启用日期", meaning=Meaning.EITHER, required=True, render_kw=HALF)


class EndForm(OfficeForm):
    """The last day of a category."""

    last_on = DayField("最后一天", meaning=Meaning.EITHER, required=True, render_kw=HALF)


@pages.get("")
@requires(Permission.MANAGE_CATEGORIES)
def page() -> ResponseReturnValue:
    """List the categories (内容分类) in use, or all that ever were."""
    return _page(NewForm(data={"valid_from": clock.today()}))


@pages.post("")
@requires(Permission.MANAGE_CATEGORIES)
def add() -> ResponseReturnValue:
    """Add a category (新增分类)."""
    form = NewForm()
    _offer(form)
    return carried_out(form, lambda: _add(form), _list, f"已增加“{form.name.data}”。") or (_page(form), form.status)


def _add(form: NewForm) -> None:
    parent = category(form.parent.data) if form.parent.data else None
    service.add_category(
        form.name.data, parent=parent, valid_from=form.valid_from.day, by=current_user, now=clock.now()
    )


@pages.route("/<pid:public_id>/rename", methods=["GET", "POST"])
@requires(Permission.MANAGE_CATEGORIES)
def rename(public_id: str) -> ResponseReturnValue:
    """Give a category another name from a day on (更名)."""
    form = RenameCategoryForm(data={"valid_from": clock.today()})
    said = f"从 {form.valid_from.data} 起改称“{form.name.data}”。"
    return carried_out(form, lambda: _rename(public_id, form), _list, said) or _act("rename", public_id, form)


def _rename(public_id: str, form: RenameCategoryForm) -> None:
    service.rename_category(
        category(public_id), form.name.data, valid_from=form.valid_from.day, by=current_user, now=clock.now()
    )


@pages.route("/<pid:public_id>/end", methods=["GET", "POST"])
@requires(Permission.MANAGE_CATEGORIES)
def end(public_id: str) -> ResponseReturnValue:
    """End a category after a day (停用)."""
    form = EndForm(data={"last_on": clock.today() - timedelta(days=1)})
    return carried_out(form, lambda: _end(public_id, form), _list, "已停用。") or _act("end", public_id, form)


def _end(public_id: str, form: EndForm) -> None:
    service.end_category(category(public_id), last_on=form.last_on.day, by=current_user, now=clock.now())


def _list(_made: object) -> str:
    return url_for(".page")


def _act(name: str, public_id: str, form: OfficeForm) -> ResponseReturnValue:
    return form_page(f"office/categories/{name}.html", form, category=category(public_id))


def _offer(form: NewForm) -> None:
    form.parent.choices = [(top.category.public_id, top.category.name) for top in category_tree(clock.today())]


def _page(form: NewForm) -> str:
    _offer(form)
    everything = request.args.get("all") == "1"
    tree = category_tree(None if everything else clock.today())
    anchors = [(top.category.name, f"#c-{top.category.public_id}", len(top.children)) for top in tree]
    return render_template("office/categories/page.html", form=form, tree=tree, anchors=anchors, everything=everything)
