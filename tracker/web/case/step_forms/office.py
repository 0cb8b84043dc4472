"""The forms of what the petition office decides: 分类, 交办、转送, 裁定异议, 保密级别, 领办领导."""

from collections.abc import Sequence
from datetime import date
from functools import cached_property
from typing import Any, ClassVar

from flask import flash

from tracker.cases.acts import going_over, office
from tracker.cases.lifecycle.rules.proposals import ProposedDay, feedback_day, later_than_asked
from tracker.cases.page.pickers import HANDLING_KINDS, Pickers, lead_officials, pickers, with_loads
from tracker.cases.record.models import Case
from tracker.cases.record.rules.codes import (
    LEVEL_LABELS,
    LEVEL_ORDER,
    MATTER_CLASS_LABELS,
    ROUTE_LABELS,
    AssignmentMode,
    Confidentiality,
    MatterClass,
    Route,
    Status,
)
from tracker.core import clock
from tracker.core.dates import Meaning
from tracker.deadlines.local import LocalNumber
from tracker.deadlines.own_limits import amount_on
from tracker.people.rules import DepartmentKind
from tracker.web.case.step_forms.base import (
    Given,
    ReasonForm,
    StepForm,
    act_day_field,
    files_field,
    labelled,
    reason_field,
)
from tracker.web.frame.access import reader
from tracker.web.frame.declarations import HALF, RADIOS, SEGMENTS, SHORT
from tracker.web.frame.forms import AreaField, ChoiceField, DayField, LineField
from tracker.working_days.queries import calendar

LEADS_ALONE = "不交承办单位的件由其签批销号；不指定的，由本地区的领导签批。检举控告件指定的，列入知悉名单。"


class TriageForm(StepForm):
    """分类: class, route, who leads it while no unit has it, level."""

    proposed_lead = ""

    matter_class = ChoiceField("类别", required=True, choices=labelled(MATTER_CLASS_LABELS), render_kw=SEGMENTS)
    route = ChoiceField(
        "途径",
        choices=labelled(ROUTE_LABELS),
        hint="只有“信访程序”适用 60 日期限。",
        required_when=f"matter_class={MatterClass.CLAIM.value}",
        render_kw=RADIOS | {"when": f"matter_class={MatterClass.CLAIM.value}"},
    )
    lead_official = ChoiceField("领办领导", by_initials=True, hint=LEADS_ALONE, render_kw=HALF)
    level = ChoiceField("保密级别", hint="只能提高。检举控告类自动密封，只有知悉名单上的人能看。", render_kw=SHORT)
    reason = reason_field("说明")

    def offer(self, case: Case) -> None:
        """Offer the levels from the present one upwards, short of accusation, which the class decides."""
        at = LEVEL_ORDER.index(Confidentiality(case.level))
        self.level.choices = [(level.value, LEVEL_LABELS[level]) for level in LEVEL_ORDER[at:]]
        self.offer_leads(case)

    def offer_leads(self, case: Case) -> None:
        """Offer who can lead it; what is classified already has an act of its own for that (更换领办领导)."""
        if case.status != Status.REGISTERED:
            del self.lead_official
            return
        leads = lead_officials(case, today=clock.today())
        self.lead_official.choices, self.proposed_lead = list(leads.choices), leads.proposed

    def begin(self, case: Case) -> None:
        """Begin from what is decided already, and propose who leads it."""
        self.matter_class.data, self.route.data, self.level.data = case.matter_class, case.route, case.level
        if "lead_official" in self:
            self.lead_official.data = self.proposed_lead

    @property
    def leading(self) -> int | None:
        """Who leads it while no unit has it, as chosen."""
        return self["lead_official"].row_id if "lead_official" in self else None

    def take(self, case: Case, given: Given) -> None:
        office.triage(
            case,
            matter_class=MatterClass(self.matter_class.chosen),
            route=Route(self.route.data) if self.route.data else None,
            level=Confidentiality(self.level.data) if self.level.data else None,
            lead_official_id=self.leading,
            reason=self.reason.data,
            materials=self.materials,
            **given,
        )


class RaiseLevelForm(StepForm):
    """提高保密级别."""

    level = ChoiceField(
        "保密级别", required=True, hint="登记编号不变；以后的催办单、督办单编内部编号。", render_kw=SEGMENTS
    )
    reason = reason_field()

    def offer(self, case: Case) -> None:
        """Offer the higher levels."""
        at = LEVEL_ORDER.index(Confidentiality(case.level))
        self.level.choices = [(level.value, LEVEL_LABELS[level]) for level in LEVEL_ORDER[at + 1 :]]

    def take(self, case: Case, given: Given) -> None:
        office.raise_level(case, level=Confidentiality(self.level.chosen), reason=self.reason.data, **given)


class GivingForm(StepForm):
    """Whatever is given to a unit: its choices are the units and people of the area, with what lies with them."""

    found: Pickers
    kinds: ClassVar[tuple[DepartmentKind, ...]] = HANDLING_KINDS
    first = ("department", "handler", "lead_official", "due_on", "delivered_on")

    def offer(self, case: Case) -> None:
        """Offer units, people and leaders to the fields that the form has."""
        self.found = pickers(case, reader=reader(), today=clock.today(), kinds=self.kinds)
        self._choose(self.found)

    @property
    def sole_handlers(self) -> dict[str, str]:
        """The units whose handler is proposed by the script: there is one alone."""
        return self.found.sole_handlers

    def explain(self) -> None:
        """Say what lies with the units and people."""
        if "department" in self or "handler" in self:
            self._choose(with_loads(self.found, reader=reader(), today=clock.today()))

    def _choose(self, found: Pickers) -> None:
        choices: dict[str, Sequence[Any]] = {
            "department": found.units,
            "handler": found.staff,
            "lead_official": found.leads,
        }
        for name in choices.keys() & {field.short_name for field in self}:
            self[name].choices = list(choices[name])


def handler_field(label: str, *, required: bool = False) -> ChoiceField:
    return ChoiceField(label, required=required, by_initials=True, render_kw=HALF | {"follows": "department"})


def _delivered() -> DayField:
    return act_day_field("送达承办单位")


def _proposal() -> AreaField:
    return AreaField(
        "拟办意见", longest=5000, hint="随件交给承办单位，在信访事项页和承办单位的办理页上。", render_kw={"rows": 3}
    )


class GivingOutForm(GivingForm):
    """What 交办 and 转送 share: the order that their fields make."""

    mode: ClassVar[AssignmentMode]

    def order(self) -> office.AssignmentOrder:
        """Return what was filled in; a referral sets no date, whatever stands in the field."""
        dated = self.mode is AssignmentMode.ASSIGNMENT
        return office.AssignmentOrder(
            mode=self.mode,
            department_id=int(self["department"].chosen),
            handler_id=self["handler"].row_id,
            lead_official_id=self["lead_official"].row_id,
            due_on=self["due_on"].data if dated else None,
            delivered_on=self["delivered_on"].day,
            letter_no=self["letter_no"].filled,
            proposal=self["proposal"].filled,
        )

    def take(self, case: Case, given: Given) -> None:
        order = self.order()
        office.assign(case, order, materials=self.materials, **given)
        later = later_than_asked(order.due_on, case.superior_due_on) if order.due_on else ""
        if later:
            flash(later, "warning")


class AssignForm(GivingOutForm):
    """交办: unit, handler, lead official, dates."""

    mode = AssignmentMode.ASSIGNMENT
    superior_due_on: date | None = None
    department = ChoiceField("承办单位", required=True, by_initials=True, render_kw=HALF)
    handler = handler_field("承办人", required=True)
    lead_official = ChoiceField("领办领导", required=True, by_initials=True, render_kw=HALF)
    due_on = DayField("反馈时限", meaning=Meaning.LIMIT, required=True, render_kw=SHORT)
    delivered_on = _delivered()
    letter_no = LineField("交办函文号", longest=60, render_kw=SHORT)
    proposal = _proposal()
    files = files_field()

    def offer(self, case: Case) -> None:
        """Offer whom the case can be given to."""
        super().offer(case)
        self.superior_due_on = case.superior_due_on

    @cached_property
    def proposed(self) -> ProposedDay:
        """The day that is proposed for 反馈时限."""
        today = clock.today()
        earlier = amount_on(LocalNumber.BEFORE_SUPERIOR, today) if self.superior_due_on else 0
        return feedback_day(today, self.superior_due_on, calendar(), earlier=earlier)

    def explain(self) -> None:
        """Say what lies with the units and people, and why the day is proposed."""
        super().explain()
        self.due_on.hint = self.proposed.why

    def begin(self, case: Case) -> None:
        """Propose the day of 反馈时限, and who leads it."""
        self.due_on.data = self.proposed.day
        self.lead_official.data = self.found.proposed_lead


class ReferForm(GivingOutForm):
    """转送: the unit names its handler when it signs for it."""

    mode = AssignmentMode.REFERRAL
    department = ChoiceField("承办单位", required=True, by_initials=True, render_kw=HALF)
    handler = handler_field("承办人（可由承办单位签收时指定）")
    lead_official = ChoiceField("领办领导（可不指定）", by_initials=True, render_kw=HALF)
    delivered_on = _delivered()
    letter_no = LineField("转送函文号", longest=60, render_kw=SHORT)
    proposal = _proposal()
    files = files_field()


class ReassignForm(GivingForm):
    """重新交办: another unit goes on where the closed one stood."""

    department = ChoiceField("承办单位", required=True, by_initials=True, render_kw=HALF)
    handler = handler_field("承办人（可由承办单位指定）")
    reason = reason_field("依据", "如机构改革方案的文号，或者本级党委政府指定的文件。期限照原来的算。")

    def take(self, case: Case, given: Given) -> None:
        going_over.reassign(
            case,
            department_id=int(self.department.chosen),
            handler_id=self.handler.row_id,
            reason=self.reason.data,
            **given,
        )


class RulingForm(ReasonForm):
    """What both rulings on an objection ask for."""

    happened_on = act_day_field("裁定日期")


class UpholdForm(RulingForm):
    """同意退回，改派."""

    def take(self, case: Case, given: Given) -> None:
        office.uphold_objection(case, reason=self.reason.data, happened_on=self.happened_on.day, **given)


class RefuseForm(RulingForm):
    """不同意退回."""

    def take(self, case: Case, given: Given) -> None:
        office.refuse_objection(case, reason=self.reason.data, happened_on=self.happened_on.day, **given)


class SealForm(StepForm):
    """转为检举控告件."""

    reason = reason_field("依据", "写明来信中的检举控告内容在哪里；这一段随件密封。")
    files = files_field()

    def take(self, case: Case, given: Given) -> None:
        office.seal_accusation(case, reason=self.reason.data, materials=self.materials, **given)


class WithdrawRefusalForm(ReasonForm):
    """撤销不予受理、不再受理、导入."""

    def take(self, case: Case, given: Given) -> None:
        office.withdraw_refusal(case, reason=self.reason.data, **given)


class LeadForm(StepForm):
    """指定、更换领办领导."""

    lead_official = ChoiceField("领办领导", required=True, by_initials=True, render_kw=HALF)
    reason = reason_field()

    def offer(self, case: Case) -> None:
        """Offer the leaders."""
        self.lead_official.choices = lead_officials(case, today=clock.today()).choices

    def take(self, case: Case, given: Given) -> None:
        office.change_lead(case, lead_official_id=int(self.lead_official.chosen), reason=self.reason.data, **given)
