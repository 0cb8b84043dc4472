"""The form of 督促检查."""

from tracker.cases.acts import checking
from tracker.cases.record.models import Case
from tracker.web.case.step_forms.base import Given, StepForm, reason_field
from tracker.web.frame.forms import AreaField


class CheckUpForm(StepForm):
    """督促检查: what was found, what is asked of the unit."""

    last = ("reason", "asked")
    reason = reason_field("检查情况", "办到哪一步、有什么困难。", rows=4)
    asked = AreaField("要求", longest=500, hint="没有的留空。写进过程记录，承办单位看得到。", render_kw={"rows": 3})

    def take(self, case: Case, given: Given) -> None:
        checking.check_up(case, asked=self.asked.data.strip(), reason=self.reason.data, **given)
