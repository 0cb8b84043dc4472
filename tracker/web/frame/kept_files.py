"""Uploads that outlive a form which is shown again: stored at once, named to the page by a signed token."""

from collections.abc import Iterable
from dataclasses import dataclass
from io import SEEK_END
from typing import Any, BinaryIO, cast

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.datastructures import FileStorage

from tracker.audit import Actor
from tracker.cases.intake import uploads
from tracker.cases.lifecycle.stepping import Material
from tracker.core import clock
from tracker.core.database import committed, end_reading
from tracker.core.errors import DomainError
from tracker.core.files import CHUNK, StoredFile, store, where
from tracker.core.text import clean_line
from tracker.web.frame.forms import OfficeField

MOST_FILES = 20
LONGEST_NAME = 120


class ManyTextsField(OfficeField):
    """A hidden field that may come several times; `data` is a list."""

    def process_data(self, value: Any) -> None:
        """Begin with nothing."""
        self.data = list(value or ())

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take them all, up to a sensible number."""
        self.data = valuelist[:50]

    def typed(self) -> dict[str, Any]:
        """Return the list."""
        return {self.short_name: self.data}


@dataclass(frozen=True)
class KeptFile:
    """A stored upload on its way to a case; `token` is what the page sends back."""

    token: str
    name: str
    size: str
    material: Material


def kept_files(tokens: Iterable[str], *, by: Actor) -> list[KeptFile]:
    """Return the uploads that the page names; a token that is not this person's own, or is gone, is passed over."""
    return [file for file in _named(tokens, by) if where(file.material.file.sha256)]


def gone_files(tokens: Iterable[str], *, by: Actor) -> list[str]:
    """Return by their names the uploads that the page names and that were removed: the form was open too long."""
    return [file.name for file in _named(tokens, by) if not where(file.material.file.sha256)]


def _named(tokens: Iterable[str], by: Actor) -> list[KeptFile]:
    found = {}
    for token in list(tokens)[:MOST_FILES]:
        try:
            user_id, *file, name = _signer().loads(token)
        except BadSignature:
            continue
        if user_id == by.id:
            found[token] = KeptFile(token, name, _size(file[1]), Material(name, StoredFile(*file)))
    return list(found.values())


def keep_files(sent: Iterable[FileStorage], *, already: int, by: Actor) -> tuple[list[KeptFile], str | None]:
    """Store uploads outside any transaction; return what was kept, and the first sentence about what was refused."""
    kept: list[KeptFile] = []
    refused: str | None = None
    for upload in sent:
        if already + len(kept) >= MOST_FILES:
            return kept, f"一件最多带 {MOST_FILES} 个附件，其余的请登记后在信访事项页补充。"
        try:
            kept.append(_kept(upload, by))
        except DomainError as error:
            refused = refused or error.message
    return kept, refused


def _kept(upload: FileStorage, by: Actor) -> KeptFile:
    name = upload_name(upload.filename or "")
    stream, now = cast(BinaryIO, upload.stream), clock.now()
    size = stream.seek(0, SEEK_END)
    stream.seek(0)
    uploads.refuse_too_much(size, name, by=by, now=now)
    end_reading()
    file = store(stream, name=name)
    with committed():
        uploads.note(file, by=by, now=now)
    token = _signer().dumps([by.id, file.sha256, file.size, file.media_type, name])
    return KeptFile(str(token), name, _size(file.size), Material(name, file))


def upload_name(written: str) -> str:
    """Return an upload's name as data: without folders, control and direction marks; the ending survives a cut."""
    name = clean_line(written.replace("\\", "/").rsplit("/", 1)[-1])
    if len(name) <= LONGEST_NAME:
        return name
    stem, dot, ending = name.rpartition(".")
    return f"{stem[: LONGEST_NAME - len(ending) - 1]}{dot}{ending[:20]}"


def _size(size: int) -> str:
    return f"{size / CHUNK:.1f} MB" if size >= CHUNK // 10 else f"{max(1, size // 1024)} KB"


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="kept-file")
