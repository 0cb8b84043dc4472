"""The forms of 反馈: 办结报告, 反馈时限; to the upper level too."""

from tracker.cases.acts import feedback, superior
from tracker.cases.page.pickers import later_feedback
from tracker.cases.record.models import Case
from tracker.cases.record.rules.channel_extras import CHANNEL_EXTRAS
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


class SuperiorDayForm(StepForm):
    """登记、更正上级要求办结日期."""

    due_on = DayField(
        CHANNEL_EXTRAS["superior_due_on"], meaning=Meaning.LIMIT, hint="上级不再要求的，清空。", render_kw=SHORT
    )
    reason = reason_field("依据", "写明上级哪一份文书、怎样要求。")

    def begin(self, case: Case) -> None:
        """Begin from the day that is known."""
        self.due_on.data = case.superior_due_on

    def take(self, case: Case, given: Given) -> None:
        superior.set_superior_day(case, due_on=self.due_on.data, reason=self.reason.data, **given)


class ReportSuperiorForm(StepForm):
    """报上级办结."""

    first = ("report_no", "reported_on")
    report_no = LineField("报送文号", required=True, longest=60, render_kw=HALF)
    reported_on = act_day_field("报送日期")
    reason = reason_field("报送的结果", rows=4)
    files = files_field("报送的报告")

    def take(self, case: Case, given: Given) -> None:
        superior.report_superior(
            case,
            reported_on=self.reported_on.day,
            report_no=self.report_no.data,
            reason=self.reason.data,
            materials=self.materials,
            **given,
        )
