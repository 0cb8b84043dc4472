"""A kind of thing that lives in tests only: a problem of a village that its township has to put right (村级问题).

It has no table of its own: the village itself stands for its problem. 润城镇 has it, 温凯 owes it, 陈志远 leads it.
These two may know of it, and the supervisor and the principal leader.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, false, select

from tests.world.county import County
from tracker.core.database import Model, db
from tracker.deadlines.models import Deadline
from tracker.people.rules import Reader
from tracker.places.models import Place
from tracker.reminders.ladder.rules.reach import Ref
from tracker.reminders.subjects.answers import Free, Issued, Standing, Subject, SubjectWords

KIND, NUMBER, PAGE = "problem", "村治-1", "villages.village"
KNOWERS = ("town_head", "lead", "leader", "supervisor")
# What letters left with the problem.
Kept = list[str]


def problems(county: County, kept: Kept) -> Subject:
    """Return the row of the invented kind, for the people of a county."""
    knowers = {county.ids[key] for key in KNOWERS}

    def locked(ids: Collection[int]) -> Select[Any]:
        return select(Place.id).where(Place.id.in_(ids)).order_by(Place.id).with_for_update(key_share=True)

    def lock(ids: Collection[int]) -> None:
        db.session.execute(locked(ids)).all()

    def free(ids: Collection[int]) -> dict[int, Free]:
        found = db.session.scalars(locked(ids).with_for_update(skip_locked=True, key_share=True))
        return {id_: Free(county.ids["office"], 1, False, frozenset(), None) for id_ in found}

    def standing(_id: int, clock: Deadline | None, _seen_on: Ref | None) -> Standing:
        return Standing(
            office=county.office,
            unit=county.town,
            owner=clock.owner if clock and clock.owner else county.town_head,
            leads=(county.lead,),
            may_know=lambda reader: reader.user_id in knowers,
            number=NUMBER,
            gone="",
            over="",
            confidential=False,
            awaited=frozenset,
            hangs=frozenset,
            open_to_group=True,
            last=(),
            last_label="",
        )

    def known(reader: Reader) -> Select[Any]:
        return select(Place.id) if reader.user_id in knowers else select(Place.id).where(false())

    def own(reader: Reader, _today: date) -> Select[Any]:
        return known(reader)

    def words(ids: Collection[int]) -> dict[int, SubjectWords]:
        rows = db.session.scalars(select(Place).where(Place.id.in_(ids)))
        return {
            row.id: SubjectWords(NUMBER, f"{row.short_name}的问题", PAGE, row.public_id, named=True) for row in rows
        }

    def wrote(issued: Sequence[Issued], _at: datetime) -> list[list[Model]]:
        kept.extend(each.number for each in issued)
        return [[] for _ in issued]

    return Subject(
        kind=KIND,
        parts=frozenset(),
        column=None,
        lock=lock,
        free=free,
        noted=lambda _ids: {},
        units=lambda ids: dict.fromkeys(ids, county.ids["town"]),
        standing=standing,
        known=known,
        listed=known,
        counted=lambda _reader: select(Place.id),
        live=lambda: select(Place.id).where(Place.closed_on.is_(None)),
        own=own,
        open_to={},
        words=words,
        wrote=wrote,
        refreshed=lambda _ids: {},
        watches={},
    )


def unanswered(field: str, asked: list[str]) -> Callable[..., Any]:
    """Return an answer that nobody gave: whoever asks for it fails with its name."""

    def missing(*_args: Any, **_given: Any) -> Any:
        asked.append(field)
        raise LookupError(f"a problem of a village has no answer to {field}")

    return missing
