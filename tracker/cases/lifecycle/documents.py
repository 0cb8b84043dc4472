"""The documents of a case (文书): written by the step whose row names them."""

from datetime import date

from tracker.cases.lifecycle.step_clocks import Taking
from tracker.cases.record.models import Document
from tracker.core.database import db


def issue(
    step: Taking,
    *,
    document_no: str | None = None,
    issued_on: date | None = None,
    ground: str | None = None,
    organ: str | None = None,
    text: str | None = None,
    served_on: date | None = None,
    service_method: str | None = None,
    served_to: str | None = None,
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
        served_on=served_on,
        service_method=service_method,
        served_to=served_to,
    )
    db.session.add(document)
    return document
