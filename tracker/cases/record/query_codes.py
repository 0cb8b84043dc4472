"""查询码: what a petitioner asks after the matter with, beside its number. Only a keyed hash of it is kept."""

from secrets import choice
from typing import NamedTuple

from sqlalchemy import select

from tracker.cases.record.former_numbers import bears
from tracker.cases.record.models import Case, QueryCode
from tracker.core.database import db
from tracker.core.encryption import blind_index
from tracker.core.text import normalise

# Digits alone, for they are read out over the telephone; 25 of them are 83 bits.
LENGTH, GROUP = 25, 5
DIGITS = "0123456789"


def new_code() -> str:
    """Return a code that nobody chose, in groups as they are read out: 31415 92653 58979 32384 62643."""
    made = "".join(choice(DIGITS) for _ in range(LENGTH))
    return " ".join(made[first : first + GROUP] for first in range(0, LENGTH, GROUP))


def key_of(code: str) -> str:
    """Return the keyed hash by which a code is known again, however its digits were written."""
    digits = "".join(character for character in normalise(code) if character in DIGITS)
    return blind_index("query_code", digits) or ""


def good_code(case_id: int) -> QueryCode | None:
    """Return the code of a matter that is good now."""
    return db.session.scalar(select(QueryCode).where(QueryCode.case_id == case_id, QueryCode.ended_at.is_(None)))


class Opened(NamedTuple):
    """Which matter number and code belong to together, if any; which one has the number, for the log alone."""

    case_id: int | None
    named_id: int | None


def asked_after(number: str, code: str) -> Opened:
    """Return what a number and a code open (查询): any number that the matter has or had, and the code that is good.

    Both are looked up by their keys whatever the other finds, so that neither which one was wrong nor whether there is
    such a matter shows in the time it takes.
    """
    named = db.session.scalar(select(Case.id).where(bears(normalise(number).upper())))
    coded = db.session.scalar(
        select(QueryCode.case_id).where(QueryCode.code_key == key_of(code), QueryCode.ended_at.is_(None))
    )
    return Opened(coded if coded is not None and coded == named else None, named)
