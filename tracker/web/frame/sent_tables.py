"""表格上传: a table on its way in, kept after its trial and named by its pages with a signature of their own."""

import io

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.datastructures import FileStorage

from tracker.cases.intake import uploads
from tracker.core import clock
from tracker.core.database import committed, end_reading
from tracker.core.errors import DomainError
from tracker.core.files import open_file, store
from tracker.spreadsheets.workbook import LIMITS, Table, read_table
from tracker.web.frame.access import actor
from tracker.web.frame.kept_files import upload_name

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def sent(upload: FileStorage) -> tuple[str, bytes]:
    """Return an upload's name and its bytes, never more than the reading takes (and one, so that it says so)."""
    return upload_name(upload.filename or ""), upload.stream.read(LIMITS.file_bytes + 1)


def kept(content: bytes, name: str) -> str:
    """Store a table that has a plan, until it is read in, and return the name of the stored file.

    One that is never read in is removed after a day. Raises DomainError beyond the measure of the day.
    """
    uploads.refuse_too_much(len(content), name, by=actor(), now=clock.now())
    end_reading()
    file = store(io.BytesIO(content), name=name, max_bytes=LIMITS.file_bytes)
    with committed():
        uploads.note(file, by=actor(), now=clock.now())
    return file.sha256


def stored_table(sha256: str, name: str) -> Table:
    """Read a kept table again. Raises DomainError where it is there no more."""
    with open_file(sha256) as file:
        return read_table(file.read(), name)


def sealed(purpose: str, *said: str) -> str:
    """Return what names a kept table in a page, signed for this person and this purpose."""
    return str(_signer(purpose).dumps([actor().id, *said]))


def unsealed(purpose: str, token: str, count: int) -> list[str]:
    """Return what was sealed, so many words. Raises DomainError for one that was altered, or is somebody else's."""
    try:
        user_id, *said = _signer(purpose).loads(token)
    except BadSignature:
        user_id, said = None, []
    if user_id != actor().id or len(said) != count:
        raise DomainError("这次试运行已经失效，请回到读入页重新上传表格。")
    return [str(each) for each in said]


def _signer(purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt=purpose)
