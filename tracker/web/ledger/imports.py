"""读入: history from a table — upload, look at what it would do, import, mend the refused rows, undo."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from tracker.audit import Event
from tracker.cases.acts.settling import SETTLED_AS_LABELS, SettledAs, settle_words, word_questions
from tracker.cases.intake.imports import ImportedRun, import_run, import_runs
from tracker.cases.record.models import Case, ImportRun
from tracker.core import clock
from tracker.core.errors import DomainError, NotFound
from tracker.core.files import open_file
from tracker.core.statistics import keep_statistics
from tracker.people.models import Department
from tracker.people.rules import DepartmentKind, Permission, Role
from tracker.spreadsheets.import_cases import ImportPlan, plan, run, unhurried, write_refused
from tracker.spreadsheets.import_cases import undo as undo_all
from tracker.spreadsheets.mappings import MAPPINGS, mapping_named
from tracker.spreadsheets.workbook import Table, read_table
from tracker.web.frame.access import actor, reader, recorded_reading, requires
from tracker.web.frame.forms import AreaField, ChoiceField, FilesField, ManyField, OfficeForm
from tracker.web.frame.sending import carried_out, conclude
from tracker.web.frame.sent_tables import XLSX, kept, sealed, sent, stored_table, unsealed

pages = Blueprint("imports", __name__, url_prefix="/imports")
MOST_ROWS = 2_000
SHOWN_ROWS = 20
PURPOSE = "imports"


class UploadForm(OfficeForm):
    """A table to import."""

    file = FilesField("表格", required=True)
    mapping = ChoiceField("对应表", required=True, choices=[(m.name, m.label) for m in MAPPINGS.values()])
    office = ChoiceField("登记单位", required=True)


class SettleForm(OfficeForm):
    """Which rows of an import that only say 举报、检举、控告、揭发 are none, and what they are."""

    cases = ManyField("历史件", required=True)
    settled = ChoiceField("按什么办理", required=True, choices=[(k.value, v) for k, v in SETTLED_AS_LABELS.items()])


class UndoImportForm(OfficeForm):
    """Why an import is undone."""

    reason = AreaField("理由", required=True, longest=500)


@dataclass(frozen=True)
class Upload:
    """A stored table on its way in; `token` is how the pages send it back, signed for this person."""

    sha256: str
    name: str
    mapping: str
    office_id: str

    @property
    def token(self) -> str:
        """Return the signed form."""
        return sealed(PURPOSE, self.sha256, self.name, self.mapping, self.office_id)

    def table(self) -> Table:
        """Read the stored table again."""
        return stored_table(self.sha256, self.name)

    def plan(self, table: Table) -> ImportPlan:
        """Return what importing it would do now."""
        return plan(table, mapping_named(self.mapping), office=self.office, today=clock.today())

    @property
    def office(self) -> Department:
        """The office that registers; raises NotFound where it is not the person's own."""
        found = next((own for own in _offices() if own.public_id == self.office_id), None)
        if found is None:
            raise NotFound
        return found


@pages.get("")
@requires(Permission.IMPORT_CASES)
def page() -> ResponseReturnValue:
    """Ask for a table (读入历史件), and list what was imported before."""
    return _page(UploadForm())


@pages.post("")
@requires(Permission.IMPORT_CASES)
def preview() -> ResponseReturnValue:
    """Show what a table would become (试运行); nothing is entered yet."""
    form = UploadForm()
    _offer(form)
    if not form.validate_on_submit():
        return _page(form), form.status
    try:
        name, content = sent(form.file.data[0])
        table = read_table(content, name)
        planned = Upload("", name, form.mapping.data, form.office.data).plan(table)
        return _preview(Upload(kept(content, name), name, form.mapping.data, form.office.data), planned)
    except DomainError as error:
        form.fail(DomainError(error.message, field="file") if error.field in (None, "", "files") else error)
        return _page(form), error.status


@pages.post("/apply")
@requires(Permission.IMPORT_CASES)
def apply() -> ResponseReturnValue:
    """Enter what was looked at (读入); a second click finds everything entered."""
    upload = _opened(request.form.get("upload", ""))
    table = upload.table()
    made, office = upload.plan(table), upload.office
    if len(made.ready) > MOST_ROWS:
        raise DomainError(f"在页面上一次最多读入 {MOST_ROWS} 件，请把表格分成几份，或请系统管理员用命令读入。")
    by = current_user._get_current_object()
    entered = run(made, office=office, by=by, now=clock.now(), file_sha256=upload.sha256, pace=unhurried())
    keep_statistics()
    if entered is None:
        flash("这份表格里没有新的件，什么也没有写入。", "info")
        return redirect(url_for(".page"), 303)
    flash(f"已读入 {entered.created} 件。", "success")
    return redirect(url_for(".detail", public_id=entered.public_id), 303)


@pages.get("/refused")
@requires(Permission.IMPORT_CASES)
def refused() -> ResponseReturnValue:
    """Return the refused rows with their reasons (失败行), to be mended and imported again."""
    upload = _opened(request.args.get("upload", ""))
    table = upload.table()
    file = io.BytesIO()
    write_refused(upload.plan(table), file, by=actor().name, at=clock.now())
    recorded_reading(Event.ATTACHMENT_READ, payload={"sha256": upload.sha256, "what": "refused rows"})
    file.seek(0)
    name = f"{upload.name.rsplit('.', 1)[0]}-失败行.xlsx"
    return send_file(file, mimetype=XLSX, as_attachment=True, download_name=name)


@pages.get("/<pid:public_id>")
@requires(Permission.IMPORT_CASES)
def detail(public_id: str) -> ResponseReturnValue:
    """Show one import: what it made, what it refused, what is still to be placed."""
    return _detail(_own(public_id), UndoImportForm())


@pages.post("/<pid:public_id>/settle")
@requires(Permission.IMPORT_CASES)
def settle(public_id: str) -> ResponseReturnValue:
    """Settle a selection of rows that only the word had closed (核实字样), all of them or none."""
    imported = _own(public_id)
    questions = word_questions(imported.run.id, reader())
    form = _settle_form(questions)
    by, now = current_user._get_current_object(), clock.now()

    def settled() -> int:
        chosen = [case for case in questions if case.public_id in form.cases.data]
        return settle_words(chosen, SettledAs(form.settled.data), by=by, now=now)

    here = url_for(".detail", public_id=public_id)
    done = carried_out(form, settled, lambda _count: here, "已核实。")
    return done or (_detail(imported, UndoImportForm(formdata=None), settling=form), form.status)


def _settle_form(questions: Sequence[Case], **given: Any) -> SettleForm:
    form = SettleForm(**given)
    form.cases.choices = [(case.public_id, f"{case.register_no}　{case.title}") for case in questions]
    return form


@pages.post("/<pid:public_id>/undo")
@requires(Permission.IMPORT_CASES)
def undo(public_id: str) -> ResponseReturnValue:
    """Undo an import as a whole (撤销读入)."""
    form = UndoImportForm()
    run_here = _own(public_id).run
    by = current_user._get_current_object()
    if form.validate_on_submit():
        try:
            undo_all(run_here, reason=form.reason.data, by=by, now=clock.now(), pace=unhurried())
            conclude(url_for(".detail", public_id=public_id))
            flash("这次读入已经撤销。", "success")
            return redirect(url_for(".detail", public_id=public_id), 303)
        except DomainError as error:
            form.fail(error)
    return _detail(_own(public_id), form), form.status


def _offices() -> list[Department]:
    """Return the petition offices for which the person accepts (受理员)."""
    ids = _office_ids()
    return [post.department for post in current_user.posts_on(clock.today()) if post.department_id in ids]


def _office_ids() -> set[int]:
    return {
        post.department_id
        for post in reader().posts
        if post.role is Role.ACCEPTOR and post.department_kind is DepartmentKind.PETITION_OFFICE
    }


def _offer(form: UploadForm) -> None:
    offices = {office.public_id: office.name for office in _offices()}
    form.office.choices = list(offices.items())
    if len(offices) == 1 and not form.office.data:
        form.office.data = next(iter(offices))


def _page(form: UploadForm) -> str:
    _offer(form)
    return render_template(
        "ledger/imports/page.html",
        form=form,
        runs=import_runs(_office_ids()),
        labels={name: mapping.label for name, mapping in MAPPINGS.items()},
        mappings=[(m.label, "、".join(c.label for c in m.columns), m.assumptions) for m in MAPPINGS.values()],
    )


def _preview(upload: Upload, made: ImportPlan) -> str:
    return render_template(
        "ledger/imports/preview.html",
        upload=upload,
        plan=made,
        refused=made.refused[:SHOWN_ROWS],
        ready=made.ready[:SHOWN_ROWS],
        too_many=len(made.ready) > MOST_ROWS,
        most=MOST_ROWS,
    )


def _own(public_id: str) -> ImportedRun:
    return import_run(public_id, _office_ids())


def _detail(imported: ImportedRun, form: UndoImportForm, *, settling: SettleForm | None = None) -> str:
    settling = settling or _settle_form(word_questions(imported.run.id, reader()), formdata=None)
    label = MAPPINGS[imported.run.mapping].label if imported.run.mapping in MAPPINGS else imported.run.mapping
    return render_template(
        "ledger/imports/detail.html",
        imported=imported,
        run=imported.run,
        label=label,
        form=form,
        settling=settling,
        token=_token(imported),
    )


def _token(imported: ImportedRun) -> str:
    """Return the token of the table that an import came from, where it came through this page."""
    run_here: ImportRun = imported.run
    try:
        open_file(run_here.file_sha256).close()
    except DomainError:
        return ""
    office_id = imported.office.public_id
    return Upload(run_here.file_sha256, run_here.file_name, run_here.mapping, office_id).token


def _opened(token: str) -> Upload:
    return Upload(*unsealed(PURPOSE, token, 4))
