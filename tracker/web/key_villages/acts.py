"""ACT_PAGES: the form of each act on a village or a problem, and the service that it calls."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from tracker.core import clock
from tracker.core.dates import month_day
from tracker.core.errors import NotFound
from tracker.key_villages.access import duties_on, entry_of, problem_of
from tracker.key_villages.models import VillageDuty, VillageEntry, VillageLink, VillageProblem
from tracker.key_villages.queries import pickers
from tracker.key_villages.queries.checks import answer_of, carried_text
from tracker.key_villages.queries.facts import linked
from tracker.key_villages.queries.page import may_take, offered_for, plans_of
from tracker.key_villages.rules.acts import ACT_LABELS, GateThing, VillageAct
from tracker.key_villages.rules.codes import DUTY_LABELS, PlanKind, VillageDutyKind, VillageKind, VillageStage
from tracker.key_villages.rules.looking_back import OCCASION_LABELS, Occasion, VillageResult
from tracker.key_villages.service import entering, keeping, looking_back, signing
from tracker.key_villages.service.look_back_clocks import waiting
from tracker.people.rules import Permission
from tracker.web.frame.access import person, reader, requires
from tracker.web.frame.forms import OfficeForm, form_page
from tracker.web.frame.sending import carried_out
from tracker.web.key_villages import forms as f
from tracker.web.key_villages.picking import owner_of, version_of, whole

pages = Blueprint("village_acts", __name__, url_prefix="/villages/ledger")
P, V, A = GateThing.PROBLEM, GateThing.VILLAGE, VillageAct
Thing = VillageEntry | VillageProblem


@dataclass(frozen=True)
class ActPage:
    """The form of an act; what it shows first, what can be chosen in it; the service, given the thing and the form."""

    form: type[OfficeForm]
    take: Callable[[Any, Any, dict[str, Any]], object]
    begins: Callable[[Any], dict[str, Any]] = lambda _thing: {}
    choices: Callable[[Any, Any], None] = lambda _form, _thing: None


def _signed(act: VillageAct) -> ActPage:
    return ActPage(f.WordsForm, lambda thing, form, given: signing.sign(thing, act, said=form.said.data, **given))


def _owners(form: Any, _thing: Thing) -> None:
    form.owner.choices = pickers.staff(clock.today())


def _owner(form: Any) -> dict[str, Any]:
    """Return unit and person of a choice, by the names that the services give them."""
    unit, owner = owner_of(form)
    return {"department_id": unit, "user_id": owner}


def _people(form: Any, _thing: Thing) -> None:
    form.person.choices = pickers.everybody(clock.today())


def _duties(form: Any, entry: VillageEntry) -> None:
    form.duty.choices = [
        (each.public_id, f"{DUTY_LABELS[VillageDutyKind(each.kind)]}　{each.who}")
        for each in duties_on(entry, clock.today())
    ]


def _the_duty(form: Any, entry: VillageEntry) -> VillageDuty:
    return next(each for each in duties_on(entry, clock.today()) if each.public_id == form.duty.data)


def _plans(form: Any, entry: VillageEntry) -> None:
    last = {each.number: each for each in reversed(plans_of(entry))}
    form.plan.choices = [(str(n), f"{each.title}（第 {each.version} 稿）") for n, each in sorted(last.items())]


def _problems(form: Any, entry: VillageEntry) -> None:
    live = (each for each in entry.problems if each.stage != VillageStage.WITHDRAWN)
    form.problem.choices = [(each.public_id, f"{each.number}　{each.text[:40]}") for each in live]


def _links(form: Any, entry: VillageEntry) -> None:
    form.link.choices = [(each.link.public_id, each.link.register_no) for each in linked(entry)]


def _the_link(form: Any, entry: VillageEntry) -> VillageLink:
    return next(each.link for each in linked(entry) if each.link.public_id == form.link.data)


def _linked_problem(form: Any, entry: VillageEntry) -> VillageProblem | None:
    return next((each for each in entry.problems if each.public_id == form.problem.data), None)


def _write_plan(entry: VillageEntry, form: Any, given: dict[str, Any]) -> object:
    number = int(form.plan.data) if form.plan.data else None
    kind = PlanKind(form.kind.chosen)
    texts = {"title": form.title.data, "text": form.text.data, "changes": form.changes.data}
    return keeping.write_plan(entry, number=number, kind=kind, **texts, **given)


def _give_duty(entry: VillageEntry, form: Any, given: dict[str, Any]) -> object:
    kind = VillageDutyKind(form.kind.chosen)
    who = {"user_id": form.person.row_id, "words": form.words.data}
    return keeping.give_duty(entry, kind, started_on=form.started_on.day, **who, **given)


def _list_problem(entry: VillageEntry, form: Any, given: dict[str, Any]) -> object:
    problem = entering.ListedProblem(text=form.text.data, due_on=form.due_on.day, **_owner(form))
    return entering.list_problem(entry, problem, **given)


def _look_back_at(form: Any, entry: VillageEntry) -> None:
    """Offer the looks back that wait, the problems that may have come back, and who may owe a new one."""
    form.which.choices = [
        (row.public_id, f"{OCCASION_LABELS[Occasion(row.occasion)]}，{month_day(row.due_on)}前")
        for row in waiting(entry)
    ]
    struck = (each for each in entry.problems if each.stage == VillageStage.STRUCK_OFF)
    form.problem.choices = [(each.public_id, f"{each.number}　{each.text[:40]}") for each in struck]
    _owners(form, entry)


def _look_back(entry: VillageEntry, form: Any, given: dict[str, Any]) -> None:
    row = next(each for each in waiting(entry) if each.public_id == form.which.data)
    numbers = {name: whole(form[name].data, name) for name in ("gaps", "unresolved", "incomplete")}
    result = VillageResult(form.result.chosen)
    recurred = result is VillageResult.RECURRED
    new = result is VillageResult.NEW
    seen = looking_back.LookedBack(
        gaps=numbers["gaps"],
        gaps_words=form.gaps_words.data,
        unresolved=numbers["unresolved"],
        unresolved_words=form.unresolved_words.data,
        incomplete=numbers["incomplete"],
        incomplete_words=form.incomplete_words.data,
        result=result,
        recurred=next((each for each in entry.problems if recurred and each.public_id == form.problem.data), None),
        due_on=form.due_on.data if recurred else None,
        new=entering.ListedProblem(text=form.text.data, due_on=form.due_on.day, **_owner(form)) if new else None,
    )
    looking_back.look_back(row, seen, said=form.said.data, looked_on=form.looked_on.day, **given)


# fmt: off
ACT_PAGES: dict[tuple[GateThing, VillageAct], ActPage] = {
    **{(thing, act): _signed(act) for thing in GateThing for act in signing.PLAIN},
    (P, A.PROGRESS): ActPage(
        f.DatedWordsForm, lambda row, form, given: signing.note_progress(
            row, said=form.said.data, happened_on=form.happened_on.day, **given),
        begins=lambda _row: {"happened_on": clock.today()}),
    (P, A.HAND_OVER): ActPage(
        f.HandOverProblemForm, lambda row, form, given: entering.hand_over(
            row, said=form.said.data, **_owner(form), **given),
        begins=lambda row: {"owner": f"{row.department_id}-{row.user_id}"}, choices=_owners),
    (P, A.RESCHEDULE): ActPage(
        f.RescheduleForm, lambda row, form, given: entering.reschedule(
            row, due_on=form.due_on.day, said=form.said.data, **given)),
    (P, A.CORRECT): ActPage(
        f.CorrectProblemForm, lambda row, form, given: entering.correct_problem(
            row, text=form.text.data, said=form.said.data, **given),
        begins=lambda row: {"text": row.text}),
    (P, A.RECUR): ActPage(
        f.RescheduleForm, lambda row, form, given: signing.recur_problem(
            row, due_on=form.due_on.day, said=form.said.data, **given)),
    (V, A.LIST_PROBLEM): ActPage(f.ListProblemForm, _list_problem, choices=_owners),
    (V, A.GIVE_DUTY): ActPage(
        f.GiveDutyForm, _give_duty, begins=lambda _row: {"started_on": clock.today()}, choices=_people),
    (V, A.END_DUTY): ActPage(
        f.EndDutyForm, lambda row, form, given: keeping.end_duty(
            row, _the_duty(form, row), said=form.said.data, **given),
        choices=_duties),
    (V, A.PLAN): ActPage(f.PlanForm, _write_plan, choices=_plans),
    (V, A.LINK): ActPage(
        f.LinkForm, lambda row, form, given: keeping.link(
            row, form.register_no.data, problem=_linked_problem(form, row), **given),
        choices=_problems),
    (V, A.UNLINK): ActPage(
        f.UnlinkForm, lambda row, form, given: keeping.unlink(
            row, _the_link(form, row), said=form.said.data, **given),
        choices=_links),
    (V, A.VISIT): ActPage(
        f.DatedWordsForm, lambda row, form, given: signing.note_visit(
            row, said=form.said.data, happened_on=form.happened_on.day, **given),
        begins=lambda _row: {"happened_on": clock.today()}),
    (V, A.CORRECT): ActPage(
        f.CorrectEntryForm, lambda row, form, given: entering.correct_entry(
            row, kind=VillageKind(form.kind.chosen), reason=form.reason.data, said=form.said.data, **given),
        begins=lambda row: {"kind": row.kind, "reason": row.reason}),
    (V, A.SET_ELECTION): ActPage(
        f.SetElectionForm, lambda row, form, given: entering.set_election(
            row, election_on=form.election_on.day, said=form.said.data, **given),
        begins=lambda row: {"election_on": row.election_on}),
    (V, A.REPORT_RESULT): ActPage(
        f.WordsForm, lambda row, form, given: entering.report_result(row, said=form.said.data, **given)),
    (V, A.PLAN_LOOK_BACK): ActPage(
        f.PlanLookBackForm, lambda row, form, given: looking_back.plan_look_back(
            row, Occasion(form.occasion.chosen), form.due_on.day, said=form.said.data, **given)),
    (V, A.LOOK_BACK): ActPage(
        f.VillageLookBackForm, _look_back, begins=lambda row: {
            "looked_on": clock.today(), "which": next((each.public_id for each in waiting(row)), None)},
        choices=_look_back_at),
    (V, A.RECUR): ActPage(
        f.WordsForm, lambda row, form, given: signing.recur_village(row, said=form.said.data, **given)),
}
# fmt: on


# Where the text of an answer can become a problem, and what else the form begins with then.
CARRIED: dict[VillageAct, dict[str, Any]] = {A.LIST_PROBLEM: {}, A.LOOK_BACK: {"result": VillageResult.NEW.value}}


@pages.route("/<pid:public_id>/acts/<act>", methods=["GET", "POST"])
@requires(Permission.READ_CASES)
def on_village(public_id: str, act: str) -> ResponseReturnValue:
    """Take an act on a village (整村)."""
    return _acted(entry_of(public_id, reader(), clock.today()), V, act)


@pages.route("/problems/<pid:public_id>/acts/<act>", methods=["GET", "POST"])
@requires(Permission.READ_CASES)
def on_problem(public_id: str, act: str) -> ResponseReturnValue:
    """Take an act on a problem (问题)."""
    return _acted(problem_of(public_id, reader(), clock.today()), P, act)


def _acted(thing: Thing, kind: GateThing, act: str) -> ResponseReturnValue:
    """Do what the form of an act asks, or show it: new, or refused with what was typed."""
    if act not in {each.value for of, each in ACT_PAGES if of is kind}:
        raise NotFound
    asked = VillageAct(act)
    page = ACT_PAGES[kind, asked]
    form = page.form(data=page.begins(thing) | _carried(thing, asked))
    page.choices(form, thing)
    entry = thing.entry if isinstance(thing, VillageProblem) else thing
    problem = thing if isinstance(thing, VillageProblem) else None
    back = url_for("key_villages.entry", public_id=entry.public_id)

    def take() -> object:
        given = {"by": person(), "now": clock.now(), "version": version_of(form)}
        if asked in (VillageAct.PROGRESS, VillageAct.VISIT, VillageAct.RECUR, VillageAct.LOOK_BACK):
            # What does not compete with anybody is not stale.
            given.pop("version")
        return page.take(thing, form, given)

    done = f"{ACT_LABELS[kind, asked]}：已经办理。"
    mine = may_take(reader(), entry, problem, clock.today())
    return carried_out(form, take, lambda _made: back, done) or form_page(
        "key_villages/act.html",
        form,
        entry=entry,
        problem=problem,
        label=ACT_LABELS[kind, asked],
        back=back,
        version=thing.version,
        offered=asked in mine,
        lists=offered_for(entry, mine, clock.today()) if asked is VillageAct.LOOK_BACK else [],
        waiting=waiting(entry) if asked is VillageAct.LOOK_BACK else [],
    )


def _carried(thing: Thing, act: VillageAct) -> dict[str, Any]:
    """Return what an answer of a check list says, as a problem that a person goes over."""
    asked = request.args.get("answer", "")
    if not asked or act not in CARRIED:
        return {}
    answer = answer_of(asked, reader(), clock.today())
    look_back = answer.filled.look_back
    if look_back is None or look_back.entry_id != thing.id:
        raise NotFound
    return {"text": carried_text(answer)} | CARRIED[act]
