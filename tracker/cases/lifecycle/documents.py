"""The documents of a case (文书): written by the step whose row names them."""

from dataclasses import dataclass
from datetime import date

from tracker.cases.lifecycle.rules.lifecycle import SIGNED
from tracker.cases.lifecycle.rules.positions import acting_post
from tracker.cases.lifecycle.step_clocks import Taking
from tracker.cases.record.models import Document
from tracker.cases.record.rules.answering import papers_of
from tracker.cases.record.rules.codes import DocumentKind, ServiceMethod
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
    kind: DocumentKind | None = None,
    document_no: str | None = None,
    issued_on: date | None = None,
    signed_on: date | None = None,
    ground: str | None = None,
    organ: str | None = None,
    text: str | None = None,
    sending: Sending = NOT_YET,
) -> Document:
    """Write the document that the row of a step names, issued today unless a day is given. Raises RuntimeError.

    `kind` says which, where the row names one of several.
    """
    kind = kind or step.row.issues
    if kind is None or kind not in papers_of(step.row.issues):
        raise RuntimeError(f"{step.row.action} writes no document, or not this one")
    document = Document(
        case_id=step.case.id,
        round=step.case.round,
        kind=kind.value,
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
    if step.row.action in SIGNED:
        document.signer, document.signer_post = step.by.name, _post_of_signer(step, document.issued_on)
        step.facts.update(signer=f"{document.signer_post} {document.signer}".strip())
    db.session.add(document)
    return document


def _post_of_signer(step: Taking, day: date) -> str:
    """Return the post and unit in which the taker of a step signs, as held on a day, else today: 阳城县民政局 局长."""
    held = acting_post(step.reader, step.file.position, step.row.by)
    if held is None:
        return ""
    for post in (*step.by.posts_on(day), *step.by.posts_on(step.today)):
        if (post.department_id, post.role) == (held.department_id, held.role):
            return f"{post.department.name} {post.title}".strip()
    return ""
