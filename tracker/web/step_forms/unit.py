"""The forms of what the handling unit does, and of the close-out."""

from typing import Any

from tracker.cases.models import Case
from tracker.cases.queries.pickers import extension_choices, unit_staff
from tracker.cases.rules.close_out import SATISFACTION_LABELS
from tracker.cases.rules.codes import (
    LOOK_BACK_LABELS,
    RESULT_LABELS,
    RESULTS_TO_CARRY_OUT,
    SERVICE_METHOD_LABELS,
    LookBackResult,
)
from tracker.cases.rules.grounds import NO_LONGER_GROUNDS, NON_ACCEPTANCE_GROUNDS, REFUSAL_GROUND_LABELS
from tracker.core import clock
from tracker.web.access import reader
from tracker.web.forms import AreaField, ChoiceField, LineField, TickField
from tracker.web.step_forms.base import (
    FULL,
    HALF,
    RADIOS,
    SEGMENTS,
    SHORT,
    StepForm,
    files_field,
    labelled,
    reason_field,
    today_field,
)


class UnitStaffForm(StepForm):
    """Whoever of the unit handles the case."""

    handler = ChoiceField("承办人", required=True, render_kw=HALF)

    def offer(self, case: Case) -> None:
        """Offer the people of the unit."""
        if case.assignment is not None:
            unit = case.assignment.department
            self.handler.choices = list(unit_staff(unit, case, reader=reader(), today=clock.today()))


class HandlerForm(UnitStaffForm):
    """更换承办人."""

    reason = reason_field()


class SignForForm(UnitStaffForm):
    """签收: the unit may name another handler at once."""

    def begin(self, case: Case) -> None:
        """Begin with the handler named in the letter."""
        named = case.assignment.handler_id if case.assignment else None
        self.handler.data = str(named) if named else None


class AcceptForm(StepForm):
    """受理: the notice to the petitioner and its service."""

    document_no = LineField("受理告知书文号", longest=60, render_kw=HALF)
    served_on = today_field("告知书送达日期", hint="匿名件没有送达对象的，清空这一栏。", render_kw=SHORT)
    method = ChoiceField("送达方式", choices=labelled(SERVICE_METHOD_LABELS), render_kw=SHORT)
    served_to = LineField("签收人", longest=40, render_kw=SHORT)
    files = files_field()


class NotAcceptForm(AcceptForm):
    """不予受理."""

    first = ("ground", "organ", "document_no")
    document_no = LineField("告知书文号", longest=60, render_kw=HALF)
    ground = ChoiceField(
        "依据", required=True, choices=labelled(REFUSAL_GROUND_LABELS, *NON_ACCEPTANCE_GROUNDS), render_kw=RADIOS
    )
    organ = LineField("告知信访人向哪个机关提出", longest=100, render_kw=FULL)
    reason = reason_field("告知的理由", "写进告知书和过程记录。", rows=4)


class NoLongerAcceptForm(AcceptForm):
    """不再受理."""

    first = ("ground", "document_no")
    document_no = LineField("告知书文号", longest=60, render_kw=HALF)
    ground = ChoiceField(
        "依据", required=True, choices=labelled(REFUSAL_GROUND_LABELS, *NO_LONGER_GROUNDS), render_kw=RADIOS
    )
    reason = reason_field("告知的理由", "写进告知书和过程记录。", rows=4)


class ExtendForm(StepForm):
    """延长办理期限: once, at most 30 days, told to the petitioner."""

    days = ChoiceField("延长", required=True, hint="只能延长一次，最多 30 日（条例第三十四条）。", render_kw=HALF)
    document_no = LineField("延期告知书文号", longest=60, render_kw=HALF)
    served_on = today_field("延期告知书送达日期", hint="匿名件没有送达对象的，清空这一栏。", render_kw=SHORT)
    reason = reason_field()

    def offer(self, case: Case) -> None:
        """Offer each number of days with the day it leads to (延期后的到期日)."""
        self.days.choices = extension_choices(case)

    def begin(self, case: Case) -> None:
        """Begin with the most that the Regulations allow."""
        self.days.data = self.days.choices[0][0] if self.days.choices else None


class OpinionForm(StepForm):
    """处理意见书: facts, basis, an answer to every demand point."""

    document_no = LineField("处理意见书文号", required=True, longest=60, render_kw=HALF)
    signer = LineField("签发人", required=True, longest=40, render_kw=HALF)
    text = AreaField("查明的事实和处理意见", required=True, render_kw={"rows": 7})
    basis = AreaField("法律、政策依据", required=True, longest=2000, render_kw={"rows": 2})
    files = files_field()

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


class DeliverForm(StepForm):
    """登记送达."""

    served_on = today_field("送达日期", required=True, render_kw=SHORT)
    method = ChoiceField("送达方式", required=True, choices=labelled(SERVICE_METHOD_LABELS), render_kw=SHORT)
    served_to = LineField("签收人", required=True, longest=40, hint="匿名件写明存档或公告情况。", render_kw=SHORT)
    proof = LineField("送达回证（邮件）编号", longest=200, hint="没有编号的上传送达回证。", render_kw=FULL)
    files = files_field("送达回证等材料")


class CarryOutForm(StepForm):
    """登记落实情况: one line for each supported demand that waits."""

    carried_out_on = today_field("落实日期", required=True, render_kw=SHORT)
    files = files_field("落实的证明材料")

    @classmethod
    def of(cls, case: Case) -> type[StepForm]:
        """Return the form with a field for each supported demand."""
        fields = {
            f"note-{point.id}": AreaField(
                f"诉求点 {point.position}：{point.text}", longest=500, hint="写清落实了什么；没有落实的留空。"
            )
            for point in case.demand_points
            if point.result in RESULTS_TO_CARRY_OUT and point.carried_out_on is None
        }
        return type("CarryOutFormOfCase", (cls,), fields)


class FileForm(StepForm):
    """确认一案一档齐全."""

    note = LineField("档案内容", required=True, longest=200, hint="如：登记表、调查笔录、处理意见书、送达回证。")


class CallBackForm(StepForm):
    """回访."""

    called_on = today_field("回访日期", required=True, render_kw=SHORT)
    reached = TickField("联系上了信访人", default=True)
    satisfaction = ChoiceField(
        "评价", choices=labelled(SATISFACTION_LABELS), render_kw=SEGMENTS | {"when": "reached=1"}
    )
    reason = reason_field("回访情况", "信访人怎么说；未联系上的写明时间和方式。", rows=4)


class LookBackForm(StepForm):
    """回头看: it recurred, or was not carried out."""

    result = ChoiceField(
        "结果",
        required=True,
        choices=labelled(LOOK_BACK_LABELS, LookBackResult.RECURRED, LookBackResult.INCOMPLETE),
        render_kw=SEGMENTS,
    )
    reason = reason_field("回头看情况", "看到了什么、找谁核实的。", rows=4)
