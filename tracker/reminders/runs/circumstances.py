"""What a run of the timer stands on: program, schema, limits, ladder, calendar and place, each as a short mark."""

import hashlib
import json
import platform
from dataclasses import asdict

from tracker.core.database import db, schema_revision
from tracker.core.release import version
from tracker.deadlines.limits import LIMITS
from tracker.reminders.ladder.queries import Ladder
from tracker.reminders.ladder.rules.kept import to_json
from tracker.reminders.runs.rules import Thing
from tracker.working_days.queries import edition


def circumstances(ladder: Ladder) -> dict[str, str]:
    """Return under what a run is made (运行条件). No name of a machine is kept, only whether it is another one."""
    found = {
        Thing.PROGRAM: version(),
        Thing.SCHEMA: schema_revision(),
        Thing.LIMITS: _mark({kind: asdict(limit) for kind, limit in LIMITS.items()}),
        Thing.LADDER: _mark(to_json(ladder.rungs)),
        Thing.CALENDAR: _mark(edition()),
        Thing.PLACE: _mark(_place()),
    }
    return {thing.value: mark for thing, mark in found.items()}


def _place() -> str:
    """Return where the database is. A file is on this machine; of a server any machine may run the timer, in turns."""
    here = platform.node() if db.engine.dialect.name == "sqlite" else ""
    return f"{here} {db.engine.url.render_as_string(hide_password=True)}"


def _mark(told: object) -> str:
    return hashlib.sha256(json.dumps(told, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:12]
