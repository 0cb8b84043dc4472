"""How a document gets to the petitioner: its sending with the act that writes it, and what is learnt afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from tracker.cases.lifecycle.act_days import Earliest, act_before, act_day, wrong_day
from tracker.cases.lifecycle.documents import Sending, issue
from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.lifecycle.rules.grounds import RefusalGround
from tracker.cases.lifecycle.rules.step_rows import Since
from tracker.cases.lifecycle.step_clocks import Taking
from tracker.cases.lifecycle.stepping import Material, taking
from tracker.cases.record.models import Case, Document
from tracker.cases.record.rules.answering import ANSWER_PAPERS
from tracker.cases.record.rules.codes import (
    DOCUMENT_KIND_LABELS,
    SERVICE_METHOD_LABELS,
    DocumentKind,
    ServiceMethod,
    Status,
)
from tracker.cases.record.rules.service import (
    HANDED_OVER,
    NOTICES,
    PAPER_EVENT_LABELS,
    PaperEvent,
    PaperState,
    last_sent,
    service_words,
    state_of,
)
from tracker.core.dates import long_date
from tracker.core.errors import DomainError, FieldErrors
from tracker.people.models import User
from tracker.statutes.queries import cited
from tracker.statutes.rules.provisions import P

ANONYMOUS = "匿名，姓名（名称）、住址不清"
POSTMARK = "邮寄的请填写发出日期（以邮戳为准）。"


@dataclass(frozen=True)
class ServedNotice:
    """A notice to the petitioner (告知书) as it was filled in: number, when and how it was sent and served.

    `untold` is why nobody can be told (条例第二十三条第二款), `proof` the number of the mail or of the receipt.
    """

    document_no: str | None
    served_on: date | None
    method: ServiceMethod | None = None
    served_to: str | None = None
    sent_on: date | None = None
    proof: str | None = None
    untold: str | None = None

    @property
    def first_day(self) -> date | None:
        """The day on which the petitioner was first told, or told by mail: what is handed over is sent and served."""
        return self.sent_on or (None if self.method is ServiceMethod.POST else self.served_on)


def serve_notice(
    step: Taking,
    notice: ServedNotice,
    *,
    on: date | None,
    field: str = "happened_on",
    ground: RefusalGround | None = None,
    organ: str | None = None,
    text: str | None = None,
) -> date:
    """Let a step stand on the day of its decision, and write its notice, sent or served as far as it is.

    `on` is that day, asked for in `field`: where none is named, that of the sending. It is returned.
    Raises DomainError for days that cannot be, and where nobody was told who could be.
    """
    sent = notice.first_day
    if sent and (wrong := wrong_day(sent, act_before(step.file, step.row), step.today)):
        raise DomainError(wrong, field="sent_on")
    day = act_day(step, on or sent, field)
    if sent and day > sent:
        raise DomainError("不能晚于告知书发出日期：告知了，就是办了。", field=field)
    document = issue(
        step,
        document_no=notice.document_no,
        issued_on=day,
        signed_on=day,
        ground=ground.value if ground else None,
        organ=organ,
        text=text,
        sending=_settled(step, notice, sent),
    )
    step.dates[Since.SENT] = sent or day
    step.facts.update(service=service_words(document))
    return day


def _settled(step: Taking, notice: ServedNotice, sent: date | None) -> Sending:
    """Return how a notice got to the petitioner; raises DomainError where nobody was told who could be."""
    untold, served = notice.untold, notice.served_on
    if sent is None and served is not None:
        raise DomainError(POSTMARK, field="sent_on")
    if sent is None and not untold:
        if not step.case.anonymous:
            basis = cited(P.T23_2, on=step.today)
            raise DomainError(f"请填写告知书发出日期；无法告知的，写明原因（{basis}）。", field="sent_on")
        untold = ANONYMOUS
    if sent is not None and untold:
        raise DomainError("已经发出的，不写无法告知的原因。", field="untold")
    if sent is not None and served is None and notice.method in HANDED_OVER:
        served = sent
    if sent is not None and served is not None and (wrong := wrong_day(served, Earliest("发出之日", sent), step.today)):
        raise DomainError(wrong, field="served_on")
    return Sending(sent, served, notice.method, notice.served_to, notice.proof, untold)


@dataclass(frozen=True)
class ServiceReceipt:
    """送达: the day, the way, the receiver, and the number or words of the proof (送达回证); when it was sent."""

    served_on: date
    method: ServiceMethod
    served_to: str
    proof: str | None
    sent_on: date | None = None

    @property
    def told(self) -> dict[str, str]:
        """What the trail says of it."""
        return {
            "served_on": long_date(self.served_on),
            "method": SERVICE_METHOD_LABELS[self.method],
            "proof": self.proof or "回证见附件",
        }


def service_errors(delivery: ServiceReceipt, made: Earliest, step: Taking, has_file: bool) -> dict[str, str]:
    """Return what is wrong with the service of an opinion by field: its day, its receiver, its proof (送达).

    `made` is the day on which the opinion was made or last sent.
    """
    errors: dict[str, str] = {}
    if wrong := wrong_day(delivery.served_on, made, step.today):
        errors["served_on"] = wrong
    if not delivery.served_to:
        errors["served_to"] = "请填写签收人（匿名件写明存档或公告情况）。"
    if not delivery.proof and not has_file:
        errors["proof"] = "请填写送达回证（邮件）编号，或上传送达回证。"
    if delivery.method is ServiceMethod.ANNOUNCED and not step.case.anonymous and not delivery.proof:
        errors["proof"] = "公告送达请写明公告的处所和日期。"
    return errors


def write_service(document: Document, delivery: ServiceReceipt, step: Taking, has_file: bool) -> None:
    """Write the service of a document into it, with its sending where that was not known before.

    Raises FieldErrors for the days, the receiver or the proof.
    """
    handed = None if delivery.method is ServiceMethod.POST else delivery.served_on
    sent = document.sent_on or delivery.sent_on or handed
    made = Earliest("签发之日", document.issued_on)
    since = Earliest("发出之日", last_sent(document) or sent) if sent else made
    errors = service_errors(delivery, since, step, has_file)
    if sent is None:
        errors["sent_on"] = POSTMARK
    elif wrong := wrong_day(sent, made, step.today):
        errors["sent_on"] = wrong
    if errors:
        raise FieldErrors(errors)
    document.sent_on, document.served_on, document.untold = sent, delivery.served_on, None
    document.service_method, document.served_to = delivery.method.value, delivery.served_to
    document.service_note = delivery.proof


@dataclass(frozen=True)
class PaperNews:
    """What is learnt of a document after it was issued: sent, served, come back, or that nobody can be told."""

    event: PaperEvent
    on: date
    method: ServiceMethod | None = None
    served_to: str | None = None
    proof: str | None = None
    untold: str | None = None


def serve_document(
    case: Case,
    document_id: int,
    news: PaperNews,
    *,
    by: User,
    now: datetime,
    reason: str | None = None,
    version: int | None = None,
    materials: Sequence[Material] = (),
) -> None:
    """Record what became of a document: 发出、送达、退回、再次发出、无法告知.

    The 60 days are met by the opinion that was sent, come back or not; its service begins the petitioner's days, and is
    an act of its own (登记送达). Raises DomainError for what cannot be, FieldErrors for a service without proof.
    """
    with taking(
        case, Action.SERVE_DOCUMENT, by=by, now=now, version=version, reason=reason, materials=materials
    ) as step:
        document = next((each for each in step.file.on_their_way if each.id == document_id), None)
        if document is None:
            raise DomainError("请选择本件尚未送达的文书。", field="document")
        since = Earliest("签发之日", document.issued_on)
        if sent := last_sent(document):
            since = Earliest("发出之日", sent)
        if document.returned_on is not None and state_of(document) is PaperState.RETURNED:
            since = Earliest("退回之日", document.returned_on)
        day = act_day(step, news.on, "happened_on", since=since)
        _EVENTS[news.event](step, document, news, day, bool(materials))
        step.facts.update(
            paper=DOCUMENT_KIND_LABELS[DocumentKind(document.kind)],
            event=PAPER_EVENT_LABELS[news.event],
            service=service_words(document),
        )


def _sent(step: Taking, document: Document, news: PaperNews, day: date, _has_file: bool) -> None:
    state = state_of(document)
    if state is PaperState.SENT:
        raise DomainError("这份文书已经发出：退回的先登记退回，再登记再次发出。", field="event")
    if news.method is None:
        raise DomainError("请选择送达方式。", field="method")
    if document.sent_on is None:
        document.sent_on = day
        if document.kind in ANSWER_PAPERS:
            step.dates[Since.SENT] = day
    else:
        document.resent_on = day
    document.untold = None
    document.service_method, document.service_note = news.method.value, news.proof


def _served(step: Taking, document: Document, news: PaperNews, day: date, has_file: bool) -> None:
    if document.kind in ANSWER_PAPERS and step.case.status == Status.OPINION_ISSUED:
        label = DOCUMENT_KIND_LABELS[DocumentKind(document.kind)]
        raise DomainError(f"{label}的送达请用“登记送达”：信访人的期限从这一天起算。", field="event")
    if news.method is None:
        raise DomainError("请选择送达方式。", field="method")
    receipt = ServiceReceipt(day, news.method, news.served_to or "", news.proof)
    try:
        write_service(document, receipt, step, has_file)
    except FieldErrors as error:
        raise FieldErrors({_FIELD.get(name, name): words for name, words in error.errors.items()}) from None


# Where the sentences about a service stand on the form on which its day is that of the act.
_FIELD = {"sent_on": "event", "served_on": "happened_on"}


def _returned(_step: Taking, document: Document, news: PaperNews, day: date, _has_file: bool) -> None:
    if state_of(document) is not PaperState.SENT:
        raise DomainError("这份文书没有发出在外，不能登记退回。", field="event")
    document.returned_on = day


def _untold(step: Taking, document: Document, news: PaperNews, _day: date, _has_file: bool) -> None:
    if document.kind not in NOTICES:
        basis = cited(P.T23_2, on=step.today)
        raise DomainError(f"只有告知书可以登记无法告知（{basis}）。", field="event")
    if not news.untold:
        raise DomainError("请写明无法告知的原因。", field="untold")
    document.untold = news.untold


_EVENTS = {
    PaperEvent.SENT: _sent,
    PaperEvent.SERVED: _served,
    PaperEvent.RETURNED: _returned,
    PaperEvent.UNTOLD: _untold,
}
