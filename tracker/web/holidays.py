"""系统 → 节假日: the years of the working calendar, and loading the State Council's notice of a new one."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from tracker.cases.service.recounting import recount_running
from tracker.core import clock
from tracker.core.database import committed
from tracker.core.dates import month_day
from tracker.core.errors import DomainError
from tracker.people.rules import Permission
from tracker.web.access import requires
from tracker.web.forms import FilesField, LineField, OfficeForm
from tracker.working_days.queries import loaded_years, missing_year_warning
from tracker.working_days.rules import parse_notice
from tracker.working_days.service import load_year

pages = Blueprint("holidays", __name__, url_prefix="/holidays")
LONGEST_FILE = 1 << 20


class NoticeForm(OfficeForm):
    """A notice to load."""

    year = LineField("年份", required=True, longest=4)
    source = LineField("依据", longest=100, hint="写通知的名称和文号。")
    files = FilesField("放假安排文件", required=True, hint="csv（日期,休或班,名称）或 json。")


@pages.get("")
@requires(Permission.MANAGE_CALENDAR)
def page() -> ResponseReturnValue:
    """Show the loaded years and the form."""
    return _page(NoticeForm(), 200)


@pages.post("")
@requires(Permission.MANAGE_CALENDAR)
def load() -> ResponseReturnValue:
    """Load a year; running clocks that counted on a guess are counted again, on the record."""
    form = NoticeForm()
    if not form.validate():
        return _page(form, 422)
    try:
        notice = parse_notice(form.files.data[0].stream.read(LONGEST_FILE))
        if not (form.year.data.isascii() and form.year.data.isdecimal()):
            raise DomainError("年份应是四位数字。", field="year")
        now = clock.now()
        with committed():
            source = form.source.data or notice.source
            load_year(int(form.year.data), notice.days, source=source, by=current_user, now=now)
            moved = recount_running(by=current_user, now=now)
    except DomainError as error:
        form.fail(error)
        return _page(form, error.status)
    flash(f"已载入 {form.year.data} 年放假安排；重新计算正在走的期限，{moved} 个日期有变化。", "success")
    return redirect(url_for("holidays.page"), 303)


def _page(form: NoticeForm, status: int) -> ResponseReturnValue:
    years = [
        {
            "year": year.year,
            "status": year.status,
            "source": year.source,
            "off": [
                f"{month_day(day.date)}{f'（{day.name}）' if day.name else ''}"
                for day in year.days
                if not day.is_working
            ],
            "work": [month_day(day.date) for day in year.days if day.is_working],
        }
        for year in reversed(loaded_years())
    ]
    return render_template(
        "calendar/page.html", years=years, form=form, warning=missing_year_warning(clock.today())
    ), status
