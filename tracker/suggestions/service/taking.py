"""`acting` and `acting_on_promise`: the only code that moves a suggestion, or a promise of its answer."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime

from tracker import audit
from tracker.core.clock import local_date
from tracker.core.database import db, locked
from tracker.core.dates import long_date
from tracker.core.errors import DomainError, Forbidden, StaleVersion
from tracker.core.text import worded
from tracker.people.models import User
from tracker.people.queries import reader_for
from tracker.people.rules import Reader
from tracker.suggestions.access import parts, promise_parts
from tracker.suggestions.models import DeputySuggestion, SuggestionLine, SuggestionPromise
from tracker.suggestions.queries.facts import facts_of
from tracker.suggestions.rules.acts import (
    SUGGESTION_ACT_LABELS,
    SUGGESTION_PARTS,
    PromiseRow,
    SuggestionAct,
    SuggestionPart,
    SuggestionRow,
    promise_row,
    rows_at,
    why_not,
)
from tracker.suggestions.rules.codes import PROMISE_LABELS, SUGGESTION_STAGES, PromiseStage, SuggestionStage
from tracker.suggestions.service.clocks import tell

LONGEST_SAID = 1000
STALE = "您打开页面以后，别人已经办理过。请看清变化后再办。"


@dataclass
class SuggestionTaking:
    """An act on a suggestion that is being taken; `told` becomes the facts of its line, `kept` what only keepers read.

    `goes_to` is where an act leads that goes back to where the thing stood before, `promise` what it made.
    """

    suggestion: DeputySuggestion
    row: SuggestionRow
    by: User
    now: datetime
    said: str
    happened_on: date
    told: list[str] = field(default_factory=list)
    kept: str | None = None
    goes_to: SuggestionStage | None = None
    promise: SuggestionPromise | None = None
    line: SuggestionLine | None = None

    @property
    def today(self) -> date:
        """The day of the entry."""
        return local_date(self.now)

    @property
    def written(self) -> SuggestionLine:
        """The line of the act. Raises RuntimeError before the act is over."""
        if self.line is None:
            raise RuntimeError("the line is written when the act is over")
        return self.line


@contextmanager
def acting(
    suggestion: DeputySuggestion,
    act: SuggestionAct,
    *,
    by: User,
    now: datetime,
    said: str,
    happened_on: date | None = None,
    not_before: date | None = None,
    asks_again: bool = False,
    version: int | None = None,
) -> Iterator[SuggestionTaking]:
    """Take one act of the table on a suggestion, in the caller's transaction.

    `happened_on` is the day of what it tells, today where none is given, never before `not_before` (as shipped the day
    of 交办). Raises StaleVersion, Forbidden or DomainError and changes nothing.
    """
    locked(suggestion)
    if version is not None and version != suggestion.version:
        raise StaleVersion(STALE)
    today, before = local_date(now), SuggestionStage(suggestion.stage)
    on = happened_on or today
    row = _lawful(suggestion, act, reader_for(by, today), on, asks_again=asks_again)
    first = not_before or suggestion.assigned_on
    if not first <= on <= today:
        raise DomainError(f"日期应在{long_date(min(first, today))}和今天之间。", field="happened_on")
    step = SuggestionTaking(suggestion, row, by, now, worded(said, "情况或理由", LONGEST_SAID, "said"), on)
    yield step
    suggestion.stage = (step.goes_to or row.to or before).value
    suggestion.version += 1
    step.line = write_line(
        suggestion, act, by=by, now=now, on=on, stages=(before, suggestion.stage), said=step.said, told=step.told,
        kept=step.kept, promise=step.promise,
    )  # fmt: skip
    if row.next_part is not None:
        tell(suggestion, step.line, row.next_part, heading=row.label, asked=row.asked, now=now)
        db.session.flush()
    recorded(suggestion, act, by=by, now=now)


def _lawful(
    suggestion: DeputySuggestion, act: SuggestionAct, reader: Reader, on: date, *, asks_again: bool
) -> SuggestionRow:
    """Return the row of an act on a suggestion that the person may take now; raises why there is none."""
    stage, label = SuggestionStage(suggestion.stage), SUGGESTION_ACT_LABELS[act]
    rows = list(rows_at(act, stage))
    if not rows:
        raise DomainError(f"这件建议现在是“{SUGGESTION_STAGES[stage]}”，不能{label}。")
    mine = parts(reader, suggestion)
    own = [row for row in rows if row.by & mine]
    if not own:
        wanted = frozenset[SuggestionPart]().union(*(row.by for row in rows))
        who = "、".join(words for part, words in SUGGESTION_PARTS.items() if part in wanted)
        raise Forbidden(f"“{label}”应由{who}办理。")
    facts = facts_of(suggestion, on, asks_again=asks_again)
    failed = [why_not(row, facts) for row in own]
    if all(failed):
        raise DomainError(failed[-1])
    return next(row for row, sentence in zip(own, failed, strict=True) if not sentence)


@dataclass
class PromiseTaking:
    """An act on a promise that is being taken."""

    promise: SuggestionPromise
    row: PromiseRow
    said: str
    happened_on: date
    today: date
    told: list[str] = field(default_factory=list)


@contextmanager
def acting_on_promise(
    promise: SuggestionPromise,
    act: SuggestionAct,
    *,
    by: User,
    now: datetime,
    said: str,
    happened_on: date | None = None,
    version: int | None = None,
) -> Iterator[PromiseTaking]:
    """Take one act on a promise (承诺事项); its suggestion is locked first. Raises as `acting` does."""
    locked(promise.suggestion)
    locked(promise)
    if version is not None and version != promise.version:
        raise StaleVersion(STALE)
    today, stage = local_date(now), PromiseStage(promise.stage)
    row = promise_row(act, stage)
    if row is None:
        raise DomainError(f"这项承诺“{PROMISE_LABELS[stage]}”，不能{SUGGESTION_ACT_LABELS[act]}。")
    if not row.by & promise_parts(reader_for(by, today), promise):
        who = "、".join(words for part, words in SUGGESTION_PARTS.items() if part in row.by)
        raise Forbidden(f"“{row.label}”应由{who}办理。")
    on = happened_on or today
    if not promise.promised_on <= on <= today:
        raise DomainError(f"日期应在{long_date(min(promise.promised_on, today))}和今天之间。", field="happened_on")
    step = PromiseTaking(promise, row, worded(said, "情况或理由", LONGEST_SAID, "said"), on, today)
    yield step
    promise.stage = (row.to or stage).value
    promise.version += 1
    line = write_line(promise.suggestion, act, by=by, now=now, on=on, stages=(stage, promise.stage), said=step.said,
                      told=[f"第 {promise.number} 项承诺", *step.told], promise=promise)  # fmt: skip
    if row.next_part is not None:
        tell(promise, line, row.next_part, heading=row.label, asked=row.asked, now=now)
        db.session.flush()
    recorded(promise.suggestion, act, by=by, now=now)


def write_line(
    suggestion: DeputySuggestion,
    act: SuggestionAct,
    *,
    by: User,
    now: datetime,
    on: date,
    stages: tuple[str | None, str] | None = None,
    said: str = "",
    told: list[str] | None = None,
    kept: str | None = None,
    promise: SuggestionPromise | None = None,
) -> SuggestionLine:
    """Write one line of the trail (过程): the day of the act and the moment of its entry."""
    before, after = stages or (None, None)
    line = SuggestionLine(
        suggestion_id=suggestion.id,
        promise_id=promise.id if promise else None,
        act=act.value,
        from_stage=before,
        to_stage=after,
        by_id=by.id,
        acting_as=by.acting_as(local_date(now))[:200],
        happened_on=on,
        entered_at=now,
        said=said or None,
        told="；".join(told or ()) or None,
        kept=kept,
    )
    db.session.add(line)
    db.session.flush()
    return line


def recorded(suggestion: DeputySuggestion, act: SuggestionAct, *, by: User, now: datetime) -> None:
    """Write an act on a suggestion into the log."""
    payload = {"suggestion": suggestion.id, "act": act.value}
    audit.record(audit.Event.SUGGESTION_STEPPED, by=by, now=now, payload=payload)
