"""Checkpoints that are held outside: signed, checked against both logs, proven under, read without the program."""

import hashlib
import json
import random
import re
import shutil
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask, current_app
from sqlalchemy import select

from tests.audit.filled import build_filled
from tests.audit.test_tampering import done
from tests.audit.ways import ALONE, HELD, WAYS
from tests.databases import Ids, SqliteDatabase, TestDatabase
from tests.web.browsing import take
from tests.world.county import County
from tracker.audit import checkpoints, verifier
from tracker.audit.queries import head
from tracker.audit.rules import HASH_BYTES, consistency_proof, inclusion_proof, leaf_hash, subtree_root
from tracker.audit.service import ACTS, READINGS
from tracker.audit.signing import ORIGIN, digits_of, read_note
from tracker.cases.record.models import Case
from tracker.cases.record.rules.codes import Confidentiality
from tracker.core import clock
from tracker.core.database import committed, db
from tracker.core.encryption import SIGNING_KEY
from tracker.core.errors import DomainError
from tracker.deadlines.models import Deadline
from tracker.jobs.verifying import checkpoint_daily, verify
from tracker.supervision.papers.models import SupervisionOrder

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


# What petitioners take home


def slip_of(county: County, who: str, case: str) -> str:
    answer = county.browser(who).get(f"/cases/{case}/slip")
    assert answer.status_code == 200
    return answer.text


def copied(page: str, number: str) -> str:
    """Return what somebody copies from a slip: number, hash, signature."""
    return "\n".join((number, *re.findall(r"<dd>([0-9a-f ]+)</dd>", page)))


@pytest.fixture
def checked(app: Flask, tmp_path: Path, filled: Ids) -> Callable[[str, str], subprocess.CompletedProcess[str]]:
    """Give what an auditor does with a receipt: proves the registration under the last checkpoint, checks it alone."""

    def check(number: str, receipt: str) -> subprocess.CompletedProcess[str]:
        db.session.remove()
        run, files = app.test_cli_runner(), [tmp_path / name for name in ("held", "shown", "copied")]
        key = run.invoke(args=["checkpoint", "--public-key"]).output.strip()
        files[0].write_text(run.invoke(args=["checkpoint"]).output, encoding="utf-8")
        files[1].write_text(run.invoke(args=["audit-proof", number]).output, encoding="utf-8")
        files[2].write_text(receipt, encoding="utf-8")
        return alone(key, *files)

    return check


@pytest.mark.both_databases
def test_a_slip_binds_the_office_to_the_line_of_the_registration(filled: Ids, checked: Any) -> None:
    """Printed before the checkpoint that has the line; copied by hand it still agrees, and a digit more does not."""
    county = County(filled, app_client())
    case = county.register("acceptor")
    number, page = county.case(case).register_no, slip_of(county, "acceptor", case)
    receipt = copied(page, number)
    assert len(receipt.replace(" ", "").split("\n")[1]) == 64
    found = checked(number, receipt.replace(" ", "  ").upper())
    assert (found.returncode, f"回执 {number} 上签的就是这一行。" in found.stdout) == (0, True), found.stderr
    assert slip_of(county, "acceptor", case).count(receipt.split("\n")[2]) == 1, "the same each time it is printed"
    for place in (3, len(number) + 3, len(receipt) - 1):
        wrong = receipt[:place] + ("1" if receipt[place] != "1" else "2") + receipt[place + 1 :]
        assert "回执上的签名不符" in checked(number, wrong).stderr, place


def test_a_registration_that_was_put_in_place_of_another_is_told_from_it(filled: Ids, checked: Any) -> None:
    county = County(filled, app_client())
    one, other = county.register("acceptor"), county.register("acceptor")
    receipt = copied(slip_of(county, "acceptor", one), county.case(one).register_no)
    found = checked(county.case(other).register_no, receipt)
    assert "登记在发出回执以后被换掉" in found.stderr


def test_a_slip_of_before_is_good_after_the_matter_became_closed(filled: Ids, checked: Any) -> None:
    county = County(filled, app_client())
    case = county.register("acceptor")
    old, before = county.case(case).register_no, slip_of(county, "acceptor", case)
    fields = {"level": "accusation", "reason": "核实来信。"}
    assert take(county.browser("acceptor"), case, "raise_level", fields).status_code == 303
    new, after = county.case(case).register_no, slip_of(county, "acceptor", case)
    assert (old[:3], new[:4]) == ("XF-", "XFN-")
    for number, page, said in ((old, before, "这一行。"), (new, after, f"登记时编号 {old}。")):
        found = checked(old, copied(page, number))
        assert (found.returncode, said in found.stdout) == (0, True), found.stderr
    assert old not in after


def test_the_slip_of_an_accusation_says_nothing_more(filled: Ids, noted: Noted) -> None:
    """Beside what it said before there are digits alone: of the line, of the signature, of the last checkpoint."""
    noted()
    county = County(filled, app_client())
    case = county.register("acceptor", level=Confidentiality.ACCUSATION, title="反映冯某某送礼")
    paper = slip_of(county, "acceptor", case).partition('<article class="paper')[2].partition("</article>")[0]
    proof = paper.partition('<dl class="receipt">')[2].partition("</dl>")[0]
    in_words = re.sub(r"<[^>]*>|\b[0-9a-f]{8}\b|\s", "", proof)
    assert in_words == "登记凭据：本件登记在日志里的散列对编号和散列的签名"
    for words in ("冯某某", "延秀兰", "举报", "检举控告件", f">{head(ACTS)[0]}<"):
        assert words not in paper, words


def test_without_the_key_a_slip_has_the_hash_and_says_why_no_signature(
    filled: Ids, noted: Noted, database: TestDatabase
) -> None:
    noted()
    (database.data / "keys" / SIGNING_KEY).unlink()
    county = County(filled, app_client())
    page = slip_of(county, "acceptor", county.register("acceptor"))
    assert "签名密钥另行保管，没有签名" in page
    assert len(re.findall(r"<dd>[0-9a-f ]{71}</dd>", page)) == 1
    assert not (database.data / "keys" / SIGNING_KEY).exists(), "no other key is made in its place"


def test_every_paper_carries_the_first_digits_of_the_last_checkpoint(filled: Ids, noted: Noted) -> None:
    """Slips, letters, certificates, the page of the leader: and nowhere how long the log is."""
    county = County(filled, app_client())
    case = county.case(db.session.scalars(select(Case.public_id).order_by(Case.id)).first() or "").public_id
    order = db.session.scalars(select(SupervisionOrder.public_id)).first()
    clock_id = db.session.scalars(select(Deadline.public_id).order_by(Deadline.id)).first()
    papers = {
        f"/cases/{case}/slip": "acceptor",
        f"/cases/{case}/close-out-sheet": "acceptor",
        f"/cases/{case}/deadlines/{clock_id}": "acceptor",
        f"/orders/{order}/print": "acceptor",
        "/supervision/print": "leader",
    }
    for address, who in papers.items():
        assert "日志存证" not in county.browser(who).get(address).text, "before the first there is none"
    noted()
    for address, who in papers.items():
        page = county.browser(who).get(address).text
        assert f"日志存证　{checkpoints.latest_digits()}" in page, address
        assert f">{head(ACTS)[0]}<" not in page, address


def app_client() -> Any:
    return current_app.test_client
