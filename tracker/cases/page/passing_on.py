"""一起改派 before it is done: which of the chosen matters get another handler, which not and why, and whom to name."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from tracker.cases.access.rules import units_headed
from tracker.cases.ledger.chosen import chosen_cases
from tracker.cases.ledger.rows import LedgerRow, rows_of
from tracker.cases.lifecycle.case_file import CaseFile
from tracker.cases.lifecycle.moment import Moment
from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.lifecycle.stepping import lawful_row
from tracker.core.errors import DomainError
from tracker.people.models import User
from tracker.people.queries import holders_of
from tracker.people.rules import Reader, Role


@dataclass(frozen=True)
class ToPassOn:
    """One chosen matter, or why it is refused."""

    row: LedgerRow
    refused: str = ""


@dataclass(frozen=True)
class PassingOn:
    """What would be done; `unseen` of the chosen were not found, or the reader may not know of them."""

    going: Sequence[ToPassOn]
    refused: Sequence[ToPassOn]
    unseen: int


def passing_on(public_ids: Collection[str], *, by: User, reader: Reader, today: date, now: datetime) -> PassingOn:
    """Return which of the chosen matters would get another handler, by the table of the lifecycle."""
    cases = chosen_cases(public_ids, reader)
    rows = {row.id: row for row in rows_of([case.id for case in cases], today, now=now)}
    chosen = [_looked_at(rows[case.id], Moment(CaseFile(case, reader), by, today)) for case in cases]
    return PassingOn(
        going=[each for each in chosen if not each.refused],
        refused=[each for each in chosen if each.refused],
        unseen=len(set(public_ids)) - len(cases),
    )


def _looked_at(row: LedgerRow, moment: Moment) -> ToPassOn:
    try:
        lawful_row(Action.CHANGE_HANDLER, moment)
    except DomainError as error:
        return ToPassOn(row, error.message)
    return ToPassOn(row)


def handlers_to_name(reader: Reader, today: date) -> list[tuple[str, str]]:
    """Return who can handle matters in the units that the person heads, by id, with their units."""
    found: dict[int, str] = {}
    for post in holders_of([Role.HANDLER, Role.DEPARTMENT_HEAD], units_headed(reader), today):
        found.setdefault(post.user_id, f"{post.user.name}（{post.department.short_name}·{post.title}）")
    return [(str(user_id), words) for user_id, words in found.items()]
