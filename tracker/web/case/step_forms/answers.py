"""The forms of the answer: 信访处理意见书 or another paper by class and route, 送达, 落实."""

from dataclasses import replace
from typing import Any

from tracker.cases.acts import answers
from tracker.cases.acts.serving import PaperNews, ServiceReceipt, serve_document
from tracker.cases.lifecycle.case_file import CaseFile
from tracker.cases.lifecycle.documents import Sending
from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.page.papers import opinion_sent_on, papers_on_their_way
from tracker.cases.page.pickers import is_made_again
from tracker.cases.record.models import Case
from tracker.cases.record.rules.answering import answer_of
from tracker.cases.record.rules.codes import (
    RESULT_LABELS,
    SERVICE_METHOD_LABELS,
    Result,
    ServiceMethod,
)
from tracker.cases.record.rules.service import PAPER_EVENT_LABELS, PaperEvent
from tracker.core import clock
from tracker.statutes.queries import cited
from tracker.web.case.step_forms.base import (
    SENT_HINT,
    UNTOLD_HINT,
    Given,
    StepForm,
    act_day_field,
    files_field,
    labelled,
    proof_of_service,
    reason_field,
    today_field,
)
from tracker.web.case.step_forms.signing import DraftForm, SignedForm, WordedForm
from tracker.web.frame.access import reader
from tracker.web.frame.declarations import FULL, HALF, SEGMENTS, SHORT, Either
from tracker.web.frame.forms import AreaField, ChoiceField, LineField

SERVED_WHEN = f"event={PaperEvent.SERVED.value}"
PROVE = "请填写送达回证（邮件）编号，或者上传送达回证。"
# After these somebody has the paper, or the post has.
GONE_OUT = f"{PaperEvent.SENT.value}|{PaperEvent.SERVED.value}"


class OpinionWords(WordedForm):
    """What answers: facts, basis, an answer to every demand point; how it is called and what it tells is a row."""

    act = Action.ISSUE_OPINION
    document_no = LineField("文号", required=True, longest=60, render_kw=HALF)
    text = AreaField("答复的内容", required=True, render_kw={"rows": 7})
    basis = AreaField("法律、政策依据", required=True, longest=2000, render_kw={"rows": 2})
    same_because = AreaField(
        "与原意见结果相同的理由",
        longest=1000,
        hint="复查（复核）撤销后重新作出，结果与原意见相同的，写明新的事实、证据或者理由"
        "（条例没有规定，参照行政复议的要求，本单位规定）。",
        render_kw={"rows": 2},
    )

    def offer(self, case: Case) -> None:
        """Call the fields by the paper; ask why the result is the same only where an earlier one was revoked."""
        answer, today = answer_of(case.matter_class, case.route), clock.today()
        self.document_no.label.text = f"{answer.label}文号"
        self.text.label.text = answer.contents
        told = [f"{words}（{cited(*basis, on=today)}）" for words, basis in answer.told]
        self.text.hint = f"文书里告知：{'；'.join(told)}。" if told else ""
        super().offer(case)
        if not is_made_again(case):
            del self.same_because

    @classmethod
    def of(cls, case: Case) -> type[StepForm]:
        """Return the form with a result and an answer for each demand point."""
        fields: dict[str, Any] = {}
        for point in case.demand_points:
            fields[f"result-{point.id}"] = ChoiceField(
                f"诉求点 {point.position}：{point.text}",
                choices=labelled(RESULT_LABELS),
                required=True,
                render_kw=SEGMENTS,
            )
            fields[f"answer-{point.id}"] = AreaField(
                f"对诉求点 {point.position} 的答复", required=True, longest=5000, render_kw={"rows": 3}
            )
        return type(f"{cls.__name__}OfCase", (cls,), fields)


class DraftOpinionForm(DraftForm, OpinionWords):
    """拟稿：处理意见."""


class OpinionForm(SignedForm, OpinionWords):
    """出具处理意见: what the opinion says, its day, when it was sent."""

    first = ("happened_on",)
    last = ("sent_on", "method", "proof", *StepForm.last)
    happened_on = act_day_field("意见日期")
    sent_on = today_field("发出日期（还没有发出的不填）", default=None, hint=SENT_HINT, render_kw=SHORT)
    method = ChoiceField("送达方式", choices=labelled(SERVICE_METHOD_LABELS), render_kw=SHORT)
    proof = LineField("邮件编号", longest=200, render_kw=SHORT)
    files = files_field()

    def take(self, case: Case, given: Given) -> None:
        because = self.same_because.filled if "same_because" in self else None
        opinion = answers.Opinion(self.document_no.data, self.basis.data, self.text.data, because)
        points = {
            point.id: answers.PointAnswer(Result(self[f"result-{point.id}"].data), self[f"answer-{point.id}"].data)
            for point in case.demand_points
            if f"result-{point.id}" in self
        }
        sending = Sending(
            sent_on=self.sent_on.data,
            method=ServiceMethod(self.method.data) if self.method.data else None,
            proof=self.proof.filled,
        )
        answers.issue_opinion(
            case,
            opinion,
            points,
            happened_on=self.happened_on.day,
            sending=sending,
            materials=self.materials,
            **given,
        )


class ProvenForm(StepForm):
    """What proves that somebody got a paper: the day, the way, the receiver, the proof."""

    either = (Either(("proof", "files"), PROVE),)
    served_on = act_day_field("送达日期")
    method = ChoiceField("送达方式", required=True, choices=labelled(SERVICE_METHOD_LABELS), render_kw=SHORT)
    served_to = LineField("签收人", required=True, longest=40, hint="匿名件写明存档或公告情况。", render_kw=SHORT)
    proof = proof_of_service()
    files = files_field("送达回证等材料")

    def receipt(self) -> ServiceReceipt:
        """Return what proves the service."""
        return ServiceReceipt(
            self.served_on.day, ServiceMethod(self.method.chosen), self.served_to.data, self.proof.filled
        )


class DeliverForm(ProvenForm):
    """登记送达."""

    sent_on = today_field(
        "发出日期", default=None, hint=SENT_HINT, required_when=f"method={ServiceMethod.POST.value}", render_kw=SHORT
    )

    def offer(self, case: Case) -> None:
        """Show when the opinion was sent, where that is known; it is not asked again."""
        known = opinion_sent_on(CaseFile(case, reader()))
        if known is not None:
            self.sent_on.data = known

    def take(self, case: Case, given: Given) -> None:
        receipt = replace(self.receipt(), sent_on=self.sent_on.data)
        answers.deliver(case, receipt, materials=self.materials, **given)


class ServeDocumentForm(StepForm):
    """登记文书发出、送达、退回: of any notice or opinion that has not reached the petitioner."""

    either = (Either(("proof", "files"), PROVE, mark="送达的，编号、材料至少填一项", when=SERVED_WHEN),)
    document = ChoiceField("文书", required=True, render_kw=FULL)
    event = ChoiceField("登记什么", required=True, choices=labelled(PAPER_EVENT_LABELS), render_kw=SEGMENTS)
    happened_on = act_day_field("发生日期")
    method = ChoiceField(
        "送达方式",
        choices=labelled(SERVICE_METHOD_LABELS),
        required_when=f"event={GONE_OUT}",
        render_kw=SHORT | {"when": f"event={GONE_OUT}"},
    )
    served_to = LineField(
        "签收人",
        longest=40,
        required_when=SERVED_WHEN,
        render_kw=SHORT | {"when": SERVED_WHEN},
    )
    proof = proof_of_service(when=f"event={GONE_OUT}")
    untold = LineField(
        "无法告知的原因",
        longest=100,
        hint=UNTOLD_HINT,
        required_when=f"event={PaperEvent.UNTOLD.value}",
        render_kw=FULL | {"when": f"event={PaperEvent.UNTOLD.value}"},
    )
    reason = reason_field("说明", "如退回的原因。")
    files = files_field("邮件回执、送达回证等材料")

    def offer(self, case: Case) -> None:
        """Offer the papers that are on their way."""
        self.document.choices = papers_on_their_way(CaseFile(case, reader()))

    def begin(self, case: Case) -> None:
        """Begin with the latest."""
        self.document.data = self.document.opened[0][0] if self.document.opened else None

    def take(self, case: Case, given: Given) -> None:
        news = PaperNews(
            PaperEvent(self.event.chosen),
            self.happened_on.day,
            method=ServiceMethod(self.method.data) if self.method.data else None,
            served_to=self.served_to.filled,
            proof=self.proof.filled,
            untold=self.untold.filled,
        )
        serve_document(
            case, int(self.document.chosen), news, reason=self.reason.data, materials=self.materials, **given
        )


class CarryOutForm(StepForm):
    """登记落实情况: one line for each supported demand that waits."""

    carried_out_on = act_day_field("落实日期")
    files = files_field("落实的证明材料")

    @classmethod
    def of(cls, case: Case) -> type[StepForm]:
        """Return the form with a field for each supported demand."""
        fields: dict[str, Any] = {
            f"note-{point.id}": AreaField(
                f"诉求点 {point.position}：{point.text}", longest=500, hint="写清落实了什么；没有落实的留空。"
            )
            for point in case.promises
        }
        either = (Either(tuple(fields), "请至少写明一个诉求点的落实情况。"),)
        return type("CarryOutFormOfCase", (cls,), fields | {"either": either if fields else ()})

    def take(self, case: Case, given: Given) -> None:
        notes = {p.id: self[f"note-{p.id}"].data for p in case.demand_points if f"note-{p.id}" in self}
        answers.carry_out(case, notes, carried_out_on=self.carried_out_on.day, materials=self.materials, **given)
