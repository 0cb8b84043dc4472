"""The forms of 复查 and 复核."""

from typing import Any, ClassVar

from tracker.cases.acts import interruptions, reviews
from tracker.cases.record.models import Case
from tracker.cases.record.rules.codes import RESULT_LABELS, Result, Status
from tracker.cases.record.rules.reviewing import ReviewResult
from tracker.core.dates import Meaning
from tracker.deadlines.limits import LIMITS, LimitKind
from tracker.web.case.step_forms.answers import ProvenForm
from tracker.web.case.step_forms.base import (
    Given,
    StepForm,
    act_day_field,
    files_field,
    labelled,
    proof_field,
    reason_field,
    today_field,
)
from tracker.web.frame.declarations import HALF, SEGMENTS, SHORT, Either
from tracker.web.frame.forms import AreaField, ChoiceField, DayField, LineField


class RequestReviewForm(StepForm):
    """登记复查（复核）申请."""

    organ = LineField("复查（复核）机关", required=True, longest=100, render_kw=HALF)
    requested_on = act_day_field("请求日期（邮寄的以邮戳为准）", default=None)
    received_on = today_field("收到申请日期", required=True, hint="复查机关的 30 日从收到之日起算。", render_kw=SHORT)
    proof = proof_field("申请的邮件（收件）编号")
    files = files_field("复查申请书等材料")

    def take(self, case: Case, given: Given) -> None:
        reviews.request_review(
            case,
            organ=self.organ.data,
            requested_on=self.requested_on.day,
            received_on=self.received_on.day,
            proof=self.proof.filled,
            materials=self.materials,
            **given,
        )


def _opinion_point() -> AreaField:
    return reason_field("意见要点", "复查（复核）意见的主要内容。", rows=4)


class ConcludeReviewForm(StepForm):
    """登记复查（复核）意见：维持; the forms of the other results add what these need."""

    result: ClassVar[ReviewResult] = ReviewResult.UPHELD
    first = ("concluded_on",)
    concluded_on = act_day_field("作出意见日期")
    reason = _opinion_point()
    files = files_field("复查（复核）意见书")

    def take(self, case: Case, given: Given) -> None:
        reviews.conclude_review(
            case,
            result=self.result,
            concluded_on=self.concluded_on.day,
            reason=self.reason.data,
            materials=self.materials,
            **self.decided(case),
            **given,
        )

    def decided(self, case: Case) -> dict[str, Any]:
        """Return what this result needs besides."""
        return {}


def _unchanged(result: str | None) -> str:
    return f"不变（{RESULT_LABELS[Result(result)]}）" if result else "不变（照原答复）"


class ChangeOpinionForm(ConcludeReviewForm):
    """登记复查（复核）意见：变更."""

    result = ReviewResult.CHANGED

    @classmethod
    def of(cls, case: Case) -> type[StepForm]:
        """Return the form with the new result of each demand point."""
        fields: dict[str, Any] = {
            f"result-{point.id}": ChoiceField(
                f"诉求点 {point.position}：{point.text}",
                choices=[("", _unchanged(point.result)), *labelled(RESULT_LABELS)],
                render_kw=SEGMENTS,
            )
            for point in case.demand_points
            if point.result or case.status != Status.DELIVERED
        }
        either = (Either(tuple(fields), "变更的，请至少选择一个诉求点变更后的结果。"),)
        return type("ChangeOpinionFormOfCase", (cls,), fields | {"either": either if fields else ()})

    def decided(self, case: Case) -> dict[str, Any]:
        names = {point.id: f"result-{point.id}" for point in case.demand_points}
        changed = {id_: self[name].data for id_, name in names.items() if name in self}
        return {"changed": {id_: Result(data) for id_, data in changed.items() if data}}


class RemitForm(ConcludeReviewForm):
    """复查（复核）撤销，责令重新办理."""

    result = ReviewResult.REVOKED
    due_on = DayField(
        "重新作出的时限",
        meaning=Meaning.LIMIT,
        hint="意见书指定了时限的，填指定的日期；没有指定的不填，"
        f"按本单位规定自作出意见之日起 {LIMITS[LimitKind.REDO].amount} 日。",
        render_kw=SHORT,
    )

    def decided(self, case: Case) -> dict[str, Any]:
        return {"due_on": self.due_on.data}


class DismissReviewForm(ConcludeReviewForm):
    """登记不予受理复查（复核）."""

    result = ReviewResult.DISMISSED
    reason = reason_field("不予受理的理由", "复查（复核）机关写明的理由。", rows=4)
    files = files_field("不予受理告知书")


class LeftOutForm(StepForm):
    """Days that a clock leaves out."""

    first_on = DayField("第一日", meaning=Meaning.HAPPENED, required=True, render_kw=SHORT)
    last_on = today_field("最后一日", required=True, hint="这些日子不计入期限，首尾都算在内。", render_kw=SHORT)
    reason = reason_field()

    @property
    def days(self) -> interruptions.Days:
        """The days."""
        return interruptions.Days(self.first_on.day, self.last_on.day)


class HearingForm(LeftOutForm):
    """登记复核听证."""

    reason = reason_field("听证情况", "写明听证的地点、参加人和主要内容。", rows=4)
    files = files_field("听证笔录等材料")

    def take(self, case: Case, given: Given) -> None:
        interruptions.hold_hearing(case, self.days, reason=self.reason.data, materials=self.materials, **given)


class ForceMajeureForm(LeftOutForm):
    """登记不可抗力（顺延请求期限）."""

    reason = reason_field("原因", "写明信访人怎样提出、什么不可抗力，有什么证明。", rows=4)
    files = files_field("证明材料")

    def take(self, case: Case, given: Given) -> None:
        interruptions.record_force_majeure(case, self.days, reason=self.reason.data, materials=self.materials, **given)


class ServeReviewForm(ProvenForm):
    """登记复查意见送达: the same facts as for our own opinion."""

    def take(self, case: Case, given: Given) -> None:
        reviews.serve_review(case, self.receipt(), materials=self.materials, **given)


class ServeReExaminationForm(ProvenForm):
    """登记复核意见送达."""

    def take(self, case: Case, given: Given) -> None:
        reviews.serve_re_examination(case, self.receipt(), materials=self.materials, **given)
