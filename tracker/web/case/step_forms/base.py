"""What the forms of all acts share."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar, TypedDict

from tracker.cases.lifecycle.stepping import Material
from tracker.cases.record.models import Case
from tracker.core import clock
from tracker.core.dates import Meaning
from tracker.people.models import User
from tracker.web.frame.declarations import FULL
from tracker.web.frame.forms import AreaField, DayField, FilesField, LineField
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
    return DayField(label, meaning=Meaning.HAPPENED, default=clock.today, **options)


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


class ServedForm(StepForm):
    """An act of which the petitioner is told: `served_on` is asked for where there is somebody to tell."""

    def offer(self, case: Case) -> None:
        """Ask for the day of service, but of an anonymous matter (条例第二十三条)."""
        served = self["served_on"]
        served.required, served.hint = not case.anonymous, "没有送达对象的，清空这一栏。" if case.anonymous else ""
