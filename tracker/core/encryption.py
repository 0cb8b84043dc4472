"""The only user of keys. Personal data is encrypted in the database; the keys live outside it (`TRACKER_KEYS`).

Envelope of a value: algorithm (1 byte) | key number (1 byte) | nonce (12 bytes) | ciphertext and tag.
The column's name is the associated data, so a ciphertext cannot be moved to another column.
"""

import hashlib
import hmac
import os
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app
from sqlalchemy import LargeBinary
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from tracker.core.errors import DomainError
from tracker.core.text import normalise

AES_256_GCM = 1
KEY_NUMBER = 1
KEY_NAMES = ("data", "index", "record")
SIGNING_KEY = "checkpoint-1.key"
_KEY_BYTES = 32
_NONCE_BYTES = 12


class CannotDecrypt(ValueError):
    """A stored value was altered, or the key that wrote it is not here."""


@dataclass(frozen=True)
class Keys:
    """The office's keys: `data` encrypts fields, `index` makes exact-search hashes, `record` seals rows and events."""

    data: bytes
    index: bytes
    record: bytes


def load_keys(folder: Path, *, may_make: Callable[[], bool]) -> Keys:
    """Read the three keys; one that is missing is made (32 random bytes) where nothing was written with it.

    `may_make` says whether that is so, and is asked only then. Raises DomainError where a key is missing that must be
    brought back: with another in its place what is there could not be read, and the log would look rewritten.
    """
    if _missing(folder) and not may_make() and (missing := _missing(folder)):
        raise DomainError(
            f"密钥文件夹 {folder} 里没有 {'、'.join(missing)}，数据库里却已经有用它写的内容，没有另建："
            "请从备份恢复密钥文件夹，或者核对 TRACKER_KEYS、TRACKER_DATA。"
        )
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise DomainError(f"建不了密钥文件夹 {folder}（TRACKER_KEYS）：{error.strerror}。") from None
    return Keys(*(_key(folder / key_file(name)) for name in KEY_NAMES))


def _missing(folder: Path) -> list[str]:
    return [key_file(name) for name in KEY_NAMES if not (folder / key_file(name)).exists()]


def key_file(name: str) -> str:
    """Return the name of the file of a key that is in use."""
    return f"{name}-{KEY_NUMBER}.key"


def fingerprints() -> dict[str, str]:
    """Return by what each key is known again (密钥指纹): a hash under the key itself, which tells nothing of it."""
    return {
        name: hmac.new(getattr(_keys(), name), f"fingerprint of {name}".encode(), hashlib.sha256).hexdigest()[:32]
        for name in KEY_NAMES
    }


def signing_key(file: Path | None = None, *, make: bool) -> bytes:
    """Return the key that signs checkpoints (存证签名密钥), from its own file or one that the auditor keeps elsewhere.

    Raises DomainError where it is not there, and none may be made: what was signed before could not be continued.
    """
    path = file or Path(current_app.config["TRACKER_KEYS"]) / SIGNING_KEY
    if not make and not path.exists():
        raise DomainError(f"找不到存证签名密钥 {path.name}，请从备份恢复，或者写明它在哪里。")
    return secret_file(path, _KEY_BYTES)


def public_of(seed: bytes) -> bytes:
    """Return the public half of a signing key (Ed25519, 32 bytes)."""
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def sign(seed: bytes, said: bytes) -> bytes:
    """Sign a text (Ed25519, 64 bytes)."""
    return Ed25519PrivateKey.from_private_bytes(seed).sign(said)


def is_signed(public: bytes, said: bytes, signature: bytes) -> bool:
    """Return whether a public key's owner signed a text."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, said)
    except (InvalidSignature, ValueError):
        return False
    return True


def _key(path: Path) -> bytes:
    return secret_file(path, _KEY_BYTES)


def secret_file(path: Path, length: int) -> bytes:
    """Return the secret in a file; the first caller makes it, several starting at once agree on one.

    Where it is there already nothing is written: a folder that can only be read is read.
    """
    if not path.exists():
        make_secret(path, os.urandom(length))
    secret = path.read_bytes()
    if len(secret) != length:
        raise RuntimeError(f"密钥文件 {path.name} 长度不对，请从备份恢复。")
    return secret


def make_secret(path: Path, content: bytes) -> None:
    """Write a small file once, for its owner only; where another process was first, its file stays."""
    draft = path.with_suffix(f".{os.getpid()}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        keep_names(path.parent)
    finally:
        draft.unlink(missing_ok=True)


def keep_names(folder: Path) -> None:
    """Wait until the names in a folder are on the disk: a power cut must not lose a file that is in use."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _keys() -> Keys:
    keys: Keys = current_app.extensions["tracker_keys"]
    return keys


def encrypt(value: str, *, context: str) -> bytes:
    """Encrypt a text for one column (`context`)."""
    nonce = os.urandom(_NONCE_BYTES)
    sealed = AESGCM(_keys().data).encrypt(nonce, value.encode(), context.encode())
    return bytes((AES_256_GCM, KEY_NUMBER)) + nonce + sealed


def decrypt(envelope: bytes, *, context: str) -> str:
    """Decrypt an envelope; raises CannotDecrypt where it was altered or moved from another column."""
    if envelope[:2] != bytes((AES_256_GCM, KEY_NUMBER)):
        raise CannotDecrypt(context)
    nonce, sealed = envelope[2 : 2 + _NONCE_BYTES], envelope[2 + _NONCE_BYTES :]
    try:
        return AESGCM(_keys().data).decrypt(nonce, sealed, context.encode()).decode()
    except InvalidTag:
        raise CannotDecrypt(context) from None


def blind_index(field: str, value: str | None) -> str | None:
    """Return the keyed hash for exact search of an encrypted field; None for nothing to search by."""
    folded = normalise(value or "")
    if not folded:
        return None
    return hmac.new(_keys().index, f"{field}|{folded}".encode(), hashlib.sha256).hexdigest()[:32]


def record_mac(message: bytes) -> bytes:
    """Return the keyed seal of a row or an event; the key is not in the database (security.md §4)."""
    return hmac.digest(_keys().record, message, "sha256")


def record_macs() -> Callable[[bytes], bytes]:
    """Return what makes such seals, for who makes or compares very many: the key is taken in once."""
    begun = hmac.new(_keys().record, digestmod="sha256")

    def mac(message: bytes) -> bytes:
        one = begun.copy()
        one.update(message)
        return one.digest()

    return mac


def file_name(sha256: str) -> str:
    """Return the keyed hash by which content is found on the disk (64 hexadecimal digits)."""
    return hmac.new(_keys().index, f"file|{sha256}".encode(), hashlib.sha256).hexdigest()


class FileCipher:
    """Encrypts the chunks of one file under a key of its own: HKDF-SHA-256 of the data key and the file's random id.

    Number and end are nonce and associated data, so that no chunk can be moved, left out or cut off.
    """

    def __init__(self, file_id: bytes) -> None:
        self._id = file_id
        self._aead = AESGCM(HKDF(hashes.SHA256(), _KEY_BYTES, salt=file_id, info=b"attachment").derive(_keys().data))

    def encrypt(self, content: bytes, number: int, *, last: bool) -> bytes:
        """Return a chunk and its tag (16 bytes)."""
        nonce = number.to_bytes(_NONCE_BYTES, "big")
        return self._aead.encrypt(nonce, content, nonce + bytes((last,)))

    def decrypt(self, sealed: bytes, number: int, *, last: bool) -> bytes:
        """Return the content of a chunk. Raises CannotDecrypt where it is not the one that was written there."""
        nonce = number.to_bytes(_NONCE_BYTES, "big")
        try:
            return self._aead.decrypt(nonce, sealed, nonce + bytes((last,)))
        except InvalidTag:
            raise CannotDecrypt(f"chunk {number}") from None

    def mark(self, name: str) -> bytes:
        """Return what binds the file to the name that it goes by (32 bytes)."""
        return record_mac(b"file|" + self._id + name.encode())


def mark_of_person(user_id: int) -> str:
    """Return by what a page knows its person again, which tells nothing of them."""
    return hmac.new(_keys().index, f"person|{user_id}".encode(), hashlib.sha256).hexdigest()[:16]


def browser_key(user_id: int) -> str:
    """Return the key, as base64, with which a person's browser keeps what cannot be sent while the line is down."""
    return b64encode(hmac.digest(_keys().data, f"browser|{user_id}".encode(), "sha256")).decode()


class Encrypted(TypeDecorator[str]):
    """A text column that is AES-256-GCM ciphertext in the database; `context` is "table.column"."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, context: str) -> None:
        super().__init__()
        self.context = context

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        return None if value is None else encrypt(value, context=self.context)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        return None if value is None else decrypt(bytes(value), context=self.context)
