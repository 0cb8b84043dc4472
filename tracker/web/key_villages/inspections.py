"""督导: the rounds, one round with its findings, and the acts on a finding."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker.core import clock
from tracker.core.database import db
from tracker.core.errors import DomainError, NotFound
from tracker.key_villages.access import finding_of, round_of
from tracker.key_villages.models import InspectionRound, VillageFinding
from tracker.key_villages.queries import pickers
from tracker.key_villages.queries.checks import answer_of, carried_text, filled_of_round, fills_round, offered
from tracker.key_villages.queries.findings import finding_acts, round_page, rounds_for
from tracker.key_villages.rules.check_templates import CheckPurpose
from tracker.key_villages.rules.findings import FINDING_ACT_LABELS, FindingAct
from tracker.key_villages.service import inspecting, rounds
from tracker.people.models import User
from tracker.people.rules import Permission
from tracker.places import queries as places
from tracker.places.models import Place
from tracker.web.frame.access import may, person, reader, requires
from tracker.web.frame.forms import OfficeForm, form_page
from tracker.web.frame.sending import carried_out
from tracker.web.key_villages import forms as f
from tracker.web.key_villages.offices import office_kept
from tracker.web.key_villages.picking import owner_of, version_of

pages = Blueprint("inspections", __name__, url_prefix="/villages/inspections")
A = FindingAct


@pages.get("")
@requires(Permission.READ_CASES)
def page() -> ResponseReturnValue:
    """Show the rounds of inspection (督导), the latest first."""
    found = rounds_for(reader(), today=clock.today())
    return render_template("key_villages/rounds.html", rows=found, keeps=may(Permission.KEEP_VILLAGES))


@pages.get("/<pid:public_id>")
@requires(Permission.READ_CASES)
def one(public_id: str) -> ResponseReturnValue:
    """Show one round with its findings, in place and on paper."""
    row, today = round_of(public_id, reader(), clock.today()), clock.today()
    return render_template(
        "key_villages/round.html",
        checks=filled_of_round(row, reader(), today),
        offered=offered(row.office_id, CheckPurpose.INSPECTION, today) if fills_round(reader(), row) else [],
        page=round_page(row, reader(), today=clock.today(), now=clock.now()),
        finding_act_labels=FINDING_ACT_LABELS,
        may_enter=may(Permission.KEEP_VILLAGES),
    )


@pages.route("/new", methods=["GET", "POST"])
@requires(Permission.KEEP_VILLAGES)
def new() -> ResponseReturnValue:
    """Enter a round of inspection (登记督导)."""
    form = f.RoundForm()
    form.led_by.choices = pickers.leaders(clock.today())
    return carried_out(
        form,
        lambda: rounds.open_round(_given(form), office=office_kept(), by=person(), now=clock.now()),
        _address,
        lambda made: f"{made.name}已经登记。",
    ) or form_page("key_villages/round_new.html", form)


@pages.route("/<pid:public_id>/change", methods=["GET", "POST"])
@requires(Permission.KEEP_VILLAGES)
def change(public_id: str) -> ResponseReturnValue:
    """Correct a round, or add villages to it (更正督导)."""
    row = round_of(public_id, reader(), clock.today())
    villages = "\n".join(f"{place.code} {place.short_name}" for place in row.villages)
    form = f.ChangeRoundForm(
        data={
            **{"name": row.name, "led_by": str(row.led_by_id), "team": row.team, "villages": villages},
            **{"started_on": row.started_on, "ended_on": row.ended_on},
        }
    )
    form.led_by.choices = pickers.leaders(clock.today())

    def take() -> None:
        rounds.change_round(
            row, _given(form), by=person(), now=clock.now(), said=form.said.data, version=version_of(form)
        )

    return carried_out(form, take, lambda _made: _address(row), "已经更正。") or form_page(
        "key_villages/round_act.html", form, round=row, label="更正督导", back=_address(row), version=row.version
    )


def _given(form: Any) -> rounds.Rounding:
    """Return a round as its form gives it; raises DomainError at the villages that mean none or many."""
    return rounds.Rounding(
        name=form.name.data,
        led_by=db.session.get_one(User, form.led_by.row_id),
        team=form.team.data,
        started_on=form.started_on.day,
        ended_on=form.ended_on.day,
        villages=_villages(form.villages.data),
    )


def _villages(text: str) -> list[Place]:
    """Return the villages of lines: a code with or without a name behind it, or a name."""
    found: dict[int, Place] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.split()
        if not words:
            continue
        coded = words[0] if words[0].isdigit() else line
        try:
            place = places.resolve_village(coded)
        except DomainError as error:
            raise DomainError(f"第 {number} 行：{error.message}", field="villages") from None
        found[place.id] = place
    return list(found.values())


def _address(row: InspectionRound) -> str:
    return url_for(".one", public_id=row.public_id)


@pages.route("/<pid:public_id>/find", methods=["GET", "POST"])
@requires(Permission.READ_CASES)
def find(public_id: str) -> ResponseReturnValue:
    """Enter what a round found (登记督导发现)."""
    row = round_of(public_id, reader(), clock.today())
    form = f.FindForm(data={"found_on": min(clock.today(), row.ended_on)} | _carried(row))
    form.village.choices = [(place.public_id, place.short_name) for place in row.villages]
    form.owner.choices = pickers.staff(clock.today())

    def take() -> VillageFinding:
        unit, owner = owner_of(form)
        place = next(each for each in row.villages if each.public_id == form.village.data)
        one = rounds.Observed(place.id, form.text.data, unit, owner, form.found_on.day, form.due_on.day)
        return rounds.find(row, one, by=person(), now=clock.now())

    done = "督导发现已经登记，责任人已告知。"
    return carried_out(form, take, lambda made: f"{_address(row)}#finding-{made.number}", done) or form_page(
        "key_villages/round_act.html", form, round=row, label="登记督导发现", back=_address(row), version=""
    )


def _carried(row: InspectionRound) -> dict[str, Any]:
    """Return what an answer of a check list of this round says, as a finding that a person goes over."""
    if not (asked := request.args.get("answer", "")):
        return {}
    answer = answer_of(asked, reader(), clock.today())
    if answer.filled.round_id != row.id:
        raise NotFound
    filled = answer.filled
    return {"text": carried_text(answer), "village": filled.place.public_id, "found_on": filled.checked_on}


def _words(act: FindingAct) -> tuple[type[OfficeForm], Callable[..., object]]:
    return f.WordsForm, lambda row, form, given: inspecting.decide(row, act, said=form.said.data, **given)


def _hand_over(row: VillageFinding, form: Any, given: dict[str, Any]) -> None:
    unit, owner = owner_of(form)
    inspecting.hand_over_finding(row, department_id=unit, user_id=owner, said=form.said.data, **given)


# The form of each act on a finding, and the service that it calls.
FINDING_PAGES: dict[FindingAct, tuple[type[OfficeForm], Callable[..., object]]] = {
    **{act: _words(act) for act in (A.RECHECK, A.RETURN, A.WITHDRAW)},
    A.REPORT: (
        f.DatedWordsForm,
        lambda row, form, given: inspecting.report(row, said=form.said.data, happened_on=form.happened_on.day, **given),
    ),
    A.LIST: (f.WordsForm, lambda row, form, given: inspecting.list_finding(row, said=form.said.data, **given)),
    A.HAND_OVER: (f.HandOverProblemForm, _hand_over),
}


@pages.route("/findings/<pid:public_id>/acts/<act>", methods=["GET", "POST"])
@requires(Permission.READ_CASES)
def on_finding(public_id: str, act: str) -> ResponseReturnValue:
    """Take an act on a finding (整改、复核、列为问题)."""
    row = finding_of(public_id, reader(), clock.today())
    if act not in set(FINDING_PAGES):
        raise NotFound
    asked = FindingAct(act)
    make, take = FINDING_PAGES[asked]
    form: Any = make(data={"happened_on": clock.today(), "owner": f"{row.department_id}-{row.user_id}"})
    if "owner" in form:
        form.owner.choices = pickers.staff(clock.today())
    back = f"{_address(row.round)}#finding-{row.number}"

    def taken() -> object:
        return take(row, form, {"by": person(), "now": clock.now(), "version": version_of(form)})

    return carried_out(form, taken, lambda _made: back, f"{FINDING_ACT_LABELS[asked]}：已经办理。") or form_page(
        "key_villages/round_act.html",
        form,
        round=row.round,
        finding=row,
        label=FINDING_ACT_LABELS[asked],
        back=back,
        version=row.version,
        offered=asked in finding_acts(reader(), row),
    )
