"""拟稿、签发: the form of an act in two hands. What it says is drafted; whoever signs adds the day and the sending."""

from typing import ClassVar

from werkzeug.datastructures import MultiDict

from tracker.cases.acts.signing import (
    Wording,
    act_label,
    approve_draft,
    decline_draft,
    draft,
    latest_draft,
    refer_draft,
    return_draft,
    wording,
)
from tracker.cases.lifecycle.case_file import CaseFile
from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.lifecycle.rules.lifecycle import drafting_of
from tracker.cases.record.models import Case
from tracker.cases.record.rules.drafted import DraftStage
from tracker.web.case.step_forms.base import Given, StepForm, files_field, reason_field
from tracker.web.frame.access import reader
from tracker.web.frame.declarations import RADIOS
from tracker.web.frame.forms import ChoiceField, FilesField, OfficeField

RETURNED_FOR_GOOD = "拟稿人看得到；写进过程记录，以后不能改，也不能删。"


class WordedForm(StepForm):
    """What an act says, and which act: the part of its form that is drafted."""

    act: ClassVar[Action]

    def fill(self, case: Case, said: Wording) -> None:
        """Let the form say what a draft says; what the draft does not name stays to be filled in."""
        for name, value in said.fields.items():
            if name in self:
                self[name].process(MultiDict({name: value}))


class SignedForm(WordedForm):
    """An act that a head signs (签发): where a draft waits it says what the draft says, and nothing else."""

    def offer(self, case: Case) -> None:
        """Take the words from the draft that waits, whatever is sent."""
        super().offer(case)
        row = latest_draft(case, self.act, waiting=True)
        if row is not None:
            self.drafted = wording(row)
            self.fill(case, self.drafted)

    @property
    def shown(self) -> list[OfficeField]:
        """The fields that the draft does not settle."""
        settled = self.drafted.fields if self.drafted else {}
        return [field for field in super().shown if field.short_name not in settled]


class DraftForm(WordedForm):
    """拟稿: what the act is to say, for the head."""

    files = files_field("供审阅的材料")

    def begin(self, case: Case) -> None:
        """Begin with the draft that waits or was returned."""
        super().begin(case)
        row = latest_draft(case, self.act)
        if row is not None:
            self.fill(case, wording(row))

    def take(self, case: Case, given: Given) -> None:
        said = [field for field in self.shown if not isinstance(field, FilesField)]
        words = [(field.label.text, _words(field)) for field in said if field.data]
        fields = {field.short_name: str(field.data or "") for field in said}
        draft(case, drafting_of(self.act), Wording(fields, words), materials=self.materials, **given)


def _words(field: OfficeField) -> str:
    if isinstance(field, ChoiceField):
        return next(words for value, words in field.opened if value == str(field.data))
    return str(field.data)


class ChosenDraftForm(StepForm):
    """Which of the drafts that wait an act is about (哪一份拟稿)."""

    act = ChoiceField("拟稿", required=True, render_kw=RADIOS)
    stages: ClassVar[tuple[DraftStage, ...]] = tuple(DraftStage)

    def offer(self, case: Case) -> None:
        """Offer the drafts that wait, each with what it says: nobody approves or returns what is not before him."""
        waiting = [each for each in CaseFile(case, reader()).waiting_for_signature if each.stage in self.stages]
        self.act.choices = [(each.act, act_label(Action(each.act))) for each in waiting]
        self.to_choose = [(act_label(Action(each.act)), wording(each)) for each in waiting]

    def begin(self, case: Case) -> None:
        """Begin with the only one."""
        self.act.data = self.act.choices[0][0] if len(self.act.choices) == 1 else None


class ReturnDraftForm(ChosenDraftForm):
    """退回修改: which draft, and what is to be changed."""

    reason = reason_field("需要修改的地方", RETURNED_FOR_GOOD, required=True)

    def take(self, case: Case, given: Given) -> None:
        return_draft(case, Action(self.act.chosen), reason=self.reason.data, **given)


class ReferDraftForm(ChosenDraftForm):
    """报请主要领导审批: which draft."""

    stages = (DraftStage.DRAFTED,)

    def take(self, case: Case, given: Given) -> None:
        refer_draft(case, Action(self.act.chosen), **given)


class ApproveDraftForm(ChosenDraftForm):
    """审批同意: which draft, and what the main leader says of it."""

    stages = (DraftStage.REFERRED,)
    reason = reason_field("审批意见", "可以不填；写进过程记录，以后不能改，也不能删。")

    def take(self, case: Case, given: Given) -> None:
        approve_draft(case, Action(self.act.chosen), reason=self.reason.data, **given)


class DeclineDraftForm(ChosenDraftForm):
    """审批退回: which draft, and what is to be changed."""

    stages = (DraftStage.REFERRED,)
    reason = reason_field("需要修改的地方", RETURNED_FOR_GOOD, required=True)

    def take(self, case: Case, given: Given) -> None:
        decline_draft(case, Action(self.act.chosen), reason=self.reason.data, **given)
