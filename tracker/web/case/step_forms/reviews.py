"""The forms of 复查 and 复核."""

from tracker.cases.acts import reviews
from tracker.cases.acts.reviews import REVIEW_RESULTS
from tracker.cases.record.models import Case
from tracker.core.dates import Meaning
from tracker.web.case.step_forms.answers import DeliverForm
from tracker.web.case.step_forms.base import Given, StepForm, files_field, reason_field, today_field
from tracker.web.frame.declarations import HALF, SEGMENTS, SHORT
from tracker.web.frame.forms import AreaField, ChoiceField, DayField, LineField


class RequestReviewForm(StepForm):
    """登记复查（复核）申请."""

    organ = LineField("复查（复核）机关", required=True, longest=100, render_kw=HALF)
    requested_on = DayField(
        "请求日期", meaning=Meaning.HAPPENED, required=True, hint="邮寄的以邮戳为准。", render_kw=SHORT
    )
    received_on = today_field("收到申请日期", required=True, hint="复查机关的 30 日从收到之日起算。", render_kw=SHORT)
    files = files_field("复查申请书等材料")

    def take(self, case: Case, given: Given) -> None:
        reviews.request_review(
            case,
            organ=self.organ.data,
            requested_on=self.requested_on.day,
            received_on=self.received_on.day,
            materials=self.materials,
            **given,
        )


def _opinion_point() -> AreaField:
    return reason_field("意见要点", "复查（复核）意见的主要内容。", rows=4)


class ConcludeReviewForm(StepForm):
    """登记复查（复核）意见: upheld or changed."""

    result = ChoiceField(
        "结果",
        required=True,
        choices=[(code, words) for code, words in REVIEW_RESULTS.items() if code != "revoked"],
        render_kw=SEGMENTS,
    )
    concluded_on = today_field("作出意见日期", required=True, render_kw=SHORT)
    reason = _opinion_point()
    files = files_field("复查（复核）意见书")

    def take(self, case: Case, given: Given) -> None:
        reviews.conclude_review(
            case,
            result=self.result.chosen,
            concluded_on=self.concluded_on.day,
            reason=self.reason.data,
            materials=self.materials,
            **given,
        )


class ServeReviewForm(DeliverForm):
    """登记复查意见送达: the same facts as for our own opinion."""

    def take(self, case: Case, given: Given) -> None:
        reviews.serve_review(case, self.receipt(), materials=self.materials, **given)


class RemitForm(StepForm):
    """复查（复核）撤销，责令重新办理."""

    concluded_on = today_field("作出意见日期", required=True, render_kw=SHORT)
    reason = _opinion_point()
    files = files_field("复查（复核）意见书")

    def take(self, case: Case, given: Given) -> None:
        reviews.conclude_review(
            case,
            result="revoked",
            concluded_on=self.concluded_on.day,
            reason=self.reason.data,
            materials=self.materials,
            **given,
        )
