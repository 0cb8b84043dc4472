"""The tree arithmetic against a second, recursive implementation of RFC 9162 §2.1.1."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from tracker.audit.rules import appended, canonical, leaf_hash, root


def _recursive_root(entries: list[bytes]) -> bytes:
    if not entries:
        return hashlib.sha256(b"").digest()
    if len(entries) == 1:
        return hashlib.sha256(b"\x00" + entries[0]).digest()
    split = 1
    while split * 2 < len(entries):
        split *= 2
    left, right = _recursive_root(entries[:split]), _recursive_root(entries[split:])
    return hashlib.sha256(b"\x01" + left + right).digest()


@given(st.lists(st.binary(max_size=20), max_size=70))
def test_the_frontier_gives_the_standard_root(entries: list[bytes]) -> None:
    frontier = b""
    for size, entry in enumerate(entries):
        frontier = appended(frontier, size, leaf_hash(entry))
    assert root(frontier) == _recursive_root(entries)


def test_known_roots_of_the_standard_test_vectors() -> None:
    """The eight entries that certificate-transparency implementations test with."""
    entries = [bytes.fromhex(h) for h in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657")]
    frontier = b""
    roots = []
    for size, entry in enumerate(entries):
        frontier = appended(frontier, size, leaf_hash(entry))
        roots.append(root(frontier).hex())
    assert roots[0] == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert roots[1] == "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"
    assert roots[2] == "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"


def test_the_canonical_form_does_not_depend_on_order() -> None:
    assert canonical({"b": 1, "a": "信访"}) == canonical({"a": "信访", "b": 1}) == '{"a":"信访","b":1}'.encode()
