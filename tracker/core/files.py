"""The only user of the disk for what people upload: stored encrypted by the keyed hash of its content, never by name.

Names are data (Chinese ones survive); the type is read off the content; nothing is ever served inline.
"""

import hashlib
import io
import os
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

import filetype
from flask import current_app

from tracker.core.encryption import file_name, keep_names
from tracker.core.errors import DomainError, FileChanged, StorageFailure
from tracker.core.sealed_files import CHUNK as SEALED_CHUNK
from tracker.core.sealed_files import SealedReader, SealedWriter

CHUNK = 1 << 20
HEAD = 8192
MAX_BYTES = 50 * CHUNK
# How a keyed hash begins, which no plain one does.
KEYED = "k"
_PLAIN = re.compile("[0-9a-f]{64}")
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
    "audio/aac": ("aac",),
    "video/mp4": ("mp4",),
    "video/quicktime": ("mov",),
    "video/3gpp": ("3gp",),
    "video/x-msvideo": ("avi",),
    "application/msword": ("doc", "wps"),
    "application/vnd.ms-excel": ("xls", "et"),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ("docx",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ("xlsx",),
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ("pptx",),
    "application/ofd": ("ofd",),
    "text/plain": ("txt",),
    "text/csv": ("csv",),
}
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_ZIP_KINDS = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx", "ppt/presentation.xml": "pptx", "OFD.xml": "ofd"}
_BY_ENDING = {ending: media for media, endings in ALLOWED.items() for ending in endings}


@dataclass(frozen=True)
class StoredFile:
    """What was stored: the keyed hash of the content, its size in bytes, its type as read off the content."""

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


def name_of(sha256: str) -> str:
    """Return the name that content of a hash goes by: keyed, so that a known file cannot be recognised.

    What older versions stored goes by its plain hash in the database (64 hexadecimal digits), and by this one on the
    disk once it is encrypted.
    """
    return sha256 if sha256.startswith(KEYED) else KEYED + file_name(sha256)[: len(sha256) - len(KEYED)]


def lies_in_the_clear(sha256: str) -> bool:
    """Return whether the file of such a hash is not encrypted yet (明文附件)."""
    return not sha256.startswith(KEYED) and _at(sha256).exists()


def _at(name: str) -> Path:
    return folder() / name[:2] / name


def where(name: str) -> Path | None:
    """Return where a file lies; None where the disk does not have it. One that is encrypted meanwhile is found too."""
    places = (_at(name_of(name)), _at(name), _at(name_of(name)))
    return next((place for place in places if place.exists()), None)


def put_back(source: Path, place: Path) -> None:
    """Put a file of a backup back, at a place in the folder of attachments."""
    with on_disk():
        target = folder() / place
        target.parent.mkdir(exist_ok=True, mode=0o700)
        copy(source, target)
        target.chmod(0o400)


def copy(source: Path, target: Path) -> None:
    """Copy a file for its owner only."""
    shutil.copyfile(source, target)
    target.chmod(0o600)


def store(stream: BinaryIO, *, name: str, max_bytes: int = MAX_BYTES) -> StoredFile:
    """Store an upload, encrypted, under the keyed hash of its content, and return what it is.

    Raises DomainError where it is empty, too large, of a kind that is not taken, or not what its name says.
    """
    with on_disk():
        return _stored(stream, name, max_bytes)


def _stored(stream: BinaryIO, name: str, max_bytes: int) -> StoredFile:
    digest, size = hashlib.sha256(), 0
    with tempfile.NamedTemporaryFile(dir=folder(), delete=False) as temporary:
        path, writer = Path(temporary.name), SealedWriter(cast(BinaryIO, temporary))
        try:
            while chunk := stream.read(CHUNK):
                size += len(chunk)
                if size > max_bytes:
                    raise DomainError(f"文件“{name}”超过 {max_bytes // CHUNK} MB，请压缩或分开上传。", field="files")
                digest.update(chunk)
                writer.write(chunk)
            kept = name_of(digest.hexdigest())
            writer.finish(kept)
            temporary.flush()
            media_type = _checked_type(path, name, size)
            os.fsync(temporary.fileno())
            _keep(path, kept)
        finally:
            path.unlink(missing_ok=True)
    return StoredFile(kept, size, media_type)


def _keep(temporary: Path, name: str) -> None:
    target = _at(name)
    target.parent.mkdir(exist_ok=True, mode=0o700)
    if target.exists():
        os.utime(target)
        return
    temporary.replace(target)
    target.chmod(0o400)
    keep_names(target.parent)


def open_file(name: str) -> BinaryIO:
    """Open a stored file, all of whose content is decrypted and hashed before anything is read of it.

    Raises StorageFailure where the disk no longer has it, FileChanged where it is not what was stored.
    """
    return _proven(*_opened(name), name, None)


def open_part(name: str, start: int, stop: int) -> BinaryIO:
    """Open a stored file for the bytes from `start` to before `stop`: what they need is decrypted first, nothing else.

    What an older version stored in the clear can only be proven as a whole. Raises as `open_file` does.
    """
    return _proven(*_opened(name), name, (start, stop))


def _opened(name: str) -> tuple[BinaryIO, bool]:
    """Open a file; say whether it is encrypted."""
    with on_disk():
        place = where(name) or _at(name)
        file = place.open("rb")
    sealed = place.name == name_of(name)
    return (_decrypted(file, place.name) if sealed else file), sealed


def _proven(file: BinaryIO, sealed: bool, name: str, part: tuple[int, int] | None) -> BinaryIO:
    try:
        if sealed and part:
            file.seek(part[0])
            while file.tell() < part[1] and file.read(SEALED_CHUNK):
                pass
        elif name_of(_hash(file)) != name_of(name):
            raise FileChanged
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file


def _decrypted(file: BinaryIO, name: str | None) -> BinaryIO:
    try:
        return cast(BinaryIO, io.BufferedReader(SealedReader(file, name), SEALED_CHUNK))
    except BaseException:
        file.close()
        raise


def _hash(file: BinaryIO) -> str:
    with on_disk():
        return hashlib.file_digest(cast(Any, file), "sha256").hexdigest()


def stored_files() -> Iterator[Path]:
    """Yield every stored file, encrypted or of an older version."""
    yield from (file for file in folder().glob("??/*") if file.is_file())


def abandoned() -> Iterator[Path]:
    """Yield what a process that was ended left half written."""
    yield from (file for file in folder().glob("tmp*") if file.is_file())


def in_the_clear() -> Iterator[Path]:
    """Yield the files that an older version stored unencrypted (明文附件)."""
    yield from (file for file in folder().glob("[0-9a-f][0-9a-f]/*") if _PLAIN.fullmatch(file.name))


def encrypt_in_place(file: Path) -> bool:
    """Encrypt a file that lies in the clear; return whether that is done. One that was changed is left as it is."""
    with on_disk(), tempfile.NamedTemporaryFile(dir=folder(), delete=False) as temporary:
        path, writer, digest = Path(temporary.name), SealedWriter(cast(BinaryIO, temporary)), hashlib.sha256()
        try:
            with file.open("rb") as plain:
                while chunk := plain.read(CHUNK):
                    digest.update(chunk)
                    writer.write(chunk)
            if digest.hexdigest() != file.name:
                return False
            writer.finish(name_of(file.name))
            temporary.flush()
            os.fsync(temporary.fileno())
            _keep(path, name_of(file.name))
            file.unlink(missing_ok=True)
            return True
        except FileNotFoundError:
            return True
        finally:
            path.unlink(missing_ok=True)


def _checked_type(path: Path, name: str, size: int) -> str:
    if size == 0:
        raise DomainError(f"文件“{name}”是空的。", field="files")
    ending = name.rsplit(".", 1)[-1].casefold() if "." in name else ""
    expected = _BY_ENDING.get(ending)
    if expected is None:
        raise DomainError(
            f"不收“.{ending or '无扩展名'}”类型的文件；可传图片、PDF、Word、Excel、PPT、OFD、录音录像和文本。",
            field="files",
        )
    with path.open("rb") as file, _decrypted(file, None) as content:
        found = _media_type(content)
    if found is None or not _agree(found, ending, expected):
        raise DomainError(f"文件“{name}”的内容与扩展名“.{ending}”不符，请核对后重新上传。", field="files")
    return expected


def _agree(found: str, ending: str, expected: str) -> bool:
    if found == "ole":
        return ending in ("doc", "xls", "wps", "et")
    if found == "text/plain":
        return ending in TEXT_TYPES
    return found == expected or ending in ALLOWED.get(found, ())


def _media_type(content: BinaryIO) -> str | None:
    head = content.read(HEAD)
    if head.startswith(_OLE):
        return "ole"
    if head.startswith(b"PK\x03\x04"):
        return _zip_type(content)
    if head[4:11] == b"ftyp3gp":
        return "video/3gpp"
    guess = filetype.guess(head)
    if guess is not None:
        return str(guess.mime)
    return "text/plain" if _is_text(head) else None


def _zip_type(content: BinaryIO) -> str | None:
    try:
        with zipfile.ZipFile(content) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, NotImplementedError, OSError):
        return None
    if any(name.endswith("vbaProject.bin") for name in names):
        return None
    kind = next((ending for member, ending in _ZIP_KINDS.items() if member in names), None)
    return _BY_ENDING[kind] if kind else None


def _as_utf8(head: bytes) -> bytes:
    """Return the beginning of a UTF-16 text in UTF-8, without a character cut in two; as it is where it is none."""
    whole = len(head) // 2 * 2
    for cut in (whole, whole - 2):
        try:
            return head[:cut].decode("utf-16").encode()
        except UnicodeDecodeError:
            continue
    return head


def _is_text(head: bytes) -> bool:
    """Return whether bytes begin a plain text, in UTF-8, GB18030 or, as Windows writes it, UTF-16 with its mark."""
    if head.startswith(_UTF16_MARKS):
        head = _as_utf8(head)
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
