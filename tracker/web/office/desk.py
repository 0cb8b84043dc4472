"""工作台: what waits for the person who signed in."""

from datetime import date, datetime, timedelta
from typing import Any

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from tracker.audit import checkpoints
from tracker.cases.access.bulk_reading import alarms_since, in_words
from tracker.cases.access.requests import emergencies_since
from tracker.cases.intake.drafts import drafts_of
from tracker.cases.ledger import desk
from tracker.core import clock
from tracker.core.dates import long_date, weekday
from tracker.jobs import subjects
from tracker.people.rules import Permission, Reader
from tracker.reminders.ladder.queries import current
from tracker.reminders.runs import queries as runs
from tracker.suggestions.queries.desk import waiting as waiting_suggestions
from tracker.supervision.calendar.progress import standing_still
from tracker.upward.queries import to_report
from tracker.web.frame.access import may, reader, signed_in
from tracker.web.ledger.pages import plain_columns
from tracker.web.suggestions.pages import href as suggestions_list
from tracker.web.supervision import unsent
from tracker.working_days.queries import calendar, missing_year_warning

pages = Blueprint("desk", __name__)
# So long the auditor is told of a 紧急查阅, and the keepers of a 大量查阅, where they begin their day.
ON_DESK = timedelta(days=1)


@pages.get("/")
@signed_in
def page() -> ResponseReturnValue:
    """Show what the system did today, the counts, the nearest dates, and one's own drafts."""
    today, person = clock.today(), reader()
    counted = [
        {"label": bucket.label, "count": bucket.count, "light": bucket.tone, "href": _list(bucket.query)}
        for bucket in desk.buckets(person, today=today)
    ]
    counted += [
        {"label": each.label, "count": each.count, "light": each.tone, "href": suggestions_list(each.filters)}
        for each in waiting_suggestions(person, today=today)
    ]
    if waiting := to_report(person):
        counted.append({"label": "重大事项待上报", "count": waiting, "light": "amber", "href": url_for("upward.page")})
    return render_template(
        "office/desk/page.html",
        day_words=f"{long_date(today)} {weekday(today)}" + ("" if calendar().is_working(today) else " · 休息日"),
        buckets=counted,
        rows=desk.nearest(person, today=today, now=clock.now()),
        columns=plain_columns(),
        nearest_href=_list(desk.nearest_filters(person).to_query()),
        drafts=drafts_of(person),
        may_register=may(Permission.REGISTER_CASES),
        warnings=_warnings(today),
        ran=_ran(clock.now(), person),
        sending=unsent.trouble(),
    )


def _warnings(today: date) -> list[str]:
    """Return what the keepers of the calendar, the ladder or the log should know of them."""
    log_wrong = may(Permission.READ_LOG) and any(each and each.wrong for each in checkpoints.last_checks())
    still = standing_still(clock.now()) if may(Permission.MANAGE_CALENDAR) else None
    new_limits = current().notice if may(Permission.MANAGE_LADDER) else None
    read = emergencies_since(clock.now() - ON_DESK) if may(Permission.READ_LOG) else 0
    emergencies = f"一天以内有人申请紧急查阅 {read} 次，请在日志里核对。" if read else None
    alarms = alarms_since(clock.now() - ON_DESK) if may(Permission.SEE_BULK_READING) else []
    many = [f"短时间内大量查阅：{in_words(each)}。请核实是否工作需要。" for each in alarms]
    wrong = "日志核对不相符：有内容在程序之外被改动，请看日志。" if log_wrong else None
    found = (wrong, *many, emergencies, missing_year_warning(today), still, new_limits)
    return [sentence for sentence in found if sentence]


def _ran(now: datetime, person: Reader) -> dict[str, Any]:
    """Return the strip 今天系统做了什么 as `desk.ran` shows it; what was raised as far as it counts for the person."""
    day = runs.today(subjects.SUBJECTS, now, person)
    facts: list[tuple[str, int | str, str]] = [("升级", day.raised, "项")]
    if day.last_at:
        last = clock.local(day.last_at)
        here = f"{last:%H:%M}" if last.date() == clock.local(now).date() else f"{last:%m月%d日 %H:%M}"
        facts.insert(0, ("上次检查", here, ""))
    trouble = [*day.trouble, *(runs.keeper_trouble(now) if may(Permission.KEEP_TIMER) else ())]
    return {
        "silent": bool(trouble),
        "sentence": "".join(trouble),
        "facts": facts,
        "href": url_for("timer.page"),
    }


def _list(query: str) -> str:
    return f"{url_for('ledger.page')}?{query}" if query else url_for("ledger.page")
