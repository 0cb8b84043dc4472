"""The forms of what goes beside the main line: 协办, 选举效力调查, 贿选报告."""

from tracker.cases.acts import sidetracks
from tracker.cases.acts.sidetracks import VALIDITY_KINDS
from tracker.cases.record.models import Case
from tracker.cases.record.rules.serious import REPORT_ORGAN_LABELS, VALIDITY_RESULT_LABELS, ReportOrgan, ValidityResult
from tracker.core.dates import Meaning
from tracker.web.case.step_forms.base import (
    Given,
    NotedForm,
    ReasonForm,
    StepForm,
    act_day_field,
    labelled,
    reason_field,
    today_field,
)
from tracker.web.case.step_forms.office import GivingForm, handler_field
from tracker.web.frame.declarations import HALF, SEGMENTS, SHORT
from tracker.web.frame.forms import ChoiceField, DayField, LineField, TickField


class AssistForm(GivingForm):
    """协办: a second unit, a task, a date."""

    department = ChoiceField("协办单位", required=True, by_initials=True, render_kw=HALF)
    due_on = DayField(
        "反馈时限", meaning=Meaning.LIMIT, required=True, hint="协办函指定；可写 12月20日。", render_kw=SHORT
    )
    reason = reason_field("协办事项", "写清请协办单位做什么。", required=True)

    def take(self, case: Case, given: Given) -> None:
        sidetracks.assist(
            case, department_id=int(self.department.chosen), due_on=self.due_on.data, task=self.reason.data, **given
        )


class AssistFeedbackForm(NotedForm):
    """协办反馈."""

    def take(self, case: Case, given: Given) -> None:
        sidetracks.assist_feedback(case, reason=self.reason.data, materials=self.materials, **given)


class AssignValidityForm(GivingForm):
    """交选举效力调查: the township or the county investigates (村民委员会组织法第十七条)."""

    kinds = VALIDITY_KINDS
    department = ChoiceField("调查单位", required=True, by_initials=True, hint="乡级或者县级人民政府。", render_kw=HALF)
    handler = handler_field("经办人（可不指定）")
    due_on = DayField(
        "反馈时限", meaning=Meaning.LIMIT, required=True, hint="交办函指定；可写 12月20日。", render_kw=SHORT
    )

    def take(self, case: Case, given: Given) -> None:
        sidetracks.assign_validity(
            case,
            department_id=int(self.department.chosen),
            handler_id=self.handler.row_id,
            due_on=self.due_on.data,
            **given,
        )


class ConcludeValidityForm(NotedForm):
    """登记选举效力调查结论: the result, the paper, its day."""

    result = ChoiceField("结论", required=True, choices=labelled(VALIDITY_RESULT_LABELS), render_kw=SEGMENTS)
    document_no = LineField("结论文书文号", required=True, longest=60, render_kw=HALF)
    concluded_on = act_day_field("结论日期")

    def take(self, case: Case, given: Given) -> None:
        finding = sidetracks.Finding(ValidityResult(self.result.chosen), self.document_no.data, self.concluded_on.day)
        sidetracks.conclude_validity(case, finding, reason=self.reason.data, materials=self.materials, **given)


class MarkUrgentForm(ReasonForm):
    """标记重大紧急."""

    def take(self, case: Case, given: Given) -> None:
        sidetracks.mark_urgent(case, reason=self.reason.data, **given)


class MarkForm(ReasonForm):
    """标记贿选."""

    def take(self, case: Case, given: Given) -> None:
        sidetracks.mark_vote_buying(case, reason=self.reason.data, **given)


class UnmarkUrgentForm(ReasonForm):
    """取消重大紧急."""

    def take(self, case: Case, given: Given) -> None:
        sidetracks.unmark_urgent(case, reason=self.reason.data, **given)


class AskUnmarkForm(ReasonForm):
    """提请取消贿选标记."""

    def take(self, case: Case, given: Given) -> None:
        sidetracks.ask_unmark(case, reason=self.reason.data, **given)


class UnmarkForm(ReasonForm):
    """取消贿选标记."""

    def take(self, case: Case, given: Given) -> None:
        sidetracks.unmark_vote_buying(case, reason=self.reason.data, **given)


class ReportForm(StepForm):
    """报告主要领导."""

    discovered_on = today_field("发现日期", required=True, render_kw=SHORT)
    received_on = DayField(
        "对方收到日期", meaning=Meaning.HAPPENED, hint="同时报告下列单位、已经收到的才填。", render_kw=SHORT
    )
    government = TickField(REPORT_ORGAN_LABELS[ReportOrgan.GOVERNMENT], render_kw={"size": "third"})
    ministry = TickField(REPORT_ORGAN_LABELS[ReportOrgan.MINISTRY], render_kw={"size": "third"})
    conference = TickField(REPORT_ORGAN_LABELS[ReportOrgan.CONFERENCE], render_kw={"size": "third"})
    superior = TickField(REPORT_ORGAN_LABELS[ReportOrgan.SUPERIOR], render_kw={"size": "third"})
    reason = reason_field("报告内容", "发给本地未被反映的主要领导，留下阅知回执。", rows=6)

    def take(self, case: Case, given: Given) -> None:
        sidetracks.report_to_leaders(
            case,
            text=self.reason.data,
            discovered_on=self.discovered_on.day,
            organs=[organ for organ in ReportOrgan if self[organ.value].data],
            received_on=self.received_on.data,
            **given,
        )


class ReadReportForm(StepForm):
    """阅知报告: it needs nothing but the decision."""

    def take(self, case: Case, given: Given) -> None:
        sidetracks.read_report(case, **given)
