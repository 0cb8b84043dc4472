"""共性问题: the list with what is proposed, one of them, and the forms of the acts."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker.cases.ledger import finding
from tracker.cases.ledger.rules import Span
from tracker.common_problems.access import advice_of, common_problem_of, offices_kept_by
from tracker.common_problems.models import CommonProblem
from tracker.common_problems.queries.counting import PROPOSED_OVER, candidates, proposed
from tracker.common_problems.queries.page import common_acts_of, common_page, common_problems, gathered, may_feed_back
from tracker.common_problems.rules.acts import (
    ADOPTION_LABELS,
    COMMON_ACT_LABELS,
    COMMON_STAGES,
    Adoption,
    CommonAct,
    CommonStage,
)
from tracker.common_problems.service import advising, working
from tracker.core import clock
from tracker.core.errors import NotFound
from tracker.deadlines.local import LocalNumber
from tracker.deadlines.own_limits import amount_on
from tracker.key_villages.queries import pickers
from tracker.people.rules import Permission
from tracker.web.common_problems import forms as f
from tracker.web.frame.access import may, person, reader, requires
from tracker.web.frame.forms import OfficeForm, form_page, page_number
from tracker.web.frame.offices import the_office
from tracker.web.frame.paging import PAGE_SIZE, Paging
from tracker.web.frame.sending import carried_out

pages = Blueprint("common_problems", __name__, url_prefix="/common")
A = CommonAct
Given = dict[str, Any]


@pages.get("")
@requires(Permission.READ_CASES)
def page() -> ResponseReturnValue:
    """Show the common problems that a person may see, and what is proposed to those who may found one."""
    today, number = clock.today(), page_number()
    stage = request.args.get("stage", "") if request.args.get("stage") in set(CommonStage) else ""
    rows, total = common_problems(reader(), stage=stage, today=today, now=clock.now(), page=number, size=PAGE_SIZE)
    keeps = may(Permission.KEEP_COMMON_PROBLEMS)
    return render_template(
        "common_problems/list.html",
        rows=rows,
        paging=Paging(number, total),
        stage=stage,
        tabs=[
            ("全部", url_for(".page"), not stage),
            *((label, url_for(".page", stage=each.value), stage == each) for each, label in COMMON_STAGES.items()),
        ],
        stages=COMMON_STAGES,
        proposed=proposed(today) if keeps else [],
        least=amount_on(LocalNumber.COMMON_MATTERS, today),
        days=PROPOSED_OVER,
        keeps=keeps,
        figures=may(Permission.READ_FIGURES),
    )


@pages.get("/<pid:public_id>")
@requires(Permission.READ_CASES)
def one(public_id: str) -> ResponseReturnValue:
    """Show one common problem, on the screen and on paper."""
    found = common_page(common_problem_of(public_id, reader()), reader(), today=clock.today(), now=clock.now())
    return render_template(
        "common_problems/one.html",
        page=found,
        act_labels=COMMON_ACT_LABELS,
        stages=COMMON_STAGES,
        adoptions=ADOPTION_LABELS,
        today=clock.today(),
    )


@pages.route("/kinds/<pid:category>/places/<pid:place>", methods=["GET", "POST"])
@requires(Permission.KEEP_COMMON_PROBLEMS)
def new(category: str, place: str) -> ResponseReturnValue:
    """Found a common problem of one kind and place (立为共性问题)."""
    kind, at = finding.category(category), finding.place(place)
    if kind is None or at is None:
        raise NotFound
    today = clock.today()
    span = Span(today - timedelta(days=PROPOSED_OVER), today)
    offered = candidates(kind[1], at[1], span, reader(), today)
    form = f.FoundCommonForm()
    form.cases.choices = _choices(offered)
    form.owner.choices = pickers.staff(today)

    def take() -> CommonProblem:
        given = working.CommonFound(
            kind[1], at[1], span, form.text.data, form.measure.data, **_owner(form), due_on=form.due_on.day,
            cases=form.cases.data,
        )  # fmt: skip
        return working.found(given, office=the_office(offices_kept_by(reader())), by=person(), now=clock.now())

    done = "已经立为共性问题，责任人已告知。"
    return carried_out(form, take, _address, done) or form_page(
        "common_problems/new.html", form, about=f"{at[1].short_name}　{kind[1].name}", label="立为共性问题",
        back=url_for(".page"), days=PROPOSED_OVER,
    )  # fmt: skip


def _address(made: CommonProblem) -> str:
    return url_for(".one", public_id=made.public_id)


def _choices(cases: Any) -> list[tuple[str, str]]:
    return [(each.public_id, f"{each.register_no}　{each.title}") for each in cases]


def _owner(form: Any) -> Given:
    unit, _, owner = form.owner.chosen.partition("-")
    return {"department_id": int(unit), "user_id": int(owner)}


def _more(form: Any, row: CommonProblem) -> None:
    there = {each.id for each in gathered(row, reader())[0]}
    offered = candidates(row.category, row.place, Span(row.since, row.until), reader(), clock.today())
    form.cases.choices = _choices(each for each in offered if each.id not in there)


def _fewer(form: Any, row: CommonProblem) -> None:
    form.cases.choices = _choices(gathered(row, reader())[0])


def _staff(form: Any, _row: CommonProblem) -> None:
    form.owner.choices = pickers.staff(clock.today())


def _nothing(_form: Any, _row: CommonProblem) -> None:
    """Offer nothing to choose from."""


def _words(service: Callable[..., object]) -> tuple[type[OfficeForm], Any, Any, Any]:
    return (
        f.CommonWordsForm,
        lambda row, form, given: service(row, said=form.said.data, **given),
        lambda _row: {},
        _nothing,
    )


def _matters(service: Callable[..., object], choices: Any) -> tuple[type[OfficeForm], Any, Any, Any]:
    return (
        f.CommonMattersForm,
        lambda row, form, given: service(row, form.cases.data, said=form.said.data, **given),
        lambda _row: {},
        choices,
    )


# Of each act: its form, the service, what it shows first, what it offers.
COMMON_PAGES: dict[CommonAct, tuple[type[OfficeForm], Any, Any, Any]] = {
    A.RETURN: _words(working.send_back),
    A.ASSESS: _words(working.assess),
    A.REOPEN: _words(working.reopen),
    A.STRIKE: _words(working.strike),
    A.GATHER: _matters(working.gather, _more),
    A.LEAVE_OUT: _matters(working.leave_out, _fewer),
    A.CARRY_OUT: (
        f.CommonDoneForm,
        lambda row, form, given: working.carry_out(row, happened_on=form.happened_on.day, said=form.said.data, **given),
        lambda _row: {"happened_on": clock.today()},
        _nothing,
    ),
    A.CORRECT: (
        f.CorrectCommonForm,
        lambda row, form, given: working.correct(
            row, text=form.text.data, measure=form.measure.data, said=form.said.data, **given
        ),
        lambda row: {"text": row.text, "measure": row.measure},
        _nothing,
    ),
    A.HAND_OVER: (
        f.CommonOwnerForm,
        lambda row, form, given: working.hand_over(row, **_owner(form), said=form.said.data, **given),
        lambda row: {"owner": f"{row.department_id}-{row.user_id}"},
        _staff,
    ),
    A.RESCHEDULE: (
        f.CommonDayForm,
        lambda row, form, given: working.reschedule(row, due_on=form.due_on.day, said=form.said.data, **given),
        lambda _row: {},
        _nothing,
    ),
    A.ADVISE: (
        f.AdviseForm,
        lambda row, form, given: advising.advise(
            row, text=form.text.data, **_owner(form), sent_on=form.sent_on.day, **given
        ),
        lambda _row: {"sent_on": clock.today()},
        _staff,
    ),
}


@pages.route("/<pid:public_id>/acts/<act>", methods=["GET", "POST"])
@requires(Permission.READ_CASES)
def on_problem(public_id: str, act: str) -> ResponseReturnValue:
    """Take an act on a common problem."""
    row = common_problem_of(public_id, reader())
    if act not in set(COMMON_PAGES):
        raise NotFound
    asked = CommonAct(act)
    made, take, begins, choices = COMMON_PAGES[asked]
    form: Any = made(data=begins(row))
    choices(form, row)

    def taken() -> object:
        return take(row, form, {"by": person(), "now": clock.now(), "version": _version(form)})

    done = f"{COMMON_ACT_LABELS[asked]}：已经办理。"
    return carried_out(form, taken, lambda _made: _address(row), done) or form_page(
        "common_problems/act.html", form, about=row.text, label=COMMON_ACT_LABELS[asked], back=_address(row),
        version=row.version, offered=asked in common_acts_of(reader(), row),
    )  # fmt: skip


def _version(form: Any) -> int | None:
    version = form["version"].data
    return int(version) if version and version.isdigit() else None


@pages.route("/advice/<pid:public_id>/feed-back", methods=["GET", "POST"])
@requires(Permission.READ_CASES)
def feed_back(public_id: str) -> ResponseReturnValue:
    """Write back whether a suggestion to improve is adopted (反馈采纳情况)."""
    row = advice_of(public_id, reader())
    form = f.FeedBackForm(data={"replied_on": clock.today()})

    def taken() -> None:
        advising.feed_back(
            row, adoption=Adoption(form.adoption.chosen), reply=form.reply.data, replied_on=form.replied_on.day,
            by=person(), now=clock.now(), version=_version(form),
        )  # fmt: skip

    label = COMMON_ACT_LABELS[A.FEED_BACK]
    return carried_out(form, taken, lambda _made: _address(row.problem), f"{label}：已经办理。") or form_page(
        "common_problems/act.html", form, about=row.text, label=label, back=_address(row.problem), version=row.version,
        offered=may_feed_back(reader(), row),
    )  # fmt: skip
