"""检查清单: the list of templates, one edition, and the forms that are filled in by them."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker.core import clock
from tracker.core.errors import Forbidden, NotFound
from tracker.key_villages.access import keeps, look_back_of, round_of
from tracker.key_villages.models import CheckEdition, CheckTemplate, FilledCheck
from tracker.key_villages.queries.checks import (
    asked_items,
    edition_of,
    edition_page,
    filled_of,
    filled_page,
    fills_round,
    template_of,
    template_row,
    templates_for,
    unwritten,
)
from tracker.key_villages.queries.page import may_take
from tracker.key_villages.rules.acts import VillageAct
from tracker.key_villages.rules.check_templates import (
    CHANGE_LABELS,
    PURPOSE_LABELS,
    SHIPPED,
    TEMPLATE_ACT_LABELS,
    CheckPurpose,
    Shipped,
    TemplateAct,
    items_text,
)
from tracker.key_villages.rules.looking_back import OCCASION_LABELS, LookBackStage, Occasion
from tracker.key_villages.service import check_templates, filling
from tracker.key_villages.service.check_templates import NOT_YOURS
from tracker.people.rules import Permission
from tracker.web.frame.access import person, reader, requires
from tracker.web.frame.forms import form_page
from tracker.web.frame.sending import carried_out
from tracker.web.key_villages.check_forms import CorrectCheckForm, EditionForm, FillCheckForm, TemplateForm
from tracker.web.key_villages.forms import WordsForm
from tracker.web.key_villages.offices import office_kept, offices_kept
from tracker.web.key_villages.picking import version_of

pages = Blueprint("checks", __name__, url_prefix="/villages/lists")


@pages.get("")
@requires(Permission.READ_CASES)
def page() -> ResponseReturnValue:
    """Show the check lists (检查清单), and the names that are still without contents."""
    offices = offices_kept()
    return render_template(
        "key_villages/lists.html",
        rows=templates_for(reader(), clock.today()),
        unwritten=[(each, *SHIPPED[each]) for each in unwritten(offices[0].id)] if len(offices) == 1 else [],
        keeps=bool(offices),
        purposes=PURPOSE_LABELS,
    )


@pages.get("/<pid:public_id>")
@requires(Permission.READ_CASES)
def template(public_id: str) -> ResponseReturnValue:
    """Show a template with the edition that is used today."""
    return _shown(template_row(template_of(public_id, reader()), clock.today()).edition)


@pages.get("/editions/<pid:public_id>")
@requires(Permission.READ_CASES)
def edition(public_id: str) -> ResponseReturnValue:
    """Show one edition, also an earlier one; printed it is an empty form."""
    return _shown(edition_of(public_id, reader()))


def _shown(found: CheckEdition) -> str:
    return render_template(
        "key_villages/list.html",
        page=edition_page(found, reader(), clock.today()),
        today=clock.today(),
        purposes=PURPOSE_LABELS,
        change_labels=CHANGE_LABELS,
        act_labels=TEMPLATE_ACT_LABELS,
        local=clock.local,
    )


def _address(made: CheckTemplate) -> str:
    return url_for(".template", public_id=made.public_id)


@pages.route("/new", methods=["GET", "POST"])
@requires(Permission.READ_CASES)
def new() -> ResponseReturnValue:
    """Write the contents of a list that the program knows by name, or begin another one."""
    office, asked = office_kept(), request.args.get("name", "")
    shipped = Shipped(asked) if asked in set(Shipped) else None
    name, purpose = SHIPPED[shipped] if shipped else ("", CheckPurpose.INSPECTION)
    form = TemplateForm(data={"title": name, "purpose": purpose.value, "from_on": clock.today()})

    def take() -> CheckTemplate:
        use = CheckPurpose(form.purpose.chosen)
        return check_templates.begin_template(office, use, form.edited, by=person(), now=clock.now(), shipped=shipped)

    return carried_out(form, take, _address, lambda made: f"“{made.name}”已经发布。") or form_page(
        "key_villages/list_act.html", form, label="写检查清单", back=url_for(".page"), about=name
    )


@pages.route("/<pid:public_id>/issue", methods=["GET", "POST"])
@requires(Permission.READ_CASES)
def issue(public_id: str) -> ResponseReturnValue:
    """Issue the next edition of a template (发布)."""
    row = _kept(public_id)
    last = row.editions[-1]
    form = EditionForm(data={"title": last.title, "items": items_text(asked_items(last)), "from_on": clock.today()})

    def take() -> CheckEdition:
        given: dict[str, Any] = {"by": person(), "now": clock.now(), "version": version_of(form)}
        return check_templates.issue_edition(row, form.edited, **given)

    done = "新的一版已经发布；以前填的清单不变。"
    address = lambda made: url_for(".edition", public_id=made.public_id)  # noqa: E731 - as short as the others
    return carried_out(form, take, address, done) or form_page(
        "key_villages/list_act.html", form, label="发布新的一版", back=_address(row), about=row.name,
        version=row.version,
    )  # fmt: skip


def _kept(public_id: str) -> CheckTemplate:
    """Return a template that the person keeps; raises NotFound, Forbidden."""
    row = template_of(public_id, reader())
    if not keeps(reader(), row.office_id):
        raise Forbidden(NOT_YOURS)
    return row


def _moved(public_id: str, act: TemplateAct, move: Callable[..., None]) -> ResponseReturnValue:
    row, form = _kept(public_id), WordsForm()

    def take() -> None:
        move(row, said=form.said.data, by=person(), now=clock.now(), version=version_of(form))

    done = f"{TEMPLATE_ACT_LABELS[act]}：已经办理。"
    return carried_out(form, take, lambda _made: _address(row), done) or form_page(
        "key_villages/list_act.html", form, label=TEMPLATE_ACT_LABELS[act], back=_address(row), about=row.name,
        version=row.version,
    )  # fmt: skip


@pages.route("/<pid:public_id>/retire", methods=["GET", "POST"])
@requires(Permission.READ_CASES)
def retire(public_id: str) -> ResponseReturnValue:
    """Take a template out of use (停用)."""
    return _moved(public_id, TemplateAct.RETIRE, check_templates.retire)


@pages.route("/<pid:public_id>/restore", methods=["GET", "POST"])
@requires(Permission.READ_CASES)
def restore(public_id: str) -> ResponseReturnValue:
    """Put a template back into use (恢复使用)."""
    return _moved(public_id, TemplateAct.RESTORE, check_templates.restore)


@pages.route("/editions/<pid:edition>/rounds/<pid:public_id>/places/<pid:place>", methods=["GET", "POST"])
@requires(Permission.READ_CASES)
def fill_for_round(edition: str, public_id: str, place: str) -> ResponseReturnValue:
    """Fill in a check list in a village of a round (督导检查)."""
    row = round_of(public_id, reader(), clock.today())
    village = next((each for each in row.villages if each.public_id == place), None)
    by = _edition_for(edition, row.office_id, CheckPurpose.INSPECTION)
    if village is None or not fills_round(reader(), row):
        raise NotFound
    return _filled_in(
        by,
        FillCheckForm.of(by, checked_on=min(clock.today(), row.ended_on)),
        lambda given: filling.fill_for_round(by, row, village, given, by=person(), now=clock.now()),
        about=village.short_name,
        eyebrow=f"{row.name} · {village.short_name}",
        back=(row.name, url_for("inspections.one", public_id=row.public_id)),
    )


@pages.route("/editions/<pid:edition>/look-backs/<pid:public_id>", methods=["GET", "POST"])
@requires(Permission.READ_CASES)
def fill_for_look_back(edition: str, public_id: str) -> ResponseReturnValue:
    """Fill in a check list for a look back at a village (回头看)."""
    row = look_back_of(public_id, reader(), clock.today())
    by = _edition_for(edition, row.entry.office_id, CheckPurpose.LOOK_BACK)
    if VillageAct.FILL_LIST not in may_take(reader(), row.entry, None, clock.today()):
        raise NotFound
    name = row.entry.place.short_name
    return _filled_in(
        by,
        FillCheckForm.of(by, checked_on=row.looked_on or clock.today()),
        lambda given: filling.fill_for_look_back(by, row, given, by=person(), now=clock.now()),
        about=name,
        eyebrow=f"{name} · 回头看（{OCCASION_LABELS[Occasion(row.occasion)]}）",
        back=(name, url_for("key_villages.entry", public_id=row.entry.public_id)),
    )


def _edition_for(public_id: str, office_id: int, purpose: CheckPurpose) -> CheckEdition:
    """Return an edition of the office's own lists of a purpose; raises NotFound."""
    found = edition_of(public_id, reader())
    if found.template.office_id != office_id or found.template.purpose != purpose:
        raise NotFound
    return found


def _filled_in(
    edition: CheckEdition, form: FillCheckForm, fill: Callable[[filling.Filling], FilledCheck], **shown: Any
) -> ResponseReturnValue:
    """Take a form by an edition, or show it; what was checked while an earlier one was used is filled in by that."""
    here: dict[str, Any] = {"endpoint": request.endpoint, **(request.view_args or {})}
    earlier = [each for each in edition.template.editions if "edition" in here and each.number < edition.number]
    others = [(each.number, url_for(**here | {"edition": each.public_id})) for each in reversed(earlier)]
    return carried_out(form, lambda: fill(form.filling(edition)), _filled, "检查清单已经填好。") or form_page(
        "key_villages/list_fill.html", form, edition=edition, label=edition.called, others=others, **shown
    )


def _filled(made: FilledCheck) -> str:
    return url_for(".filled", public_id=made.public_id)


@pages.get("/filled/<pid:public_id>")
@requires(Permission.READ_CASES)
def filled(public_id: str) -> ResponseReturnValue:
    """Show a filled form with the edition it was filled in by, on the screen and on paper."""
    row = filled_of(public_id, reader(), clock.today())
    return render_template(
        "key_villages/list_filled.html",
        page=filled_page(row, reader(), clock.today()),
        corrects=_may_correct(row),
        carries=_carries(row),
        occasions=OCCASION_LABELS,
        local=clock.local,
    )


def _may_correct(row: FilledCheck) -> bool:
    """Say whether the person may correct a form."""
    if row.round is not None:
        return fills_round(reader(), row.round)
    return row.entry is not None and VillageAct.CORRECT_LIST in may_take(reader(), row.entry, None, clock.today())


def _carries(row: FilledCheck) -> tuple[str, str]:
    """Return where an answer 否 can become a finding or a problem, and what that is called; "" where it cannot."""
    if row.round is not None:
        address = url_for("inspections.find", public_id=row.round.public_id)
        return (address, "登记督导发现") if fills_round(reader(), row.round) else ("", "")
    if row.look_back is None:
        return "", ""
    entry, waits = row.look_back.entry, row.look_back.stage == LookBackStage.PLANNED
    act = VillageAct.LOOK_BACK if waits else VillageAct.LIST_PROBLEM
    if act not in may_take(reader(), entry, None, clock.today()):
        return "", ""
    label = "列为新问题" if waits else "列入问题"
    return url_for("village_acts.on_village", public_id=entry.public_id, act=act), label


@pages.route("/filled/<pid:public_id>/correct", methods=["GET", "POST"])
@requires(Permission.READ_CASES)
def correct(public_id: str) -> ResponseReturnValue:
    """Correct a filled form (更正): what was filled in before stays."""
    row = filled_of(public_id, reader(), clock.today())
    if not _may_correct(row):
        raise NotFound
    form = CorrectCheckForm.of(row.edition, row)
    return _filled_in(
        row.edition,
        form,
        lambda given: filling.correct_check(row, given, said=form.said.data, by=person(), now=clock.now()),
        about=row.place.short_name,
        eyebrow=f"更正 · {row.place.short_name}",
        back=(row.edition.called, _filled(row)),
    )
