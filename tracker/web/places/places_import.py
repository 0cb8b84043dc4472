"""系统 → 区划 → 读入: an edition of the official codes, looked at before it is imported."""

import zlib
from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.datastructures import FileStorage

from tracker.core import clock
from tracker.core.dates import Meaning
from tracker.core.errors import DomainError, StaleVersion
from tracker.core.statistics import keep_statistics
from tracker.people.rules import Permission
from tracker.places import queries, service
from tracker.places.rules import CHANGE_LABELS, WRITTEN, EditionPlan, FileRefused, PlaceChange, PlaceFile, read_file
from tracker.web.frame.access import actor, requires
from tracker.web.frame.declarations import HALF
from tracker.web.frame.forms import DayField, FilesField, LineField, OfficeForm
from tracker.web.frame.sending import conclude, token_sent

pages = Blueprint("places_import", __name__, url_prefix="/places/import")
LARGEST_FILE = 10_000_000
SHOWN_CHANGES = 50
TOLD = frozenset(CHANGE_LABELS) - {PlaceChange.UNCHANGED}


class EditionFileForm(OfficeForm):
    """An edition to import."""

    file = FilesField(
        "区划代码文件",
        required=True,
        hint="CSV，第一行是 code,name,level,parent_code；UTF-8 或 GB18030。",
        render_kw={"accept": ".csv,text/csv"},
    )
    as_of = DayField(
        "截至日期", meaning=Meaning.HAPPENED, required=True, hint="区划截至哪一天，如 2023-06-30。", render_kw=HALF
    )
    source = LineField("来源", required=True, longest=200, hint="如“统计用区划代码 2023 年版”。", render_kw=HALF)


@dataclass(frozen=True)
class UploadedEdition:
    """A file with what it is called and as of when; `token` is how the preview sends it back."""

    file: PlaceFile
    content: bytes
    source: str
    as_of: date

    def token(self, plan: EditionPlan) -> str:
        """Return the edition and the plan that was shown, signed for this person."""
        packed = b64encode(zlib.compress(self.content)).decode()
        return str(_signer().dumps([actor().id, packed, self.source, self.as_of.isoformat(), plan.fingerprint]))


@pages.get("")
@requires(Permission.MANAGE_PLACES)
def page() -> ResponseReturnValue:
    """Ask for a file (读入区划代码), and show what was imported before."""
    return _page(EditionFileForm(data={"as_of": clock.today()}))


@pages.post("")
@requires(Permission.MANAGE_PLACES)
def preview() -> ResponseReturnValue:
    """Show what a file would change (读入预览); nothing is written yet."""
    form = EditionFileForm()
    if not form.validate_on_submit():
        return _page(form), 422
    try:
        content = _content(form.file.data[0])
        edition = UploadedEdition(read_file(content), content, form.source.data, form.as_of.day)
        return _preview(edition, form.token)
    except DomainError as error:
        form.fail(error)
        return _page(form, error.sentences if isinstance(error, FileRefused) else ()), error.status


@pages.post("/apply")
@requires(Permission.MANAGE_PLACES)
def apply() -> ResponseReturnValue:
    """Import what was looked at; where it would do something else by now, show that first."""
    edition, seen = _opened(request.form.get("edition", ""))
    try:
        plan = service.import_places(
            edition.file.rows,
            source=edition.source,
            as_of=edition.as_of,
            by=actor(),
            now=clock.now(),
            sha256=edition.file.sha256,
            seen=seen,
        )
    except StaleVersion as stale:
        flash(stale.message, "warning")
        return _preview(edition, token_sent()), stale.status
    except DomainError as error:
        form = EditionFileForm(data={"as_of": edition.as_of, "source": edition.source})
        form.fail(error)
        return _page(form, error.sentences if isinstance(error, FileRefused) else ()), error.status
    conclude(url_for(".page"))
    keep_statistics()
    flash(f"已读入{edition.source}：{counts_in_words(plan)}。", "success")
    return redirect(url_for(".page"), 303)


def counts_in_words(plan: EditionPlan) -> str:
    """Return 新增 3，更名 1: what was written; 没有变化 where nothing was."""
    told = [f"{label} {plan.counts[change]}" for change, label in CHANGE_LABELS.items() if plan.counts.get(change)]
    return "，".join(told) if any(plan.counts.get(change) for change in WRITTEN) else "没有变化"


def _content(upload: FileStorage) -> bytes:
    name = (upload.filename or "").casefold()
    if name.endswith((".xls", ".xlsx", ".et", ".ods")):
        raise DomainError("请先在表格软件里另存为“CSV UTF-8”再上传；代码列要设为文本。", field="file")
    content = upload.stream.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        raise DomainError(f"文件超过 {LARGEST_FILE // 1_000_000} MB，不像区划代码文件，请核对。", field="file")
    return content


def _page(form: OfficeForm, sentences: tuple[str, ...] = ()) -> str:
    return render_template("places/import.html", form=form, sentences=sentences, editions=queries.editions())


def _preview(edition: UploadedEdition, token: str) -> str:
    service.check_edition(edition.source, edition.as_of, today=clock.today())
    plan = queries.plan(edition.file.rows, as_of=edition.as_of)
    return render_template(
        "places/preview.html",
        edition=edition,
        token=token,
        plan=plan,
        signed=edition.token(plan),
        counts=[(label, plan.counts.get(change, 0)) for change, label in CHANGE_LABELS.items()],
        lists=[
            (label, change is PlaceChange.KEPT, plan.of(change))
            for change, label in CHANGE_LABELS.items()
            if change in TOLD
        ],
        writes=any(plan.counts.get(change) for change in WRITTEN),
        most=SHOWN_CHANGES,
    )


def _opened(token: str) -> tuple[UploadedEdition, str]:
    try:
        user_id, packed, source, as_of, seen = _signer().loads(token)
    except BadSignature:
        user_id, packed, source, as_of, seen = None, "", "", "", ""
    if user_id != actor().id:
        raise DomainError("这个预览已经失效，请回到读入页重新上传文件。")
    content = zlib.decompress(b64decode(packed))
    return UploadedEdition(read_file(content), content, source, date.fromisoformat(as_of)), seen


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="places-import")
