"""Reading 检查清单: templates and editions, what is offered where, and the forms that were filled in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from tracker.core.database import db
from tracker.core.errors import NotFound
from tracker.key_villages.access import check_visible_to, finding_parts, keeps, known, round_visible_to
from tracker.key_villages.control_access import offices_of
from tracker.key_villages.models import (
    CheckAnswer,
    CheckEdition,
    CheckTemplate,
    FilledCheck,
    InspectionRound,
    VillageEntry,
)
from tracker.key_villages.rules.check_templates import (
    NOT_CHECKED,
    PURPOSE_LABELS,
    REPLY_LABELS,
    AskedItem,
    CheckPurpose,
    CheckReply,
    Compared,
    Shipped,
    compared,
)
from tracker.key_villages.rules.findings import FindingPart
from tracker.people.rules import Reader, does_case_work
from tracker.places import queries as places

# As long as a finding, or a problem, may be.
LONGEST_CARRIED = 500
WITH_EDITIONS = selectinload(CheckTemplate.editions).selectinload(CheckEdition.items)


def templates_of(office_id: int) -> list[CheckTemplate]:
    """Return the templates of an office, in the order in which they began."""
    asked = select(CheckTemplate).where(CheckTemplate.office_id == office_id).options(WITH_EDITIONS)
    return list(db.session.scalars(asked.order_by(CheckTemplate.id)))


@dataclass(frozen=True)
class TemplateRow:
    """A template in the list: the edition that is used today, or the one that begins later."""

    template: CheckTemplate
    edition: CheckEdition
    used: bool

    @property
    def purpose(self) -> str:
        """What it is used for."""
        return PURPOSE_LABELS[CheckPurpose(self.template.purpose)]


def templates_for(reader: Reader, today: date) -> list[TemplateRow]:
    """Return the templates of the offices whose area a person works in, those in use first.

    They hold no matter and no village: everybody who works there may read what will be checked.
    """
    if not reader.active or not does_case_work(reader):
        return []
    asked = select(CheckTemplate).where(CheckTemplate.office_id.in_(offices_of(reader)))
    rows = db.session.scalars(asked.options(WITH_EDITIONS, joinedload(CheckTemplate.office)).order_by(CheckTemplate.id))
    return sorted((template_row(each, today) for each in rows), key=lambda each: each.template.retired_at is not None)


def template_row(template: CheckTemplate, today: date) -> TemplateRow:
    """Return a template with the edition that is used today; before its first one begins, with that."""
    edition = template.edition_on(today)
    return TemplateRow(template, edition or template.editions[-1], edition is not None)


def unwritten(office_id: int) -> list[Shipped]:
    """Return the names that come with the program and that the office has not written yet."""
    written = {each.shipped for each in templates_of(office_id)}
    return [each for each in Shipped if each.value not in written]


def template_of(public_id: str, reader: Reader) -> CheckTemplate:
    """Return the template of an address; one of another area answers as one that does not exist. Raises NotFound."""
    asked = select(CheckTemplate).where(CheckTemplate.public_id == public_id)
    return _seen(db.session.scalar(asked), reader)


def edition_of(public_id: str, reader: Reader) -> CheckEdition:
    """Return the edition of an address as `template_of` does; raises NotFound."""
    found: CheckEdition | None = db.session.scalar(select(CheckEdition).where(CheckEdition.public_id == public_id))
    _seen(found.template if found else None, reader)
    if found is None:
        raise NotFound
    return found


def _seen(template: CheckTemplate | None, reader: Reader) -> CheckTemplate:
    may = template is not None and reader.active and does_case_work(reader)
    if template is None or not may or template.office_id not in set(db.session.scalars(offices_of(reader))):
        raise NotFound
    return template


def asked_items(edition: CheckEdition) -> list[AskedItem]:
    """Return the items of an edition as the rules know them."""
    return [AskedItem(item.text, item.required) for item in edition.items]


@dataclass(frozen=True)
class EditionPage:
    """One edition of a template: whether it is the one that is used today, and beside the edition before it."""

    edition: CheckEdition
    used: bool
    before: CheckEdition | None
    changes: Sequence[Compared]
    keeps: bool


def edition_page(edition: CheckEdition, reader: Reader, today: date) -> EditionPage:
    """Return the page of an edition, for a reader who may see it."""
    template = edition.template
    before = next((each for each in template.editions if each.number == edition.number - 1), None)
    return EditionPage(
        edition=edition,
        used=template.retired_at is None and template.edition_on(today) is edition,
        before=before,
        changes=compared(asked_items(before), asked_items(edition)) if before else [],
        keeps=keeps(reader, template.office_id),
    )


def offered(office_id: int, purpose: CheckPurpose, today: date) -> list[CheckEdition]:
    """Return the editions by which a form can be filled in today: those in use of the templates of a purpose."""
    asked = select(CheckTemplate).where(
        CheckTemplate.office_id == office_id,
        CheckTemplate.purpose == purpose.value,
        CheckTemplate.retired_at.is_(None),
    )
    rows = db.session.scalars(asked.options(selectinload(CheckTemplate.editions)).order_by(CheckTemplate.id))
    return [edition for each in rows if (edition := each.edition_on(today)) is not None]


PRESENT = ~FilledCheck.corrected.has()
IN_FULL = (
    joinedload(FilledCheck.edition),
    joinedload(FilledCheck.place),
    joinedload(FilledCheck.filled_by),
    selectinload(FilledCheck.replies),
)


def filled_of_round(row: InspectionRound, reader: Reader, today: date) -> list[FilledCheck]:
    """Return the forms of a round that a reader may see, the latest day first."""
    asked = select(FilledCheck).where(FilledCheck.round_id == row.id, PRESENT, check_visible_to(reader, today))
    return list(db.session.scalars(asked.options(*IN_FULL).order_by(FilledCheck.checked_on.desc(), FilledCheck.id)))


def all_of_round(row: InspectionRound) -> list[FilledCheck]:
    """Return every form of a round that stands now, whoever may see it."""
    return list(db.session.scalars(select(FilledCheck).where(FilledCheck.round_id == row.id, PRESENT)))


def filled_of_entry(entry: VillageEntry, reader: Reader, today: date) -> list[FilledCheck]:
    """Return the forms of a village under every name it had, for a reader who may see them: the latest day first."""
    ids = places.subtree_ids(places.successor(entry.place))
    asked = select(FilledCheck).where(FilledCheck.place_id.in_(ids), PRESENT, check_visible_to(reader, today))
    return list(db.session.scalars(asked.options(*IN_FULL).order_by(FilledCheck.checked_on.desc(), FilledCheck.id)))


def filled_of(public_id: str, reader: Reader, today: date) -> FilledCheck:
    """Return the form of an address; one that the person may not see answers as one that does not exist.

    Raises NotFound.
    """
    asked = select(FilledCheck).where(FilledCheck.public_id == public_id, check_visible_to(reader, today))
    found: FilledCheck | None = db.session.scalar(asked)
    if found is None:
        raise NotFound
    return found


def answer_of(public_id: str, reader: Reader, today: date) -> CheckAnswer:
    """Return the answer of an address as `filled_of` does; raises NotFound."""
    asked = select(CheckAnswer).join(FilledCheck).where(CheckAnswer.public_id == public_id)
    found: CheckAnswer | None = db.session.scalar(asked.where(check_visible_to(reader, today)))
    if found is None:
        raise NotFound
    return found


def carried_text(answer: CheckAnswer) -> str:
    """Return what an answer would be as a finding or a problem, to be gone over by a person."""
    return "：".join(filter(None, (answer.item.text, answer.note)))[:LONGEST_CARRIED]


def current(filled: FilledCheck) -> FilledCheck:
    """Return the form that stands now, after all corrections."""
    while (later := db.session.scalar(select(FilledCheck).where(FilledCheck.corrects_id == filled.id))) is not None:
        filled = later
    return filled


@dataclass(frozen=True)
class ShownReply:
    """An item of a filled form with its answer; what was not checked says so."""

    number: int
    text: str
    required: bool
    answer: CheckAnswer | None

    @property
    def words(self) -> str:
        """是, 否, 不适用 or 未查."""
        return REPLY_LABELS[CheckReply(self.answer.reply)] if self.answer else NOT_CHECKED

    @property
    def is_no(self) -> bool:
        """Whether it may lead to a finding or a problem."""
        return self.answer is not None and self.answer.reply == CheckReply.NO


@dataclass(frozen=True)
class FilledPage:
    """A filled form: item by item, the one that stands now, those it took the place of; what the reader may open."""

    filled: FilledCheck
    replies: Sequence[ShownReply]
    now: FilledCheck
    earlier: Sequence[FilledCheck]
    opens_round: bool
    opens_entry: bool

    @property
    def of_round(self) -> bool:
        """Whether it was filled in on a visit of a round."""
        return self.filled.round is not None


def filled_page(filled: FilledCheck, reader: Reader, today: date) -> FilledPage:
    """Return the page of a filled form, for a reader who may see it."""
    given = {each.item_id: each for each in filled.replies}
    items = filled.edition.items
    shown = [ShownReply(item.number, item.text, item.required, given.get(item.id)) for item in items]
    earlier, one = [], filled.corrects
    while one is not None:
        earlier.append(one)
        one = one.corrects
    return FilledPage(
        filled,
        shown,
        current(filled),
        earlier,
        opens_round=_opens(select(InspectionRound.id).where(round_visible_to(reader, today)), filled.round),
        opens_entry=_opens(known(reader, today), filled.entry),
    )


def _opens(seen: Select[Any], row: InspectionRound | VillageEntry | None) -> bool:
    """Say whether a row is among those that a reader may see."""
    return row is not None and db.session.scalar(seen.where(type(row).id == row.id)) is not None


def fills_round(reader: Reader, row: InspectionRound) -> bool:
    """Say whether a person may fill in the forms of a round."""
    return bool(finding_parts(reader, row) & {FindingPart.KEEPER, FindingPart.ROUND_LEADER})
