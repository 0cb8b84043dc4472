"""The forms of what the office records beside assigning: 导入, 撤回, 并案, 作废, 属地, 被反映人."""

from itertools import zip_longest

from tracker.cases.access.scope import visible_case_numbered
from tracker.cases.acts import records
from tracker.cases.acts.naming import LONGEST_NAME, AccusedEntry
from tracker.cases.record.models import Case
from tracker.core.dates import Meaning
from tracker.core.errors import DomainError, NotFound
from tracker.places.queries import place_of, resolve_village, successor
from tracker.web.case.step_forms.base import (
    Given,
    ReasonForm,
    StepForm,
    TellingForm,
    act_day_field,
    files_field,
    reason_field,
)
from tracker.web.frame.access import reader
from tracker.web.frame.composed_fields import PickField, RowsField
from tracker.web.frame.declarations import FULL, HALF, SHORT, Either
from tracker.web.frame.forms import DayField, LineField

MOST_ROWS = 20


class DivertForm(TellingForm):
    """导入其他途径."""

    first = ("organ", "happened_on", "document_no")
    organ = LineField("有权处理的机关", required=True, longest=100, render_kw=FULL)
    happened_on = act_day_field("决定日期")

    def take(self, case: Case, given: Given) -> None:
        records.divert(
            case,
            self.notice(),
            organ=self.organ.data,
            happened_on=self.happened_on.day,
            materials=self.materials,
            **given,
        )


class WithdrawForm(StepForm):
    """登记撤回: the written statement is needed."""

    reason = reason_field("撤回情况", "何时、以什么方式提出撤回。")
    files = files_field("书面撤回声明", "上传信访人签名的声明。", required=True)

    def take(self, case: Case, given: Given) -> None:
        records.withdraw(case, reason=self.reason.data, materials=self.materials, **given)


def named_case(field: LineField) -> Case:
    """Return the case of a number that was typed. Raises DomainError where the person knows of none."""
    try:
        return visible_case_numbered(field.data, reader())
    except NotFound:
        raise DomainError("没有这个编号的信访事项，或者您无权查看，请核对。", field=field.short_name) from None


class MergeCaseForm(StepForm):
    """并案."""

    into = LineField(
        "主件编号", required=True, longest=20, hint="如 XF-2026-000087；并入以后本件编号保留。", render_kw=HALF
    )
    document_no = LineField("重复信访告知书文号", longest=60, render_kw=HALF)
    served_on = DayField(
        "告知日期", meaning=Meaning.HAPPENED, hint="告知信访人并案办理；还没有告知的留空。", render_kw=SHORT
    )
    reason = reason_field("理由", "写清怎样核实是同一个人、同一件事。")

    def take(self, case: Case, given: Given) -> None:
        """Join the case to the one named; raises DomainError where the person knows of none with this number."""
        records.merge(
            case,
            named_case(self.into),
            reason=self.reason.data,
            document_no=self.document_no.filled,
            served_on=self.served_on.data,
            **given,
        )


class UndoMergeCaseForm(ReasonForm):
    """撤销并案."""

    def take(self, case: Case, given: Given) -> None:
        records.undo_merge(case, reason=self.reason.data, **given)


class AskVoidForm(ReasonForm):
    """申请作废."""

    def take(self, case: Case, given: Given) -> None:
        records.ask_void(case, reason=self.reason.data, **given)


VOIDED = Either(
    ("same_as", "served_on"), "请填写告知信访人的日期；重复录入的，填写保留的那一件的编号。", mark="两项至少填一项"
)


class VoidForm(StepForm):
    """作废: what another person asked for."""

    same_as = LineField("重复录入的，保留的那一件的编号", longest=20, hint="如 XF-2026-000087。", render_kw=HALF)
    served_on = DayField(
        "告知信访人的日期", meaning=Meaning.HAPPENED, hint="不是重复录入的，须告知信访人；匿名件除外。", render_kw=SHORT
    )
    reason = reason_field()

    @classmethod
    def of(cls, case: Case) -> type[StepForm]:
        """Return the form that asks how the petitioner is told, except of an anonymous letter."""
        either = () if case.anonymous else (VOIDED,)
        return type("VoidFormOfCase", (cls,), {"either": either})

    def take(self, case: Case, given: Given) -> None:
        same_as = named_case(self.same_as) if self.same_as.filled else None
        records.void(case, reason=self.reason.data, same_as=same_as, served_on=self.served_on.data, **given)


class PlaceForm(StepForm):
    """确定属地."""

    village = PickField("问题属地", required=True, hint="可写名称、拼音首字母或 12 位代码。", render_kw=HALF)

    def take(self, case: Case, given: Given) -> None:
        """Give the case its village; raises DomainError where there is none of this name."""
        picked = self.village.data
        try:
            place = successor(place_of(picked.key)) if picked.key else resolve_village(picked.text, field="village")
        except NotFound:
            raise DomainError("没有这个村（社区），请重新选择。", field="village") from None
        records.set_place(case, place.id, **given)


class AccusedForm(StepForm):
    """补充被反映人."""

    accused_name = RowsField(
        "被反映人（单位）",
        required=True,
        longest=LONGEST_NAME,
        most=MOST_ROWS,
        words="姓名（单位）",
        render_kw={"column": "姓名或单位名称"},
    )
    accused_position = RowsField("职务", longest=LONGEST_NAME, most=MOST_ROWS, render_kw={"column": "职务"})
    reason = reason_field()

    def take(self, case: Case, given: Given) -> None:
        rows = zip_longest(self.accused_name.data, self.accused_position.data, fillvalue="")
        entries = [AccusedEntry(name, post or None) for name, post in rows if name or post]
        records.add_accused(case, entries, reason=self.reason.data, **given)
