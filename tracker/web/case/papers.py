"""Papers of a case to print: 销号单（核对单）, the petitioner's slip, the day table of a clock. Printing is noted."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from tracker import audit
from tracker.cases.access.scope import visible_case
from tracker.cases.page import case_days, case_slip, close_out_sheet
from tracker.core import clock
from tracker.people.rules import Permission
from tracker.web.frame.access import reader, recorded_reading, requires

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
def slip(public_id: str) -> ResponseReturnValue:
    """Show the petitioner's slip (信访事项回执): number, day of receipt, what happens next and by when."""
    case_id = _noted(public_id, "slip")
    return render_template("case/slip.html", slip=case_slip(case_id, today=clock.today()), public_id=public_id)


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
