"""The forms of the answer: 处理意见书, 送达, 落实."""

from typing import Any

from tracker.cases.acts import answers
from tracker.cases.page.pickers import is_made_again
from tracker.cases.record.models import Case
from tracker.cases.record.rules.codes import (
    RESULT_LABELS,
    RESULTS_TO_CARRY_OUT,
    SERVICE_METHOD_LABELS,
    Result,
    ServiceMethod,
)
from tracker.web.case.step_forms.base import Given, StepForm, files_field, labelled, today_field
from tracker.web.frame.declarations import FULL, HALF, SEGMENTS, SHORT, Either
from tracker.web.frame.forms import AreaField, ChoiceField, LineField


class OpinionForm(StepForm):
    """处理意见书: facts, basis, an answer to every demand point."""

    document_no = LineField("处理意见书文号", required=True, longest=60, render_kw=HALF)
    signer = LineField("签发人", required=True, longest=40, render_kw=HALF)
    text = AreaField("查明的事实和处理意见", required=True, render_kw={"rows": 7})
    basis = AreaField("法律、政策依据", required=True, longest=2000, render_kw={"rows": 2})
    same_because = AreaField(
        "与原意见结果相同的理由",
        longest=1000,
        hint="复查（复核）撤销后重新作出，结果与原意见相同的，写明新的事实、证据或者理由"
        "（条例没有规定，参照行政复议的要求，本单位规定）。",
        render_kw={"rows": 2},
    )
    files = files_field()

    def offer(self, case: Case) -> None:
        """Ask why the result is the same only where an earlier one was revoked."""
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
        return type("OpinionFormOfCase", (cls,), fields)

    def take(self, case: Case, given: Given) -> None:
        because = self.same_because.filled if "same_because" in self else None
        opinion = answers.Opinion(self.document_no.data, self.signer.data, self.basis.data, self.text.data, because)
        points = {
            point.id: answers.PointAnswer(Result(self[f"result-{point.id}"].data), self[f"answer-{point.id}"].data)
            for point in case.demand_points
            if f"result-{point.id}" in self
        }
        answers.issue_opinion(case, opinion, points, materials=self.materials, **given)


class DeliverForm(StepForm):
    """登记送达."""

    either = (Either(("proof", "files"), "请填写送达回证（邮件）编号，或者上传送达回证。"),)
    served_on = today_field("送达日期", required=True, render_kw=SHORT)
    method = ChoiceField("送达方式", required=True, choices=labelled(SERVICE_METHOD_LABELS), render_kw=SHORT)
    served_to = LineField("签收人", required=True, longest=40, hint="匿名件写明存档或公告情况。", render_kw=SHORT)
    proof = LineField("送达回证（邮件）编号", longest=200, hint="公告送达写明公告的处所和日期。", render_kw=FULL)
    files = files_field("送达回证等材料")

    def receipt(self) -> answers.ServiceReceipt:
        """Return what proves the service."""
        return answers.ServiceReceipt(
            self.served_on.day, ServiceMethod(self.method.chosen), self.served_to.data, self.proof.filled
        )

    def take(self, case: Case, given: Given) -> None:
        answers.deliver(case, self.receipt(), materials=self.materials, **given)


class CarryOutForm(StepForm):
    """登记落实情况: one line for each supported demand that waits."""

    carried_out_on = today_field("落实日期", required=True, render_kw=SHORT)
    files = files_field("落实的证明材料")

    @classmethod
    def of(cls, case: Case) -> type[StepForm]:
        """Return the form with a field for each supported demand."""
        fields: dict[str, Any] = {
            f"note-{point.id}": AreaField(
                f"诉求点 {point.position}：{point.text}", longest=500, hint="写清落实了什么；没有落实的留空。"
            )
            for point in case.demand_points
            if point.result in RESULTS_TO_CARRY_OUT and point.carried_out_on is None
        }
        either = (Either(tuple(fields), "请至少写明一个诉求点的落实情况。"),)
        return type("CarryOutFormOfCase", (cls,), fields | {"either": either if fields else ()})

    def take(self, case: Case, given: Given) -> None:
        notes = {p.id: self[f"note-{p.id}"].data for p in case.demand_points if f"note-{p.id}" in self}
        answers.carry_out(case, notes, carried_out_on=self.carried_out_on.day, materials=self.materials, **given)
