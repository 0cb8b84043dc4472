"""代表建议: the list with its counts, one suggestion, and the entry of one."""

from types import SimpleNamespace
from urllib.parse import urlencode

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker.core import clock
from tracker.core.database import db
from tracker.key_villages.queries import pickers
from tracker.people.models import User
from tracker.people.rules import Permission
from tracker.suggestions.access import kept_by, suggestion_of
from tracker.suggestions.models import DeputySuggestion
from tracker.suggestions.queries.lists import FILTER_LABELS, VALUES, SuggestionFilters, counted, suggestions, years
from tracker.suggestions.queries.page import SHOWN_FIRST, suggestion_page
from tracker.suggestions.rules.acts import SUGGESTION_ACT_LABELS
from tracker.suggestions.rules.codes import (
    OPINION_LABELS,
    PROMISE_LABELS,
    RANK_LABELS,
    RESULT_LABELS,
    SUGGESTION_STAGES,
    UNIT_PARTS,
    AnswerResult,
    DeputyOpinion,
)
from tracker.suggestions.rules.groups import NO_RESULT, Inspected, Promised, SuggestionDates
from tracker.suggestions.service.entering import SuggestionGiven, enter
from tracker.web.frame.access import may, person, reader, requires
from tracker.web.frame.forms import form_page, page_number
from tracker.web.frame.offices import the_office
from tracker.web.frame.paging import PAGE_SIZE, Paging
from tracker.web.frame.sending import carried_out
from tracker.web.suggestions.acts import owner_of, paper_of
from tracker.web.suggestions.forms import EnterSuggestionForm

pages = Blueprint("suggestions", __name__, url_prefix="/suggestions")
F = SuggestionFilters
# The counts at the head of the list: groups of words and filters; each opens its list, of the year that is chosen.
COUNTS: tuple[tuple[str, tuple[tuple[str, SuggestionFilters], ...]], ...] = (
    (
        "办理",
        (
            ("全部", F()),
            ("在办", F(dates=SuggestionDates.OPEN)),
            ("待答复", F(dates=SuggestionDates.TO_ANSWER)),
            ("逾期未答复", F(dates=SuggestionDates.LATE)),
        ),
    ),
    (
        "答复类别",
        (
            *((RESULT_LABELS[each], F(result=each)) for each in AnswerResult),
            ("答复没有分类", F(result=NO_RESULT)),
        ),
    ),
    ("代表意见", tuple((OPINION_LABELS[each], F(opinion=each)) for each in DeputyOpinion)),
    (
        "重点督办",
        (
            ("重点督办", F(key="yes")),
            ("已督查", F(key="yes", inspected=Inspected.YES)),
            ("未督查", F(key="yes", inspected=Inspected.NO)),
        ),
    ),
    ("承诺事项", (("有承诺未落实", F(promised=Promised.OPEN)), ("承诺逾期", F(promised=Promised.LATE)))),
)


@pages.get("")
@requires(Permission.READ_CASES)
def page() -> ResponseReturnValue:
    """Show the suggestions that a person may see, with the counts that open them."""
    today, filters, number = clock.today(), SuggestionFilters.read(request.args), page_number()
    of_years = years(reader())
    found = suggestions(filters, reader(), today=today, now=clock.now(), page=number, size=PAGE_SIZE)
    return render_template(
        "suggestions/list.html",
        found=found,
        rows=found.rows,
        paging=Paging(number, found.total),
        filters=filters,
        counts=_counts(filters),
        chips=[
            (FILTER_LABELS[name], VALUES[name][value] if name in VALUES else f"{value}年", href(filters.without(name)))
            for name, value in filters.given().items()
        ],
        form=SimpleNamespace(values=filters.given(), errors={}),
        fields=[
            *((name, FILTER_LABELS[name], list(VALUES[name].items())) for name in VALUES),
            ("year", FILTER_LABELS["year"], [(str(year), f"{year}年") for year in of_years]),
        ],
        years=of_years,
        keeps=may(Permission.KEEP_SUGGESTIONS),
        stages=SUGGESTION_STAGES,
        results=RESULT_LABELS,
        opinions=OPINION_LABELS,
        here=href(F()),
    )


def href(filters: SuggestionFilters) -> str:
    """Return the address of a list."""
    asked = urlencode(filters.given())
    return f"{url_for('suggestions.page')}?{asked}" if asked else url_for("suggestions.page")


def _counts(chosen: SuggestionFilters) -> list[tuple[str, list[tuple[str, str, int, bool]]]]:
    """Return the counts by their groups: words, list, number, whether it is the list that is shown."""
    asked = [F(**(each.given() | {"year": chosen.year})) for _title, group in COUNTS for _label, each in group]
    numbers = iter(zip(asked, counted(asked, reader(), today=clock.today()), strict=True))
    return [
        (title, [(label, href(of), number, of == chosen) for label, _ in group for of, number in [next(numbers)]])
        for title, group in COUNTS
    ]


@pages.get("/<pid:public_id>")
@requires(Permission.READ_CASES)
def one(public_id: str) -> ResponseReturnValue:
    """Show one suggestion, on the screen and on paper."""
    found = suggestion_page(suggestion_of(public_id, reader()), reader(), today=clock.today(), now=clock.now())
    return render_template(
        "suggestions/one.html",
        page=found,
        first=SHOWN_FIRST,
        local=clock.local,
        act_labels=SUGGESTION_ACT_LABELS,
        stages=SUGGESTION_STAGES,
        results=RESULT_LABELS,
        opinions=OPINION_LABELS,
        ranks=RANK_LABELS,
        unit_parts=UNIT_PARTS,
        promise_labels=PROMISE_LABELS,
    )


@pages.route("/new", methods=["GET", "POST"])
@requires(Permission.KEEP_SUGGESTIONS)
def new() -> ResponseReturnValue:
    """Enter a suggestion from its paper (登记交办)."""
    form = EnterSuggestionForm(data={"given_on": clock.today()})
    form.owner.choices = pickers.staff(clock.today())
    form.leader.choices = pickers.leaders(clock.today())
    return carried_out(
        form,
        lambda: _enter(form),
        lambda made: url_for("suggestions.one", public_id=made.public_id),
        lambda made: f"{made.number}已经登记，承办人已告知。",
    ) or form_page("suggestions/new.html", form)


def _enter(form: EnterSuggestionForm) -> DeputySuggestion:
    given = SuggestionGiven(
        **owner_of(form),
        given_on=form.given_on.day,
        leader=db.session.get_one(User, form.leader.row_id) if form.leader.row_id else None,
        six_months=form.six_months.data,
        key_on=form.key_on.data,
        committee=form.committee.data,
    )
    office = the_office(kept_by(reader()))
    return enter(paper_of(form), given, office=office, by=person(), now=clock.now())
