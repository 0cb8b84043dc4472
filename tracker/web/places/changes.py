"""系统 → 区划: what the office decides itself before the official list does: names, codes, merges, new villages."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from tracker.core import clock
from tracker.core.dates import Meaning
from tracker.people.rules import Permission
from tracker.places import queries, service
from tracker.places.models import Place
from tracker.places.rules import COUNTY_LEVEL
from tracker.web.frame.access import actor, requires
from tracker.web.frame.composed_fields import PickField
from tracker.web.frame.declarations import HALF
from tracker.web.frame.forms import DayField, LineField, OfficeForm, form_page
from tracker.web.frame.sending import carried_out

pages = Blueprint("places", __name__, url_prefix="/places")
REASON = "批文的名称、文号，或者理由。"


class ChangeForm(OfficeForm):
    """What every change asks for: from when, and why. `version` is what the page showed."""

    last = ("on", "reason")
    on = DayField("从哪一天起", meaning=Meaning.EITHER, required=True, render_kw=HALF)
    reason = LineField("依据", required=True, longest=200, hint=REASON)
    version = LineField("版本", longest=12)


class RenamePlaceForm(ChangeForm):
    """Another name."""

    name = LineField("新名称", required=True, longest=60, hint="写全称，如上庄村委会、西关社区居民委员会。")


class RecodeForm(ChangeForm):
    """Another code."""

    code = LineField(
        "新代码", required=True, longest=12, hint="12 位区划代码。", render_kw=HALF | {"inputmode": "numeric"}
    )


class MergeVillageForm(ChangeForm):
    """The village it becomes part of."""

    into = PickField("并入哪个村（社区）", required=True, hint="须在同一县（市、区）。")


class UndoMergeVillageForm(OfficeForm):
    """Why a merge is taken back."""

    reason = LineField("理由", required=True, longest=200, hint="写进日志，以后不能改。")


class AddForm(ChangeForm):
    """A village the official list does not have yet."""

    name = LineField("名称", required=True, longest=60, hint="写全称，如新庄村委会、幸福社区居民委员会。")
    code = LineField(
        "代码",
        longest=12,
        hint="12 位区划代码。还没有的不填，先给一个暂定代码，以后再改。",
        render_kw=HALF | {"inputmode": "numeric"},
    )


class AddTownForm(AddForm):
    """A town the official list does not have yet: its villages are known by its code."""

    name = LineField("名称", required=True, longest=60, hint="写全称，如析城山镇。")
    code = LineField(
        "代码", required=True, longest=12, hint="12 位区划代码。", render_kw=HALF | {"inputmode": "numeric"}
    )


@pages.route("/<pid:public_id>/rename", methods=["GET", "POST"])
@requires(Permission.MANAGE_PLACES)
def rename(public_id: str) -> ResponseReturnValue:
    """Give a place another name (更名)."""
    place = queries.place_of(public_id)
    form = RenamePlaceForm(data={"name": place.name, "on": clock.today()})
    return _carried_out(
        "rename",
        place,
        form,
        "已更名，原来的名称留作曾用名。",
        lambda: service.rename_place(place, form.name.data, seen=_seen(form), **_given(form)),
    )


@pages.route("/<pid:public_id>/recode", methods=["GET", "POST"])
@requires(Permission.MANAGE_PLACES)
def recode(public_id: str) -> ResponseReturnValue:
    """Give a village its official code (变更代码)."""
    place = queries.place_of(public_id)
    form = RecodeForm(data={"code": place.code, "on": clock.today()})
    return _carried_out(
        "recode",
        place,
        form,
        "代码已变更，按原来的代码仍能找到。",
        lambda: service.recode_village(place, form.code.data, seen=_seen(form), **_given(form)),
    )


@pages.route("/<pid:public_id>/merge", methods=["GET", "POST"])
@requires(Permission.MANAGE_PLACES)
def merge(public_id: str) -> ResponseReturnValue:
    """Merge a village into another (行政村合并)."""
    place = queries.place_of(public_id)
    form = MergeVillageForm(data={"on": clock.today()})

    def act() -> None:
        into = queries.chosen_village(form.into.data.key, form.into.data.text, field="into")
        service.merge_villages(place, into, seen=_seen(form), **_given(form))

    return _carried_out("merge", place, form, "已合并。它的信访事项也列在并入的村里。", act)


@pages.route("/<pid:public_id>/undo-merge", methods=["GET", "POST"])
@requires(Permission.MANAGE_PLACES)
def undo(public_id: str) -> ResponseReturnValue:
    """Take a merge back (撤销合并)."""
    place = queries.place_of(public_id)
    form = UndoMergeVillageForm()
    return _carried_out(
        "undo",
        place,
        form,
        "合并已经撤销。",
        lambda: service.undo_merge(place, reason=form.reason.data, by=actor(), now=clock.now()),
    )


@pages.route("/<pid:public_id>/add", methods=["GET", "POST"])
@requires(Permission.MANAGE_PLACES)
def add(public_id: str) -> ResponseReturnValue:
    """Add a town or village by hand (手工增加)."""
    parent = queries.place_of(public_id)
    form = (AddTownForm if parent.level == COUNTY_LEVEL else AddForm)(data={"on": clock.today()})
    return _carried_out(
        "add",
        parent,
        form,
        "已增加。",
        lambda: service.add_place(parent, form.name.data, code=form.code.data, **_given(form)),
    )


def _given(form: ChangeForm) -> dict[str, Any]:
    return {"on": form.on.data, "reason": form.reason.data, "by": actor(), "now": clock.now()}


def _seen(form: ChangeForm) -> int | None:
    text = form.version.data or ""
    return int(text) if text.isascii() and text.isdecimal() else None


def _carried_out(
    name: str, place: Place, form: OfficeForm, done: str, act: Callable[[], object]
) -> ResponseReturnValue:
    """Do what the form asks, or show it: new, or refused with what was typed."""
    here = url_for("villages.village", public_id=place.public_id)
    return carried_out(form, act, lambda _made: here, done) or form_page(
        f"places/{name}.html",
        form,
        place=place,
        label=queries.place_label(place),
        version=queries.versions(place)[0].id,
    )
