"""What the conditions of acts on a suggestion read, and which line of its trail can be taken back."""

from datetime import date

from sqlalchemy import select

from tracker.core.database import db
from tracker.deadlines.local import LocalNumber
from tracker.deadlines.own_limits import amount_on
from tracker.suggestions.models import DeputySuggestion, SuggestionLine, SuggestionRecord
from tracker.suggestions.rules.acts import UNDOABLE, SuggestionFacts
from tracker.suggestions.rules.codes import RecordKind, TalkRank
from tracker.working_days.queries import calendar
from tracker.working_days.rules import Unit, due


def objection_until(given_on: date) -> date:
    """Return the last day on which a unit may object (提出退回) to what it was given on a day."""
    days = amount_on(LocalNumber.SUGGESTION_OBJECTION, given_on)
    return due(given_on, days, Unit.WORKING_DAY, calendar()).effective


def standing_records(row: DeputySuggestion, kind: RecordKind | None = None) -> list[SuggestionRecord]:
    """Return the talks and inspections on record, of one kind or of both; what was a mistake is left out."""
    return [each for each in row.records if each.struck_at is None and kind in (None, each.kind)]


def is_met(row: DeputySuggestion) -> bool:
    """Say whether a head spoke with the deputy (面商); of a key suggestion the principal head."""
    enough = {TalkRank.PRINCIPAL} if row.key_on else {TalkRank.PRINCIPAL, TalkRank.HEAD}
    return any(each.rank in enough for each in standing_records(row, RecordKind.MEETING))


def last_undoable(row: DeputySuggestion) -> SuggestionLine | None:
    """Return the line of the last act that can be taken back; None where there is none left."""
    which = (SuggestionLine.suggestion_id == row.id, SuggestionLine.act.in_([act.value for act in UNDOABLE]))
    found = select(SuggestionLine).where(*which, SuggestionLine.taken_back_at.is_(None))
    return db.session.scalars(found.order_by(SuggestionLine.id.desc()).limit(1)).first()


def facts_of(row: DeputySuggestion, on: date, *, asks_again: bool = False) -> SuggestionFacts:
    """Return what the conditions read of a suggestion, on the day of an act."""
    last = row.last_answer
    return SuggestionFacts(
        days_over=on > objection_until(row.lead.given_on),
        lengthened=row.lengthened_on is not None,
        answered=last is not None,
        heard=last is not None and last.opinion is not None,
        met=is_met(row),
        recorded=bool(standing_records(row)),
        asks_again=asks_again,
        undoable=last_undoable(row) is not None,
    )
