"""填写检查清单: a form is filled in on a visit of a round or for a look back; another one corrects it and says why."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select

from tracker.core.clock import local_date
from tracker.core.database import db, locked
from tracker.core.dates import long_date
from tracker.core.errors import DomainError, FieldErrors, Forbidden, StaleVersion
from tracker.core.text import worded
from tracker.key_villages.models import (
    CheckAnswer,
    CheckEdition,
    FilledCheck,
    InspectionRound,
    VillageEntry,
    VillageLookBack,
)
from tracker.key_villages.queries.checks import asked_items, current, fills_round
from tracker.key_villages.queries.findings import entry_now
from tracker.key_villages.rules.acts import VillageAct
from tracker.key_villages.rules.check_templates import CheckPurpose, Replied, wrong_replies
from tracker.key_villages.rules.findings import FindingAct
from tracker.key_villages.rules.looking_back import LookBackStage
from tracker.key_villages.service.inspecting import STALE, recorded, write_finding_line
from tracker.key_villages.service.taking import LONGEST_WORDS, taking
from tracker.people.models import User
from tracker.people.queries import reader_for
from tracker.places.models import Place


@dataclass(frozen=True)
class Filling:
    """A form as it is filled in: on which day, the answers by the numbers of the items, and what else was seen."""

    checked_on: date
    replies: Mapping[int, Replied] = field(default_factory=dict)
    remarks: str = ""


def fill_for_round(
    edition: CheckEdition, row: InspectionRound, place: Place, given: Filling, *, by: User, now: datetime
) -> FilledCheck:
    """Fill in a form on the visit of a round in one of its villages. Raises Forbidden, DomainError, FieldErrors."""
    locked(edition.template)
    locked(row)
    if place not in row.villages:
        raise DomainError("这一轮没有到这个村，请先更正督导。")
    _check_round(row, given, by, now)
    entry = entry_now(place)
    filled = FilledCheck(place_id=place.id, entry_id=entry.id if entry else None, round_id=row.id)
    _fill_first(filled, edition, CheckPurpose.INSPECTION, given, by=by, now=now)
    _write_round_line(filled, row, FindingAct.FILL_LIST, by=by, now=now)
    return filled


def fill_for_look_back(
    edition: CheckEdition, row: VillageLookBack, given: Filling, *, by: User, now: datetime
) -> FilledCheck:
    """Fill in a form for a look back at a village, before or after its result is entered.

    Raises Forbidden, DomainError, FieldErrors.
    """
    locked(edition.template)
    with taking(row.entry, VillageAct.FILL_LIST, by=by, now=now, happened_on=given.checked_on) as step:
        if locked(row).stage == LookBackStage.DROPPED:
            raise DomainError("这次回头看已经不再需要。")
        entry: VillageEntry = step.entry
        filled = FilledCheck(place_id=entry.place_id, entry_id=entry.id, look_back_id=row.id)
        _fill_first(filled, edition, CheckPurpose.LOOK_BACK, given, by=by, now=now)
        step.told.append(edition.called)
    return filled


def correct_check(earlier: FilledCheck, given: Filling, *, said: str, by: User, now: datetime) -> FilledCheck:
    """Correct a form (更正): another one of the same edition takes its place and says why; the earlier one stays.

    Raises StaleVersion, Forbidden, DomainError, FieldErrors.
    """
    edition = earlier.edition
    locked(edition.template)
    locked(earlier)
    if current(earlier).id != earlier.id:
        raise StaleVersion(STALE)
    why = worded(said, "更正的理由", LONGEST_WORDS, "said")
    if _said(earlier) == (given.checked_on, _told(given), given.remarks.strip()):
        raise DomainError("没有改变。")
    filled = FilledCheck(
        place_id=earlier.place_id,
        entry_id=earlier.entry_id,
        round_id=earlier.round_id,
        look_back_id=earlier.look_back_id,
        corrects_id=earlier.id,
        reason=why,
    )
    if given.checked_on != earlier.checked_on:
        _check_day(filled, edition, given.checked_on)
    if earlier.round is not None:
        locked(earlier.round)
        _check_round(earlier.round, given, by, now)
        _fill(filled, edition, given, by=by, now=now)
        _write_round_line(filled, earlier.round, FindingAct.CORRECT_LIST, by=by, now=now, said=why)
    elif earlier.entry is not None:
        day = given.checked_on
        with taking(earlier.entry, VillageAct.CORRECT_LIST, by=by, now=now, said=why, happened_on=day) as step:
            _fill(filled, edition, given, by=by, now=now)
            step.told.append(edition.called)
    return filled


def _said(filled: FilledCheck) -> tuple[date, dict[int, tuple[str, str]], str]:
    """Return what a form says, to compare it."""
    replies = {each.item.number: (each.reply, each.note or "") for each in filled.replies}
    return filled.checked_on, replies, filled.remarks or ""


def _told(given: Filling) -> dict[int, tuple[str, str]]:
    return {number: (each.reply.value, each.note.strip()) for number, each in given.replies.items()}


def _check_round(row: InspectionRound, given: Filling, by: User, now: datetime) -> None:
    """Raise Forbidden for who is not of the round, DomainError for a day that cannot be."""
    today = local_date(now)
    if not fills_round(reader_for(by, today), row):
        raise Forbidden("督导的检查清单应由带队领导或者信访部门（换届办）填写、更正。")
    if not row.started_on <= given.checked_on <= today:
        raise DomainError(f"检查日期应在{long_date(row.started_on)}和今天之间。", field="checked_on")


def _fill_first(
    filled: FilledCheck, edition: CheckEdition, purpose: CheckPurpose, given: Filling, *, by: User, now: datetime
) -> None:
    """Fill in a form that corrects none: its template is in use, its edition that of the day, and none is there yet."""
    template = edition.template
    if template.purpose != purpose.value:
        raise DomainError("这份清单不是用在这里的。")
    if template.retired_at is not None:
        raise DomainError("这份清单已经停用，不能再填写。")
    _check_day(filled, edition, given.checked_on)
    _fill(filled, edition, given, by=by, now=now)


def _check_day(filled: FilledCheck, edition: CheckEdition, day: date) -> None:
    """Raise DomainError where another edition was used on the day, or the same was filled in there on it."""
    right = edition.template.edition_on(day)
    if right is None or right.id != edition.id:
        sentence = f"应按第 {right.number} 版填写" if right else "还没有起用"
        raise DomainError(f"{long_date(day)}检查的，这份清单{sentence}。", field="checked_on")
    if _there_already(filled, edition, day):
        raise DomainError("这一天已经填过这份清单，请更正那一份。", field="checked_on")


def _there_already(filled: FilledCheck, edition: CheckEdition, day: date) -> bool:
    """Say whether the same template was filled in there on the same day, on the same visit."""
    same = (
        FilledCheck.edition_id.in_([each.id for each in edition.template.editions]),
        FilledCheck.place_id == filled.place_id,
        FilledCheck.round_id == filled.round_id,
        FilledCheck.look_back_id == filled.look_back_id,
        FilledCheck.checked_on == day,
        ~FilledCheck.corrected.has(),
    )
    return db.session.scalars(select(FilledCheck.id).where(*same)).first() is not None


def _fill(filled: FilledCheck, edition: CheckEdition, given: Filling, *, by: User, now: datetime) -> None:
    """Write a form with its answers; raises FieldErrors with a sentence for each item that is open."""
    if errors := wrong_replies(asked_items(edition), given.replies):
        raise FieldErrors(errors)
    if len(given.remarks.strip()) > LONGEST_WORDS:
        raise DomainError(f"最多 {LONGEST_WORDS} 个字，请精简。", field="remarks")
    filled.edition, filled.checked_on, filled.remarks = edition, given.checked_on, given.remarks.strip() or None
    filled.filled_by_id, filled.acting_as = by.id, by.acting_as(local_date(now))[:200]
    filled.filled_at = now
    filled.replies = [
        CheckAnswer(item_id=item.id, item=item, reply=replied.reply.value, note=replied.note.strip() or None)
        for item in edition.items
        if (replied := given.replies.get(item.number)) is not None
    ]
    db.session.add(filled)
    db.session.flush()


def _write_round_line(
    filled: FilledCheck, row: InspectionRound, act: FindingAct, *, by: User, now: datetime, said: str = ""
) -> None:
    told = f"{filled.place.short_name}；{filled.edition.called}"
    write_finding_line(row, None, act, by=by, now=now, said=said, told=told, on=filled.checked_on)
    db.session.flush()
    recorded(row, None, act, by=by, now=now)
