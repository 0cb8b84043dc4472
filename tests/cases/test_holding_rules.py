"""In which state a matter is, and who has it, said once for lists and pages. Pure."""

from dataclasses import replace

import pytest

from tracker.cases.record.rules.codes import LEDGER_STATUS_LABELS, STATUS_LABELS, LedgerStatus, Status
from tracker.cases.record.rules.holding import Hands, in_hands_of, state_kind, state_words

AT_WORK = Hands(Status.ACCEPTED, LedgerStatus.OPEN, False, "县信访局", "县民政局", "王海燕", "陈志远")
NOBODY = ("", "")


@pytest.mark.parametrize("status", Status)
def test_the_state_is_that_of_the_procedure_until_close_out_begins(status: Status) -> None:
    for ledger, words in LEDGER_STATUS_LABELS.items():
        expected = {LedgerStatus.OPEN: STATUS_LABELS[status], LedgerStatus.CLOSED: words}
        assert state_words(status, ledger) == expected.get(ledger, f"{STATUS_LABELS[status]} · {words}")


@pytest.mark.parametrize("status", Status)
def test_a_state_is_marked_done_or_stopped(status: Status) -> None:
    for ledger in LedgerStatus:
        stopped = "stopped" if status in (Status.MERGED, Status.VOIDED) else ""
        assert state_kind(status, ledger) == ("done" if ledger is LedgerStatus.CLOSED else stopped)


@pytest.mark.parametrize(
    ("changes", "who"),
    [
        ({}, ("县民政局", "王海燕")),
        ({"unit": "", "handler": ""}, ("县信访局", "")),
        ({"status": Status.OBJECTED}, ("县信访局", "")),
        ({"status": Status.DELIVERED, "ledger_status": LedgerStatus.REQUESTED}, ("县民政局", "负责人")),
        ({"status": Status.DELIVERED, "ledger_status": LedgerStatus.CONFIRMED}, ("县信访局", "")),
        ({"status": Status.DELIVERED, "ledger_status": LedgerStatus.CHECKED}, ("领办领导", "陈志远")),
        ({"status": Status.DELIVERED, "ledger_status": LedgerStatus.RETURNED}, ("县民政局", "王海燕")),
        ({"ledger_status": LedgerStatus.CLOSED}, NOBODY),
        ({"status": Status.MERGED}, NOBODY),
        ({"status": Status.VOIDED}, NOBODY),
        ({"history": True}, NOBODY),
        ({"ledger_status": LedgerStatus.CHECKED, "unit": ""}, ("领办领导", "陈志远")),
        ({"ledger_status": LedgerStatus.CHECKED, "unit": "", "lead_official": ""}, ("县信访局", "")),
    ],
)
def test_in_whose_hands_it_is(changes: dict[str, object], who: tuple[str, str]) -> None:
    assert in_hands_of(replace(AT_WORK, **changes)) == who  # type: ignore[arg-type]
