"""What people see of petitioners: masked. The caller has already decided that the reader may know the case exists."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true

from tracker.core.database import db
from tracker.core.encryption import blind_index
from tracker.petitioners.models import Petitioner
from tracker.petitioners.rules import compact_number, masked_address, masked_identity_no, masked_name, masked_phone

ANONYMOUS = "匿名"


@dataclass(frozen=True)
class MaskedPetitioner:
    """One petitioner as every reader of the case sees them: 张*, 140***********1234, 138****1234, 上庄村***."""

    petitioner_id: int
    kind: str
    name: str
    identity_no: str
    phone: str
    address: str


def masked(case_id: int) -> list[MaskedPetitioner]:
    """Return the petitioners of a case, masked (脱敏), the main one first."""
    rows = db.session.scalars(select(Petitioner).where(Petitioner.case_id == case_id).order_by(Petitioner.position))
    return [
        MaskedPetitioner(
            petitioner_id=row.id,
            kind=row.kind,
            name=masked_name(row.name) or ANONYMOUS,
            identity_no=masked_identity_no(row.identity_no),
            phone=masked_phone(row.phone),
            address=masked_address(row.address),
        )
        for row in rows
    ]


@dataclass(frozen=True)
class PersonKeys:
    """The keyed hashes of one person's name and numbers: equal where the person is, useless without the key."""

    name: str | None
    identity_no: str | None
    phone: str | None


def person_keys(name: str | None = None, identity_no: str | None = None, phone: str | None = None) -> PersonKeys:
    """Return the keyed hashes to search by; None where there is nothing to search by."""
    return PersonKeys(
        name=blind_index("petitioner.name", name),
        identity_no=blind_index("petitioner.identity_no", compact_number(identity_no or "")),
        phone=blind_index("petitioner.phone", compact_number(phone or "")),
    )


def cases_of_same_person(
    name: str | None = None, identity_no: str | None = None, phone: str | None = None
) -> Select[int]:
    """Return the query of the cases in which this person petitions, by exact keyed hashes (同人).

    The same number is the same person; so is the same name, unless identity numbers say otherwise. The caller narrows
    the cases to those the reader may see: a duplicate they may not know about is none.
    """
    keys = person_keys(name, identity_no, phone)
    same: list[ColumnElement[bool]] = []
    if keys.identity_no:
        same.append(Petitioner.identity_key == keys.identity_no)
    if keys.phone:
        same.append(Petitioner.phone_key == keys.phone)
    if keys.name:
        unknown = Petitioner.identity_key.is_(None) if keys.identity_no else true()
        same.append(and_(Petitioner.name_key == keys.name, unknown))
    return select(Petitioner.case_id).where(or_(false(), *same)).distinct()


@dataclass(frozen=True)
class SamePerson:
    """Whether two matters have a person in common (同人): by a number, by a name alone, or not."""

    by_number: bool
    by_name: bool


def same_person(case_id: int, other_id: int) -> SamePerson:
    """Compare everybody who petitions in two matters by keyed hashes: main one, representatives, co-signers. One query.

    Two people of one name with two identity numbers are two people.
    """
    rows = db.session.scalars(select(Petitioner).where(Petitioner.case_id.in_([case_id, other_id]))).all()
    ours = [row for row in rows if row.case_id == case_id]
    theirs = [row for row in rows if row.case_id == other_id]
    pairs = [(one, other) for one in ours for other in theirs]
    return SamePerson(
        by_number=any(
            (one.identity_key and one.identity_key == other.identity_key)
            or (one.phone_key and one.phone_key == other.phone_key)
            for one, other in pairs
        ),
        by_name=any(
            one.name_key and one.name_key == other.name_key and not (one.identity_key and other.identity_key)
            for one, other in pairs
        ),
    )


def cases_of_number(number: str) -> Select[int]:
    """Return the query of the cases in which somebody petitions with a telephone or document number, by keyed hashes.

    The number is a whole one: of a part no hash is kept. The caller narrows the cases to those whose petitioners the
    reader may open.
    """
    keys = person_keys(None, number, number)
    same = or_(Petitioner.identity_key == keys.identity_no, Petitioner.phone_key == keys.phone)
    return select(Petitioner.case_id).where(same)


def cases_of_names(names: Iterable[str]) -> Select[int]:
    """Return the query of the cases in which anybody of these names petitions, by exact keyed hashes (同名)."""
    keys = sorted({keys.name for name in names if (keys := person_keys(name, None, None)).name})
    return select(Petitioner.case_id).where(Petitioner.name_key.in_(keys)).distinct()
