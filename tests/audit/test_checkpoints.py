"""Checkpoints that are held outside: signed, checked against both logs, proven under, read without the program."""

import hashlib
import json
import random
import shutil
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask
from sqlalchemy import select

from tests.audit.filled import build_filled
from tests.audit.test_tampering import done
from tests.audit.ways import ALONE, HELD, WAYS
from tests.databases import Ids, SqliteDatabase, TestDatabase
from tests.world.county import County
from tracker.audit import checkpoints, verifier
from tracker.audit.queries import head
from tracker.audit.rules import HASH_BYTES, consistency_proof, inclusion_proof, leaf_hash, subtree_root
from tracker.audit.service import ACTS, READINGS
from tracker.audit.signing import ORIGIN, digits_of, read_note
from tracker.cases.record.models import Case
from tracker.core import clock
from tracker.core.database import committed, db
from tracker.core.encryption import SIGNING_KEY
from tracker.core.errors import DomainError
from tracker.jobs.verifying import checkpoint_daily, verify

IMAGES = {"filled": build_filled}
VERIFIER = Path(verifier.__file__)
Noted = Callable[[], str]


@pytest.fixture
def filled(database: TestDatabase, session: object) -> Ids:
    """Give the county in which something of every kind has happened, and no signing key of another test."""
    (database.data / "keys" / SIGNING_KEY).unlink(missing_ok=True)
    return database.ids


@pytest.fixture
def noted(filled: Ids) -> Noted:
    """Give what makes a checkpoint and hands its text out."""

    def make() -> str:
        with committed():
            return checkpoints.make(now=clock.now()).note

    return make


@pytest.mark.both_databases
def test_a_note_says_what_both_heads_say(noted: Noted) -> None:
    note = noted()
    held = read_note(note, checkpoints.verifying_key())
    assert (held.acts, held.acts_root.hex()) == head(ACTS)
    assert (held.readings, held.readings_root.hex()) == head(READINGS)
    assert verify([held]).wrong is None
    assert held.digits == checkpoints.latest_digits() == digits_of(held.text)
    assert str(held.acts) not in held.digits.split()


def another_key() -> str:
    """Return the public key of somebody else, who calls himself by the same name."""
    raw = b"\x01" + Ed25519PrivateKey.from_private_bytes(b"x" * 32).public_key().public_bytes_raw()
    key_id = hashlib.sha256(ORIGIN.encode() + b"\n" + raw).hexdigest()[:8]
    return f"{ORIGIN}+{key_id}+{b64encode(raw).decode()}"


def test_a_note_that_was_changed_or_signed_by_another_is_refused(noted: Noted) -> None:
    note, key = noted(), checkpoints.verifying_key()
    changed = note.replace("readings ", "readings 1", 1)
    for bad in (changed, "", note.partition("\n\n")[0], note.replace(ORIGIN, "another")):
        with pytest.raises(DomainError):
            read_note(bad, key)
    with pytest.raises(DomainError):
        read_note(note, another_key())


def test_without_its_key_nothing_is_signed_anew(noted: Noted, database: TestDatabase) -> None:
    noted()
    (database.data / "keys" / SIGNING_KEY).unlink()
    with pytest.raises(DomainError, match="找不到存证签名密钥"), committed():
        checkpoints.make(now=clock.now())
    assert "找不到存证签名密钥" in (verify().wrong or "")


def test_one_is_made_each_day(filled: Ids) -> None:
    for _ in range(2):
        checkpoint_daily()
        db.session.remove()
    first = checkpoints.latest()
    assert first is not None
    assert first.id == 1


@pytest.mark.sqlite
@pytest.mark.parametrize("name", [name for name, way in WAYS.items() if way.by == HELD and way.deeds])
def test_what_the_check_alone_cannot_see_a_held_one_shows(noted: Noted, name: str) -> None:
    held = checkpoints.read(noted())
    with committed() as session:
        session.delete(checkpoints.latest())
    done(WAYS[name])
    assert verify().wrong is None, "with the keys everything can be written anew"
    assert WAYS[name].named in (verify([held]).wrong or "")


@pytest.mark.sqlite
def test_a_database_put_back_is_shown_by_a_held_one(
    filled: Ids, noted: Noted, database: SqliteDatabase, tmp_path: Path
) -> None:
    db.session.remove()
    database.dispose()
    shutil.copy(database.file, tmp_path)
    County(filled, database.app.test_client).register(title="后来登记的一件")  # type: ignore[arg-type]
    held = checkpoints.read(noted())
    db.session.remove()
    database.dispose()
    for ending in ("-wal", "-shm"):
        database.file.with_name(database.file.name + ending).unlink(missing_ok=True)
    shutil.copy(tmp_path / database.file.name, database.file)
    assert verify().wrong is None
    assert "整库换成了旧的" in (verify([held]).wrong or "")


@pytest.mark.sqlite
@pytest.mark.parametrize("name", [name for name, way in WAYS.items() if way.by == ALONE])
def test_a_held_one_hides_nothing_that_the_check_alone_shows(noted: Noted, name: str) -> None:
    held = checkpoints.read(noted())
    done(WAYS[name])
    assert verify([held]).wrong is not None


# Proofs


def leaves_of(size: int) -> memoryview:
    return memoryview(b"".join(leaf_hash(str(index).encode()) for index in range(size)))


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 7, 8, 11, 16, 33])
def test_every_leaf_and_every_beginning_is_proven(size: int) -> None:
    leaves = leaves_of(size)
    whole = subtree_root(leaves, 0, size)
    for index in range(size):
        leaf = bytes(leaves[index * HASH_BYTES : (index + 1) * HASH_BYTES])
        path = inclusion_proof(leaves, index, size)
        assert verifier.included(index, size, leaf, path) == whole
        with pytest.raises(verifier.Disagrees):
            verifier.included(index, size, leaf, [*path, leaf])
        first = index + 1
        old, path = subtree_root(leaves, 0, first), consistency_proof(leaves, first, size)
        assert verifier.consistent(first, size, old, path) == (old, whole)
        if first < size:
            assert verifier.consistent(first, size, bytes(32), path) != (bytes(32), whole)


def test_the_signature_is_read_without_a_library_as_with_one() -> None:
    chance = random.Random(8032)
    for _ in range(4):
        key, said = Ed25519PrivateKey.from_private_bytes(chance.randbytes(32)), chance.randbytes(40)
        public, signature = key.public_key().public_bytes_raw(), key.sign(said)
        assert verifier.is_signed(public, said, signature)
        for place in (0, 31, 32, 63):
            bad = bytearray(signature)
            bad[place] ^= 1
            assert not verifier.is_signed(public, said, bytes(bad))
        assert not verifier.is_signed(public, said + b"x", signature)
        assert not verifier.is_signed(public, said, signature[:63])


def alone(*words: object) -> subprocess.CompletedProcess[str]:
    """Run the verifier as an auditor does: nothing but Python."""
    said = [sys.executable, "-I", str(VERIFIER), *(str(word) for word in words)]
    return subprocess.run(said, capture_output=True, text=True, check=False, cwd="/")


@pytest.mark.both_databases
def test_an_auditor_needs_neither_the_program_nor_its_keys(filled: Ids, app: Flask, tmp_path: Path) -> None:
    run = app.test_cli_runner()
    note, proof, later, longer = (tmp_path / name for name in ("note", "proof", "later", "longer"))
    key = run.invoke(args=["checkpoint", "--public-key"]).output.strip()
    assert run.invoke(args=["checkpoint", str(note)]).exit_code == 0
    assert run.invoke(args=["checkpoint", str(note)]).exit_code == 1, "an older note is never written over"
    number = str(db.session.scalar(select(Case.register_no).order_by(Case.id)))
    db.session.remove()
    proof.write_text(run.invoke(args=["audit-proof", number]).output, encoding="utf-8")
    shown = alone(key, note, proof)
    assert (shown.returncode, number in shown.stdout) == (0, True), shown.stderr

    County(filled, app.test_client).register(title="后来登记的一件")  # type: ignore[arg-type]
    db.session.remove()
    assert run.invoke(args=["checkpoint", str(later)]).exit_code == 0
    longer.write_text(run.invoke(args=["audit-proof", "--since", str(note)]).output, encoding="utf-8")
    assert alone(key, note, longer).returncode == 0
    assert run.invoke(args=["verify-audit", "--checkpoint", str(note)]).exit_code == 0

    said = json.loads(proof.read_text(encoding="utf-8"))
    said["entry"] = said["entry"].replace(number.encode().hex(), b"XF-2026-999999".hex())
    proof.write_text(json.dumps(said), encoding="utf-8")
    assert "不符" in alone(key, note, proof).stderr
    note.write_text(note.read_text(encoding="utf-8").replace("hash", "hush"), encoding="utf-8")
    assert "签名不符" in alone(key, note).stderr
    assert "签名不符" in alone(another_key(), later).stderr
    assert alone(key, tmp_path / "none").returncode == 1
    assert run.invoke(args=["verify-audit", "--checkpoint", str(note)]).exit_code == 1


@pytest.mark.both_databases
def test_what_came_after_the_last_one_is_not_proven_yet(filled: Ids, noted: Noted, app: Flask) -> None:
    noted()
    county = County(filled, app.test_client)  # type: ignore[arg-type]
    case_id = county.case(county.register(title="后来登记的一件")).id
    with pytest.raises(DomainError, match="下一次存证以后"):
        checkpoints.proof_of_registration(case_id)
    noted()
    found = checkpoints.proof_of_registration(case_id)
    path = [bytes.fromhex(each) for each in found["path"]]
    leaf = leaf_hash(found["entry"].encode())
    assert verifier.included(found["line"] - 1, found["size"], leaf, path) == checkpoints.read(found["note"]).acts_root
