"""The documents of a case (文书): written by the step whose row names them."""

from dataclasses import dataclass
from datetime import date

from tracker.cases.lifecycle.step_clocks import Taking
from tracker.cases.record.models import Document
from tracker.cases.record.rules.codes import ServiceMethod
from tracker.core.database import db


@dataclass(frozen=True)
class Sending:
    """How a document got to whom it is for: sent, served, with the number of the mail or receipt; or why it cannot."""

    sent_on: date | None = None
    served_on: date | None = None
    method: ServiceMethod | None = None
    served_to: str | None = None
    proof: str | None = None
    untold: str | None = None


NOT_YET = Sending()


def issue(
    step: Taking,
    *,
    document_no: str | None = None,
    issued_on: date | None = None,
    signed_on: date | None = None,
    ground: str | None = None,
    organ: str | None = None,
    text: str | None = None,
    sending: Sending = NOT_YET,
) -> Document:
    """Write the document that the row of a step names, issued today unless a day is given. Raises RuntimeError."""
    if step.row.issues is None:
        raise RuntimeError(f"{step.row.action} writes no document")
    document = Document(
        case_id=step.case.id,
        round=step.case.round,
        kind=step.row.issues.value,
        document_no=document_no,
        issued_on=issued_on or step.today,
        issued_by_id=step.by.id,
        ground=ground,
        organ=organ,
        text=text,
        signed_on=signed_on,
        sent_on=sending.sent_on,
        served_on=sending.served_on,
        service_method=sending.method.value if sending.method else None,
        served_to=sending.served_to,
        service_note=sending.proof,
        untold=sending.untold,
    )
    db.session.add(document)
    return document
