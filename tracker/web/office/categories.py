"""系统 → 内容分类: the two-level list, changed from a day on, never deleted."""

from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from tracker.cases.record.categories import service as service
from tracker.cases.record.categories.queries import category, category_tree
from tracker.cases.record.models import Category
from tracker.core import clock
from tracker.core.dates import Meaning
from tracker.people.rules import Permission
from tracker.web.frame.access import requires
from tracker.web.frame.forms import ChoiceField, DayField, LineField, OfficeForm

pages = Blueprint("categories", __name__, url_prefix="/categories")


class NewForm(OfficeForm):
    """A category to add."""

    name = LineField("名称", required=True, longest=service.LONGEST_NAME)
    parent = ChoiceField("上一级")
    valid_from = DayField("启用日期", meaning=Meaning.EITHER, required=True)


class RenameCategoryForm(OfficeForm):
    """Another name from a day on."""

    name = LineField("新名称", required=True, longest=service.LONGEST_NAME)
    valid_from = DayField("启用日期", meaning=Meaning.EITHER, required=True)


class EndForm(OfficeForm):
    """The last day of a category."""

    last_on = DayField("最后一天", meaning=Meaning.EITHER, required=True)


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
    if form.carries_out(lambda: _add(form)):
        flash(f"已增加“{form.name.data}”。", "success")
        return redirect(url_for(".page"), 303)
    return _page(form), form.status


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
    if request.method == "POST" and form.carries_out(
        lambda: service.rename_category(
            category(public_id), form.name.data, valid_from=form.valid_from.day, by=current_user, now=clock.now()
        )
    ):
        flash(f"从 {form.valid_from.data} 起改称“{form.name.data}”。", "success")
        return redirect(url_for(".page"), 303)
    return _act("office/categories/rename.html", public_id, form)


@pages.route("/<pid:public_id>/end", methods=["GET", "POST"])
@requires(Permission.MANAGE_CATEGORIES)
def end(public_id: str) -> ResponseReturnValue:
    """End a category after a day (停用)."""
    form = EndForm(data={"last_on": clock.today() - timedelta(days=1)})
    if request.method == "POST" and form.carries_out(
        lambda: service.end_category(category(public_id), last_on=form.last_on.day, by=current_user, now=clock.now())
    ):
        flash("已停用。", "success")
        return redirect(url_for(".page"), 303)
    return _act("office/categories/end.html", public_id, form)


def _act(template: str, public_id: str, form: OfficeForm) -> ResponseReturnValue:
    shown: Category = category(public_id)
    status = form.status if request.method == "POST" else 200
    return render_template(template, form=form, category=shown), status


def _offer(form: NewForm) -> None:
    form.parent.choices = [(top.category.public_id, top.category.name) for top in category_tree(clock.today())]


def _page(form: NewForm) -> str:
    _offer(form)
    everything = request.args.get("all") == "1"
    tree = category_tree(None if everything else clock.today())
    anchors = [(top.category.name, f"#c-{top.category.public_id}", len(top.children)) for top in tree]
    return render_template("office/categories/page.html", form=form, tree=tree, anchors=anchors, everything=everything)
