"""一起分类并交办 before it is done: what each of the chosen matters would get, which are refused and why, to whom."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from tracker.cases.acts.hand_out import class_for_all
from tracker.cases.ledger.chosen import chosen_cases
from tracker.cases.ledger.rows import LedgerRow, rows_of
from tracker.cases.lifecycle.case_file import CaseFile
from tracker.cases.lifecycle.moment import Moment
from tracker.cases.lifecycle.rules.actions import Action, Guard
from tracker.cases.lifecycle.rules.guards import refusal
from tracker.cases.lifecycle.rules.lifecycle import row_of
from tracker.cases.lifecycle.stepping import lawful_row
from tracker.cases.record.models import Case
from tracker.cases.record.rules.codes import MATTER_CLASS_LABELS, Purpose
from tracker.core.errors import DomainError
from tracker.people.models import User
from tracker.people.rules import Reader

# One request gives this many out at most.
MOST_AT_ONCE = 50
# What the guards of 交办 ask of the class is decided by the purpose here.
BY_CLASS = frozenset({Guard.CLASS_CHOSEN, Guard.NOT_ACCUSATION})


@dataclass(frozen=True)
class ToHandOut:
    """One chosen matter: the class it would get, or why it is refused."""

    row: LedgerRow
    gets: str
    refused: str = ""


@dataclass(frozen=True)
class HandOutPreview:
    """What would be done; `unseen` of the chosen were not found, or the reader may not know of them."""

    going: Sequence[ToHandOut]
    refused: Sequence[ToHandOut]
    unseen: int
    cases: Sequence[Case]


def hand_out_preview(
    public_ids: Collection[str], *, by: User, reader: Reader, today: date, now: datetime
) -> HandOutPreview:
    """Return what would become of each chosen matter, by the table of the lifecycle and the guards of both acts."""
    cases = chosen_cases(public_ids, reader)
    rows = {row.id: row for row in rows_of([case.id for case in cases], today, now=now)}
    chosen = [_looked_at(rows[case.id], Moment(CaseFile(case, reader), by, today)) for case in cases]
    going = {each.row.id for each in chosen if not each.refused}
    return HandOutPreview(
        going=[each for each in chosen if not each.refused],
        refused=[each for each in chosen if each.refused],
        unseen=len(set(public_ids)) - len(cases),
        cases=[case for case in cases if case.id in going],
    )


def _looked_at(row: LedgerRow, moment: Moment) -> ToHandOut:
    try:
        lawful_row(Action.TRIAGE, moment)
        gets = MATTER_CLASS_LABELS[class_for_all(Purpose(moment.case.purpose), moment.today)]
    except DomainError as error:
        return ToHandOut(row, "", error.message)
    giving = row_of(Action.ASSIGN)
    asked = tuple(guard for guard in giving.guards if guard not in BY_CLASS) if giving else ()
    return ToHandOut(row, gets, refusal(asked, moment) or "")
