"""Rungs of the shipped ladder by their code, and the ladder with one of them changed."""

from dataclasses import replace
from typing import Any

from tracker.reminders.ladder.rules.rungs import LADDER, Rung


def rung(code: str, /, **changes: Any) -> Rung:
    """Return the rung with a code, changed."""
    (found,) = (each for each in LADDER if each.code == code)
    return replace(found, **changes)


def changed(code: str, /, **values: Any) -> tuple[Rung, ...]:
    """Return the ladder with one rung changed."""
    wanted = rung(code, **values)
    return tuple(wanted if each.code == code else each for each in LADDER)


def without(code: str) -> tuple[Rung, ...]:
    """Return the ladder with one rung taken out."""
    assert rung(code)
    return tuple(each for each in LADDER if each.code != code)
