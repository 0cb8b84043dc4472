"""进度查询 at the counter and by telephone: number and code open one narrow page, which is read out or printed."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from tracker.cases.acts.query_codes import enquire
from tracker.cases.page.enquiry import enquiry
from tracker.core import clock
from tracker.core.database import committed
from tracker.core.errors import DomainError
from tracker.core.text import clean_line
from tracker.people.rules import Permission
from tracker.web.frame.access import actor, reader, requires
from tracker.web.frame.forms import LineField, OfficeForm, form_page

pages = Blueprint("enquiry", __name__, url_prefix="/enquiry")
NOT_FOUND = "编号和查询码对不上，请核对以后再查。查询码遗失的，请本人带身份证件到窗口补发。"


class EnquiryForm(OfficeForm):
    """What stands on the slip. It is kept nowhere: together the two open a matter."""

    resumable = False
    number = LineField("编号", required=True, longest=40, hint="回执上的信访事项编号，如 XF-2026-000063。")
    code = LineField("查询码", required=True, longest=60, hint="回执上的 25 个数字，可以不写空格。")


@pages.route("", methods=["GET", "POST"])
@requires(Permission.REGISTER_CASES)
def page() -> ResponseReturnValue:
    """Ask for number and code, and show what the petitioner is told: sent, so that neither is in any address."""
    form = EnquiryForm()
    if form.validate_on_submit():
        try:
            with committed():
                case_id = enquire(form.number.data, form.code.data, by=actor(), now=clock.now())
            if case_id is not None:
                number = clean_line(form.number.data).upper()
                found = enquiry(case_id, number=number, reader=reader(), today=clock.today())
                return render_template("case/enquired.html", found=found, as_of=clock.local(clock.now()))
            form.fail(DomainError(NOT_FOUND))
        except DomainError as error:
            form.fail(error)
    return form_page("case/enquiry.html", form)
