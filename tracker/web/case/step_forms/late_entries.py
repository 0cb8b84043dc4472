"""The form of 核实补录."""

from tracker.cases.acts.late_entries import check_late_entry
from tracker.cases.lifecycle.case_file import CaseFile
from tracker.cases.lifecycle.late_entries import to_check
from tracker.cases.record.models import Case
from tracker.deadlines.claims import claim_words
from tracker.deadlines.limits import LIMITS, LimitKind
from tracker.web.case.step_forms.base import Given, StepForm, files_field, reason_field
from tracker.web.frame.access import reader
from tracker.web.frame.declarations import HALF, RADIOS, SEGMENTS, Either
from tracker.web.frame.forms import ChoiceField, LineField

UPHELD, REFUSED = "upheld", "refused"
PROVEN = f"finding={UPHELD}"


class CheckLateEntryForm(StepForm):
    """核实补录: one of those that wait for the reader, with what proves it."""

    either = (
        Either(
            ("proof", "files"), "认可的，请填写编号，或者上传凭据。", mark="认可的，编号、凭据至少有一样", when=PROVEN
        ),
    )
    clock = ChoiceField("哪一项补录", required=True, render_kw=RADIOS)
    finding = ChoiceField(
        "核实结果",
        required=True,
        choices=[(UPHELD, "认可"), (REFUSED, "不予认可")],
        render_kw=SEGMENTS,
    )
    proof = LineField("看到的文号、邮戳或者回执编号", longest=60, render_kw=HALF)
    reason = reason_field("核实情况", "写明看了什么、问了谁、为什么认可或者不予认可。")
    files = files_field("凭据")

    def offer(self, case: Case) -> None:
        """Offer what waits for the reader to confirm it."""
        waiting = to_check(CaseFile(case, reader()))
        self.clock.choices = [
            (each.public_id, f"{LIMITS[LimitKind(each.kind)].label}。{claim_words(each)}") for each in waiting
        ]

    def begin(self, case: Case) -> None:
        """Begin with the nearest."""
        self.clock.data = self.clock.opened[0][0] if self.clock.opened else None

    def take(self, case: Case, given: Given) -> None:
        check_late_entry(
            case,
            self.clock.chosen,
            upheld=self.finding.chosen == UPHELD,
            proof=self.proof.filled,
            reason=self.reason.data,
            materials=self.materials,
            **given,
        )
