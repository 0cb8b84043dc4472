"""The list of suggestions with its filters, and the counts: a count and the list it opens ask the same conditions."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, extract, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from tracker.core.database import db
from tracker.deadlines.models import Deadline
from tracker.deadlines.queries import ShownClock, is_counted, shown_all
from tracker.people.rules import Reader
from tracker.suggestions.access import TURNED, of_area, suggestion_visible_to
from tracker.suggestions.models import (
    DeputySuggestion,
    SuggestionAnswer,
    SuggestionPromise,
    SuggestionRecord,
    SuggestionUnit,
)
from tracker.suggestions.rules.codes import (
    OPINION_LABELS,
    RESULT_LABELS,
    SUGGESTION_LIVE,
    SUGGESTION_STAGES,
    TO_ANSWER,
    PromiseStage,
    RecordKind,
)
from tracker.suggestions.rules.groups import (
    DATES_LABELS,
    INSPECTED_LABELS,
    MINE_LABELS,
    NO_RESULT,
    PROMISED_LABELS,
    Inspected,
    Mine,
    Promised,
    SuggestionDates,
)
from tracker.suggestions.service.clocks import ANSWERS, SUGGESTION

Clause = ColumnElement[bool]


@dataclass(frozen=True)
class SuggestionFilters:
    """What the list is narrowed to, as words of the address; "" narrows nothing."""

    stage: str = ""
    dates: str = ""
    result: str = ""
    opinion: str = ""
    key: str = ""
    inspected: str = ""
    promised: str = ""
    mine: str = ""
    year: str = ""

    @classmethod
    def read(cls, asked: Mapping[str, str]) -> "SuggestionFilters":
        """Read filters from an address; a value that no list has is left out."""
        years = asked.get("year", "")
        known = {name: value for name, values in VALUES.items() if (value := asked.get(name, "")) in values}
        return cls(**known, year=years if len(years) == 4 and years.isascii() and years.isdigit() else "")

    def given(self) -> dict[str, str]:
        """Return what is chosen, by name."""
        names = (*VALUES, "year")
        return {name: value for name in names if (value := getattr(self, name))}

    def without(self, name: str) -> "SuggestionFilters":
        """Return the filters without one of them."""
        return replace(self, **{name: ""})


KEY_LABELS = {"yes": "重点督办", "no": "不是重点督办"}
VALUES: dict[str, dict[str, str]] = {
    "stage": {str(stage): label for stage, label in SUGGESTION_STAGES.items() if stage != "turned"},
    "dates": {str(each): label for each, label in DATES_LABELS.items()},
    "result": {str(each): label for each, label in RESULT_LABELS.items()} | {NO_RESULT: "没有分类"},
    "opinion": {str(each): label for each, label in OPINION_LABELS.items()},
    "key": KEY_LABELS,
    "inspected": {str(each): label for each, label in INSPECTED_LABELS.items()},
    "promised": {str(each): label for each, label in PROMISED_LABELS.items()},
    "mine": {str(each): label for each, label in MINE_LABELS.items()},
}
FILTER_LABELS = {
    **{"stage": "进度", "dates": "期限", "result": "答复类别", "opinion": "代表意见", "key": "重点"},
    **{"inspected": "督查", "promised": "承诺", "mine": "范围", "year": "交办年份"},
}


def conditions(filters: SuggestionFilters, reader: Reader, today: date) -> Iterator[Clause]:
    """Yield the conditions on `DeputySuggestion` of some filters, for who reads them."""
    yield suggestion_visible_to(reader)
    yield ~TURNED
    if filters.stage:
        yield DeputySuggestion.stage == filters.stage
    if filters.dates:
        yield _dates(SuggestionDates(filters.dates), today)
    if filters.result or filters.opinion:
        yield _last_answer(filters)
    if filters.key:
        yield DeputySuggestion.key_on.is_not(None) if filters.key == "yes" else DeputySuggestion.key_on.is_(None)
    if filters.inspected:
        seen = _inspected()
        yield seen if filters.inspected == Inspected.YES else ~seen
    if filters.promised:
        yield _promised(Promised(filters.promised), today)
    if filters.mine:
        yield _mine(Mine(filters.mine), reader)
    if filters.year:
        yield extract("year", DeputySuggestion.assigned_on) == int(filters.year)


def _dates(which: SuggestionDates, today: date) -> Clause:
    if which is SuggestionDates.OPEN:
        return DeputySuggestion.stage.in_([stage.value for stage in SUGGESTION_LIVE])
    running = and_(
        Deadline.subject == SUGGESTION,
        Deadline.subject_id == DeputySuggestion.id,
        Deadline.kind.in_([kind.value for kind in ANSWERS]),
        Deadline.ended_on.is_(None),
    )
    if which is SuggestionDates.TO_ANSWER:
        return DeputySuggestion.stage.in_([stage.value for stage in TO_ANSWER])
    return exists().where(running, Deadline.effective_due < today, is_counted())


def _last_answer(filters: SuggestionFilters) -> Clause:
    """The answer that stands last has this result, and of it the deputy says this."""
    later = select(func.max(SuggestionAnswer.id)).where(
        SuggestionAnswer.suggestion_id == DeputySuggestion.id, SuggestionAnswer.struck_at.is_(None)
    )
    which = [SuggestionAnswer.id == later.correlate(DeputySuggestion).scalar_subquery()]
    if filters.result == NO_RESULT:
        which.append(SuggestionAnswer.result.is_(None))
    elif filters.result:
        which.append(SuggestionAnswer.result == filters.result)
    if filters.opinion:
        which.append(SuggestionAnswer.opinion == filters.opinion)
    return DeputySuggestion.id.in_(select(SuggestionAnswer.suggestion_id).where(*which).correlate(DeputySuggestion))


def _inspected() -> Clause:
    return exists().where(
        SuggestionRecord.suggestion_id == DeputySuggestion.id,
        SuggestionRecord.kind == RecordKind.INSPECTION.value,
        SuggestionRecord.struck_at.is_(None),
    )


def _promised(which: Promised, today: date) -> Clause:
    own = [SuggestionPromise.suggestion_id == DeputySuggestion.id, SuggestionPromise.stage == PromiseStage.OPEN.value]
    if which is Promised.LATE:
        own.append(SuggestionPromise.due_on < today)
    return exists().where(*own)


def _mine(which: Mine, reader: Reader) -> Clause:
    if which is Mine.LEADING:
        return DeputySuggestion.leader_id == reader.user_id
    own = [SuggestionUnit.suggestion_id == DeputySuggestion.id, SuggestionUnit.ended_on.is_(None)]
    own.append(
        SuggestionUnit.user_id == reader.user_id
        if which is Mine.OWN
        else SuggestionUnit.department_id.in_(sorted(reader.department_ids))
    )
    return exists().where(*own)


@dataclass(frozen=True)
class SuggestionListed:
    """A suggestion in the list, with the clock of its answer: the running one, else the last."""

    suggestion: DeputySuggestion
    clock: ShownClock | None


@dataclass(frozen=True)
class SuggestionList:
    """A page of the list, how many it has in all, and the numbers that are no suggestions any more (已转出)."""

    rows: Sequence[SuggestionListed]
    total: int
    turned: Sequence[DeputySuggestion]


def suggestions(
    filters: SuggestionFilters, reader: Reader, *, today: date, now: datetime, page: int, size: int
) -> SuggestionList:
    """Return a page of the suggestions that a person may see, the latest 交办 first."""
    which = list(conditions(filters, reader, today))
    asked = (
        select(DeputySuggestion)
        .where(*which)
        .options(joinedload(DeputySuggestion.leader), selectinload(DeputySuggestion.answers))
        .options(
            selectinload(DeputySuggestion.units).options(
                joinedload(SuggestionUnit.department), joinedload(SuggestionUnit.owner)
            )
        )
        .order_by(DeputySuggestion.assigned_on.desc(), DeputySuggestion.id.desc())
    )
    rows = db.session.scalars(asked.limit(size).offset((page - 1) * size)).all()
    total = db.session.scalar(select(func.count(DeputySuggestion.id)).where(*which)) or 0
    clocks = _answer_clocks([row.id for row in rows], today, now)
    return SuggestionList(
        [SuggestionListed(row, clocks.get(row.id)) for row in rows], total, turned(reader) if page == 1 else ()
    )


def _answer_clocks(ids: Sequence[int], today: date, now: datetime) -> dict[int, ShownClock]:
    asked = (
        select(Deadline)
        .where(Deadline.subject == SUGGESTION, Deadline.subject_id.in_(ids))
        .where(Deadline.kind.in_([kind.value for kind in ANSWERS]), or_(Deadline.met, Deadline.ended_on.is_(None)))
        .options(joinedload(Deadline.owner_department), joinedload(Deadline.owner))
        .order_by(Deadline.id)
    )
    found = db.session.scalars(asked).all() if ids else []
    return {clock.subject_id: shown for clock, shown in zip(found, shown_all(found, today, now=now), strict=True)}


def turned(reader: Reader) -> Sequence[DeputySuggestion]:
    """Return what is no suggestion any more (已转出): its number, to everybody who sees all the others.

    A number that was missing would tell no less; what it was, and what became of it, stands nowhere.
    """
    asked = select(DeputySuggestion).where(TURNED, of_area(reader))
    return db.session.scalars(asked.order_by(DeputySuggestion.id)).all()


def counted(asked: Sequence[SuggestionFilters], reader: Reader, *, today: date) -> list[int]:
    """Return how many suggestions each of some lists has. One query."""
    columns = [
        select(func.count(DeputySuggestion.id)).where(*conditions(each, reader, today)).scalar_subquery()
        for each in asked
    ]
    found: Any = db.session.execute(select(*columns)).one() if columns else ()
    return list(found)


def years(reader: Reader) -> list[int]:
    """Return the years of 交办 of the suggestions that a person may see, the latest first."""
    year = extract("year", DeputySuggestion.assigned_on)
    found = db.session.scalars(select(year).where(suggestion_visible_to(reader), ~TURNED).distinct())
    return sorted({int(each) for each in found}, reverse=True)
