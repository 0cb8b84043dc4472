"""工作台: what waits for the person who signed in."""

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from tracker.cases.queries import desk
from tracker.core import clock
from tracker.core.dates import long_date, weekday
from tracker.people.rules import Permission
from tracker.web.access import may, reader, signed_in
from tracker.web.ledger import plain_columns
from tracker.working_days.queries import calendar, missing_year_warning

pages = Blueprint("desk", __name__)


@pages.get("/")
@signed_in
def page() -> ResponseReturnValue:
    """Show the counts, the nearest dates, and one's own draft."""
    today, person = clock.today(), reader()
    saved_at = desk.draft_saved_at(person) if may(Permission.REGISTER_CASES) else None
    counted = [
        {"label": bucket.label, "count": bucket.count, "light": bucket.tone, "href": _list(bucket.query)}
        for bucket in desk.buckets(person, today=today)
    ]
    return render_template(
        "desk/page.html",
        day_words=f"{long_date(today)} {weekday(today)}" + ("" if calendar().is_working(today) else " · 休息日"),
        buckets=counted,
        rows=desk.nearest(person, today=today),
        columns=plain_columns(),
        nearest_href=_list(desk.nearest_filters(person).to_query()),
        draft_saved=f"{clock.local(saved_at):%m月%d日 %H:%M}" if saved_at else "",
        may_register=may(Permission.REGISTER_CASES),
        warning=missing_year_warning(today),
    )


def _list(query: str) -> str:
    return f"{url_for('ledger.page')}?{query}" if query else url_for("ledger.page")
