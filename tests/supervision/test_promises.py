"""The table of promises names tests that exist."""

import re

import tests.supervision
from tests.architecture.sources import PROJECT


def test_every_test_of_the_table_exists() -> None:
    named = re.findall(r"^ +([\w/]+)::(\w+)$", tests.supervision.__doc__ or "", re.MULTILINE)
    assert len(named) > 40
    for file, name in named:
        assert f"def {name}(" in (PROJECT / "tests" / f"{file}.py").read_text(), f"{file}::{name}"
