"""Papers of a case to print: 销号单（核对单）, the petitioner's slip, the day table of a clock. Printing is noted."""

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from tracker import audit
from tracker.cases.access.rules import may_open_identity
from tracker.cases.access.scope import matter_of, visible_case
from tracker.cases.acts.identity import open_people
from tracker.cases.acts.query_codes import give_code
from tracker.cases.page import case_days, case_slip, close_out_sheet
from tracker.cases.page.prints import accuses
from tracker.cases.record.query_codes import good_code
from tracker.core import clock
from tracker.core.clock import local
from tracker.core.database import committed
from tracker.people.rules import Permission
from tracker.web.frame.access import may, person, reader, recorded_reading, requires
from tracker.web.frame.forms import OfficeForm, form_page
from tracker.web.frame.proof import proved

pages = Blueprint("case_papers", __name__, url_prefix="/cases/<pid:public_id>")


@pages.get("/close-out-sheet")
@requires(Permission.READ_CASES)
def sheet(public_id: str) -> ResponseReturnValue:
    """Show the close-out sheet (销号单); before the close-out it serves as the checklist (核对单)."""
    case_id = _noted(public_id, "close_out_sheet")
    found = close_out_sheet(case_id, reader=reader())
    return render_template("case/close_out_sheet.html", sheet=found, public_id=public_id)


@pages.get("/slip")
@requires(Permission.READ_CASES)
@proved
def slip(public_id: str) -> ResponseReturnValue:
    """Show the petitioner's slip (信访事项回执): number, day of receipt, what happens next and by when.

    Who may open the petitioner's name has it on the slip, and the opening stands in the log.
    """
    return _slip(public_id, "")


class QueryCodeForm(OfficeForm):
    """Nothing to type: the button."""


@pages.route("/query-code", methods=["GET", "POST"])
@requires(Permission.REGISTER_CASES)
@proved
def query_code(public_id: str) -> ResponseReturnValue:
    """Give out a code (发放查询码), and show the slip that carries it: this once, for nobody can read it again."""
    form = QueryCodeForm()
    if form.validate_on_submit():
        with committed():
            code = give_code(visible_case(public_id, reader()), by=person(), now=clock.now())
        return _slip(public_id, code)
    case = visible_case(public_id, reader())
    before = good_code(case.id)
    given = f"{before.given_by.name}于 {local(before.given_at):%Y-%m-%d %H:%M} " if before else ""
    home = url_for(".slip", public_id=public_id)
    return form_page("case/query_code.html", form, number=case.register_no, given=given, home=home)


def _slip(public_id: str, code: str) -> ResponseReturnValue:
    """Show the slip, with the code that was just given out; whoever may give one is led there."""
    case_id = _noted(public_id, "slip")
    found = case_slip(case_id, today=clock.today(), holder=_holder(public_id), code=code)
    may_give = may(Permission.REGISTER_CASES) and not code
    return render_template("case/slip.html", slip=found, public_id=public_id, may_give=may_give)


def _holder(public_id: str) -> str | None:
    """Open the name of who gets the slip, on the record; None where there is none, or the reader may not open it."""
    case = visible_case(public_id, reader())
    if accuses(case) or not may_open_identity(reader(), matter_of(case)):
        return None
    with committed():
        people = open_people(case, by=person(), purpose="打印信访事项回执", now=clock.now()).petitioners
    return people[0].name if people else None


@pages.get("/deadlines/<pid:deadline_id>")
@requires(Permission.READ_CASES)
def days(public_id: str, deadline_id: str) -> ResponseReturnValue:
    """Show the day table of a clock (逐日表)."""
    case_id = _noted(public_id, "days")
    table = case_days(case_id, deadline_id, reader=reader(), today=clock.today(), now=clock.now())
    return render_template("case/days.html", table=table, public_id=public_id)


def _noted(public_id: str, paper: str) -> int:
    case_id = visible_case(public_id, reader()).id
    recorded_reading(audit.Event.CASE_PRINTED, case_id=case_id, payload={"paper": paper})
    return case_id
