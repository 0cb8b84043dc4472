"""In which state a matter is, and in whose hands, as lists and pages say it. Pure."""

from dataclasses import dataclass

from tracker.cases.record.rules.codes import LEDGER_STATUS_LABELS, STATUS_LABELS, LedgerStatus, Status

GONE = frozenset({Status.MERGED, Status.VOIDED})
DONE, STOPPED = "done", "stopped"
WITH_OFFICE = frozenset({LedgerStatus.CONFIRMED, LedgerStatus.UNDER_REVIEW})


@dataclass(frozen=True)
class Hands:
    """What decides who has a matter now. `unit` is empty where no unit was given it.

    `organ` is the one that reviews the answer (复查、复核) now; empty where none does.
    """

    status: Status
    ledger_status: LedgerStatus
    history: bool
    office: str
    unit: str = ""
    handler: str = ""
    lead_official: str = ""
    organ: str = ""


def state_words(status: Status, ledger_status: LedgerStatus) -> str:
    """Return the state in words: of the procedure, and of the ledger once close-out has begun."""
    if ledger_status is LedgerStatus.OPEN:
        return STATUS_LABELS[status]
    if ledger_status is LedgerStatus.CLOSED:
        return LEDGER_STATUS_LABELS[ledger_status]
    return f"{STATUS_LABELS[status]} · {LEDGER_STATUS_LABELS[ledger_status]}"


def state_kind(status: Status, ledger_status: LedgerStatus) -> str:
    """Return how a state is marked: done, stopped, or "" while the matter is open."""
    if ledger_status is LedgerStatus.CLOSED:
        return DONE
    return STOPPED if status in GONE else ""


def in_hands_of(hands: Hands) -> tuple[str, str]:
    """Return unit and person who have the matter now (在谁手里); nobody once it is closed, merged, void or history."""
    ledger = hands.ledger_status
    if ledger is LedgerStatus.CLOSED or hands.status in GONE or hands.history:
        return "", ""
    if hands.organ and hands.status is Status.DELIVERED:
        return hands.organ, ""
    if ledger in WITH_OFFICE or hands.status is Status.OBJECTED or not hands.unit:
        return hands.office, ""
    if ledger is LedgerStatus.CHECKED:
        return "领办领导", hands.lead_official
    if ledger is LedgerStatus.REQUESTED:
        return hands.unit, "负责人"
    return hands.unit, hands.handler
