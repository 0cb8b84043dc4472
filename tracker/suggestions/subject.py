"""Deputies' suggestions and their promises as the timer sees them: their rows of SUBJECTS."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, or_, select

from tracker.core.database import db
from tracker.deadlines.models import Deadline
from tracker.people.rules import Reader
from tracker.reminders.subjects.answers import Standing, Subject, SubjectWords
from tracker.reminders.subjects.table import among
from tracker.reminders.subjects.things import Things, no_lines
from tracker.suggestions.access import TURNED, known_promises, known_suggestions
from tracker.suggestions.models import DeputySuggestion, SuggestionLine, SuggestionPromise, SuggestionUnit
from tracker.suggestions.rules.codes import (
    PROMISE_LABELS,
    SUGGESTION_OVER,
    SUGGESTION_STAGES,
    PromiseStage,
    SuggestionStage,
)
from tracker.suggestions.service.clocks import PROMISE, SUGGESTION

PAGE = "suggestions.one"
Ids = Collection[int]
_OVER = tuple(stage.value for stage in SUGGESTION_OVER)


@dataclass(frozen=True)
class _SuggestionKind:
    """A suggestion, or a promise of one: its table, whose line tells of it, who may know, its words, how it stands."""

    kind: str
    model: Any
    told_in: Any
    ids: Callable[[Reader], Select[Any]]
    live: Callable[[], Select[Any]]
    own: Callable[[Reader, date], Select[Any]]
    unit_id: Callable[[Any], int]
    suggestion: Callable[[Any], DeputySuggestion]
    words: Callable[[Any], SubjectWords]
    standing: Callable[[Any, Deadline | None], Standing]

    @property
    def things(self) -> Things:
        """Its rows, as the timer locks them."""
        return Things(self.model, lambda row: self.suggestion(row).office_id, told_in=self.told_in)

    def units(self, some: Ids) -> dict[int, int]:
        return {row.id: self.unit_id(row) for row in db.session.scalars(self.things.some(some))}

    def called(self, some: Ids) -> Mapping[int, SubjectWords]:
        return {row.id: self.words(row) for row in db.session.scalars(self.things.some(some))}

    def subject(self) -> Subject:
        """Return its row."""
        return Subject(
            kind=self.kind,
            parts=frozenset(),
            column=None,
            lock=self.things.lock,
            free=self.things.free,
            noted=self.things.noted,
            units=self.units,
            standing=lambda id_, clock, _seen: self.standing(db.session.get_one(self.model, id_), clock),
            known=self.ids,
            listed=self.ids,
            counted=lambda _reader: _open(self.model),
            live=self.live,
            own=self.own,
            open_to={},
            words=self.called,
            wrote=no_lines,
            refreshed=lambda _ids: {},
            watches={},
        )


def _open(model: Any) -> Select[Any]:
    """Return what is a suggestion still: what was turned away is nobody's figure."""
    if model is DeputySuggestion:
        return select(DeputySuggestion.id).where(~TURNED)
    return select(SuggestionPromise.id).join(DeputySuggestion).where(~TURNED)


def _standing(row: DeputySuggestion, clock: Deadline | None) -> Standing:
    """Return how people stand towards a suggestion: its unit and person owe it, 领办领导 leads it."""
    stage = SuggestionStage(row.stage)
    over = SUGGESTION_STAGES[stage] if stage in SUGGESTION_OVER else ""
    is_gone = stage is not SuggestionStage.CONCLUDED
    return Standing(
        office=row.office,
        unit=(clock.owner_department if clock else None) or row.lead.department,
        owner=clock.owner if clock else row.lead.owner,
        leads=(row.leader,) if row.leader else (),
        may_know=lambda reader: bool(among(known_suggestions(reader), [row.id])),
        number=row.number,
        gone=over if is_gone else "",
        over="" if is_gone else over,
        confidential=False,
        open_to_group=True,
        awaited=frozenset,
        hangs=frozenset,
        last=(),
        last_label="",
    )


def _promise_standing(promise: SuggestionPromise, _clock: Deadline | None) -> Standing:
    """Return how people stand towards a promise; it outlives the suggestion that it was made for."""
    row, stage = promise.suggestion, PromiseStage(promise.stage)
    over = PROMISE_LABELS[stage] if stage is not PromiseStage.OPEN else ""
    turned = SUGGESTION_STAGES[SuggestionStage.TURNED] if row.stage == SuggestionStage.TURNED else ""
    return Standing(
        office=row.office,
        unit=promise.department,
        owner=promise.owner,
        leads=(row.leader,) if row.leader else (),
        may_know=lambda reader: bool(among(known_suggestions(reader), [row.id])),
        number=f"{row.number}第{promise.number}项承诺",
        gone=turned,
        over=over,
        confidential=False,
        open_to_group=True,
        awaited=frozenset,
        hangs=frozenset,
        last=(),
        last_label="",
    )


def _own_suggestions(reader: Reader, _today: date) -> Select[Any]:
    worked_on = select(SuggestionUnit.suggestion_id).where(
        SuggestionUnit.user_id == reader.user_id, SuggestionUnit.ended_on.is_(None)
    )
    mine = or_(DeputySuggestion.id.in_(worked_on), DeputySuggestion.leader_id == reader.user_id)
    return select(DeputySuggestion.id).where(mine, ~TURNED)


def _own_promises(reader: Reader, _today: date) -> Select[Any]:
    return select(SuggestionPromise.id).where(SuggestionPromise.user_id == reader.user_id)


DEPUTY_SUGGESTION = _SuggestionKind(
    kind=SUGGESTION,
    model=DeputySuggestion,
    told_in=SuggestionLine.suggestion_id,
    ids=known_suggestions,
    live=lambda: select(DeputySuggestion.id).where(DeputySuggestion.stage.not_in(_OVER)),
    own=_own_suggestions,
    unit_id=lambda row: row.lead.department_id,
    suggestion=lambda row: row,
    words=lambda row: SubjectWords(row.number, f"代表建议：{row.title}", PAGE, row.public_id, True),
    standing=_standing,
).subject()
SUGGESTION_PROMISE = _SuggestionKind(
    kind=PROMISE,
    model=SuggestionPromise,
    told_in=SuggestionLine.promise_id,
    ids=known_promises,
    live=lambda: select(SuggestionPromise.id).where(SuggestionPromise.stage == PromiseStage.OPEN.value),
    own=_own_promises,
    unit_id=lambda row: row.department_id,
    suggestion=lambda row: row.suggestion,
    words=lambda row: SubjectWords(
        f"{row.suggestion.number}第{row.number}项承诺", f"承诺事项：{row.text}", PAGE, row.suggestion.public_id, True
    ),
    standing=_promise_standing,
).subject()
