"""A file encrypted in chunks (附件加密): written and read as a stream, any part of it without the rest.

    magic (4) | key number (1) | random id (16) | mark (32) | chunk | chunk | … | last chunk

A chunk is 64 KiB of content as AES-256-GCM (and 16 bytes of tag) under a key of this file alone, derived from the data
key and the id. Nonce and associated data are the chunk's number and whether it is the last, so that none can be moved,
left out or cut off. The mark binds the file to the name that it stands under: another file does not pass for it.
"""

import hmac
import io
import os
from typing import Any, BinaryIO

from tracker.core.encryption import KEY_NUMBER, CannotDecrypt, FileCipher
from tracker.core.errors import FileChanged

MAGIC = b"XFJ1"
CHUNK = 1 << 16
_ID, _MARK, _TAG = 16, 32, 16
_HEADER = len(MAGIC) + 1 + _ID + _MARK


class SealedWriter:
    """Encrypts what is written into a file that can be sought in; `finish` writes the end and the name."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._id = file, os.urandom(_ID)
        self._cipher = FileCipher(self._id)
        self._waiting, self._number = bytearray(), 0
        file.write(MAGIC + bytes((KEY_NUMBER,)) + self._id + bytes(_MARK))

    def write(self, content: bytes) -> None:
        """Take more of the content; a chunk is written when it is known not to be the last."""
        self._waiting += content
        while len(self._waiting) > CHUNK:
            self._write_chunk(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]

    def finish(self, name: str) -> None:
        """Write what is left, and by which name the file goes."""
        self._write_chunk(bytes(self._waiting), last=True)
        self._file.seek(_HEADER - _MARK)
        self._file.write(self._cipher.mark(name))

    def _write_chunk(self, content: bytes, *, last: bool) -> None:
        self._file.write(self._cipher.encrypt(content, self._number, last=last))
        self._number += 1


class SealedReader(io.RawIOBase):
    """Reads the content of an encrypted file from anywhere; only the chunks that are needed are decrypted.

    With a `name` the file must be the one that goes by it. Raises FileChanged where it is not what was written.
    """

    def __init__(self, file: BinaryIO, name: str | None) -> None:
        super().__init__()
        self._file, self._at, self._held = file, 0, (-1, b"")
        header = file.read(_HEADER)
        id_, mark = header[len(MAGIC) + 1 : -_MARK], header[-_MARK:]
        if len(header) != _HEADER or header[: len(MAGIC) + 1] != MAGIC + bytes((KEY_NUMBER,)):
            raise FileChanged
        self._cipher = FileCipher(id_)
        if name is not None and not hmac.compare_digest(mark, self._cipher.mark(name)):
            raise FileChanged
        whole = file.seek(0, io.SEEK_END) - _HEADER
        self._chunks = -(-whole // (CHUNK + _TAG))
        self.size = whole - self._chunks * _TAG
        if self._chunks < 1 or self.size < 0:
            raise FileChanged

    def readable(self) -> bool:
        """Say that it is read."""
        return True

    def seekable(self) -> bool:
        """Say that any part can be read."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place in the content."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size}[whence]
        self._at = max(0, start + offset)
        return self._at

    def tell(self) -> int:
        """Return the place in the content."""
        return self._at

    def readinto(self, buffer: Any) -> int:
        """Read on within a chunk."""
        number, inside = divmod(self._at, CHUNK)
        if self._at >= self.size:
            return 0
        view = memoryview(buffer).cast("B")
        part = self._chunk(number)[inside : inside + len(view)]
        view[: len(part)] = part
        self._at += len(part)
        return len(part)

    def close(self) -> None:
        """Close the file too."""
        self._file.close()
        super().close()

    def _chunk(self, number: int) -> bytes:
        if self._held[0] != number:
            self._file.seek(_HEADER + number * (CHUNK + _TAG))
            sealed = self._file.read(CHUNK + _TAG)
            try:
                content = self._cipher.decrypt(sealed, number, last=number == self._chunks - 1)
            except CannotDecrypt:
                raise FileChanged from None
            self._held = number, content
        return self._held[1]
