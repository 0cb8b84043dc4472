"""The clocks of suggestions and promises (答复、再次答复、会办、退回的决定、承诺), and who is told.

The three or six months run from 交办 and are never moved by giving the suggestion to another unit (原期限不变).
"""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from tracker.core.database import db
from tracker.deadlines.limits import LimitKind
from tracker.deadlines.models import Deadline
from tracker.deadlines.service import run_on, start_clock, stop_clock
from tracker.notifications.service import announce
from tracker.people.models import User
from tracker.reminders.ladder.rules.rungs import Recipient
from tracker.suggestions.models import DeputySuggestion, SuggestionLine, SuggestionPromise, SuggestionUnit
from tracker.suggestions.rules.acts import SuggestionAct, SuggestionPart
from tracker.working_days.queries import calendar

SUGGESTION, PROMISE = "suggestion", "suggestion_promise"
ANSWERS = (LimitKind.SUGGESTION_ANSWER, LimitKind.SUGGESTION_LONG_ANSWER, LimitKind.SUGGESTION_REANSWER)
K = LimitKind


def clocks_of(row: DeputySuggestion | SuggestionPromise, *kinds: LimitKind) -> list[Deadline]:
    """Return the clocks of a suggestion or a promise, of some kinds, the first one first."""
    subject = PROMISE if isinstance(row, SuggestionPromise) else SUGGESTION
    asked = select(Deadline).where(Deadline.subject == subject, Deadline.subject_id == row.id)
    return list(db.session.scalars((asked.where(Deadline.kind.in_(kinds)) if kinds else asked).order_by(Deadline.id)))


def running(row: DeputySuggestion | SuggestionPromise, *kinds: LimitKind) -> list[Deadline]:
    """Return those of them that run."""
    return [each for each in clocks_of(row, *kinds) if each.ended_on is None]


def begin(row: DeputySuggestion, kind: LimitKind, *, on: date, unit: SuggestionUnit | None = None) -> Deadline:
    """Start a clock of a suggestion: owed by a unit and its person, where none is given by the office."""
    return start_clock(
        kind,
        case_id=None,
        subject=SUGGESTION,
        subject_id=row.id,
        started_on=on,
        owner_department_id=unit.department_id if unit else row.office_id,
        owner_user_id=unit.user_id if unit else None,
    )


def begin_promise(row: SuggestionPromise, *, on: date) -> Deadline:
    """Start the clock of a promise up to its day; one that ran ends for it."""
    end(row, on=on, met=False, act=SuggestionAct.MOVE_PROMISE)
    return start_clock(
        K.SUGGESTION_PROMISE,
        case_id=None,
        subject=PROMISE,
        subject_id=row.id,
        started_on=min(on, row.due_on),
        due_on=row.due_on,
        owner_department_id=row.department_id,
        owner_user_id=row.user_id,
    )


def end(
    row: DeputySuggestion | SuggestionPromise, *kinds: LimitKind, on: date, met: bool, act: SuggestionAct
) -> list[Deadline]:
    """End the running clocks of some kinds, of none named all, and return them."""
    ended = running(row, *kinds)
    for clock in ended:
        stop_clock(clock, on=max(on, clock.started_on), met=met, by_action=act)
    return ended


def let_run_on(
    row: DeputySuggestion | SuggestionPromise, ended_by: SuggestionAct, days: Collection[date], *, today: date
) -> None:
    """Let the clocks run on that an act ended, on one of these days, which is taken back: as if it had not been."""
    for clock in clocks_of(row):
        if clock.ended_by == ended_by and clock.ended_on in {max(day, clock.started_on) for day in days}:
            run_on(clock, today=today)


def owed_by(row: DeputySuggestion, unit: SuggestionUnit) -> None:
    """Let whoever has the suggestion now owe its running answer (改交、更换承办人); the day stays."""
    for clock in running(row, *ANSWERS):
        clock.owner_department_id, clock.owner_user_id = unit.department_id, unit.user_id


def people_of(row: DeputySuggestion, part: SuggestionPart) -> Collection[User]:
    """Return the people who have a part; of the office, which is a post, none."""
    if part is SuggestionPart.OWNER:
        return [row.lead.owner]
    if part is SuggestionPart.LEADER:
        return [row.leader] if row.leader else []
    return [each.owner for each in row.helping] if part is SuggestionPart.HELPER else []


def tell(
    thing: DeputySuggestion | SuggestionPromise,
    line: SuggestionLine,
    part: SuggestionPart,
    *,
    heading: str,
    asked: str,
    now: datetime,
) -> None:
    """Tell those who have a part what was done; the title stands on the page alone, and is seen by who may."""
    promise = thing if isinstance(thing, SuggestionPromise) else None
    row = thing.suggestion if isinstance(thing, SuggestionPromise) else thing
    facts: dict[str, Any] = {
        "now": now,
        "days": calendar(),
        "source": "suggestion",
        "source_id": line.id,
        "about": (PROMISE, promise.id) if promise else (SUGGESTION, row.id),
        "heading": heading,
        "why": f"代表建议{row.number}。{line.told or ''}"[:300],
        "asked": asked,
    }
    if part is SuggestionPart.KEEPER:
        announce(f"suggestion:{line.id}:office", told=Recipient.OFFICE.value, **facts)
        return
    people = [promise.owner] if promise and part is SuggestionPart.OWNER else people_of(row, part)
    for person in people:
        if person.id != line.by_id:
            announce(f"suggestion:{line.id}:{person.id}", user_id=person.id, **facts)
