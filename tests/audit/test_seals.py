"""Seals kept in little room answer as a dictionary of them would."""

import resource
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tracker.audit.seals import Seals

SEAL = st.text("0123456789abcdef", min_size=24, max_size=24)
# Keys of two columns, of text, and numbers as no database writes them; seals that somebody wrote by hand.
KEY = (
    st.integers(0, 3000).map(str)
    | st.integers(0, 10**17).map(str)
    | st.sampled_from(["1,2", "01", "x", "", "１", "-1"])
)
NAME = st.builds("{}:{}".format, st.sampled_from(["deadline", "place", "a"]), KEY)
DEED = st.tuples(
    st.sampled_from(["update", "pop", "get"]), NAME, SEAL | st.sampled_from(["", "x" * 24, "A" * 24, "0 1"])
)


@given(st.lists(DEED, max_size=80))
def test_they_answer_as_a_dictionary_would(deeds: list[tuple[str, str, str]]) -> None:
    seals, plain = Seals(), dict[str, str]()
    for what, name, seal in deeds:
        found: Any = None
        if what == "update":
            seals.update({name: seal})
            plain.update({name: seal})
        else:
            found = getattr(seals, what)(name)
            assert found == (plain.pop(name, None) if what == "pop" else plain.get(name))
    assert sorted(seals.names()) == sorted(plain)
    assert {name: seals.get(name) for name in plain} == plain


def test_a_million_take_little_room() -> None:
    seals = Seals()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for number in range(300_000):
        seals.update({f"deadline:{number}": "0123456789abcdef01234567"})
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert grown < 300_000 * 25 / 2**20, f"{grown:.0f} MB for 300,000"
