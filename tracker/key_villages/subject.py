"""A village and a problem as the timer sees them: the rows of SUBJECTS."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Select, false, select

from tracker.core import clock as clock_now
from tracker.core.database import db
from tracker.deadlines.models import Deadline
from tracker.key_villages.access import finding_visible_to, holder_of, known
from tracker.key_villages.control_access import owed_or_left
from tracker.key_villages.models import (
    FindingLine,
    InspectionRound,
    VillageEntry,
    VillageFinding,
    VillageLine,
    VillageLookBack,
    VillageProblem,
)
from tracker.key_villages.queries.findings import FINDING
from tracker.key_villages.rules.codes import ENDED, STAGE_LABELS, VillageDutyKind, VillageStage
from tracker.key_villages.rules.findings import FINDING_LABELS, FINDING_OVER, FindingStage
from tracker.key_villages.rules.looking_back import LOOK_BACK_LABELS, OCCASION_LABELS, LookBackStage, Occasion
from tracker.key_villages.service.clocks import ENTRY, PROBLEM
from tracker.key_villages.service.look_back_clocks import LOOK_BACK
from tracker.people.models import Department, User
from tracker.people.rules import Reader
from tracker.reminders.subjects.answers import Standing, Subject, SubjectWords
from tracker.reminders.subjects.table import among
from tracker.reminders.subjects.things import Things, no_lines

PAGE, ROUND_PAGE = "key_villages.entry", "inspections.one"
Ids = Collection[int]


@dataclass(frozen=True)
class _Kind:
    """One kind of thing of the ledger: its table, which of them a person may see, its words, and how it stands.

    `lines`: the column by which lines of a trail name it, None where none does. `over`: the stages in which nothing
    of it is in hand.
    """

    kind: str
    model: Any
    office_id: Callable[[Any], int]
    ids: Callable[[Reader], Select[Any]]
    words: Callable[[Ids], Mapping[int, SubjectWords]]
    standing: Callable[[Any, Deadline | None], Standing]
    lines: Any
    over: Collection[str]

    @property
    def things(self) -> Things:
        """Its rows, as the timer locks them."""
        return Things(self.model, self.office_id, told_in=self.lines, round_of=_round)

    def units(self, some: Ids) -> dict[int, int]:
        rows = db.session.scalars(self.things.some(some)).all()
        return {row.id: getattr(row, "department_id", self.office_id(row)) for row in rows}

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
            counted=lambda _reader: select(self.model.id),
            live=lambda: select(self.model.id).where(self.model.stage.not_in(self.over)),
            own=lambda reader, today: _own(reader, self.model, today),
            open_to={},
            words=self.words,
            wrote=no_lines,
            refreshed=lambda _ids: {},
            watches={},
        )


def _own(reader: Reader, model: Any, today: date) -> Select[Any]:
    """Return what is a person's own business: the problems that they owe, the clocks of entries are signatures."""
    if model in (VillageEntry, VillageLookBack):
        return select(model.id).where(false())
    above, key = OF_OFFICES[model]
    return owed_or_left(
        model, lambda offices: key.in_(select(above.id).where(above.office_id.in_(offices))), reader, today
    )


# To which office a problem and a finding belong: by what is above them.
OF_OFFICES: dict[Any, tuple[Any, Any]] = {
    VillageProblem: (VillageEntry, VillageProblem.entry_id),
    VillageFinding: (InspectionRound, VillageFinding.round_id),
}


def _round(row: Any) -> int:
    """Return the round of the work on a thing; a finding has none but its first."""
    return 1 if isinstance(row, VillageFinding) else int(row.round)


def _standing(thing: VillageEntry | VillageProblem, clock: Deadline | None) -> Standing:
    """Return how people stand towards a village or a problem, for one of its clocks."""
    entry = thing.entry if isinstance(thing, VillageProblem) else thing
    today = clock_now.today()
    sponsor = holder_of(entry, VillageDutyKind.SPONSOR, today)
    stage = VillageStage(thing.stage)
    return Standing(
        office=entry.office,
        unit=_unit(thing, entry, clock),
        owner=_owner(thing, entry, clock, today),
        leads=(sponsor.user,) if sponsor and sponsor.user else (),
        may_know=lambda reader: bool(among(known(reader, today), [entry.id])),
        number=entry.number,
        gone="已撤列" if stage is VillageStage.WITHDRAWN else "",
        over=STAGE_LABELS[stage] if stage is VillageStage.STRUCK_OFF else "",
        confidential=False,
        open_to_group=True,
        awaited=frozenset,
        hangs=frozenset,
        last=(),
        last_label="",
    )


def _unit(thing: VillageEntry | VillageProblem, entry: VillageEntry, clock: Deadline | None) -> Department:
    if clock is not None and clock.owner_department is not None:
        return clock.owner_department
    return thing.department if isinstance(thing, VillageProblem) else entry.office


def _owner(
    thing: VillageEntry | VillageProblem, entry: VillageEntry, clock: Deadline | None, today: date
) -> User | None:
    """Return the person who owes a clock; of a signature that a post owes, nobody by name."""
    if clock is not None:
        return clock.owner
    if isinstance(thing, VillageProblem):
        return thing.owner
    liaison = holder_of(entry, VillageDutyKind.LIAISON, today)
    return liaison.user if liaison else None


def _finding_standing(finding: VillageFinding, clock: Deadline | None) -> Standing:
    """Return how people stand towards a finding: the round's leader leads it."""
    stage = FindingStage(finding.stage)
    waits = clock is not None and clock.owner_user_id is None
    over = FINDING_LABELS[stage] if stage in FINDING_OVER else ""
    return Standing(
        office=finding.round.office,
        unit=finding.round.office if waits else finding.department,
        owner=None if waits else finding.owner,
        leads=(finding.round.led_by,),
        may_know=lambda reader: bool(among(_known_findings(reader), [finding.id])),
        number=f"{finding.round.name}第{finding.number}项",
        gone=over if stage is FindingStage.WITHDRAWN else "",
        over="" if stage is FindingStage.WITHDRAWN else over,
        confidential=False,
        open_to_group=True,
        awaited=frozenset,
        hangs=frozenset,
        last=(),
        last_label="",
    )


def _entry_words(ids: Ids) -> dict[int, SubjectWords]:
    rows = db.session.scalars(select(VillageEntry).where(VillageEntry.id.in_(ids)))
    return {
        row.id: SubjectWords(row.number, f"{row.place.short_name}（重点难点村）", PAGE, row.public_id, True)
        for row in rows
    }


def _problem_words(ids: Ids) -> dict[int, SubjectWords]:
    rows = db.session.scalars(select(VillageProblem).where(VillageProblem.id.in_(ids)))
    return {
        row.id: SubjectWords(
            f"{row.entry.number}第{row.number}项",
            f"{row.entry.place.short_name}：{row.text}",
            PAGE,
            row.entry.public_id,
            True,
        )
        for row in rows
    }


def _known_problems(reader: Reader) -> Select[Any]:
    return select(VillageProblem.id).where(VillageProblem.entry_id.in_(known(reader, clock_now.today())))


def _known_entries(reader: Reader) -> Select[Any]:
    return known(reader, clock_now.today())


def _finding_words(ids: Ids) -> dict[int, SubjectWords]:
    rows = db.session.scalars(select(VillageFinding).where(VillageFinding.id.in_(ids)))
    return {
        row.id: SubjectWords(
            f"{row.round.name}第{row.number}项",
            f"{row.place.short_name}：{row.text}",
            ROUND_PAGE,
            row.round.public_id,
            True,
        )
        for row in rows
    }


def _known_findings(reader: Reader) -> Select[Any]:
    return select(VillageFinding.id).where(finding_visible_to(reader, clock_now.today()))


_ENDED = tuple(stage.value for stage in ENDED)
VILLAGE = _Kind(
    kind=ENTRY,
    model=VillageEntry,
    office_id=lambda row: row.office_id,
    ids=_known_entries,
    words=_entry_words,
    standing=_standing,
    lines=VillageLine.entry_id,
    over=_ENDED,
).subject()
VILLAGE_PROBLEM = _Kind(
    kind=PROBLEM,
    model=VillageProblem,
    office_id=lambda row: row.entry.office_id,
    ids=_known_problems,
    words=_problem_words,
    standing=_standing,
    lines=VillageLine.problem_id,
    over=_ENDED,
).subject()
VILLAGE_FINDING = _Kind(
    kind=FINDING,
    model=VillageFinding,
    office_id=lambda row: row.round.office_id,
    ids=_known_findings,
    words=_finding_words,
    standing=_finding_standing,
    lines=FindingLine.finding_id,
    over=tuple(stage.value for stage in FINDING_OVER),
).subject()


def _look_back_standing(row: VillageLookBack, _clock: Deadline | None) -> Standing:
    """Return how people stand towards a look back: the office owes it, by a post and nobody's name."""
    stage = LookBackStage(row.stage)
    return replace(
        _standing(row.entry, None),
        unit=row.entry.office,
        owner=None,
        gone=LOOK_BACK_LABELS[stage] if stage is LookBackStage.DROPPED else "",
        over=LOOK_BACK_LABELS[stage] if stage is LookBackStage.DONE else "",
    )


def _look_back_words(ids: Ids) -> dict[int, SubjectWords]:
    rows = db.session.scalars(select(VillageLookBack).where(VillageLookBack.id.in_(ids)))
    return {
        row.id: SubjectWords(
            row.entry.number,
            f"{row.entry.place.short_name}：回头看（{OCCASION_LABELS[Occasion(row.occasion)]}）",
            PAGE,
            row.entry.public_id,
            True,
        )
        for row in rows
    }


def _known_look_backs(reader: Reader) -> Select[Any]:
    return select(VillageLookBack.id).where(VillageLookBack.entry_id.in_(known(reader, clock_now.today())))


VILLAGE_LOOK_BACK = _Kind(
    kind=LOOK_BACK,
    model=VillageLookBack,
    office_id=lambda row: row.entry.office_id,
    ids=_known_look_backs,
    words=_look_back_words,
    standing=_look_back_standing,
    lines=None,
    over=(LookBackStage.DONE.value, LookBackStage.DROPPED.value),
).subject()
