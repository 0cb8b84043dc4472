"""回头看 of matters: what was found, and the random sample with its seed."""

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from tracker.cases.acts.sampling import Draw, draw_cases, draws_for
from tracker.cases.ledger.looks_back import ON_A_PAGE, case_sample_page, looks_back_for
from tracker.cases.record.models import CaseSample
from tracker.core import clock
from tracker.core.dates import Meaning, long_date
from tracker.core.drawing import new_seed
from tracker.people.rules import Permission
from tracker.web.frame.access import person, reader, requires
from tracker.web.frame.declarations import HALF, SHORT
from tracker.web.frame.forms import AreaField, DayField, LineField, OfficeForm, form_page, page_number
from tracker.web.frame.offices import the_office
from tracker.web.frame.paging import Paging
from tracker.web.frame.sending import carried_out
from tracker.web.key_villages.picking import whole

pages = Blueprint("case_look_backs", __name__, url_prefix="/supervision/look-backs")


class CaseSampleForm(OfficeForm):
    """随机抽查: from which matters, how many, to be looked back at until when."""

    last = ("said",)
    closed_from = DayField("销号日期从", meaning=Meaning.HAPPENED, required=True, render_kw=HALF)
    closed_to = DayField("销号日期到", meaning=Meaning.HAPPENED, required=True, render_kw=HALF)
    size = LineField("抽几件", required=True, longest=3, render_kw=SHORT | {"inputmode": "numeric"})
    due_on = DayField("回头看的期限", meaning=Meaning.LIMIT, required=True, render_kw=SHORT)
    said = AreaField("抽查的理由", required=True, longest=500, hint="写进每一件的过程记录。")


@pages.get("")
@requires(Permission.READ_CASES)
def page() -> ResponseReturnValue:
    """Show what was found on looking back, the latest first, and the samples."""
    number = page_number()
    found = looks_back_for(reader(), page=number)
    paging = Paging(number, found.total, ON_A_PAGE)
    return render_template("supervision/looks_back.html", page=found, paging=paging, long_date=long_date)


@pages.route("/sample", methods=["GET", "POST"])
@requires(Permission.SUPERVISE)
def sample() -> ResponseReturnValue:
    """Draw matters to look back at (随机抽查)."""
    office = the_office(draws_for(reader()))
    form = CaseSampleForm()

    def take() -> CaseSample:
        draw = Draw(
            closed_from=form.closed_from.day,
            closed_to=form.closed_to.day,
            size=whole(form.size.data, "size"),
            seed=new_seed(),
            due_on=form.due_on.day,
        )
        return draw_cases(office, draw, by=person(), now=clock.now(), said=form.said.data)

    done = "已经抽出，回头看已经安排。"
    return carried_out(form, take, lambda made: url_for(".drawn", public_id=made.public_id), done) or form_page(
        "supervision/sample.html", form
    )


@pages.get("/samples/<pid:public_id>")
@requires(Permission.SUPERVISE)
def drawn(public_id: str) -> ResponseReturnValue:
    """Show a sample of matters: its seed, its pool, which it drew, and that the seed draws them again."""
    found = case_sample_page(public_id, reader(), today=clock.today(), now=clock.now())
    return render_template("supervision/drawn.html", page=found, long_date=long_date)
