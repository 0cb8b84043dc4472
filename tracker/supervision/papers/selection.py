"""批量催办 before it is done: which of the chosen matters get a 催办单, to which unit, and which do not and why."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from tracker.cases.ledger.chosen import chosen_cases
from tracker.cases.ledger.rows import LedgerRow, rows_of
from tracker.cases.lifecycle.case_file import CaseFile
from tracker.cases.lifecycle.moment import Moment
from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.lifecycle.stepping import lawful_row
from tracker.core.errors import DomainError
from tracker.people.models import User
from tracker.people.rules import Reader
from tracker.supervision.papers.orders import others_with, still_out

# One request issues this many at most: each takes its own lines in the log.
MOST = 200


@dataclass(frozen=True)
class Chosen:
    """One chosen matter: the unit that gets its 催办单, or why it gets none."""

    row: LedgerRow
    unit: str
    refused: str = ""


@dataclass(frozen=True)
class Selection:
    """What a sending would do; `unseen` of the chosen were not found, or the reader may not know of them."""

    going: Sequence[Chosen]
    refused: Sequence[Chosen]
    unseen: int


def selection(
    public_ids: Collection[str], *, by: User, reader: Reader, today: date, now: datetime | None = None
) -> Selection:
    """Return what would become of each chosen matter, by the table of the lifecycle."""
    cases = chosen_cases(public_ids, reader)
    rows = {row.id: row for row in rows_of([case.id for case in cases], today, now=now)}
    chosen = [_chosen(rows[case.id], Moment(CaseFile(case, reader), by, today)) for case in cases]
    return Selection(
        going=[each for each in chosen if not each.refused],
        refused=[each for each in chosen if each.refused],
        unseen=len(set(public_ids)) - len(cases),
    )


def _chosen(row: LedgerRow, moment: Moment) -> Chosen:
    case = moment.case
    try:
        lawful_row(Action.URGE, moment)
        unit = others_with(case, moment.file.reader, moment.today)[0]
    except DomainError as error:
        return Chosen(row, "", error.message)
    return Chosen(row, unit.short_name, still_out(case.id, unit.id, moment.today) or "")
