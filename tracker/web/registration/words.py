"""What the clerk is told after registering: the number, what to do next, what to look at again."""

from dataclasses import dataclass

from flask import flash, url_for
from markupsafe import Markup

from tracker.cases.access.rules import hands_out, may_see
from tracker.cases.access.scope import matter_of
from tracker.cases.intake.registration import Registration
from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.record.models import Case
from tracker.core import clock
from tracker.people.rules import Reader
from tracker.petitioners.rules import identity_no_warning, phone_warning
from tracker.web.registration.form import RegistrationForm

SEPARATOR = Markup("　")
REPORT_TODAY = "{number} 反映贿选：请今天就报告党委、政府主要领导，由主要领导负责、牵头办理。"
NOBODY_LEFT = "被反映人涉及本系统内能够核实的全部人员，没有人可以在这里核实：请把 {number} 报上级信访部门处理。"
SHUT_OUT = "被反映人与您或者您所在的单位同名，您不能再查看本件，由他人继续办理。"


@dataclass(frozen=True)
class Registered:
    """What of a new case the clerk is told; `location` is where they go next."""

    number: str
    title: str
    public_id: str
    visible: bool
    hands_out: bool
    joined: bool
    vote_buying: bool
    nobody_decides: bool

    @classmethod
    def of(cls, case: Case, reader: Reader, entry: Registration) -> "Registered":
        """Build it before the transaction ends: naming an accused may have removed the clerk's own access."""
        return cls(
            number=case.register_no,
            title=case.title,
            public_id=case.public_id,
            visible=not entry.naming.asked or may_see(reader, matter_of(case)),
            hands_out=case.office_id in hands_out(reader),
            joined=case.original_id is not None,
            vote_buying=case.vote_buying,
            nobody_decides=entry.naming.nobody_left,
        )

    @property
    def location(self) -> str:
        """Where the case is given out if the clerk does that, its page, or the form where the clerk may not see it."""
        if not self.visible:
            return url_for("registration.page")
        return url_for("triage.page" if self.hands_out else "cases.detail", public_id=self.public_id)


def tell_registered(done: Registered, form: RegistrationForm, *, next_form: str = "") -> None:
    """Say that it is registered (已登记), with links; `next_form` where the clerk stays with the case."""
    words = f"已登记 {done.number}，作为重件接到原件。" if done.joined else f"已登记 {done.number}。"
    flash(_with_links(f"{words}《{done.title}》", _links(done, next_form)), "success")
    if not done.visible:
        flash(SHUT_OUT, "warning")
    if done.nobody_decides:
        flash(NOBODY_LEFT.format(number=done.number), "warning")
    if done.visible and done.vote_buying:
        report = url_for("steps.form", public_id=done.public_id, action=Action.REPORT_LEADERS.value)
        flash(_with_links(REPORT_TODAY.format(number=done.number), [("去办理报告", report)]), "danger")
    doubts = (identity_no_warning(form.identity_no.data, today=clock.today()), phone_warning(form.phone.data))
    for doubt in filter(None, doubts):
        flash(f"{done.number}：{doubt}", "warning")


def _links(done: Registered, next_form: str) -> list[tuple[str, str]]:
    if not done.visible:
        return []
    slip = ("打印回执", url_for("case_papers.slip", public_id=done.public_id))
    return [
        slip,
        ("登记下一件", next_form) if next_form else ("打开", url_for("cases.detail", public_id=done.public_id)),
    ]


def tell_sent_before(location: str) -> None:
    """Say that the form had been sent already (没有重复登记)."""
    flash(_with_links("这份表单已经登记过，没有重复登记。", [("打开", location)]), "info")


def _with_links(words: str, links: list[tuple[str, str]]) -> Markup:
    drawn = [Markup('<a href="{}">{}</a>').format(href, label) for label, href in links]
    return SEPARATOR.join([Markup.escape(words), *drawn])
