"""从表格读入重点难点村: upload, look at what it would do, read in, mend the refused rows, take a run back."""

import io
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from tracker.audit import Event
from tracker.core import clock
from tracker.core.errors import DomainError, NotFound
from tracker.key_villages.queries.imported import VillagesRun, village_runs
from tracker.people.rules import Permission
from tracker.spreadsheets.key_villages import (
    FIELDS,
    REQUIRED,
    VillagesPlan,
    plan_villages,
    run_villages,
    undo_villages,
    write_refused_villages,
)
from tracker.spreadsheets.workbook import Table, read_table
from tracker.web.frame.access import actor, person, recorded_reading, requires
from tracker.web.frame.forms import AreaField, FilesField, OfficeForm, form_page
from tracker.web.frame.sending import carried_out
from tracker.web.frame.sent_tables import XLSX, kept, sealed, sent, stored_table, unsealed
from tracker.web.key_villages.offices import office_kept

pages = Blueprint("village_imports", __name__, url_prefix="/villages/ledger/import")
PURPOSE = "village imports"
# Each village is a transaction of its own; of more the page would not answer in time.
MOST_VILLAGES = 300
SHOWN = 20


class VillagesUploadForm(OfficeForm):
    """A table of difficult villages."""

    file = FilesField("表格", required=True)


class UndoVillagesForm(OfficeForm):
    """Why a run is taken back."""

    reason = AreaField("理由", required=True, longest=500)


@dataclass(frozen=True)
class SentTable:
    """A kept table on its way in."""

    sha256: str
    name: str

    @property
    def token(self) -> str:
        """Return how the pages send it back."""
        return sealed(PURPOSE, self.sha256, self.name)

    @property
    def table(self) -> Table:
        """Read it again."""
        return stored_table(self.sha256, self.name)


@pages.get("")
@requires(Permission.KEEP_VILLAGES)
def page() -> ResponseReturnValue:
    """Ask for a table, and list what was read in before."""
    return _page(VillagesUploadForm())


@pages.post("")
@requires(Permission.KEEP_VILLAGES)
def preview() -> ResponseReturnValue:
    """Show what a table would do (试运行); nothing is entered yet."""
    form = VillagesUploadForm()
    if not form.validate_on_submit():
        return _page(form), form.status
    try:
        name, content = sent(form.file.data[0])
        made = _plan(read_table(content, name))
        return _preview(SentTable(kept(content, name), name), made)
    except DomainError as error:
        form.fail(DomainError(error.message, field="file") if error.field in (None, "", "files") else error)
        return _page(form), error.status


@pages.post("/apply")
@requires(Permission.KEEP_VILLAGES)
def apply() -> ResponseReturnValue:
    """Enter what was looked at (读入); a second click finds every village on the ledger."""
    made = _plan(_opened(request.form.get("upload", "")).table)
    if len(made.ready) > MOST_VILLAGES:
        raise DomainError(f"在页面上一次最多读入 {MOST_VILLAGES} 村，请把表格分成几份，或请系统管理员用命令读入。")
    if not made.ready:
        flash("这份表格里没有新的村，什么也没有写入。", "info")
        return redirect(url_for(".page"), 303)
    mark, count = run_villages(made, office=office_kept(), by=person(), now=clock.now())
    flash(f"已入账 {count} 村，读入编号 {mark}。", "success")
    return redirect(url_for("key_villages.page"), 303)


@pages.get("/refused")
@requires(Permission.KEEP_VILLAGES)
def refused() -> ResponseReturnValue:
    """Return the rows of the refused villages with the reasons (失败行), to be mended and read in again."""
    upload = _opened(request.args.get("upload", ""))
    file = io.BytesIO()
    write_refused_villages(_plan(upload.table), file, by=actor().name, at=clock.now())
    recorded_reading(Event.ATTACHMENT_READ, payload={"sha256": upload.sha256, "what": "refused rows"})
    file.seek(0)
    name = f"{upload.name.rsplit('.', 1)[0]}-失败行.xlsx"
    return send_file(file, mimetype=XLSX, as_attachment=True, download_name=name)


@pages.route("/runs/<pid:public_id>/undo", methods=["GET", "POST"])
@requires(Permission.KEEP_VILLAGES)
def undo(public_id: str) -> ResponseReturnValue:
    """Take a run back as a whole (撤销读入), where nothing was done since."""
    run, form, office = _run(public_id), UndoVillagesForm(), office_kept()

    def taken_back() -> int:
        return undo_villages(run.mark, office=office, reason=form.reason.data, by=person(), now=clock.now())

    done = carried_out(form, taken_back, lambda _count: url_for(".page"), "这次读入已经撤销。")
    return done or form_page("key_villages/import_undo.html", form, run=run)


def _run(public_id: str) -> VillagesRun:
    found = next((run for run in village_runs([office_kept().id]) if run.public_id == public_id), None)
    if found is None or found.undone:
        raise NotFound
    return found


def _plan(table: Table) -> VillagesPlan:
    return plan_villages(table, office=office_kept(), today=clock.today())


def _page(form: VillagesUploadForm) -> str:
    return render_template(
        "key_villages/import.html",
        form=form,
        runs=village_runs([office_kept().id]),
        columns=[(names[0], names[1:], name in REQUIRED) for name, names in FIELDS.items()],
    )


def _preview(upload: SentTable, made: VillagesPlan) -> str:
    return render_template(
        "key_villages/import_preview.html",
        upload=upload,
        plan=made,
        refused=made.refused[:SHOWN],
        ready=made.ready[:SHOWN],
        too_many=len(made.ready) > MOST_VILLAGES,
        most=MOST_VILLAGES,
    )


def _opened(token: str) -> SentTable:
    return SentTable(*unsealed(PURPOSE, token, 2))
