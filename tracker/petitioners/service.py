"""What people do with petitioners' identities: enter, correct, open on the record."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from tracker import audit
from tracker.audit import Event
from tracker.core.clock import local_date
from tracker.core.database import db
from tracker.core.dates import long_date
from tracker.core.errors import DomainError, FieldErrors
from tracker.core.text import clean_line
from tracker.people.models import User
from tracker.petitioners.models import Petitioner, PetitionerCorrection
from tracker.petitioners.queries import person_keys
from tracker.petitioners.rules import FIELD_LABELS, LONGEST, MAIN

SHORTEST_PURPOSE = 2
LONGEST_PURPOSE = 200


@dataclass(frozen=True)
class PetitionerEntry:
    """One petitioner as typed; `kind` is a code of 信访人 (main, representative, co_signer, agent)."""

    kind: str = MAIN
    name: str | None = None
    identity_no: str | None = None
    phone: str | None = None
    address: str | None = None


@dataclass(frozen=True)
class OpenedPetitioner:
    """One petitioner unmasked, for one page of one reader."""

    petitioner_id: int
    kind: str
    name: str
    identity_no: str
    phone: str
    address: str
    earlier: tuple[str, ...] = ()


def enter(case_id: int, people: Sequence[PetitionerEntry], *, after: int = 0) -> list[Petitioner]:
    """Write petitioners of a case (登记信访人), behind those it has already; the caller writes the log.

    Entries with nothing in them are passed over. Raises FieldErrors for what is too long.
    """
    rows: list[Petitioner] = []
    for entry in people:
        values = _cleaned(entry)
        if any(values.values()):
            rows.append(Petitioner(case_id=case_id, position=after + len(rows), kind=str(entry.kind)))
            _write(rows[-1], values)
    db.session.add_all(rows)
    return rows


def correct(petitioner: Petitioner, entry: PetitionerEntry, *, by: User, now: datetime) -> list[str]:
    """Correct one petitioner (更正信访人信息), keep the old values, and return the names of the changed fields.

    The caller writes the log. Raises FieldErrors for what is too long.
    """
    values = _cleaned(entry)
    was = {name: getattr(petitioner, name) for name, value in values.items() if getattr(petitioner, name) != value}
    if was:
        kept = PetitionerCorrection(
            petitioner_id=petitioner.id, corrected_at=now, corrected_by_id=by.id, fields=",".join(was), **was
        )
        db.session.add(kept)
        _write(petitioner, values)
        db.session.flush()
    return list(was)


def _cleaned(entry: PetitionerEntry) -> dict[str, str | None]:
    values = {name: clean_line(getattr(entry, name) or "") or None for name in LONGEST}
    errors = {
        f"petitioner_{name}" if name == "name" else name: f"{FIELD_LABELS[name]}最多 {longest} 个字。"
        for name, longest in LONGEST.items()
        if len(values[name] or "") > longest
    }
    if errors:
        raise FieldErrors(errors)
    return values


def _write(petitioner: Petitioner, values: dict[str, str | None]) -> None:
    for name, value in values.items():
        setattr(petitioner, name, value)
    keys = person_keys(values["name"], values["identity_no"], values["phone"])
    petitioner.name_key, petitioner.identity_key, petitioner.phone_key = keys.name, keys.identity_no, keys.phone


def open_identity(
    case_id: int, *, by: User, purpose: str, now: datetime, shortest_purpose: int = SHORTEST_PURPOSE
) -> list[OpenedPetitioner]:
    """Open the petitioners of a case to one reader (查看信访人身份): first the log of readings, then the names.

    Whether this reader may is decided in `cases`. The caller commits before a byte of the answer leaves.
    Raises DomainError where the purpose is missing or too short.
    """
    purpose = clean_line(purpose)
    if len(purpose) < shortest_purpose:
        raise DomainError(f"请写明查看用途，至少 {shortest_purpose} 个字；用途和查看人一并留痕。", field="purpose")
    if len(purpose) > LONGEST_PURPOSE:
        raise DomainError(f"查看用途最多 {LONGEST_PURPOSE} 字。", field="purpose")
    rows = db.session.scalars(
        select(Petitioner).where(Petitioner.case_id == case_id).order_by(Petitioner.position)
    ).all()
    audit.record_reading(
        Event.IDENTITY_OPENED,
        by=by,
        now=now,
        case_id=case_id,
        payload={"petitioners": [row.id for row in rows]},
        text=purpose,
    )
    earlier = _earlier([row.id for row in rows])
    return [
        OpenedPetitioner(
            *(row.id, row.kind, row.name or "", row.identity_no or "", row.phone or "", row.address or ""),
            earlier=tuple(earlier.get(row.id, ())),
        )
        for row in rows
    ]


def _earlier(petitioner_ids: Sequence[int]) -> dict[int, list[str]]:
    """Return what petitioners were registered as before corrections, in words, oldest first."""
    rows = select(PetitionerCorrection).where(PetitionerCorrection.petitioner_id.in_(petitioner_ids))
    told: dict[int, list[str]] = {}
    for row in db.session.scalars(rows.order_by(PetitionerCorrection.id)):
        values = "，".join(f"{FIELD_LABELS[name]} {getattr(row, name) or '空'}" for name in row.fields.split(","))
        told.setdefault(row.petitioner_id, []).append(f"{long_date(local_date(row.corrected_at))} 更正前：{values}")
    return told
