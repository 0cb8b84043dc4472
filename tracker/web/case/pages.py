"""案件: the page of one case, opening its people, deciding whom the accused's names mean."""

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from tracker import audit
from tracker.cases.access.scope import visible_case
from tracker.cases.acts.accused import ONLY_OWED, clear_accused, confirm_accused
from tracker.cases.acts.identity import open_accused, open_people
from tracker.cases.acts.settling import SETTLED_AS_LABELS, SettledAs, settle_word
from tracker.cases.page import CasePage, Deciding, case_page, deciding, opened
from tracker.cases.page.page import head_of
from tracker.core import clock
from tracker.core.database import committed
from tracker.core.errors import DomainError, NotFound
from tracker.people.rules import Permission
from tracker.supervision.overview.case_sheet import CaseSheet, SheetReader, case_sheet
from tracker.supervision.overview.days_held import days_held
from tracker.supervision.overview.who_knew import may_ask, who_knew
from tracker.web.case.requests import shown_requests
from tracker.web.case.sponsored import shown_sponsorship
from tracker.web.case.view import head_links
from tracker.web.frame.access import reader, recorded_reading, requires
from tracker.web.frame.forms import AreaField, ChoiceField, LineField, OfficeForm
from tracker.web.frame.proof import proved
from tracker.web.frame.sending import carried_out

pages = Blueprint("cases", __name__, url_prefix="/cases")


class PurposeForm(OfficeForm):
    """Why somebody opens the people of a case: said for this one opening, and for no later one."""

    resumable = False
    purpose = LineField("查看用途", required=True, longest=200)


DECISIONS = (
    ("confirm", "确认是被反映人"),
    ("clear", "不是，排除"),
    ("owed", "只是请求其履行职责"),
    *((settled.value, words) for settled, words in SETTLED_AS_LABELS.items()),
)


class DecisionForm(OfficeForm):
    """Whether a user or unit is the one complained of."""

    row = LineField("被反映人", longest=18)
    decision = ChoiceField("决定", required=True, choices=DECISIONS)
    reason = AreaField("理由", longest=500)
    version = LineField("版本", longest=9)


@pages.get("/<pid:public_id>")
@requires(Permission.READ_CASES)
def detail(public_id: str) -> ResponseReturnValue:
    """Show a case (案件), after noting who reads it."""
    case_id = visible_case(public_id, reader()).id
    recorded_reading(audit.Event.CASE_READ, case_id=case_id)
    return _shown(case_id, PurposeForm())


@pages.get("/<pid:public_id>/told")
@requires(Permission.READ_CASES)
def told(public_id: str) -> ResponseReturnValue:
    """Show who knew of a case and when, and whose days it took (责任天数), to who answers for it and 主要领导."""
    case_id = visible_case(public_id, reader()).id
    recorded_reading(audit.Event.CASE_READ, case_id=case_id, payload={"page": "told"})
    case, today = visible_case(public_id, reader()), clock.today()
    head = head_of(case_id, reader=reader(), today=today, now=clock.now())
    return render_template(
        "supervision/told.html",
        head=head,
        links=head_links(head),
        told=who_knew(case_id, reader(), today=today) if may_ask(case, reader()) else None,
        held=days_held(case, today=today),
    )


@pages.post("/<pid:public_id>/identity")
@requires(Permission.READ_CASES)
@proved
def identity(public_id: str) -> ResponseReturnValue:
    """Open the people of a case for this one answer (查看身份): committed before a byte leaves."""
    case = visible_case(public_id, reader())
    form = PurposeForm()
    if not form.validate_on_submit():
        return _shown(case.id, form), 422
    try:
        with committed():
            people = opened(open_people(case, by=current_user, purpose=form.purpose.data, now=clock.now()))
    except DomainError as error:
        form.fail(error)
        return _shown(case.id, form), error.status
    return _shown(case.id, form, people=people)


def _shown(case_id: int, form: PurposeForm, **more: object) -> str:
    page = case_page(case_id, by=current_user, reader=reader(), today=clock.today(), now=clock.now())
    return render_template(
        "case/detail.html",
        page=page,
        sheet=_sheet(case_id, page),
        head=page.head,
        links=head_links(page.head),
        purpose=form,
        asked=shown_requests(case_id),
        sponsorship=shown_sponsorship(case_id),
        **more,
    )


def _sheet(case_id: int, page: CasePage) -> CaseSheet:
    """Return the section 督办, with who was told of the case for the people who answer for it and 主要领导."""
    asking = SheetReader(reader(), page.next_step.lawful, page.shows_told, clock.today())
    return case_sheet(case_id, (*page.clocks, *page.past_clocks), asking)


@pages.get("/<pid:public_id>/accused")
@requires(Permission.READ_CASES)
@proved
def accused(public_id: str) -> ResponseReturnValue:
    """Show whom the names of the accused may mean (核实被反映人), to the people who decide; noted first."""
    case = visible_case(public_id, reader())
    with committed():
        open_accused(case, by=current_user, now=clock.now())
    return _deciding(deciding(case.id, reader=reader(), today=clock.today(), now=clock.now()), DecisionForm())


@pages.post("/<pid:public_id>/accused")
@requires(Permission.READ_CASES)
@proved
def decide_accused(public_id: str) -> ResponseReturnValue:
    """Decide whether a user or unit is the one complained of (确认、排除同名)."""
    form = DecisionForm()
    here = url_for(".accused", public_id=public_id)
    done = carried_out(form, lambda: _decide(public_id, form), lambda _made: here, "已记录核实结果。")
    return done or (_again(public_id, form), form.status)


def _decide(public_id: str, form: DecisionForm) -> None:
    case = visible_case(public_id, reader())
    row = next((each for each in case.accused if str(each.id) == form.row.data), None)
    if row is None:
        raise NotFound
    version = int(form.version.data) if form.version.data.isascii() and form.version.data.isdigit() else None
    if form.decision.data in set(SettledAs):
        settle_word(case, SettledAs(form.decision.data), by=current_user, now=clock.now(), version=version)
        return
    decide = confirm_accused if form.decision.data == "confirm" else clear_accused
    reason = ONLY_OWED if form.decision.data == "owed" else form.reason.data
    decide(row, by=current_user, reason=reason, now=clock.now(), version=version)


def _again(public_id: str, form: DecisionForm) -> str:
    with committed():
        case = visible_case(public_id, reader())
        open_accused(case, by=current_user, now=clock.now())
    return _deciding(deciding(case.id, reader=reader(), today=clock.today(), now=clock.now()), form)


def _deciding(found: Deciding, form: DecisionForm) -> str:
    more = {"form": form, "blank": DecisionForm(formdata=None)}
    return render_template("case/accused.html", found=found, head=found.head, links=head_links(found.head), **more)
