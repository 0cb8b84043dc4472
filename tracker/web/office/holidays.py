"""系统 → 节假日: the years of the working calendar; a new or corrected one is looked at before it is applied."""

import zlib
from base64 import b64decode, b64encode
from datetime import date

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature, URLSafeSerializer

from tracker.core import clock
from tracker.core.dates import Meaning, long_date, month_day
from tracker.core.errors import DomainError, StaleVersion
from tracker.jobs.calendar import change_calendar, go_on, is_under_way
from tracker.people.rules import Permission
from tracker.supervision.calendar.preview import CalendarPreview, known_part, moved_cases, preview
from tracker.supervision.calendar.progress import ChangeProgress, change_under_way
from tracker.web.frame.access import actor, may, reader, requires
from tracker.web.frame.declarations import RADIOS
from tracker.web.frame.forms import ChoiceField, DayField, FilesField, LineField, OfficeForm
from tracker.web.frame.paging import PAGE_SIZE, Paging
from tracker.web.frame.sending import conclude, token_sent
from tracker.working_days.queries import LoadedYear, loaded_years, missing_year_warning
from tracker.working_days.rules import NoticeDay, Proposal, YearStatus, parse_notice, with_day
from tracker.working_days.service import proposed

pages = Blueprint("holidays", __name__, url_prefix="/holidays")
LARGEST_FILE = 1 << 20
# So long a page works on a change itself; what is left the timer does.
PATIENCE = 5.0
OFF, WORK, ORDINARY = "off", "work", "ordinary"
DAY_KINDS = ((OFF, "放假"), (WORK, "调休上班"), (ORDINARY, "取消安排，按平日算"))
STATUSES = ((YearStatus.OFFICIAL.value, "国务院办公厅已公布"), (YearStatus.PROVISIONAL.value, "预计的，日期仍标暂定"))
LOST = "这个预览已经失效，请重新选择文件。"


class NoticeForm(OfficeForm):
    """A notice to load: a new year, or the corrected notice of a loaded one."""

    year = LineField("年份", required=True, longest=4, render_kw={"inputmode": "numeric"})
    status = ChoiceField("这份安排是", required=True, choices=STATUSES, render_kw=RADIOS)
    source = LineField("依据", longest=100, hint="如：国务院办公厅关于2027年部分节假日安排的通知")
    files = FilesField(
        "放假安排文件",
        required=True,
        hint="csv 第一行写“日期,类型,名称”，类型写休或班；或同样内容的 json。",
        render_kw={"accept": ".csv,.json"},
    )


class DayForm(OfficeForm):
    """One day of a loaded year to change."""

    of_year = ChoiceField("哪一年的安排", required=True)
    day = DayField("日期", meaning=Meaning.EITHER, required=True)
    kind = ChoiceField("改为", required=True, choices=DAY_KINDS, render_kw=RADIOS)
    name = LineField(
        "节日名称",
        longest=40,
        required_when=f"kind={OFF}|{WORK}",
        hint="放假、调休上班要写是哪个节日，如“春节”。",
    )
    day_source = LineField("依据", required=True, longest=100, hint="写更正通知的名称和文号；记为全年安排的依据。")


@pages.get("")
@requires(Permission.MANAGE_CALENDAR)
def page() -> ResponseReturnValue:
    """Show the loaded years and the forms (工作日历)."""
    return _page()


@pages.post("")
@requires(Permission.MANAGE_CALENDAR)
def load() -> ResponseReturnValue:
    """Show what a notice would change (预览); nothing is written yet."""
    if is_under_way():
        return _page(), 409
    form = NoticeForm()
    if not form.validate_on_submit():
        return _page(notice=form), 422
    try:
        return _preview(_from_file(form), form.token)
    except DomainError as error:
        form.fail(error)
        return _page(notice=form), error.status


@pages.post("/days")
@requires(Permission.MANAGE_CALENDAR)
def edit() -> ResponseReturnValue:
    """Show what changing one day would change (改一天); nothing is written yet."""
    if is_under_way():
        return _page(), 409
    form = _day_form()
    if not form.validate_on_submit():
        return _page(day=form), 422
    try:
        return _preview(_with_day(form), form.token)
    except DomainError as error:
        form.fail(_at_field(error))
        return _page(day=form), error.status


@pages.post("/preview")
@requires(Permission.MANAGE_CALENDAR)
def turn() -> ResponseReturnValue:
    """Show another page of the cases that would move."""
    proposal, _seen = _opened(request.form.get("change", ""))
    number = request.form.get("page", "1")
    return _preview(
        proposal, token_sent(), page=int(number) if number.isascii() and number.isdecimal() and len(number) < 7 else 1
    )


@pages.post("/apply")
@requires(Permission.MANAGE_CALENDAR)
def apply() -> ResponseReturnValue:
    """Load the year as it was previewed (应用); where it would do something else by now, show that first."""
    proposal, seen = _opened(request.form.get("change", ""))
    try:
        applied = change_calendar(proposal, seen=seen, by=actor(), now=clock.now(), seconds=PATIENCE)
    except StaleVersion as stale:
        flash(stale.message, "warning")
        return _preview(proposal, token_sent()), stale.status
    except DomainError as error:
        flash(error.message, "warning")
        return redirect(url_for(".page"), 303)
    conclude(url_for(".page"))
    if applied.finished:
        flash(_done(known_part(applied.preview, reader())), "success")
    return redirect(url_for(".page"), 303)


@pages.post("/resume")
@requires(Permission.MANAGE_CALENDAR)
def resume() -> ResponseReturnValue:
    """Go on with a change that was broken off (接着办)."""
    if go_on(seconds=PATIENCE):
        flash("放假安排已经应用完毕。", "success")
    return redirect(url_for(".page"), 303)


def _done(known: CalendarPreview) -> str:
    corrected = f"，更正了 {len(known.wrong)} 条提醒、督办" if known.wrong else ""
    return f"已应用 {known.proposal.year} 年放假安排：{len(known.moved)} 个期限的日期有变化{corrected}。"


def _from_file(form: NoticeForm) -> Proposal:
    content = form.files.data[0].stream.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        raise DomainError("文件超过 1 MB，不像放假安排，请核对。", field="files")
    notice = parse_notice(content)
    if not (form.year.data.isascii() and form.year.data.isdecimal()):
        raise DomainError("年份应是四位数字。", field="year")
    year = int(form.year.data)
    if notice.year not in (None, year):
        raise DomainError(f"文件里写的是 {notice.year} 年，不是 {year} 年，请核对。", field="year")
    return proposed(year, notice.days, source=form.source.data or notice.source, status=YearStatus(form.status.data))


def _fresh() -> dict[str, None]:
    """Return how a form is made that was not sent: of a request that sent the other one it takes nothing."""
    return {"formdata": None} if request.method == "POST" else {}


def _day_form(**given: None) -> DayForm:
    form = DayForm(**given)
    form.of_year.choices = [(str(each.year), f"{each.year} 年") for each in reversed(loaded_years())]
    return form


def _with_day(form: DayForm) -> Proposal:
    found = next(each for each in loaded_years() if str(each.year) == form.of_year.data)
    on = form.day.day
    change = None if form.kind.data == ORDINARY else NoticeDay(on, form.kind.data == WORK, form.name.data)
    days = with_day(found.days, on, change)
    return proposed(found.year, days, source=form.day_source.data, status=found.status)


def _at_field(error: DomainError) -> DomainError:
    """Put a sentence about the source at this form's own field."""
    return DomainError(error.message, field="day_source") if "source" in error.errors else error


def _preview(proposal: Proposal, token: str, *, page: int = 1) -> str:
    whole = preview(proposal, today=clock.today())
    shown = known_part(whole, reader())
    rows, total = moved_cases(shown, reader(), page=page, size=PAGE_SIZE)
    return render_template(
        "office/calendar/preview.html",
        shown=shown,
        signed=_signed(whole),
        token=token,
        in_part=may(Permission.READ_CASES),
        counts=_counts(shown),
        rows=rows,
        paging=Paging(page, total),
        long_date=long_date,
        provisional=proposal.status is not YearStatus.OFFICIAL,
    )


def _counts(shown: CalendarPreview) -> list[tuple[str, str]]:
    counted = (
        ("日期会变的期限", len(shown.moved)),
        ("其中新逾期", shown.newly_overdue),
        ("其中不再逾期", shown.no_longer_overdue),
        ("不再暂定", shown.settled),
        ("变为暂定", shown.unsettled),
        ("已告知信访人，不提前", shown.held),
        ("更正已发出的提醒、督办", len(shown.wrong)),
    )
    return [(label, f"{count} 个") for label, count in counted]


def _page(*, notice: NoticeForm | None = None, day: DayForm | None = None) -> str:
    """Show both forms: the refused one as it was sent, the draft that is gone on with in its own, else fresh."""
    change = change_under_way(clock.now())
    return render_template(
        "office/calendar/page.html",
        years=[_shown(year) for year in reversed(loaded_years())],
        notice=notice or NoticeForm(**_fresh(), data={"status": YearStatus.OFFICIAL.value}),
        day=day or _day_form(**_fresh()),
        warning=missing_year_warning(clock.today()),
        change=change,
        facts=_facts(change) if change else [],
    )


def _facts(change: ChangeProgress) -> list[tuple[str, str]]:
    started = clock.local(change.started_at)
    how_far = "—" if change.percent is None else f"{change.percent}%"
    return [
        ("进行到", change.words),
        ("已办", how_far),
        ("由谁应用", f"{change.started_by}，{long_date(started.date())} {started:%H:%M}"),
    ]


def _shown(year: LoadedYear) -> dict[str, object]:
    return {
        "year": year.year,
        "provisional": year.status is not YearStatus.OFFICIAL,
        "source": year.source,
        "off": [f"{month_day(day.date)}（{day.name}）" for day in year.days if not day.is_working],
        "work": [month_day(day.date) for day in year.days if day.is_working],
    }


def _signed(shown: CalendarPreview) -> str:
    """Return the year and what was shown of it, signed for this person."""
    lines = "\n".join(f"{day.date.isoformat()},{int(day.is_working)},{day.name}" for day in shown.proposal.days)
    packed = b64encode(zlib.compress(lines.encode())).decode()
    proposal = shown.proposal
    whole = [actor().id, proposal.year, proposal.status.value, proposal.source, packed, shown.fingerprint]
    return str(_signer().dumps(whole))


def _opened(token: str) -> tuple[Proposal, str]:
    try:
        user_id, year, status, source, packed, seen = _signer().loads(token)
    except BadSignature:
        raise DomainError(LOST) from None
    if user_id != actor().id:
        raise DomainError(LOST)
    lines = zlib.decompress(b64decode(packed)).decode().splitlines()
    days = (NoticeDay(date.fromisoformat(on), work == "1", name) for on, work, name in (x.split(",", 2) for x in lines))
    return proposed(year, days, source=source, status=YearStatus(status)), seen


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="calendar-change")
