"""编号系列: a number belongs to an office, a kind, a year, and to the open or the closed series (公开、内部). Pure.

Where everybody who reads the open numbers may know of what they belong to, a gap in them tells nobody anything.
"""

import re
from dataclasses import dataclass
from typing import NamedTuple

from tracker.cases.record.rules.codes import Confidentiality

# The kind of the numbers of matters (登记编号); papers have kinds of their own (催、督…).
REGISTER = "XF"
# What stands in a number of the closed series: Latin in the register, the character in papers.
REGISTER_CLOSED = "N"
PAPER_CLOSED = "内"
# What stands in the open list for a number whose matter became closed later.
TRANSFERRED = "已转出"
_REGISTERED = re.compile(rf"{REGISTER}\d*(?P<closed>{REGISTER_CLOSED})?-(?P<year>\d{{4}})-\d{{6,}}", re.ASCII)
_WRITTEN = re.compile(r"(?P<before>.+[-〕])0*(?P<running>[1-9]\d*)号?", re.ASCII)


@dataclass(frozen=True, order=True, slots=True)
class Series:
    """One series of numbers (编号系列). Series are locked in the order of these fields."""

    office_id: int
    kind: str
    year: int
    closed: bool

    def number(self, office_code: str, running: int) -> str:
        """Return a number as it is written: XF-2026-000123, XF2N-2026-000001; 督〔2026〕3号, 督2内〔2026〕1号.

        The papers' form is that of GB/T 9704.
        """
        if self.kind == REGISTER:
            return f"{self.before(office_code)}{running:06d}"
        return f"{self.before(office_code)}{running}号"

    def before(self, office_code: str) -> str:
        """Return what all numbers of the series begin with."""
        if self.kind == REGISTER:
            return f"{REGISTER}{office_code}{REGISTER_CLOSED * self.closed}-{self.year}-"
        return f"{self.kind}{office_code}{PAPER_CLOSED * self.closed}〔{self.year}〕"


def taken_apart(number: str) -> tuple[str, int] | None:
    """Return what stands before the running part of a number, and that part; None for what is no number."""
    found = _WRITTEN.fullmatch(number)
    return (found["before"], int(found["running"])) if found else None


class RegisterNo(NamedTuple):
    """What a number of the register says of its series."""

    year: int
    closed: bool


def register_no(written: str) -> RegisterNo | None:
    """Read a number of the register; None for what is none."""
    found = _REGISTERED.fullmatch(written)
    return RegisterNo(int(found["year"]), found["closed"] is not None) if found else None


def is_closed(level: str, *, shuts_out: bool) -> bool:
    """Return whether a matter and its papers take numbers of the closed series (内部编号).

    They do where not everybody of the office may know of it: its level is not ordinary, or it complains of a user or
    a unit of the system (`shuts_out`), who must not learn of it from a missing number either (条例第三十条第三款).
    """
    return level != Confidentiality.ORDINARY or shuts_out


def office_code(earlier: int) -> str:
    """Return the code of an office, where so many have one: none for the first, then 2, 3, …"""
    return str(earlier + 1) if earlier else ""
