"""日报、周报、年度报告: the list, one report as paper, the rows behind a number, and the forms of the acts."""

from datetime import date
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker.audit import Event
from tracker.cases.ledger.rules import EDITION_LABELS, ReportEdition
from tracker.core import clock
from tracker.core.database import db
from tracker.core.dates import Meaning
from tracker.key_villages.queries.pickers import leaders, staff
from tracker.people.models import User
from tracker.people.rules import Permission
from tracker.reports.issues import queries, service
from tracker.reports.issues.access import filing_of, kept_by, may_file, report_of, signed_by
from tracker.reports.issues.models import Report, ReportFiling
from tracker.reports.issues.titles import title_of
from tracker.reports.rules.indicators import UNIT_LABELS
from tracker.reports.rules.kinds import REPORTS, ReportKind
from tracker.reports.rules.sentences import NUMBER
from tracker.web.frame.access import may, person, reader, recorded_reading, requires
from tracker.web.frame.declarations import RADIOS, SHORT
from tracker.web.frame.forms import (
    AreaField,
    ChoiceField,
    DayField,
    OfficeForm,
    TickField,
    form_page,
    page_number,
)
from tracker.web.frame.offices import offices_among, the_office
from tracker.web.frame.paging import Paging
from tracker.web.frame.sending import carried_out
from tracker.web.ledger.pages import plain_columns

pages = Blueprint("reports", __name__, url_prefix="/reports")
KINDS = [(kind.value, row.title) for kind, row in REPORTS.items()]
EDITIONS = [(edition.value, label) for edition, label in EDITION_LABELS.items()]
CLOSED_ONLY = {"when": "edition=confidential", "size": "half"}


class OpenReportForm(OfficeForm):
    """Which report is begun."""

    kind = ChoiceField("哪种报告", required=True, choices=KINDS, render_kw=RADIOS)
    day = DayField("哪一期", meaning=Meaning.EITHER, required=True, hint="期内的任一天。", render_kw=SHORT)
    campaign_on = DayField(
        "换届工作开始", meaning=Meaning.HAPPENED, hint="不写，就不写换届选举信访一节。", render_kw=SHORT
    )
    edition = ChoiceField("版本", required=True, choices=EDITIONS, render_kw=RADIOS)
    reader_1 = ChoiceField("报送给", by_initials=True, required_when="edition=confidential", render_kw=CLOSED_ONLY)
    reader_2 = ChoiceField("报送给（第二人）", by_initials=True, render_kw=CLOSED_ONLY)
    reader_3 = ChoiceField("报送给（第三人）", by_initials=True, render_kw=CLOSED_ONLY)


class IssueReportForm(OfficeForm):
    """That a report is issued as it stands, and whether the next one begins."""

    next_too = TickField("接着布置下一期", hint="各单位从下一期起继续报送。")


class CancelReportForm(OfficeForm):
    """Why a report is cancelled."""

    said = AreaField("理由", required=True, longest=service.LONGEST_SAID, hint="如：开错了一期。写进日志。")


class FileReportForm(OfficeForm):
    """What a unit has to say of a period."""

    what = ChoiceField(
        "本期情况",
        required=True,
        render_kw=RADIOS,
        choices=[("zero", "零报告：没有需要报告的情况"), ("some", "有情况")],
    )
    said = AreaField(
        "情况", longest=service.LONGEST_SAID, render_kw={"when": "what=some"}, required_when="what=some",
        hint="发生了什么、怎么办的。不写姓名，不写检举控告的内容。",
    )  # fmt: skip


@pages.get("")
@requires(Permission.READ_FIGURES)
def page() -> ResponseReturnValue:
    """Show the reports that the person may know of (日报、周报)."""
    number = page_number()
    found, total = queries.reports(reader(), number)
    return render_template(
        "reports/issues.html",
        rows=found,
        page=Paging(number, total, queries.PAGE_SIZE),
        keeps=may(Permission.KEEP_REPORTS) and bool(offices_among(kept_by(reader()))),
        title_of=title_of,
        editions=EDITION_LABELS,
    )


@pages.route("/new", methods=["GET", "POST"])
@requires(Permission.KEEP_REPORTS)
def new() -> ResponseReturnValue:
    """Begin a report (布置一期): units are asked to file, or readers are named."""
    today = clock.today()
    form = OpenReportForm(data={"day": today, "edition": ReportEdition.OPEN.value, "campaign_on": _campaign()})
    people = [("领导", leaders(today)), *[(unit, _people(them)) for unit, them in staff(today) if unit in _own_units()]]
    for name in ("reader_1", "reader_2", "reader_3"):
        form[name].choices = people

    def opened() -> Report:
        named = [form[name].row_id for name in ("reader_1", "reader_2", "reader_3") if form[name].data]
        return service.open_report(
            the_office(kept_by(reader())),
            ReportKind(form.kind.chosen),
            ReportEdition(form.edition.chosen),
            form.day.day,
            campaign_on=form.campaign_on.data and form.campaign_on.day,
            readers=[db.session.get_one(User, id_) for id_ in named if id_],
            by=person(),
            now=clock.now(),
        )

    return carried_out(
        form, opened, lambda made: url_for(".one", public_id=made.public_id), "已经布置，下面是现在的草稿。"
    ) or form_page("reports/act.html", form, label="布置一期", back=("日报、周报", url_for(".page")), main="布置")


def _people(them: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(value.partition("-")[2], name) for value, name in them]


def _own_units() -> set[str]:
    return {office.short_name for office in offices_among(kept_by(reader()))}


def _campaign() -> date | None:
    """Return the day on which the election work began, as the last report said."""
    offices = offices_among(kept_by(reader()))
    return queries.last_campaign(offices[0].id) if offices else None


def _opened(public_id: str) -> Report:
    """Return a report to read it; that a confidential one is read is recorded (查阅日志)."""
    report = report_of(public_id, reader())
    if report.edition == ReportEdition.CONFIDENTIAL:
        recorded_reading(Event.REPORT_READ, payload={"report": report.id})
    return report


@pages.get("/<pid:public_id>")
@requires(Permission.READ_FIGURES)
def one(public_id: str) -> ResponseReturnValue:
    """Show a report as paper: the issue, or the draft as it stands now."""
    report = _opened(public_id)
    paper = queries.report_paper(report, clock.today())
    works = report.office_id in kept_by(reader()) | signed_by(reader())
    return render_template(
        "reports/issue.html",
        page=paper,
        report=report,
        row=REPORTS[ReportKind(report.kind)],
        title=title_of(report),
        edition=EDITION_LABELS[ReportEdition(report.edition)],
        cut_off=clock.local(report.cut_off_at),
        units=UNIT_LABELS,
        parts=NUMBER.split,
        keeps=report.is_draft and may(Permission.KEEP_REPORTS) and report.office_id in kept_by(reader()),
        signs=report.is_draft and may(Permission.KEEP_REPORTS) and report.office_id in signed_by(reader()),
        works=works,
        issued_on=clock.local(report.issued_at) if report.issued_at else None,
        is_over=clock.now() >= report.cut_off_at,
        others=queries.others(report, reader()),
        title_of=title_of,
    )


@pages.get("/<pid:public_id>/numbers/<code>")
@requires(Permission.READ_FIGURES)
def number(public_id: str, code: str) -> ResponseReturnValue:
    """Show the rows behind a number: of an issue those that were kept, as far as the reader may see them."""
    report, at = _opened(public_id), page_number()
    found = queries.rows_page(report, code, reader(), page=at, now=clock.now())
    return render_template(
        "reports/rows.html",
        found=found,
        report=report,
        title=title_of(report),
        units=UNIT_LABELS,
        columns=plain_columns(),
        page=Paging(at, found.total, queries.PAGE_SIZE),
    )


@pages.route("/<pid:public_id>/issue", methods=["GET", "POST"])
@requires(Permission.KEEP_REPORTS)
def issue(public_id: str) -> ResponseReturnValue:
    """Issue a report (签发)."""
    report = report_of(public_id, reader())
    form = IssueReportForm(data={"next_too": True})

    def issued() -> None:
        service.issue(report, by=person(), now=clock.now(), next_too=form.next_too.data, version=_version())

    return _act(report, form, issued, "签发", "已经签发，数字、查询条件和时间一并封存。")


@pages.route("/<pid:public_id>/cancel", methods=["GET", "POST"])
@requires(Permission.KEEP_REPORTS)
def cancel(public_id: str) -> ResponseReturnValue:
    """Cancel a report that was begun by mistake (取消本期)."""
    report = report_of(public_id, reader())
    form = CancelReportForm()

    def cancelled() -> None:
        service.cancel_report(report, said=form.said.data, by=person(), now=clock.now(), version=_version())

    return _act(report, form, cancelled, "取消本期", "已经取消，各单位不用再报。")


def _act(report: Report, form: OfficeForm, act: Any, label: str, done: str) -> ResponseReturnValue:
    back = url_for(".one", public_id=report.public_id)
    return carried_out(form, act, lambda _made: back, done) or form_page(
        "reports/act.html", form, label=label, about=title_of(report), back=("返回", back), version=report.version
    )


def _version() -> int | None:
    """Return which version of the report the page showed."""
    text = request.form.get("version", "")
    return int(text) if text.isascii() and text.isdecimal() else None


@pages.get("/filings")
@requires(Permission.READ_CASES)
def filings() -> ResponseReturnValue:
    """Show what the units of the person owe or filed (本单位报送)."""
    number = page_number()
    found, total = queries.filings_of(reader(), number)
    return render_template(
        "reports/filings.html",
        rows=found,
        page=Paging(number, total, queries.PAGE_SIZE),
        title_of=title_of,
        local=clock.local,
        now=clock.now(),
    )


@pages.route("/filings/<pid:public_id>", methods=["GET", "POST"])
@requires(Permission.READ_CASES)
def filing(public_id: str) -> ResponseReturnValue:
    """Show what a unit filed, and file for it (报送、补报、改报)."""
    found = filing_of(public_id, reader())
    form = FileReportForm(data=_as_filed(found))

    def filed() -> None:
        zero = form.what.chosen == "zero"
        said = "" if zero else form.said.data or ""
        service.file_report(found, zero=zero, said=said, by=person(), now=clock.now())

    done = carried_out(form, filed, lambda _made: url_for(".filing", public_id=public_id), "已经报送。")
    return done or form_page(
        "reports/filing.html",
        form,
        filing=found,
        about=title_of(found.report),
        back=("本单位报送", url_for(".filings")),
        files=may_file(found, reader())
        and not found.report.cancelled_at
        and not (found.filed_at and found.report.body),
        cut_off=clock.local(found.report.cut_off_at),
        filed_at=clock.local(found.filed_at) if found.filed_at else None,
        is_over=clock.now() > found.report.cut_off_at,
    )


def _as_filed(found: ReportFiling) -> dict[str, Any]:
    return {"what": "zero" if found.zero else "some", "said": found.said or ""} if found.filed_at else {}
