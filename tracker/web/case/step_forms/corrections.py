"""The forms of corrections (更正): a column that is left empty stays as it was registered."""

from tracker.cases.acts.corrections import (
    PAPER_FIELDS,
    PaperCorrection,
    PersonCorrection,
    correct_paper,
    correct_petitioner,
    correct_receipt,
)
from tracker.cases.lifecycle.case_file import CaseFile
from tracker.cases.page.papers import papers_registered
from tracker.cases.record.models import Case, Document
from tracker.cases.record.rules.codes import PETITIONER_KIND_LABELS, PetitionerKind
from tracker.core.database import db
from tracker.petitioners.queries import masked
from tracker.petitioners.rules import LONGEST
from tracker.petitioners.service import PetitionerEntry
from tracker.web.case.step_forms.base import Given, StepForm, labelled, reason_field, today_field
from tracker.web.frame.access import reader
from tracker.web.frame.declarations import FULL, HALF, SHORT
from tracker.web.frame.forms import ChoiceField, LineField, TickField

ADDED = "new"
AS_IT_WAS = "不填的，照原来登记的不变。"


class CorrectPetitionerForm(StepForm):
    """更正信访人信息: one person at a time, whose registered values nobody needs to open for it."""

    person = ChoiceField("哪一位", required=True, render_kw=FULL)
    kind = ChoiceField(
        "增加为",
        choices=labelled(PETITIONER_KIND_LABELS),
        required_when=f"person={ADDED}",
        render_kw=SHORT | {"when": f"person={ADDED}"},
    )
    name = LineField("姓名", longest=LONGEST["name"], hint=AS_IT_WAS, render_kw=HALF)
    identity_no = LineField("证件号码", longest=LONGEST["identity_no"], render_kw=HALF)
    phone = LineField("电话", longest=LONGEST["phone"], render_kw=HALF)
    address = LineField("住址", longest=LONGEST["address"], render_kw=HALF)
    no_identity_no = TickField("删去登记的证件号码")
    no_phone = TickField("删去登记的电话")
    no_address = TickField("删去登记的住址")
    reason = reason_field(hint="如：信访人来电更正号码。不写姓名、号码。")

    def offer(self, case: Case) -> None:
        """Offer the petitioners as everybody sees them, and somebody who is added."""
        people = masked(case.id)
        self.person.choices = [
            *((str(each.petitioner_id), _person_words(each.kind, each.name, each.phone)) for each in people),
            (ADDED, "增加一位（漏登的信访人、代表人、联名人）"),
        ]

    def begin(self, case: Case) -> None:
        """Begin with the first."""
        self.person.data = self.person.opened[0][0]
        self.kind.data = PetitionerKind.REPRESENTATIVE.value if len(self.person.opened) > 1 else PetitionerKind.MAIN

    def take(self, case: Case, given: Given) -> None:
        added = self.person.data == ADDED
        ticks = {"identity_no": self.no_identity_no, "phone": self.no_phone, "address": self.no_address}
        correction = PersonCorrection(
            None if added else int(self.person.chosen),
            PetitionerEntry(
                kind=self.kind.data or PetitionerKind.MAIN,
                name=self.name.filled,
                identity_no=self.identity_no.filled,
                phone=self.phone.filled,
                address=self.address.filled,
            ),
            frozenset(name for name, tick in ticks.items() if tick.data),
        )
        correct_petitioner(case, correction, reason=self.reason.data, **given)


def _person_words(kind: str, name: str, phone: str) -> str:
    return "　".join(filter(None, (PETITIONER_KIND_LABELS[PetitionerKind(kind)], name, phone)))


class CorrectReceiptForm(StepForm):
    """更正收到日期."""

    received_on = today_field("收到日期", default=None, required=True, render_kw=SHORT)
    posted_on = today_field("邮戳日期", default=None, render_kw=SHORT)
    reason = reason_field(hint="写明凭什么更正，如信封邮戳、收文登记。")

    def begin(self, case: Case) -> None:
        """Begin from what is registered."""
        self.received_on.data, self.posted_on.data = case.received_on, case.posted_on

    def take(self, case: Case, given: Given) -> None:
        correct_receipt(case, self.received_on.day, posted_on=self.posted_on.data, reason=self.reason.data, **given)


class CorrectPaperForm(StepForm):
    """更正文书登记: its number, its days, its proof."""

    document = ChoiceField("文书", required=True, render_kw=FULL)
    document_no = LineField(PAPER_FIELDS["document_no"], longest=60, hint=AS_IT_WAS, render_kw=HALF)
    sent_on = today_field(PAPER_FIELDS["sent_on"], default=None, render_kw=SHORT)
    served_on = today_field(PAPER_FIELDS["served_on"], default=None, render_kw=SHORT)
    served_to = LineField(PAPER_FIELDS["served_to"], longest=40, render_kw=SHORT)
    service_note = LineField(PAPER_FIELDS["service_note"], longest=200, render_kw=HALF)
    reason = reason_field(hint="写明凭什么更正，如邮件回执、送达回证。")

    def offer(self, case: Case) -> None:
        """Offer the papers of the matter."""
        self.document.choices = papers_registered(CaseFile(case, reader()))

    def begin(self, case: Case) -> None:
        """Begin with the latest."""
        self.document.data = self.document.opened[0][0] if self.document.opened else None

    def take(self, case: Case, given: Given) -> None:
        paper = db.session.get_one(Document, int(self.document.chosen))
        right = PaperCorrection(
            document_no=self.document_no.filled or paper.document_no,
            sent_on=self.sent_on.data or paper.sent_on,
            served_on=self.served_on.data or paper.served_on,
            served_to=self.served_to.filled or paper.served_to,
            service_note=self.service_note.filled or paper.service_note,
        )
        correct_paper(case, paper, right, reason=self.reason.data, **given)
