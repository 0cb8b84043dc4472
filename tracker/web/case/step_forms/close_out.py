"""The forms of the close-out: 一案一档, 申请、审核、回访、签批, 退回, 回头看."""

from tracker.cases.acts import close_out
from tracker.cases.lifecycle.rules.close_out import SATISFACTION_LABELS
from tracker.cases.record.models import Case
from tracker.cases.record.models.close_out import FOUND
from tracker.cases.record.rules.reviewing import FOUND_LABELS, LOOK_BACK_LABELS, LookBackResult
from tracker.core.dates import Meaning
from tracker.web.case.step_forms.base import Given, ReasonForm, StepForm, act_day_field, labelled, reason_field
from tracker.web.frame.declarations import SEGMENTS, SHORT
from tracker.web.frame.forms import AreaField, ChoiceField, DayField, LineField, TickField


class ConfirmFileForm(StepForm):
    """确认一案一档齐全."""

    note = LineField("档案内容", required=True, longest=200, hint="如：登记表、调查笔录、信访处理意见书、送达回证。")

    def take(self, case: Case, given: Given) -> None:
        close_out.confirm_file(case, note=self.note.data, **given)


class OpinionLineForm(StepForm):
    """A station of the close-out: one opinion."""

    reason = reason_field("意见", "签入销号单。", rows=4)


class ApplyForm(OpinionLineForm):
    """申请销号."""

    def take(self, case: Case, given: Given) -> None:
        close_out.apply_for_close_out(case, reason=self.reason.data, **given)


class ConfirmForm(OpinionLineForm):
    """审核同意销号."""

    def take(self, case: Case, given: Given) -> None:
        close_out.confirm_close_out(case, reason=self.reason.data, **given)


class CallBackForm(StepForm):
    """回访."""

    called_on = act_day_field("回访日期")
    reached = TickField("联系上了信访人", default=True)
    satisfaction = ChoiceField(
        "评价", choices=labelled(SATISFACTION_LABELS), render_kw=SEGMENTS | {"when": "reached=1"}
    )
    reason = reason_field("回访情况", "信访人怎么说；未联系上的写明时间和方式。", rows=4)

    def take(self, case: Case, given: Given) -> None:
        close_out.call_back(
            case,
            called_on=self.called_on.day,
            reached=self.reached.data,
            satisfaction=self.satisfaction.data or None,
            reason=self.reason.data,
            **given,
        )


class CheckForm(OpinionLineForm):
    """审核通过."""

    def take(self, case: Case, given: Given) -> None:
        close_out.check_close_out(case, reason=self.reason.data, **given)


class SignForm(OpinionLineForm):
    """签批销号."""

    def take(self, case: Case, given: Given) -> None:
        close_out.sign_close_out(case, reason=self.reason.data, **given)


class ReturnForm(ReasonForm):
    """退回补办."""

    def take(self, case: Case, given: Given) -> None:
        close_out.return_close_out(case, reason=self.reason.data, **given)


class OneMoreLookBackForm(ReasonForm):
    """安排回头看."""

    first = ("due_on",)
    due_on = DayField("回头看的期限", meaning=Meaning.LIMIT, required=True, render_kw=SHORT)
    reason = reason_field("为什么再看一次", "写进过程记录。")

    def take(self, case: Case, given: Given) -> None:
        close_out.plan_look_back(case, due_on=self.due_on.day, reason=self.reason.data, **given)


class LookBackForm(StepForm):
    """回头看: what was looked for, and what was found; nothing is asked of anybody's mood."""

    last = ("gaps", "unresolved", "incomplete", "reason")
    gaps = AreaField(FOUND_LABELS["gaps"], longest=FOUND, hint="没有的留空。", render_kw={"rows": 2})
    unresolved = AreaField(FOUND_LABELS["unresolved"], longest=FOUND, hint="没有的留空。", render_kw={"rows": 2})
    incomplete = AreaField(FOUND_LABELS["incomplete"], longest=FOUND, hint="没有的留空。", render_kw={"rows": 2})
    reason = reason_field("回头看情况", "看到了什么、找谁核实的；检举控告件、匿名件不联系信访人。", rows=4)

    @property
    def found(self) -> close_out.FoundAgain:
        """What was found."""
        return close_out.FoundAgain(self.gaps.data.strip(), self.unresolved.data.strip(), self.incomplete.data.strip())


class LookBackHoldsForm(LookBackForm):
    """登记回头看: it holds, or there is a new problem, which is a matter of its own."""

    result = ChoiceField(
        "结果",
        required=True,
        choices=labelled(LOOK_BACK_LABELS, LookBackResult.HOLDS, LookBackResult.NEW),
        hint="新问题的，另行登记为新的信访事项。原问题反复的，办“反复，重新办理”。",
        render_kw=SEGMENTS,
    )

    def take(self, case: Case, given: Given) -> None:
        result = LookBackResult(self.result.chosen)
        close_out.look_back(case, result=result, reason=self.reason.data, found=self.found, **given)


class LookBackReopensForm(LookBackForm):
    """登记回头看：反复，重新办理."""

    def take(self, case: Case, given: Given) -> None:
        close_out.look_back(case, result=LookBackResult.RECURRED, reason=self.reason.data, found=self.found, **given)


class ReopenForm(ReasonForm):
    """重新办理（新一轮）."""

    def take(self, case: Case, given: Given) -> None:
        close_out.reopen(case, reason=self.reason.data, **given)
