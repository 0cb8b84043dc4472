"""The forms of what the handling unit does: 签收, 异议, 受理, 延期, 补充办理情况."""

from typing import ClassVar

from tracker.cases.access.scope import visible_case_numbered
from tracker.cases.acts import refusals, unit
from tracker.cases.lifecycle.ground_words import ground_words
from tracker.cases.lifecycle.local_grounds import local_grounds
from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.lifecycle.rules.grounds import (
    NO_LONGER_GROUNDS,
    NON_ACCEPTANCE_GROUNDS,
    REFUSAL_GROUND_LABELS,
    RefusalGround,
)
from tracker.cases.page.pickers import Pickers, extension_choices, unit_staff, with_loads
from tracker.cases.record.models import Case
from tracker.core import clock
from tracker.core.errors import DomainError, NotFound
from tracker.web.case.step_forms.base import (
    TOLD,
    Given,
    NotedForm,
    ReasonForm,
    StepForm,
    TellingForm,
    act_day_field,
    files_field,
    labelled,
    notice_number,
    proof_field,
    reason_field,
)
from tracker.web.case.step_forms.signing import DraftForm, SignedForm, WordedForm
from tracker.web.frame.access import reader
from tracker.web.frame.declarations import FULL, HALF, RADIOS, Either
from tracker.web.frame.forms import ChoiceField, LineField

RE_EXAMINED = Either(("other", "opinion_no"), "请填写已经复核、过了请求期限的那一件的编号，或者意见书文号。")


def named_case(number: str | None) -> Case | None:
    """Return the case of a number that was typed, as far as its reader may know it; None where none was typed.

    Raises DomainError for a number that leads nowhere.
    """
    if not number:
        return None
    try:
        return visible_case_numbered(number, reader())
    except NotFound:
        raise DomainError("没有这个编号的信访事项，或者您无权查看，请核对。", field="other") from None


class UnitStaffForm(StepForm):
    """Who in the unit handles the case."""

    found: Pickers | None = None
    handler = ChoiceField("承办人", required=True, render_kw=HALF)

    def offer(self, case: Case) -> None:
        """Offer the people of the unit."""
        if case.assignment is not None:
            self.found = unit_staff(case.assignment.department, case, today=clock.today())
            self._choose(self.found)

    def explain(self) -> None:
        """Say what lies with them."""
        if self.found is not None:
            self._choose(with_loads(self.found, reader=reader(), today=clock.today()))

    def _choose(self, found: Pickers) -> None:
        self.handler.choices = [choice for _unit, people in found.staff for choice in people]


class SignForForm(UnitStaffForm):
    """签收: the unit may name another handler at once."""

    def begin(self, case: Case) -> None:
        """Begin with the handler named in the letter."""
        named = case.assignment.handler_id if case.assignment else None
        self.handler.data = str(named) if named else None

    def take(self, case: Case, given: Given) -> None:
        unit.sign_for(case, handler_id=self.handler.row_id, **given)


class UndoSignForForm(ReasonForm):
    """撤销签收."""

    def take(self, case: Case, given: Given) -> None:
        unit.undo_sign_for(case, reason=self.reason.data, **given)


class UndoAcceptForm(ReasonForm):
    """撤销受理."""

    def take(self, case: Case, given: Given) -> None:
        unit.undo_accept(case, reason=self.reason.data, **given)


class ObjectForm(StepForm):
    """提出异议（申请退回）."""

    happened_on = act_day_field("异议日期")
    proof = proof_field("异议函编号")
    reason = reason_field()
    files = files_field()

    def take(self, case: Case, given: Given) -> None:
        unit.file_objection(
            case,
            reason=self.reason.data,
            happened_on=self.happened_on.day,
            proof=self.proof.filled,
            materials=self.materials,
            **given,
        )


class HandlerForm(UnitStaffForm):
    """更换承办人."""

    reason = reason_field()

    def take(self, case: Case, given: Given) -> None:
        unit.change_handler(case, handler_id=int(self.handler.chosen), reason=self.reason.data, **given)


class AcceptForm(TellingForm):
    """受理: its day and number, and the notice to the petitioner."""

    first = ("accepted_on", "document_no")
    accepted_on = act_day_field("受理日期")

    def take(self, case: Case, given: Given) -> None:
        unit.accept(case, self.notice(), accepted_on=self.accepted_on.day, materials=self.materials, **given)


class NotAcceptWords(WordedForm):
    """不予受理: its ground, what it rests on, why."""

    act = Action.NOT_ACCEPT
    first: ClassVar[tuple[str, ...]] = ("ground", "other", "organ", "document_no")
    ground = ChoiceField(
        "依据", required=True, choices=labelled(REFUSAL_GROUND_LABELS, *NON_ACCEPTANCE_GROUNDS), render_kw=RADIOS
    )
    other = LineField(
        "正在办理的那一件编号",
        longest=20,
        required_when=f"ground={RefusalGround.IN_HAND.value}",
        hint="如 XF-2026-000087。",
        render_kw=HALF | {"when": f"ground={RefusalGround.IN_HAND.value}"},
    )
    organ = LineField(
        "告知信访人向哪个机关提出",
        longest=100,
        required_when=f"ground={RefusalGround.OTHER_ROUTE.value}",
        render_kw=FULL | {"when": f"ground={RefusalGround.OTHER_ROUTE.value}"},
    )
    document_no = notice_number()
    reason = reason_field("告知的理由", "写进告知书和过程记录。", rows=4, required=True)

    def offer(self, case: Case) -> None:
        """Offer the grounds: the office itself sends on to other routes instead of refusing."""
        super().offer(case)
        if case.assignment is None:
            self.ground.choices = labelled(REFUSAL_GROUND_LABELS, RefusalGround.IN_HAND)


class DraftNotAcceptForm(DraftForm, NotAcceptWords):
    """拟稿：不予受理."""


class NotAcceptForm(SignedForm, NotAcceptWords, TellingForm):
    """不予受理."""

    first = ("ground", "other", "organ", "happened_on", "document_no")
    happened_on = act_day_field("决定日期")

    def take(self, case: Case, given: Given) -> None:
        refusals.not_accept(
            case,
            self.notice(),
            ground=RefusalGround(self.ground.chosen),
            organ=self.organ.filled,
            happened_on=self.happened_on.day,
            other=named_case(self.other.filled),
            reason=self.reason.data,
            materials=self.materials,
            **given,
        )


class NoLongerAcceptWords(WordedForm):
    """不再受理: its ground, the opinion it rests on, why."""

    act = Action.NO_LONGER_ACCEPT
    first: ClassVar[tuple[str, ...]] = ("ground", "other", "opinion_no", "document_no")
    either: ClassVar[tuple[Either, ...]] = (RE_EXAMINED,)
    ground = ChoiceField("依据", required=True, render_kw=RADIOS)
    other = LineField("依据的那一件编号", longest=20, hint="如 XF-2026-000087；也可以是本件。", render_kw=HALF)
    opinion_no = LineField("意见书文号", longest=60, hint="使用本系统以前作出的，填文号。", render_kw=HALF)
    document_no = notice_number()
    reason = reason_field("告知的理由", "写进告知书和过程记录。", rows=4, required=True)

    def offer(self, case: Case) -> None:
        """Offer the grounds of the Regulations, and those of the region's own rules that the office has switched on."""
        today = clock.today()
        grounds = (*NO_LONGER_GROUNDS, *local_grounds(today))
        self.ground.choices = [(ground.value, ground_words(ground, today)) for ground in grounds]
        super().offer(case)


class DraftNoLongerAcceptForm(DraftForm, NoLongerAcceptWords):
    """拟稿：不再受理."""


class NoLongerAcceptForm(SignedForm, NoLongerAcceptWords, TellingForm):
    """不再受理."""

    first = ("ground", "other", "opinion_no", "happened_on", "document_no")
    either = (RE_EXAMINED, TOLD)
    happened_on = act_day_field("决定日期")

    def take(self, case: Case, given: Given) -> None:
        refusals.no_longer_accept(
            case,
            self.notice(),
            ground=RefusalGround(self.ground.chosen),
            happened_on=self.happened_on.day,
            other=named_case(self.other.filled),
            opinion_no=self.opinion_no.filled,
            reason=self.reason.data,
            materials=self.materials,
            **given,
        )


class ExtensionWords(WordedForm):
    """延长办理期限: once, at most 30 days, why."""

    act = Action.EXTEND
    first: ClassVar[tuple[str, ...]] = ("days", "document_no")
    days = ChoiceField("延长", required=True, hint="只能延长一次，最多 30 日；按实际需要选择。", render_kw=HALF)
    document_no = notice_number()
    reason = reason_field(required=True)

    def offer(self, case: Case) -> None:
        """Offer each number of days with the day it leads to (延期后的到期日)."""
        super().offer(case)
        self.days.choices = extension_choices(case)


class DraftExtensionForm(DraftForm, ExtensionWords):
    """拟稿：延长办理期限."""


class ExtendForm(SignedForm, ExtensionWords, TellingForm):
    """延长办理期限: signed by the head, told to the petitioner."""

    first = ("days", "happened_on", "document_no")
    happened_on = act_day_field("批准日期")

    def take(self, case: Case, given: Given) -> None:
        unit.extend(
            case,
            self.notice(),
            days=int(self.days.chosen),
            reason=self.reason.data,
            happened_on=self.happened_on.day,
            materials=self.materials,
            **given,
        )


class NoteForm(NotedForm):
    """补充办理情况."""

    def take(self, case: Case, given: Given) -> None:
        unit.note(case, reason=self.reason.data, materials=self.materials, **given)
