"""The page of one suggestion: its paper, who has it, its clocks, talks, answers and promises, what was done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from tracker.core.database import db
from tracker.deadlines.models import Deadline
from tracker.deadlines.queries import ShownClock, shown_all
from tracker.people.rules import Reader
from tracker.suggestions.access import keeps, parts, promise_parts
from tracker.suggestions.models import (
    DeputySuggestion,
    SuggestionAnswer,
    SuggestionLine,
    SuggestionPromise,
    SuggestionRecord,
)
from tracker.suggestions.queries.facts import facts_of, is_met, last_undoable, objection_until, standing_records
from tracker.suggestions.rules.acts import (
    PROMISE_ACTS,
    SUGGESTION_ACTS,
    SuggestionAct,
    why_not,
)
from tracker.suggestions.rules.codes import RecordKind, SuggestionStage
from tracker.suggestions.service.clocks import PROMISE, SUGGESTION

# What stands first among the acts that somebody can take; what the others are under 更多.
FIRST = (
    *(SuggestionAct.ANSWER, SuggestionAct.HEAR, SuggestionAct.AGREE_RETURN, SuggestionAct.REFUSE_RETURN),
    *(SuggestionAct.CONCLUDE, SuggestionAct.HELP, SuggestionAct.MEET, SuggestionAct.NOTE),
)
SHOWN_FIRST = 3


@dataclass(frozen=True)
class ShownPromise:
    """A promise with its clock, and what the reader may do about it."""

    promise: SuggestionPromise
    clock: ShownClock | None
    acts: Sequence[SuggestionAct]


@dataclass(frozen=True)
class SuggestionPage:
    """One suggestion as its page shows it, for a reader who may see it."""

    suggestion: DeputySuggestion
    clocks: Sequence[ShownClock]
    answers: Sequence[SuggestionAnswer]
    meetings: Sequence[SuggestionRecord]
    inspections: Sequence[SuggestionRecord]
    promises: Sequence[ShownPromise]
    acts: Sequence[SuggestionAct]
    trail: Sequence[SuggestionLine]
    undoable: SuggestionLine | None
    met: bool
    keeps: bool
    objection_until: date
    today: date

    @property
    def may_object(self) -> bool:
        """Whether the unit may still say that it is not competent."""
        return self.suggestion.stage == SuggestionStage.IN_HAND and self.today <= self.objection_until

    @property
    def turned(self) -> bool:
        """Whether it is no suggestion any more."""
        return self.suggestion.stage == SuggestionStage.TURNED


def suggestion_page(row: DeputySuggestion, reader: Reader, *, today: date, now: datetime) -> SuggestionPage:
    """Return the page of a suggestion, for a reader who may see it."""
    promises = {each.id: each for each in row.promises}
    clocks = _clocks(SUGGESTION, [row.id])
    of_promises = _clocks(PROMISE, list(promises))
    shown = dict(zip([each.id for each in of_promises], shown_all(of_promises, today, now=now), strict=True))
    latest = {each.subject_id: shown[each.id] for each in of_promises}
    lines = select(SuggestionLine).where(SuggestionLine.suggestion_id == row.id)
    return SuggestionPage(
        suggestion=row,
        clocks=shown_all(sorted(clocks, key=_running_first), today, now=now),
        answers=row.given,
        meetings=standing_records(row, RecordKind.MEETING),
        inspections=standing_records(row, RecordKind.INSPECTION),
        promises=[ShownPromise(each, latest.get(each.id), promise_acts(reader, each)) for each in row.promises],
        acts=acts_of(reader, row, today),
        trail=db.session.scalars(lines.options(joinedload(SuggestionLine.by)).order_by(SuggestionLine.id.desc())).all(),
        undoable=last_undoable(row),
        met=is_met(row),
        keeps=keeps(reader, row.office_id),
        objection_until=objection_until(row.lead.given_on),
        today=today,
    )


def _clocks(subject: str, ids: Sequence[int]) -> Sequence[Deadline]:
    asked = select(Deadline).where(Deadline.subject == subject, Deadline.subject_id.in_(ids)).order_by(Deadline.id)
    people = (joinedload(Deadline.owner_department), joinedload(Deadline.owner))
    return db.session.scalars(asked.options(*people)).all() if ids else ()


def _running_first(clock: Deadline) -> tuple[bool, date, int]:
    return clock.ended_on is not None, clock.effective_due, clock.id


def acts_of(reader: Reader, row: DeputySuggestion, today: date) -> list[SuggestionAct]:
    """Return what a person may do about a suggestion now, the next step first."""
    mine, stage, facts = parts(reader, row), SuggestionStage(row.stage), facts_of(row, today)
    rows = (each for each in SUGGESTION_ACTS if stage in each.froms and each.by & mine)
    found = dict.fromkeys(each.act for each in rows if not why_not(each, facts))
    return sorted(found, key=lambda act: FIRST.index(act) if act in FIRST else len(FIRST))


def promise_acts(reader: Reader, row: SuggestionPromise) -> list[SuggestionAct]:
    """Return what a person may do about a promise now."""
    if row.suggestion.stage == SuggestionStage.TURNED:
        return []
    mine = promise_parts(reader, row)
    return [each.act for each in PROMISE_ACTS if each.start == row.stage and each.by & mine]
