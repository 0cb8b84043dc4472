"""The forms of what the petition office does."""

from collections.abc import Sequence
from typing import Any, ClassVar

from tracker.cases.models import Case
from tracker.cases.queries.categories import category_choices
from tracker.cases.queries.pickers import HANDLING_KINDS, lead_officials, pickers
from tracker.cases.rules.codes import (
    ELECTION_STAGE_LABELS,
    ELECTION_TYPE_LABELS,
    LEVEL_LABELS,
    LEVEL_ORDER,
    MATTER_CLASS_LABELS,
    ROUTE_LABELS,
    URGENCY_LABELS,
    Level,
    MatterClass,
)
from tracker.cases.service.reviews import REVIEW_RESULTS
from tracker.cases.service.sidetracks import VALIDITY_KINDS
from tracker.core import clock
from tracker.people.rules import DepartmentKind
from tracker.web.access import reader
from tracker.web.forms import AreaField, ChoiceField, DayField, LineField, PickField, RowsField
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


class TriageForm(StepForm):
    """分类: class, route, level."""

    matter_class = ChoiceField("类别", required=True, choices=labelled(MATTER_CLASS_LABELS), render_kw=SEGMENTS)
    route = ChoiceField(
        "途径（条例第三十一条）",
        choices=labelled(ROUTE_LABELS),
        hint="只有第六项走信访程序，适用 60 日期限。",
        render_kw=RADIOS | {"when": f"matter_class={MatterClass.CLAIM.value}"},
    )
    level = ChoiceField("保密级别", hint="只能提高。检举控告类自动密封，只有知悉名单上的人能看。", render_kw=SHORT)
    reason = reason_field("说明")

    def offer(self, case: Case) -> None:
        """Offer the levels from the present one upwards, short of accusation, which the class decides."""
        at = LEVEL_ORDER.index(Level(case.level))
        self.level.choices = [(level.value, LEVEL_LABELS[level]) for level in LEVEL_ORDER[at:]]

    def begin(self, case: Case) -> None:
        """Begin from what is decided already."""
        self.matter_class.data, self.route.data, self.level.data = case.matter_class, case.route, case.level


class RaiseLevelForm(StepForm):
    """提高保密级别."""

    level = ChoiceField("保密级别", required=True, render_kw=SEGMENTS)
    reason = reason_field()

    def offer(self, case: Case) -> None:
        """Offer the higher levels."""
        at = LEVEL_ORDER.index(Level(case.level))
        self.level.choices = [(level.value, LEVEL_LABELS[level]) for level in LEVEL_ORDER[at + 1 :]]


class GivingForm(StepForm):
    """Whatever is given to a unit: its choices are the units and people of the area, with what lies with them."""

    kinds: ClassVar[tuple[DepartmentKind, ...]] = HANDLING_KINDS
    first = ("department", "handler", "lead_official", "due_on", "delivered_on")

    def offer(self, case: Case) -> None:
        """Offer units, people and leaders to the fields that the form has."""
        found = pickers(case, reader=reader(), today=clock.today(), kinds=self.kinds)
        choices: dict[str, Sequence[Any]] = {
            "department": found.units,
            "handler": found.staff,
            "lead_official": found.leads,
        }
        for name in choices.keys() & {field.short_name for field in self}:
            self[name].choices = list(choices[name])


def _handler(label: str, *, required: bool = False) -> ChoiceField:
    return ChoiceField(label, required=required, render_kw=HALF | {"follows": "department"})


def _delivered() -> DayField:
    return today_field("送达承办单位", required=True, hint="承办单位的期限从送达之日起算。", render_kw=SHORT)


class AssignForm(GivingForm):
    """交办: unit, handler, lead official, dates."""

    department = ChoiceField("承办单位", required=True, render_kw=HALF)
    handler = _handler("承办人", required=True)
    lead_official = ChoiceField("领办领导", required=True, render_kw=HALF)
    due_on = DayField("反馈时限", required=True, hint="交办函指定；可写 12月20日。", render_kw=SHORT)
    delivered_on = _delivered()
    letter_no = LineField("交办函文号", longest=60, render_kw=SHORT)
    files = files_field()


class ReferForm(GivingForm):
    """转送: the unit names its handler when it signs for it."""

    department = ChoiceField("承办单位", required=True, render_kw=HALF)
    handler = _handler("承办人（可由承办单位签收时指定）")
    lead_official = ChoiceField("领办领导（可不指定）", render_kw=HALF)
    delivered_on = _delivered()
    letter_no = LineField("转送函文号", longest=60, render_kw=SHORT)
    files = files_field()


class AssistForm(GivingForm):
    """协办: a second unit, a task, a date."""

    department = ChoiceField("协办单位", required=True, render_kw=HALF)
    due_on = DayField("反馈时限", required=True, hint="协办函指定；可写 12月20日。", render_kw=SHORT)
    reason = reason_field("协办事项", "写清请协办单位做什么。", required=True)


class AssignValidityForm(GivingForm):
    """交选举效力调查: the township or the county investigates (村民委员会组织法第十七条)."""

    kinds = VALIDITY_KINDS
    department = ChoiceField("调查单位", required=True, hint="乡镇或者县级部门。", render_kw=HALF)
    handler = _handler("经办人（可不指定）")
    due_on = DayField("反馈时限", required=True, hint="交办函指定；可写 12月20日。", render_kw=SHORT)


class LeadForm(StepForm):
    """更换领办领导."""

    lead_official = ChoiceField("领办领导", required=True, render_kw=HALF)
    reason = reason_field()

    def offer(self, case: Case) -> None:
        """Offer the leaders."""
        self.lead_official.choices = list(lead_officials(case, today=clock.today()))


class DivertForm(StepForm):
    """导入其他途径."""

    organ = LineField("有权处理的机关", required=True, longest=100, render_kw=FULL)
    document_no = LineField("告知书文号", longest=60, render_kw=HALF)
    served_on = today_field("告知书送达日期", hint="匿名件没有送达对象的，清空这一栏。", render_kw=SHORT)
    files = files_field()


class WithdrawForm(StepForm):
    """登记撤回: the written statement is needed."""

    reason = reason_field("撤回情况", "何时、以什么方式提出撤回。")
    files = files_field("书面撤回声明", "上传信访人签名的声明。")


class TransferForm(StepForm):
    """移交纪检监察机关."""

    organ = LineField("接收的纪检监察机关", required=True, longest=100, render_kw=HALF)
    handed_over_on = today_field("移交日期", required=True, render_kw=SHORT)
    materials_list = AreaField("移交材料清单", required=True, longest=5000, hint="逐件列明，注明原件、复印件。")
    files = files_field()


class ReceiptForm(StepForm):
    """登记移交回执."""

    receipt_no = LineField("回执编号", required=True, longest=60, render_kw=HALF)
    received_by = LineField("接收人", required=True, longest=40, render_kw=SHORT)
    received_on = today_field("接收日期", required=True, render_kw=SHORT)
    files = files_field()


class RequestReviewForm(StepForm):
    """登记复查（复核）申请."""

    organ = LineField("复查（复核）机关", required=True, longest=100, render_kw=HALF)
    requested_on = DayField("请求日期", required=True, hint="邮寄的以邮戳为准。", render_kw=SHORT)
    received_on = today_field("收到申请日期", required=True, hint="复查机关的 30 日从收到之日起算。", render_kw=SHORT)
    files = files_field("复查申请书等材料")


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


class RemitForm(StepForm):
    """复查（复核）撤销，责令重新办理."""

    concluded_on = today_field("作出意见日期", required=True, render_kw=SHORT)
    reason = _opinion_point()
    files = files_field("复查（复核）意见书")


class MergeForm(StepForm):
    """并案."""

    into = LineField(
        "主件编号", required=True, longest=20, hint="如 XF-2026-000087；并入以后本件编号保留。", render_kw=HALF
    )
    reason = reason_field()


class PlaceForm(StepForm):
    """确定属地."""

    village = PickField("问题属地", required=True, hint="可写名称、拼音首字母或 12 位代码。", render_kw=HALF)


class AccusedForm(StepForm):
    """补充被反映人."""

    accused_name = RowsField("被反映人（单位）", required=True, render_kw={"column": "姓名或单位名称"})
    accused_position = RowsField("职务", render_kw={"column": "职务"})
    reason = reason_field()


class CorrectForm(StepForm):
    """更正登记信息."""

    title = LineField("标题", required=True, longest=200, render_kw=FULL)
    summary = AreaField("概况", required=True, render_kw={"rows": 7})
    people_count = LineField("人数", required=True, longest=5, render_kw=SHORT)
    category_id = ChoiceField("内容分类", render_kw=SHORT)
    urgency = ChoiceField(
        "紧急程度", choices=labelled(URGENCY_LABELS), required=True, render_kw=SEGMENTS | {"size": "third"}
    )
    election_type = ChoiceField("选举类型", choices=labelled(ELECTION_TYPE_LABELS), render_kw=SHORT)
    election_stage = ChoiceField("选举环节", choices=labelled(ELECTION_STAGE_LABELS), render_kw=SHORT)
    place_note = LineField("属地线索", longest=100, render_kw=SHORT)
    new_points = RowsField("增加诉求点", render_kw={"column": "诉求点"})
    reason = reason_field()

    def offer(self, case: Case) -> None:
        """Offer the categories of today."""
        self.category_id.choices = list(category_choices(clock.today()))

    def begin(self, case: Case) -> None:
        """Begin from what is registered."""
        for name in ("title", "summary", "urgency", "election_type", "election_stage", "place_note"):
            self[name].data = getattr(case, name)
        self.people_count.data = str(case.people_count)
        self.category_id.data = str(case.category_id) if case.category_id else None
