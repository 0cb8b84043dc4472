"""What the forms of all acts share."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar, TypedDict

from tracker.cases.acts.serving import ANONYMOUS, ServedNotice
from tracker.cases.acts.signing import Wording
from tracker.cases.lifecycle.stepping import Material
from tracker.cases.record.models import Case
from tracker.cases.record.rules.codes import SERVICE_METHOD_LABELS, ServiceMethod
from tracker.core import clock
from tracker.core.dates import Meaning
from tracker.people.models import User
from tracker.web.frame.declarations import FULL, HALF, SHORT, Either
from tracker.web.frame.forms import AreaField, ChoiceField, DayField, FilesField, LineField
from tracker.web.frame.sending import SentForm


def labelled(labels: dict[Any, str], *only: Any) -> list[tuple[str, str]]:
    """Return the choices of a code list, all or some."""
    return [(str(code.value), words) for code, words in labels.items() if not only or code in only]


def reason_field(
    label: str = "理由", hint: str = "写进过程记录，以后不能改，也不能删。", rows: int = 3, *, required: bool = False
) -> AreaField:
    """Return the box for a reason or an opinion."""
    return AreaField(label, longest=5000, hint=hint, required=required, render_kw={"rows": rows})


def files_field(
    label: str = "材料", hint: str = "可以选多个文件；只作下载，不在系统里打开。", *, required: bool = False
) -> FilesField:
    """Return the box for materials."""
    return FilesField(label, hint=hint, required=required, render_kw=FULL)


def today_field(label: str, **options: Any) -> DayField:
    """Return a day that begins as today."""
    return DayField(label, meaning=Meaning.HAPPENED, **{"default": clock.today} | options)


# How every form asks for the day of its act.
ACT_DAY = "实际办理的那一天；补录的不写录入的日子。期限按这一天算。"


def act_day_field(label: str, **options: Any) -> DayField:
    """Return the day on which an act happened, today unless another is typed (办理日期)."""
    return today_field(label, **{"required": True, "hint": ACT_DAY, "render_kw": SHORT} | options)


def proof_field(label: str) -> LineField:
    """Return the number that proves when something was done or sent."""
    return LineField(label, longest=60, hint="期满以后补录的，编号、凭据文件须有一样。", render_kw=SHORT)


class Given(TypedDict):
    """What every act is given beside its fields: who acts, when, and from which version the page was made."""

    by: User
    now: datetime
    version: int


class StepForm(SentForm):
    """What every act carries beside what is sent once: the version of the page, and the last line it showed.

    `materials` are the uploads that come with the act, as they lie in the store when it is taken.
    """

    hidden: ClassVar[frozenset[str]] = frozenset({"version", "submission", "opened", "kept", "then"})
    last: ClassVar[tuple[str, ...]] = ("reason", "files")
    version = LineField("版本", longest=9)
    opened = LineField("过程", longest=9)
    then = LineField("办完回到", longest=20)
    materials: Sequence[Material] = ()
    # What a draft of it says that waits to be signed (待签发).
    drafted: Wording | None = None
    # The drafts that it chooses among, with what each says (哪一份拟稿).
    to_choose: Sequence[tuple[str, Wording]] = ()

    @classmethod
    def of(cls, case: Case) -> "type[StepForm]":
        """Return the form for one case; some have a field for each demand point."""
        return cls

    def offer(self, case: Case) -> None:
        """Fill in the choices that depend on the case."""

    def explain(self) -> None:
        """Say beside the choices what helps to choose, where they are about to be shown."""

    def begin(self, case: Case) -> None:
        """Fill in what is known already, before anything was typed."""

    def take(self, case: Case, given: Given) -> None:
        """Take the act with what was filled in; the form has been checked. Raises what the act raises."""
        raise NotImplementedError


class ReasonForm(StepForm):
    """An act that only needs a reason."""

    reason = reason_field()


class NotedForm(StepForm):
    """补充办理情况, 协办反馈, 选举效力调查结论: words and materials."""

    reason = reason_field("情况", "写清做了什么、找了谁、结果如何。", rows=6)
    files = files_field()


TOLD = Either(("sent_on", "untold"), "请填写发出日期；无法告知的，写明原因。")
UNTOLD_HINT = "姓名（名称）、住址不清的。"
SENT_HINT = "邮寄的以邮戳为准；当面交付的写交付之日。期限以发出之日为准（本单位理解）。"


def proof_of_service(**drawn: str) -> LineField:
    """Return the number of the mail or of the receipt."""
    return LineField("送达回证（邮件）编号", longest=200, hint="公告送达写明公告的处所和日期。", render_kw=HALF | drawn)


def notice_number() -> LineField:
    """Return the number of a notice."""
    return LineField("告知书文号", longest=60, render_kw=HALF)


class TellingForm(StepForm):
    """An act of which the petitioner is told by a notice: number, when it was sent, how, and when it was served."""

    either: ClassVar[tuple[Either, ...]] = (TOLD,)
    document_no = notice_number()
    sent_on = today_field("告知书发出日期", hint=SENT_HINT, render_kw=SHORT)
    method = ChoiceField("送达方式", choices=labelled(SERVICE_METHOD_LABELS), render_kw=SHORT)
    proof = proof_of_service()
    served_on = today_field("送达日期", default=None, hint="已经知道的才填，以后可以另行登记。", render_kw=SHORT)
    served_to = LineField("签收人", longest=40, render_kw=SHORT)
    untold = LineField("无法告知的原因", longest=100, hint=UNTOLD_HINT, render_kw=HALF)
    files = files_field()

    def begin(self, case: Case) -> None:
        """Of an anonymous matter nobody can be told."""
        if case.anonymous:
            self.sent_on.data, self.untold.data = None, ANONYMOUS

    def notice(self) -> ServedNotice:
        """Return the notice to the petitioner, as far as it was sent and served."""
        return ServedNotice(
            document_no=self.document_no.filled,
            served_on=self.served_on.data,
            method=ServiceMethod(self.method.data) if self.method.data else None,
            served_to=self.served_to.filled,
            sent_on=self.sent_on.data,
            proof=self.proof.filled,
            untold=self.untold.filled,
        )
