"""The forms of 分类并交办: both acts on one page, carried out by their own services in one transaction."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from tracker.cases.lifecycle.rules.proposals import CLASS_OF_PURPOSE, class_words
from tracker.cases.page.pickers import Pickers, pickers_for
from tracker.cases.record.models import Case
from tracker.cases.record.rules.codes import ROUTE_LABELS, AssignmentMode, MatterClass, Purpose, Route
from tracker.core import clock
from tracker.web.case.step_forms.base import Given, StepForm, labelled
from tracker.web.case.step_forms.office import LEADS_ALONE, AssignForm, TriageForm
from tracker.web.frame.access import reader
from tracker.web.frame.declarations import HALF, SHORT, Group
from tracker.web.frame.forms import ChoiceField, LineField

GIVEN_AWAY = f"matter_class={MatterClass.CLAIM.value}|{MatterClass.SUGGESTION.value}"
NOT_KEPT = "只分类时不保存拟办意见：请交办、转送，或者先清空这一栏。"


class HandOutForm(AssignForm, TriageForm):
    """分类并交办. What must be decided stands first, what is proposed behind it."""

    hidden = StepForm.hidden | {"among"}
    # What must be filled in for this button.
    asked: ClassVar[frozenset[str]] = frozenset({"department", "lead_official", "handler", "due_on", "delivered_on"})
    groups = (
        Group("分类", ("matter_class", "route", "lead_official")),
        Group(
            "交办",
            ("department", "proposal", "handler", "due_on", "delivered_on", "letter_no"),
            when=GIVEN_AWAY,
        ),
        Group("其他", ("level", "files", "reason")),
    )
    route = ChoiceField(
        "途径",
        choices=labelled(ROUTE_LABELS),
        by_initials=True,
        hint="先看其他各项；都不是的，走信访程序，适用 60 日期限。",
        required_when=f"matter_class={MatterClass.CLAIM.value}",
        render_kw=HALF | {"when": f"matter_class={MatterClass.CLAIM.value}"},
    )
    letter_no = LineField("交办函、转送函文号", longest=60, render_kw=SHORT)
    among = LineField("列表", longest=2000)

    def offer(self, case: Case) -> None:
        """Offer the choices of both acts, and say why what is chosen beforehand is."""
        TriageForm.offer(self, case)
        super().offer(case)
        for name in HandOutForm.asked:
            self[name].required = name in self.asked
        self.lead_official.hint = LEADS_ALONE
        self.matter_class.hint = class_words(Purpose(case.purpose))

    def begin(self, case: Case) -> None:
        """Propose the class and the route."""
        TriageForm.begin(self, case)
        super().begin(case)
        proposed = CLASS_OF_PURPOSE.get(Purpose(case.purpose))
        self.matter_class.data = proposed
        self.route.data = Route.PETITION if proposed is MatterClass.CLAIM else None

    def take(self, case: Case, given: Given) -> None:
        self.classify(case, given)
        super().take(case, {**given, "version": case.version})

    def offer_leads(self, case: Case) -> None:
        """They are offered with the unit."""

    @property
    def leading(self) -> int | None:
        """Nobody: who leads it is named with the unit."""
        return None

    def classify(self, case: Case, given: Given) -> None:
        """Take the first of both acts; the materials come with the second."""
        materials, self.materials = self.materials, ()
        TriageForm.take(self, case, given)
        self.materials = materials


class ReferOutForm(HandOutForm):
    """分类并转送."""

    mode = AssignmentMode.REFERRAL
    asked = frozenset({"department", "delivered_on"})


class TogetherForm(AssignForm):
    """一起分类并交办: one unit and one order for all; the class of each follows its purpose."""

    last = ()
    groups = (Group("交办", ("department", "lead_official", "proposal", "handler", "due_on", "delivered_on")),)

    def offer_all(self, cases: Sequence[Case]) -> None:
        """Offer whom all the matters can be given to; the day of the upper level that comes first is the limit."""
        self.found = pickers_for(cases, reader=reader(), today=clock.today()) if cases else Pickers([], [])
        self._choose(self.found)
        self.superior_due_on = min((case.superior_due_on for case in cases if case.superior_due_on), default=None)

    def begin_all(self) -> None:
        """Propose the day, and a lead official where there is no other."""
        self.due_on.data = self.proposed.day
        self.lead_official.data = self.found.proposed_lead


class OnlyTriageForm(HandOutForm):
    """只分类: what was typed for the unit is not lost without a word."""

    asked = frozenset()

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """Refuse words for a unit that gets nothing."""
        good = super().validate(extra_validators)
        if self.proposal.data:
            self._failed["proposal"] = NOT_KEPT
        return good and not self.proposal.data

    @property
    def leading(self) -> int | None:
        return self.lead_official.row_id

    def take(self, case: Case, given: Given) -> None:
        TriageForm.take(self, case, given)
