"""The only user of the disk for what people upload: stored by content hash, never by name.

Names are data (Chinese ones survive); the type is read off the content; nothing is ever served inline.
"""

import hashlib
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import filetype
from flask import current_app

from tracker.core.encryption import keep_names
from tracker.core.errors import DomainError, FileChanged, StorageFailure

CHUNK = 1 << 20
HEAD = 8192
MAX_BYTES = 50 * CHUNK
TEXT_TYPES = {"txt": "text/plain", "csv": "text/csv"}
ALLOWED = {
    "application/pdf": ("pdf",),
    "image/jpeg": ("jpg", "jpeg"),
    "image/png": ("png",),
    "image/gif": ("gif",),
    "image/tiff": ("tif", "tiff"),
    "image/bmp": ("bmp",),
    "image/heic": ("heic",),
    "image/webp": ("webp",),
    "audio/mpeg": ("mp3",),
    "audio/x-wav": ("wav",),
    "audio/mp4": ("m4a",),
    "audio/amr": ("amr",),
    "video/mp4": ("mp4",),
    "video/x-msvideo": ("avi",),
    "application/msword": ("doc", "wps"),
    "application/vnd.ms-excel": ("xls", "et"),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ("docx",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ("xlsx",),
    "application/ofd": ("ofd",),
    "text/plain": ("txt",),
    "text/csv": ("csv",),
}
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_ZIP_KINDS = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx", "OFD.xml": "ofd"}
_BY_ENDING = {ending: media for media, endings in ALLOWED.items() for ending in endings}


@dataclass(frozen=True)
class StoredFile:
    """What was stored: the content's SHA-256, its size in bytes, its type as read off the content."""

    sha256: str
    size: int
    media_type: str


@contextmanager
def on_disk() -> Iterator[None]:
    """Call what the disk refuses a failure of the store, with the cause.

    Raises StorageFailure.
    """
    try:
        yield
    except OSError as error:
        raise StorageFailure from error


def folder() -> Path:
    """Return the folder of attachments, made on first use."""
    path = Path(current_app.config["TRACKER_DATA"]) / "attachments"
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def relative(sha256: str) -> Path:
    """Return where in the folder of attachments a file stands."""
    return Path(sha256[:2], sha256)


def place(sha256: str) -> Path:
    """Return where a file stands, whether it is there or not."""
    return folder() / relative(sha256)


def put_back(source: Path, where: Path) -> None:
    """Put a file of a backup back to its place."""
    with on_disk():
        target = folder() / where
        target.parent.mkdir(exist_ok=True, mode=0o700)
        copy(source, target)
        target.chmod(0o400)


def copy(source: Path, target: Path) -> None:
    """Copy a file for its owner only."""
    shutil.copyfile(source, target)
    target.chmod(0o600)


def store(stream: BinaryIO, *, name: str, max_bytes: int = MAX_BYTES) -> StoredFile:
    """Store an upload under its content hash and return what it is.

    Raises DomainError where it is empty, too large, of a kind that is not taken, or not what its name says.
    """
    with on_disk():
        return _stored(stream, name, max_bytes)


def _stored(stream: BinaryIO, name: str, max_bytes: int) -> StoredFile:
    digest, size = hashlib.sha256(), 0
    with tempfile.NamedTemporaryFile(dir=folder(), delete=False) as temporary:
        path = Path(temporary.name)
        try:
            while chunk := stream.read(CHUNK):
                size += len(chunk)
                if size > max_bytes:
                    raise DomainError(f"文件“{name}”超过 {max_bytes // CHUNK} MB，请压缩或分开上传。", field="files")
                digest.update(chunk)
                temporary.write(chunk)
            temporary.flush()
            os.fsync(temporary.fileno())
            media_type = _checked_type(path, name, size)
            _keep(path, digest.hexdigest())
        finally:
            path.unlink(missing_ok=True)
    return StoredFile(digest.hexdigest(), size, media_type)


def _keep(temporary: Path, sha256: str) -> None:
    target = place(sha256)
    target.parent.mkdir(exist_ok=True, mode=0o700)
    if not target.exists():
        temporary.replace(target)
        target.chmod(0o400)
        keep_names(target.parent)


def open_file(sha256: str) -> BinaryIO:
    """Open a stored file, whose content is hashed before anything is read of it.

    Raises StorageFailure where the disk no longer has it, FileChanged where it is not what was stored.
    """
    with on_disk():
        file = place(sha256).open("rb")
        try:
            if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
                raise FileChanged
            file.seek(0)
        except BaseException:
            file.close()
            raise
    return file


def _checked_type(path: Path, name: str, size: int) -> str:
    if size == 0:
        raise DomainError(f"文件“{name}”是空的。", field="files")
    ending = name.rsplit(".", 1)[-1].casefold() if "." in name else ""
    expected = _BY_ENDING.get(ending)
    if expected is None:
        raise DomainError(
            f"不收“.{ending or '无扩展名'}”类型的文件；可传图片、PDF、Word、Excel、OFD、录音录像和文本。", field="files"
        )
    found = _media_type(path)
    if found is None or not _agree(found, ending, expected):
        raise DomainError(f"文件“{name}”的内容与扩展名“.{ending}”不符，请核对后重新上传。", field="files")
    return expected


def _agree(found: str, ending: str, expected: str) -> bool:
    if found == "ole":
        return ending in ("doc", "xls", "wps", "et")
    if found == "text/plain":
        return ending in TEXT_TYPES
    return found == expected or ending in ALLOWED.get(found, ())


def _media_type(path: Path) -> str | None:
    with path.open("rb") as file:
        head = file.read(HEAD)
    if head.startswith(_OLE):
        return "ole"
    if head.startswith(b"PK\x03\x04"):
        return _zip_type(path)
    guess = filetype.guess(head)
    if guess is not None:
        return str(guess.mime)
    return "text/plain" if _is_text(head) else None


def _zip_type(path: Path) -> str | None:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, NotImplementedError, OSError):
        return None
    if any(name.endswith("vbaProject.bin") for name in names):
        return None
    kind = next((ending for member, ending in _ZIP_KINDS.items() if member in names), None)
    return _BY_ENDING[kind] if kind else None


def _is_text(head: bytes) -> bool:
    if b"\x00" in head:
        return False
    lowered = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if lowered.startswith((b"<!doctype", b"<html", b"<svg", b"<?xml", b"<script", b"mz")):
        return False
    for cut in range(4):
        for encoding in ("utf-8", "gb18030"):
            try:
                head[: len(head) - cut].decode(encoding)
            except UnicodeDecodeError:
                continue
            return True
    return False
