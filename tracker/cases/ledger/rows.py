"""The rows of the ledger, ready to be shown: no name in clear, nothing left to load."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from tracker.cases.ledger.conditions import last_check
from tracker.cases.ledger.due import CaseClocks, DueCell, clocks_of
from tracker.cases.ledger.groups import NO_PLACE
from tracker.cases.record.finality import FINAL_NOW
from tracker.cases.record.leads import LEAD_ID
from tracker.cases.record.marks import Marks, Named, marks, roster_of
from tracker.cases.record.models import Assignment, Case, Review
from tracker.cases.record.rules.codes import CHANNEL_LABELS, Channel, LedgerStatus, Status, Urgency
from tracker.cases.record.rules.elections import ELECTION_TYPE_LABELS, ElectionType
from tracker.cases.record.rules.holding import DONE, Hands, in_hands_of, state_kind, state_words
from tracker.core.database import db
from tracker.people.models import Department, User
from tracker.petitioners.models import Petitioner
from tracker.petitioners.queries import ANONYMOUS
from tracker.petitioners.rules import masked_name
from tracker.places.models import Place
from tracker.places.queries import Label
from tracker.places.queries.tree import label_of


@dataclass(frozen=True, slots=True)
class Tag:
    """A word with a frame: 贿选, 重件, 第 2 轮."""

    text: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One case in a list.

    `running` is the running duty that falls due first, `answer` how the answer was. `unit` and `holder` have it now;
    `given_to` is the unit it was given to, also after 销号.
    """

    id: int
    public_id: str
    version: int
    number: str
    title: str
    channel: str
    people: int
    petitioner: str
    place: Label | None
    place_words: str
    state: str
    state_kind: str
    unit: str
    holder: str
    given_to: str
    received_on: date
    running: DueCell | None
    answer: DueCell | None
    election: str
    checked_on: date | None
    tags: tuple[Tag, ...]

    @property
    def due(self) -> DueCell | None:
        """What stands under 期限: the nearest running duty; how the answer was, once closed or when no duty runs."""
        return self.answer if self.state_kind == DONE else self.running or self.answer

    @property
    def look_back(self) -> DueCell | None:
        """The duty that still runs after 销号 (回头看)."""
        return self.running if self.state_kind == DONE else None


_town, _county = aliased(Place), aliased(Place)
_office, _unit = aliased(Department), aliased(Department)
_handler, _lead = aliased(User), aliased(User)
_COLUMNS = (
    *(Case.id, Case.public_id, Case.version, Case.register_no, Case.title, Case.channel, Case.people_count),
    *(Case.anonymous, Case.place_note, Case.status, Case.ledger_status, Case.received_on, Case.import_run_id),
    *(Case.election_type, Case.vote_buying, Case.urgency, Case.original_id, Case.round),
    *(Place.level, Place.short_name.label("place"), _town.short_name.label("above"), _county.short_name.label("over")),
    *(_office.short_name.label("office"), _unit.short_name.label("unit")),
    select(Review.organ)
    .where(Review.case_id == Case.id, Review.concluded_on.is_(None))
    .limit(1)
    .correlate(Case)
    .scalar_subquery()
    .label("organ"),
    last_check().label("checked_on"),
    FINAL_NOW.label("final"),
    *(_handler.name.label("handler"), _lead.name.label("lead_official"), Petitioner.name.label("petitioner")),
    *(_unit.id.label("unit_id"), _unit.valid_to.label("unit_valid_to"), Assignment.handler_id),
    *(_handler.disabled_at.label("handler_disabled_at"), _lead.id.label("lead_official_id")),
    _lead.disabled_at.label("lead_disabled_at"),
)
# The parts of a row that are not on the case itself.
_JOINED = (
    select(*_COLUMNS)
    .join(_office, _office.id == Case.office_id)
    .outerjoin(Place, Place.id == Case.village_id)
    .outerjoin(_town, _town.id == Place.parent_id)
    .outerjoin(_county, _county.id == _town.parent_id)
    .outerjoin(Assignment, Assignment.id == Case.assignment_id)
    .outerjoin(_unit, _unit.id == Assignment.department_id)
    .outerjoin(_handler, _handler.id == Assignment.handler_id)
    .outerjoin(_lead, _lead.id == LEAD_ID)
    .outerjoin(Petitioner, (Petitioner.case_id == Case.id) & (Petitioner.position == 0))
)


def rows_of(case_ids: Sequence[int], today: date, *, now: datetime | None = None) -> list[LedgerRow]:
    """Return the rows of cases, already narrowed, in the order of their ids as given. Three queries, or four."""
    if not case_ids:
        return []
    found = {row.id: row for row in db.session.execute(_JOINED.where(Case.id.in_(case_ids)))}
    clocks = clocks_of(case_ids, today, now=now)
    marked = _marks(found, today)
    return [
        _row(found[id_], clocks.get(id_, CaseClocks()), marked.get(id_, Marks())) for id_ in case_ids if id_ in found
    ]


def _marks(rows: Mapping[int, Any], today: date) -> dict[int, Marks]:
    """Return why unit and people of matters cannot act any more, by case."""
    named = {
        id_: Named(
            *(row.unit_id, row.unit_valid_to, row.handler_id, row.handler_disabled_at is not None),
            *(row.lead_official_id, row.lead_disabled_at is not None),
        )
        for id_, row in rows.items()
        if (row.unit_id is not None or row.lead_official_id is not None)
        and row.ledger_status != LedgerStatus.CLOSED
        and row.import_run_id is None
    }
    at_work = roster_of(named.values(), today)
    return {id_: marks(each, at_work, today) for id_, each in named.items()}


def _row(row: Any, clocks: CaseClocks, mark: Marks) -> LedgerRow:
    status, ledger = Status(row.status), LedgerStatus(row.ledger_status)
    history = row.import_run_id is not None
    unit, holder = in_hands_of(
        Hands(
            *(status, ledger, history, row.office),
            *(row.unit or "", row.handler or "", row.lead_official or "", row.organ or ""),
            *(mark.unit_mark, mark.handler_mark, mark.lead_mark),
        )
    )
    place = label_of(row.level, row.place, row.above, row.over) if row.level else None
    return LedgerRow(
        id=row.id,
        public_id=row.public_id,
        version=row.version,
        number=row.register_no,
        title=row.title,
        channel=CHANNEL_LABELS[Channel(row.channel)],
        people=row.people_count,
        petitioner=ANONYMOUS if row.anonymous else masked_name(row.petitioner),
        place=place,
        place_words=_place_words(place, row.place_note),
        state=state_words(status, ledger),
        state_kind=state_kind(status, ledger),
        unit=unit,
        holder=holder,
        given_to=row.unit or "",
        received_on=row.received_on,
        checked_on=row.checked_on,
        running=clocks.nearest,
        answer=clocks.answer,
        election=ELECTION_TYPE_LABELS[ElectionType(row.election_type)] if row.election_type else "",
        tags=tuple(_tags(row, history=history)),
    )


def _place_words(place: Label | None, note: str | None) -> str:
    """润城镇 上庄村; a place not known yet with what the office knows of it."""
    if place is None:
        return f"{NO_PLACE}（{note}）" if note else NO_PLACE
    return " ".join(part for part in (place.town, place.village) if part) or place.name


_VOTE_BUYING, _URGENT = Tag("贿选", "serious"), Tag("紧急", "serious")
_REPEAT, _HISTORY, _FINAL = Tag("重件"), Tag("历史件", "quiet"), Tag("已终结")


def _tags(row: Any, *, history: bool) -> Iterator[Tag]:
    if row.vote_buying:
        yield _VOTE_BUYING
    if row.urgency == Urgency.URGENT:
        yield _URGENT
    if row.original_id is not None:
        yield _REPEAT
    if row.round > 1:
        yield Tag(f"第 {row.round} 轮")
    if row.final:
        yield _FINAL
    if history:
        yield _HISTORY
