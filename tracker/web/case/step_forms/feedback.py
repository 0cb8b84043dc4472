"""The forms of 反馈: 办结报告, 反馈时限."""

from tracker.cases.acts import feedback
from tracker.cases.page.pickers import later_feedback
from tracker.cases.record.models import Case
from tracker.core.dates import Meaning
from tracker.web.case.step_forms.base import Given, StepForm, act_day_field, files_field, reason_field
from tracker.web.frame.declarations import HALF, SHORT
from tracker.web.frame.forms import DayField, LineField


class ReportResultForm(StepForm):
    """报送办结报告."""

    first = ("report_no", "reported_on")
    report_no = LineField("办结报告文号（可不填）", longest=60, render_kw=HALF)
    reported_on = act_day_field("报送日期")
    reason = reason_field("办结情况", "办理过程、结果、落实和信访人意见；正在复查、尚未落实的，写明进展。", rows=6)
    files = files_field("办结报告")

    def take(self, case: Case, given: Given) -> None:
        feedback.report_result(
            case,
            reported_on=self.reported_on.day,
            reason=self.reason.data,
            report_no=self.report_no.filled,
            materials=self.materials,
            **given,
        )


class MoveFeedbackForm(StepForm):
    """变更反馈时限: a later day, as the unit asked."""

    due_on = DayField("变更后的反馈时限", meaning=Meaning.LIMIT, required=True, render_kw=SHORT)
    reason = reason_field("理由", "写明承办单位什么时候、以什么理由申请。")

    def begin(self, case: Case) -> None:
        """Propose the day of the handling term where it was lawfully extended beyond the feedback."""
        proposed = later_feedback(case)
        self.due_on.data, self.due_on.hint = proposed.day, proposed.why

    def take(self, case: Case, given: Given) -> None:
        feedback.move_feedback(case, due_on=self.due_on.day, reason=self.reason.data, **given)
