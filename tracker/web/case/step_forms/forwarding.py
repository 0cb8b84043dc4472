"""The forms of what goes to an organ outside: 移交, 转送, 回执, 退回."""

from datetime import date
from typing import ClassVar, TypedDict

from tracker.cases.acts import forwarding
from tracker.cases.acts.forwarding import Briefing
from tracker.cases.lifecycle.case_file import CaseFile
from tracker.cases.lifecycle.forwardings import awaiting_receipt
from tracker.cases.record.models import Case
from tracker.cases.record.rules.forwarding import FOR_ACCUSATIONS, FORWARDED_TO_LABELS, ForwardedTo
from tracker.core.dates import long_date
from tracker.web.case.step_forms.base import (
    Given,
    ReasonForm,
    StepForm,
    act_day_field,
    files_field,
    labelled,
    today_field,
)
from tracker.web.frame.access import reader
from tracker.web.frame.declarations import FULL, HALF, RADIOS, SHORT
from tracker.web.frame.forms import AreaField, ChoiceField, LineField

NO_CADRES, CADRES = "no", "told"
RECEIPT, PROOF = "receipt", "proof"
PROVED_BY = [(RECEIPT, "有回执"), (PROOF, "不出具回执，有别的凭据")]
BY_RECEIPT, BY_PROOF = f"proved_by={RECEIPT}", f"proved_by={PROOF}"


class Handed(TypedDict):
    """What was handed to whom, when, under which number."""

    organ: str
    paper_no: str | None
    handed_over_on: date
    materials_list: str


class HandingOverForm(StepForm):
    """What 移交 and 转送 share: organ, number, day, list."""

    first: ClassVar[tuple[str, ...]] = ("to", "organ", "paper_no", "handed_over_on", "materials_list")
    organ = LineField("接收机关", required=True, longest=100, hint="写全称。", render_kw=HALF)
    paper_no = LineField("文号", longest=60, render_kw=SHORT)
    handed_over_on = act_day_field("移交、转送日期")
    materials_list = AreaField("材料清单", required=True, longest=5000, hint="逐件列明，注明原件、复印件。")
    files = files_field()

    @property
    def handed(self) -> Handed:
        """What was handed over."""
        return Handed(
            organ=self.organ.data,
            paper_no=self.paper_no.filled,
            handed_over_on=self.handed_over_on.day,
            materials_list=self.materials_list.data,
        )


class TransferForm(HandingOverForm):
    """移交有权处理的机关, and what concerns cadres to the 组织（人事）部门."""

    to = ChoiceField("移交给", required=True, choices=labelled(FORWARDED_TO_LABELS, *FOR_ACCUSATIONS), render_kw=RADIOS)
    cadres = ChoiceField(
        "是否反映干部问题",
        required=True,
        choices=[(NO_CADRES, "不涉及干部"), (CADRES, "涉及干部，已通报组织（人事）部门")],
        hint="反映干部问题的，按干部管理权限向组织（人事）部门通报。",
        render_kw=RADIOS,
    )
    personnel = LineField(
        "通报的组织（人事）部门",
        longest=100,
        required_when=f"cadres={CADRES}",
        render_kw=HALF | {"when": f"cadres={CADRES}"},
    )
    personnel_told_on = today_field(
        "通报日期", required_when=f"cadres={CADRES}", render_kw=SHORT | {"when": f"cadres={CADRES}"}
    )

    def take(self, case: Case, given: Given) -> None:
        told = self.cadres.data == CADRES
        forwarding.transfer(
            case,
            to=ForwardedTo(self.to.chosen),
            briefing=Briefing(self.personnel.data, self.personnel_told_on.day) if told else None,
            materials=self.materials,
            **self.handed,
            **given,
        )


class ForwardForm(HandingOverForm):
    """转送系统外机关: the organs of justice, or the organ that owes the duty."""

    paper_no = LineField("转送函文号", longest=60, render_kw=SHORT)

    def take(self, case: Case, given: Given) -> None:
        forwarding.forward(case, materials=self.materials, **self.handed, **given)


class ReceiptForm(StepForm):
    """登记移交、转送回执."""

    forwarding = ChoiceField("哪一次移交、转送", required=True, render_kw=FULL)
    proved_by = ChoiceField("凭什么", required=True, choices=PROVED_BY, render_kw=RADIOS)
    receipt_no = LineField("回执编号", longest=60, required_when=BY_RECEIPT, render_kw=HALF | {"when": BY_RECEIPT})
    received_by = LineField("接收人", longest=40, required_when=BY_RECEIPT, render_kw=SHORT | {"when": BY_RECEIPT})
    no_receipt = LineField(
        "凭据",
        longest=200,
        required_when=BY_PROOF,
        hint="如挂号信（EMS）回单编号、机要交换签收记录。",
        render_kw=FULL | {"when": BY_PROOF},
    )
    received_on = act_day_field("接收日期")
    files = files_field()

    def offer(self, case: Case) -> None:
        """Offer what waits for a receipt."""
        self.forwarding.choices = [
            (str(each.id), f"{long_date(each.handed_over_on)} {each.organ}")
            for each in awaiting_receipt(CaseFile(case, reader()))
        ]

    def begin(self, case: Case) -> None:
        """Begin with the first that waits, and a receipt."""
        self.proved_by.data = RECEIPT
        if self.forwarding.choices:
            self.forwarding.data = self.forwarding.choices[0][0]

    def take(self, case: Case, given: Given) -> None:
        receipted = self.proved_by.data == RECEIPT
        forwarding.record_receipt(
            case,
            forwarding_id=self.forwarding.row_id,
            received_on=self.received_on.day,
            receipt_no=self.receipt_no.filled if receipted else None,
            received_by=self.received_by.filled if receipted else None,
            no_receipt=None if receipted else self.no_receipt.filled,
            materials=self.materials,
            **given,
        )


class TakeBackForm(ReasonForm):
    """登记接收机关退回."""

    first = ("happened_on",)
    happened_on = act_day_field("退回日期")
    files = files_field()

    def take(self, case: Case, given: Given) -> None:
        forwarding.take_back(
            case, reason=self.reason.data, happened_on=self.happened_on.day, materials=self.materials, **given
        )
