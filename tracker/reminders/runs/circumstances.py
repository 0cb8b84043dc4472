"""What a run of the timer stands on: program, schema, limits, ladder, calendar and place, each as a short mark."""

import hashlib
import json
import platform
from dataclasses import asdict
from functools import lru_cache

from tracker.core.database import db, schema_revision
from tracker.core.release import version
from tracker.deadlines.limits import LIMITS, Limit, LimitKind
from tracker.reminders.ladder.queries import Ladder
from tracker.reminders.ladder.rules.kept import to_json
from tracker.reminders.ladder.rules.rungs import Rung
from tracker.reminders.runs.rules import Thing
from tracker.working_days.queries import edition


def circumstances(ladder: Ladder) -> dict[str, str]:
    """Return under what a run is made (运行条件). No name of a machine is kept, only whether it is another one."""
    found = {
        Thing.PROGRAM: version(),
        Thing.SCHEMA: schema_revision(),
        Thing.LIMITS: _of_limits(tuple(LIMITS.items())),
        Thing.LADDER: _of_rungs(ladder.rungs),
        Thing.CALENDAR: _mark(edition()),
        Thing.PLACE: _mark(_place()),
    }
    return {thing.value: mark for thing, mark in found.items()}


def _place() -> str:
    """Return where the database is. A file is on this machine; of a server any machine may run the timer, in turns."""
    here = platform.node() if db.engine.dialect.name == "sqlite" else ""
    return f"{here} {db.engine.url.render_as_string(hide_password=True)}"


# Every run asks for both, and they change with the program and with an edition.
@lru_cache(maxsize=4)
def _of_limits(limits: tuple[tuple[LimitKind, Limit], ...]) -> str:
    return _mark({kind: asdict(limit) for kind, limit in limits})


@lru_cache(maxsize=4)
def _of_rungs(rungs: tuple[Rung, ...]) -> str:
    return _mark(to_json(rungs))


def _mark(told: object) -> str:
    return hashlib.sha256(json.dumps(told, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:12]
