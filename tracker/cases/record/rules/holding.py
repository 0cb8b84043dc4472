"""In which state a matter is, and in whose hands, as lists and pages say it. Pure."""

from dataclasses import dataclass

from tracker.cases.record.rules.codes import LEDGER_STATUS_LABELS, STATUS_LABELS, LedgerStatus, Status

GONE = frozenset({Status.MERGED, Status.VOIDED})
DONE, STOPPED = "done", "stopped"
WITH_OFFICE = frozenset({LedgerStatus.CONFIRMED, LedgerStatus.UNDER_REVIEW})


@dataclass(frozen=True)
class Hands:
    """What decides who has a matter now. `unit` is empty where no unit was given it.

    `organ` is the one that reviews the answer (复查、复核) now; empty where none does. The marks say why unit or person
    cannot act any more (已撤销、已停用、已离任); they are empty while they can.
    """

    status: Status
    ledger_status: LedgerStatus
    history: bool
    office: str
    unit: str = ""
    handler: str = ""
    lead_official: str = ""
    organ: str = ""
    unit_mark: str = ""
    handler_mark: str = ""
    lead_mark: str = ""


CLOSED_UNIT, EMPTY_UNIT = "已撤销", "无人在岗"
DISABLED, LEFT = "已停用", "已离任"
# What a matter waits for whose unit is closed or empty.
TO_BE_GIVEN_AGAIN = "待重新交办"


def unit_mark(*, closed: bool, has_people: bool) -> str:
    """Return why a unit cannot act any more; empty while it can."""
    if closed:
        return CLOSED_UNIT
    return "" if has_people else EMPTY_UNIT


def person_mark(*, disabled: bool, holds_post: bool) -> str:
    """Return why a person cannot act any more in the post in which they were named; empty while they can."""
    if disabled:
        return DISABLED
    return "" if holds_post else LEFT


def marked(name: str, mark: str) -> str:
    """Return a name with its mark: 薛婷（已停用）."""
    return f"{name}（{mark}）" if name and mark else name


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
    if ledger is LedgerStatus.CHECKED and (hands.unit or hands.lead_official):
        return "领办领导", marked(hands.lead_official, hands.lead_mark)
    if ledger in WITH_OFFICE or hands.status is Status.OBJECTED or not hands.unit:
        return hands.office, ""
    if hands.unit_mark:
        return marked(hands.unit, hands.unit_mark), TO_BE_GIVEN_AGAIN
    if ledger is LedgerStatus.REQUESTED:
        return hands.unit, "负责人"
    return hands.unit, marked(hands.handler, hands.handler_mark)
