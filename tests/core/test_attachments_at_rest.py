"""What people upload lies encrypted on the disk, under a name that tells nothing, and comes back whole or in part."""

import hashlib
import io
import os
import tracemalloc
from pathlib import Path

import pytest
from flask import Flask, current_app
from sqlalchemy.orm import Session

from tracker.core import files
from tracker.core.errors import FileChanged
from tracker.core.files import encrypt_in_place, folder, in_the_clear, name_of, open_file, open_part, store
from tracker.core.sealed_files import CHUNK

MEGABYTE = 1 << 20
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"
CANARY = "某村村民反映选举送钱".encode()
SIZES = [1, 9, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 5]


def stored(content: bytes) -> str:
    return store(io.BytesIO(content), name="说明.txt").sha256


def text_of(size: int) -> bytes:
    return (CANARY * (size // len(CANARY) + 1))[:size] if size > len(CANARY) else b"x" * size


def older(content: bytes) -> str:
    """Put a file as older versions stored it."""
    name = hashlib.sha256(content).hexdigest()
    (folder() / name[:2]).mkdir(exist_ok=True)
    (folder() / name[:2] / name).write_bytes(content)
    return name


def everything() -> list[Path]:
    data = Path(current_app.config["TRACKER_DATA"])
    return [file for file in data.rglob("*") if file.is_file()]


def lies_open(content: bytes) -> bool:
    """Say whether content, or its hash, can be found by searching the data folder."""
    name = hashlib.sha256(content).hexdigest()
    return any(name in str(file) or CANARY in file.read_bytes() for file in everything())


@pytest.mark.parametrize("size", SIZES)
def test_any_length_comes_back_whole_and_in_part(session: Session, size: int) -> None:
    content = os.urandom(size) if size < 0 else text_of(size)
    name = stored(content)
    with open_file(name) as file:
        assert file.read() == content
    for start, stop in {(0, size), (0, 1), (size - 1, size), (size // 2, size), (min(size - 1, CHUNK - 1), size)}:
        with open_part(name, start, stop) as file:
            file.seek(start)
            assert file.read(stop - start) == content[start:stop]


def test_nothing_of_a_file_is_found_in_the_data_folder(session: Session) -> None:
    content = CANARY * 5000
    name = stored(content)
    assert not lies_open(content)
    assert name != hashlib.sha256(content).hexdigest()
    older(content)
    assert lies_open(content), "negative control"


def test_the_same_content_is_kept_once_and_never_looks_the_same(session: Session, app: Flask) -> None:
    name = stored(CANARY * 9)
    (place,) = [file for file in folder().rglob("*") if file.is_file()]
    first = place.read_bytes()
    assert stored(CANARY * 9) == name
    assert place.read_bytes() == first
    place.unlink()
    assert stored(CANARY * 9) == name
    assert place.read_bytes() != first


def _flip(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


SIZE = CHUNK + 16
HARMS = {
    "magic": lambda content: _flip(content, 0),
    "id": lambda content: _flip(content, 6),
    "mark": lambda content: _flip(content, 30),
    "first chunk": lambda content: _flip(content, 60),
    "last byte": lambda content: _flip(content, len(content) - 1),
    "cut at a chunk": lambda content: content[: 53 + SIZE],
    "cut anywhere": lambda content: content[:-100],
    "longer": lambda content: content + b"x",
    "chunks swapped": lambda content: content[:53] + content[53 + SIZE :][:SIZE] + content[53:][:SIZE],
    "chunk left out": lambda content: content[:53] + content[53 + SIZE :],
    "empty": lambda content: b"",
}


@pytest.mark.parametrize("harm", HARMS)
def test_what_was_changed_is_not_handed_out(session: Session, harm: str) -> None:
    content = text_of(2 * CHUNK + 100)
    name = stored(content)
    place = files.where(name)
    assert place is not None
    place.chmod(0o600)
    place.write_bytes(HARMS[harm](place.read_bytes()))
    with pytest.raises(FileChanged):
        open_file(name)


def test_another_encrypted_file_does_not_pass_for_it(session: Session) -> None:
    one, two = stored(CANARY * 2), stored(CANARY * 3)
    first, second = files.where(one), files.where(two)
    assert first is not None
    assert second is not None
    first.chmod(0o600)
    first.write_bytes(second.read_bytes())
    for read in (lambda: open_file(one), lambda: open_part(one, 0, 1)):
        with pytest.raises(FileChanged):
            read()


def test_a_part_needs_only_its_own_chunks(session: Session) -> None:
    content = text_of(4 * CHUNK)
    name = stored(content)
    place = files.where(name)
    assert place is not None
    place.chmod(0o600)
    place.write_bytes(_flip(place.read_bytes(), 60))
    with open_part(name, 2 * CHUNK, 2 * CHUNK + 10) as file:
        file.seek(2 * CHUNK)
        assert file.read(10) == content[2 * CHUNK :][:10]
    with pytest.raises(FileChanged):
        open_part(name, 10, 20)


def test_what_older_versions_stored_is_read_and_encrypted_in_place(session: Session) -> None:
    content = CANARY * 400
    name = older(content)
    with open_file(name) as file:
        assert file.read() == content
    assert [encrypt_in_place(file) for file in list(in_the_clear())] == [True]
    assert not lies_open(content)
    assert list(in_the_clear()) == []
    with open_file(name) as file:
        assert file.read() == content
    with open_file(name_of(name)) as file:
        assert file.read() == content


def test_what_was_changed_before_it_was_encrypted_is_left_and_shown(session: Session) -> None:
    name = older(CANARY * 400)
    (file,) = in_the_clear()
    file.write_bytes(CANARY * 401)
    assert not encrypt_in_place(file)
    for read in (lambda: open_file(name), lambda: open_part(name, 0, 1)):
        with pytest.raises(FileChanged):
            read()
    assert [each for each in folder().iterdir() if each.is_file()] == []


class _Long(io.RawIOBase):
    """Fifty megabytes that are nowhere at once."""

    left = 50 * MEGABYTE - len(PDF)
    begun = False

    def read(self, size: int = -1) -> bytes:
        if not self.begun:
            self.begun = True
            return PDF
        part = min(size, self.left)
        self.left -= part
        return b"0" * part


def test_fifty_megabytes_need_no_fifty_megabytes(session: Session) -> None:
    tracemalloc.start()
    try:
        kept = store(_Long(), name="大.pdf")  # type: ignore[arg-type]
        with open_file(kept.sha256) as file:
            while file.read(CHUNK):
                pass
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert kept.size == 50 * MEGABYTE
    assert peak < 8 * MEGABYTE
