"""Who is awaited in which state (等谁办), for notices and pages. Pure.

Without a handling unit the office stands in for it, and somebody outside it checks (督查员).
"""

from collections.abc import Collection

from tracker.cases.record.rules.codes import LedgerStatus, Status
from tracker.cases.record.rules.drafted import DraftStage
from tracker.cases.record.rules.holding import GONE
from tracker.reminders.ladder.rules.rungs import Recipient

P, L, S = Recipient, LedgerStatus, Status
IN_OFFICE = frozenset({S.REGISTERED, S.TRIAGED, S.OBJECTED})


def awaited(
    status: Status,
    ledger: LedgerStatus,
    *,
    with_unit: bool,
    unit_gone: bool = False,
    drafts: Collection[DraftStage] = (),
) -> tuple[Recipient, ...]:
    """Return the posts that a matter waits for in a state, the one that must act first; none once it is over.

    `unit_gone`: its unit is closed or empty, so that the office gives it out again (重新交办). `drafts`: how far those
    are that wait to be signed: a head signs, what was referred a main leader approves before.
    """
    if ledger is L.CLOSED or status in GONE:
        return ()
    if unit_gone and ledger not in (L.CONFIRMED, L.CHECKED):
        return (P.OFFICE,)
    if ledger is L.REQUESTED:
        return (P.UNIT_HEAD,)
    if ledger is L.CONFIRMED:
        return (P.OFFICE,) if with_unit else (P.SUPERVISOR,)
    if ledger is L.CHECKED:
        return (P.LEAD,)
    usual = (P.OFFICE,) if status in IN_OFFICE else (P.OWNER, P.UNIT_HEAD)
    return tuple(dict.fromkeys((*_of_drafts(drafts, with_unit=with_unit), *usual)))


def _of_drafts(drafts: Collection[DraftStage], *, with_unit: bool) -> tuple[Recipient, ...]:
    head = P.UNIT_HEAD if with_unit else P.OFFICE_HEAD
    waits = {head if each is not DraftStage.REFERRED else P.PRINCIPAL for each in drafts}
    return tuple(post for post in (head, P.PRINCIPAL) if post in waits)
