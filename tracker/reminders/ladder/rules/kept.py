"""The ladder as JSON, for the editions that offices adopt: every rung whole, so old editions stay readable. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from tracker.deadlines.limits import LimitKind
from tracker.reminders.ladder.rules.moments import Behaviour, When
from tracker.reminders.ladder.rules.rungs import Recipient, Rung, RungLevel
from tracker.working_days.rules import Unit


def to_json(rungs: Iterable[Rung]) -> list[dict[str, Any]]:
    """Return the rungs as plain values, in the order of the table."""
    return [asdict(rung) for rung in rungs]


def from_json(rows: Sequence[Mapping[str, Any]]) -> tuple[Rung, ...]:
    """Return the rungs of a kept edition. Raises ValueError or KeyError on what no edition ever held."""
    return tuple(_rung(row) for row in rows)


def _rung(row: Mapping[str, Any]) -> Rung:
    read = {
        **row,
        "kinds": tuple(LimitKind(kind) for kind in row["kinds"]),
        "when": When(row["when"]),
        "unit": Unit(row["unit"]),
        "level": RungLevel(row["level"]),
        "told": tuple(Recipient(post) for post in row["told"]),
        "behaviour": Behaviour(row["behaviour"]) if row["behaviour"] else None,
    }
    return Rung(**read)
