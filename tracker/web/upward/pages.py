"""上报、请示: the list, one report as paper, and a form for each act."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker.core import clock
from tracker.core.database import db
from tracker.core.errors import NotFound
from tracker.people.models import Department
from tracker.people.rules import Permission
from tracker.places import queries as places
from tracker.upward import service
from tracker.upward.access import may_report, reports_for, upward_of
from tracker.upward.models import UpwardReport
from tracker.upward.queries import PAGE_SIZE, upward_page, upward_reports
from tracker.upward.rules import (
    DECISIONS,
    UPWARD_ACTS,
    UPWARD_KINDS,
    UPWARD_STAGES,
    Decision,
    UpwardAct,
    UpwardKind,
    UpwardStage,
)
from tracker.web.frame.access import person, reader, requires
from tracker.web.frame.composed_fields import Picked
from tracker.web.frame.forms import OfficeForm, form_page, page_number
from tracker.web.frame.paging import Paging
from tracker.web.frame.sending import carried_out
from tracker.web.upward import forms as f

pages = Blueprint("upward", __name__, url_prefix="/upward")
A = UpwardAct
Given = dict[str, Any]
TONES = {UpwardStage.TO_REPORT: "", UpwardStage.CANCELLED: "stopped"}


def _moment(day: date, at: time) -> datetime:
    return clock.at_local(day, at.hour, at.minute)


def _given(form: f.UpwardForm) -> service.UpwardGiven:
    picked = form.village.data
    return service.UpwardGiven(
        kind=UpwardKind(form.kind.chosen),
        title=form.title.data,
        said=form.said.data,
        organ=form.organ.data,
        source=form.source.data,
        discovered_at=_moment(form.discovered_on.day, form.discovered_time.moment),
        wanted_by=form.wanted_by.data,
        place=places.chosen_village(picked.key, picked.text, field="village") if picked.text or picked.key else None,
    )


def _own_units() -> list[Department]:
    """Return the units in whose name the person reports: those in which they hold a post, else all they answer for."""
    units = [db.session.get_one(Department, id_) for id_ in sorted(reports_for(reader()))]
    return [unit for unit in units if unit.id in reader().department_ids] or units


@pages.get("")
@requires(Permission.REPORT_UPWARD)
def page() -> ResponseReturnValue:
    """Show what the person may see of what is reported upward (上报、请示)."""
    number, asked = page_number(), request.args.get("kind", "")
    kind = UpwardKind(asked) if asked in set(UpwardKind) else None
    rows, total = upward_reports(reader(), kind=kind, page=number, now=clock.now())
    return render_template(
        "upward/list.html",
        rows=rows,
        page=Paging(number, total, PAGE_SIZE),
        kind=kind,
        kinds=UPWARD_KINDS,
        stages=UPWARD_STAGES,
        tones=TONES,
        local=clock.local,
        reports=bool(reports_for(reader())),
    )


@pages.route("/new", methods=["GET", "POST"])
@requires(Permission.REPORT_UPWARD)
def new() -> ResponseReturnValue:
    """Enter what is to be reported (登记)."""
    now, units = clock.local(clock.now()), _own_units()
    form = f.EnterUpwardForm(data={"discovered_on": now.date(), "office": str(units[0].id) if len(units) == 1 else ""})
    form.office.choices = [(str(unit.id), unit.name) for unit in units]
    return carried_out(
        form,
        lambda: service.enter(
            _given(form),
            office=db.session.get_one(Department, form.office.row_id),
            case_no=form.case_no.data,
            by=person(),
            now=clock.now(),
        ),
        lambda made: url_for(".one", public_id=made.public_id),
        "已经登记，请在规定的小时以内上报。",
    ) or form_page("upward/act.html", form, label="登记上报、请示", back=("上报、请示", url_for(".page")), main="登记")


@pages.get("/<pid:public_id>")
@requires(Permission.REPORT_UPWARD)
def one(public_id: str) -> ResponseReturnValue:
    """Show one report, on the screen and on paper."""
    report = upward_of(public_id, reader())
    return render_template(
        "upward/one.html",
        page=upward_page(report, reader(), now=clock.now()),
        report=report,
        kinds=UPWARD_KINDS,
        stages=UPWARD_STAGES,
        decisions=DECISIONS,
        act_labels=UPWARD_ACTS,
        local=clock.local,
        today=clock.today(),
    )


@dataclass(frozen=True)
class UpwardActPage:
    """The form of an act, what it calls, what it shows first."""

    form: type[OfficeForm]
    take: Callable[[UpwardReport, Any, Given], None]
    done: str
    begins: Callable[[UpwardReport], Given] = lambda _report: {}


def _today(name: str) -> Callable[[UpwardReport], Given]:
    return lambda _report: {name: clock.today()}


def _as_written(report: UpwardReport) -> Given:
    at = clock.local(report.discovered_at)
    names = ("kind", "title", "said", "organ", "source", "wanted_by")
    place = report.place
    return {name: getattr(report, name) for name in names} | {
        "discovered_on": at.date(),
        "discovered_time": at.time().replace(tzinfo=None),
        "village": Picked(place.public_id, place.name) if place else None,
    }


def _words(take: Callable[..., None], done: str) -> UpwardActPage:
    return UpwardActPage(f.UpwardWordsForm, lambda row, form, given: take(row, said=form.said.data, **given), done)


def _unlink(report: UpwardReport, form: Any, given: Given) -> None:
    row = next(each for each in report.links if each.id == form.link.row_id)
    service.unlink(report, row, said=form.said.data, **given)


UPWARD_PAGES: dict[UpwardAct, UpwardActPage] = {
    A.REPORT: UpwardActPage(
        f.ReportUpwardForm,
        lambda row, form, given: service.report_upward(
            row, at=_moment(form.at_on.day, form.at_time.moment), document_no=form.document_no.data, **given
        ),
        "已经登记上报。",
        _today("at_on"),
    ),
    A.RECEIVE: UpwardActPage(
        f.ReceiveUpwardForm,
        lambda row, form, given: service.receive(
            row, at=_moment(form.at_on.day, form.at_time.moment), received_by=form.received_by.data, **given
        ),
        "已经登记收到。",
        _today("at_on"),
    ),
    A.DECIDE: UpwardActPage(
        f.DecideUpwardForm,
        lambda row, form, given: service.decide(
            row, on=form.decided_on.day, decision=Decision(form.decision.chosen), decided_by=form.decided_by.data,
            ruling=form.ruling.data, **given,
        ),
        "已经登记批复。",
        _today("decided_on"),
    ),
    A.LINK: UpwardActPage(
        f.LinkUpwardForm,
        lambda row, form, given: service.link(row, form.case_no.data, **given),
        "已经关联；不能查看这件信访事项的人，也看不到本页。",
    ),
    A.UNLINK: UpwardActPage(f.UnlinkUpwardForm, _unlink, "已经取消关联。"),
    A.CORRECT: UpwardActPage(
        f.CorrectUpwardForm,
        lambda row, form, given: service.correct(row, _given(form), said=form.reason.data, **given),
        "已经更正，原来的写进过程。",
        _as_written,
    ),
    A.TAKE_BACK: _words(service.take_back, "上一步已经撤销。"),
    A.CANCEL: _words(service.cancel, "已经作废。"),
}  # fmt: skip


@pages.route("/<pid:public_id>/acts/<act>", methods=["GET", "POST"])
@requires(Permission.REPORT_UPWARD)
def act(public_id: str, act: str) -> ResponseReturnValue:
    """Take an act on a report: its form, refused with everything typed."""
    report = upward_of(public_id, reader())
    if act not in set(UpwardAct) - {A.ENTER} or not may_report(report, reader()):
        raise NotFound
    chosen = UpwardAct(act)
    row = UPWARD_PAGES[chosen]
    form = row.form(data=row.begins(report))
    if "link" in form:
        form["link"].choices = [(str(each.id), each.case.register_no) for each in report.linked]

    def taken() -> None:
        version = form["version"].data
        given = {"by": person(), "now": clock.now(), "version": int(version) if version.isdigit() else None}
        row.take(report, form, given)

    back = url_for(".one", public_id=public_id)
    return carried_out(form, taken, lambda _made: back, row.done) or form_page(
        "upward/act.html",
        form,
        label=UPWARD_ACTS[chosen],
        about=report.title,
        back=("返回", back),
        version=form.seen(report.version),
        closed=True,
    )
