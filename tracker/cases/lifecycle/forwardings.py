"""Which organs outside have a matter (移交、转送), and which of them owe a receipt, read from its file."""

from tracker.cases.lifecycle.case_file import CaseFile
from tracker.cases.record.models import Forwarding
from tracker.cases.record.rules.forwarding import ForwardedTo


def awaiting_receipt(file: CaseFile) -> list[Forwarding]:
    """Return the hand-overs of which no receipt is known (回执), oldest first."""
    return [each for each in file.forwardings if each.waits]


def handed_to(file: CaseFile, *whom: ForwardedTo) -> Forwarding | None:
    """Return the latest hand-over to organs of some kinds that did not send it back; None where none is."""
    kept = (each for each in reversed(file.forwardings) if each.returned_on is None)
    return next((each for each in kept if each.whom in whom), None)
