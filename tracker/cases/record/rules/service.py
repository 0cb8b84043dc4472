"""How a paper got to the petitioner (文书的发出、送达): what its days say, in one wording. Pure.

Four facts, each a day of its own: signed (签发), sent (发出, of mail the postmark), come back (退回), served (送达).
Who cannot be told at all (姓名（名称）、住址不清, 条例第二十三条第二款) is untold, with the reason.
"""

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import Protocol

from tracker.cases.record.rules.answering import ANSWER_PAPERS
from tracker.cases.record.rules.codes import SERVICE_METHOD_LABELS, DocumentKind, ServiceMethod
from tracker.core.dates import long_date


class PaperState(StrEnum):
    """How far a paper has come."""

    UNSENT = "unsent"
    SENT = "sent"
    RETURNED = "returned"
    SERVED = "served"
    UNTOLD = "untold"


class PaperEvent(StrEnum):
    """What is recorded of a paper after it was issued."""

    SENT = "sent"
    SERVED = "served"
    RETURNED = "returned"
    UNTOLD = "untold"


PAPER_EVENT_LABELS: dict[PaperEvent, str] = {
    PaperEvent.SENT: "发出（再次发出）",
    PaperEvent.SERVED: "送达",
    PaperEvent.RETURNED: "退回",
    PaperEvent.UNTOLD: "无法告知",
}
# What is for the petitioner: the others are letters to units, what was handed over, what the petitioner wrote.
NOTICES = frozenset(
    {
        *(DocumentKind.ACCEPTANCE_NOTICE, DocumentKind.NON_ACCEPTANCE_NOTICE, DocumentKind.NO_LONGER_ACCEPTED_NOTICE),
        *(DocumentKind.DIVERSION_NOTICE, DocumentKind.EXTENSION_NOTICE),
    }
)
FOR_PETITIONER = NOTICES | set(ANSWER_PAPERS)
# Handed over or shown: sent and served are the same moment.
HANDED_OVER = frozenset({ServiceMethod.IN_PERSON, ServiceMethod.LEFT, ServiceMethod.ELECTRONIC})
UNSENT_WORDS = "未发出"


class Paper(Protocol):
    """What is asked of a paper: a row of `Document`."""

    @property
    def sent_on(self) -> date | None: ...
    @property
    def returned_on(self) -> date | None: ...
    @property
    def resent_on(self) -> date | None: ...
    @property
    def served_on(self) -> date | None: ...
    @property
    def untold(self) -> str | None: ...
    @property
    def service_method(self) -> str | None: ...
    @property
    def served_to(self) -> str | None: ...
    @property
    def service_note(self) -> str | None: ...


def state_of(paper: Paper) -> PaperState:
    """Return how far a paper has come; one that came back and was sent again is sent."""
    if paper.served_on is not None:
        return PaperState.SERVED
    if paper.untold is not None:
        return PaperState.UNTOLD
    if paper.returned_on is not None and (paper.resent_on is None or paper.resent_on < paper.returned_on):
        return PaperState.RETURNED
    return PaperState.UNSENT if paper.sent_on is None else PaperState.SENT


def is_told(paper: Paper) -> bool:
    """Return whether the petitioner has a notice, or cannot be told (第二十三条第二款). What came back told nobody."""
    return state_of(paper) in (PaperState.SERVED, PaperState.UNTOLD)


def service_words(paper: Paper) -> str:
    """Return what is known of a paper's way: 7月8日发出，尚未送达; nothing of what nobody has written down."""
    return "，".join(_ways(paper)) or UNSENT_WORDS


def _ways(paper: Paper) -> Iterator[str]:
    state = state_of(paper)
    if paper.sent_on is not None and paper.sent_on != paper.served_on:
        yield f"{long_date(paper.sent_on)} 发出"
    if paper.returned_on is not None:
        yield f"{long_date(paper.returned_on)} 退回"
    if paper.resent_on is not None:
        yield f"{long_date(paper.resent_on)} 再次发出"
    if paper.served_on is not None:
        method = SERVICE_METHOD_LABELS[ServiceMethod(paper.service_method)] if paper.service_method else "送达"
        yield f"{long_date(paper.served_on)} {method}"
    yield from filter(None, (paper.served_to, paper.service_note))
    if state is PaperState.UNTOLD:
        yield f"无法告知：{paper.untold}"
    elif state is PaperState.SENT:
        yield "尚未送达"
    elif state is PaperState.RETURNED:
        yield "待再次送达"


def last_sent(paper: Paper) -> date | None:
    """Return the day on which a paper was last sent."""
    return paper.resent_on or paper.sent_on
