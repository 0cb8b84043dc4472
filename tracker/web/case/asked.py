"""What the pages of acts share: which act is asked for, its page, what others did meanwhile, the way out as a note."""

from dataclasses import dataclass
from datetime import datetime

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from tracker.cases.access.scope import visible_case
from tracker.cases.intake.submissions import new_token
from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.lifecycle.rules.step_rows import Words
from tracker.cases.page import StepPage, lines_since, step_page
from tracker.cases.record.models import Case
from tracker.core import clock
from tracker.core.errors import DomainError, StaleVersion
from tracker.web.case.step_forms.base import Given, StepForm
from tracker.web.case.step_forms.unit import NoteForm
from tracker.web.case.view import head_links
from tracker.web.frame.access import actor, person, reader
from tracker.web.frame.composed_fields import PickField, RowsField
from tracker.web.frame.drafts import drafts_here
from tracker.web.frame.forms import ChoiceField, FilesField, OfficeField, TickField
from tracker.web.frame.kept_files import kept_files


@dataclass(frozen=True)
class Asked:
    """Which act on which case; `address` is where its form is sent."""

    public_id: str
    action: Action
    form: type[StepForm]

    @property
    def address(self) -> str:
        """Where the form of the act is shown and sent."""
        return url_for("steps.form", public_id=self.public_id, action=self.action.value)

    def page(self, case_id: int, action: Action | None = None) -> StepPage:
        """Return the page of the act, or of another one; raises the sentence that says why it cannot be taken."""
        return step_page(
            case_id, action or self.action, by=current_user, reader=reader(), today=clock.today(), now=clock.now()
        )


def fresh(made: StepForm, page: StepPage) -> StepForm:
    """Give a form the version that its page shows, and a token of its own."""
    ask_for_reason(made, page)
    made.version.data, made.opened.data = str(page.case.version), str(page.opened)
    made.submission.data = new_token()
    return made


def ask_for_reason(made: StepForm, page: StepPage) -> None:
    """Ask for the reason where the lifecycle does."""
    if "reason" in made and page.row.words is not Words.NONE:
        made["reason"].required = True


def shown(asked: Asked, page: StepPage, made: StepForm, template: str = "case/step.html", **more: object) -> str:
    """Return the page of an act with its form."""
    made.explain()
    return render_template(
        template,
        page=page,
        head=page.head,
        links=head_links(page.head),
        here=asked.address,
        form=made,
        kept=kept_files(made.kept.data, by=actor()),
        counted_from=page.row.counted_from,
        others=drafts_here(made.token),
        **more,
    )


def act(case: Case, made: StepForm, now: datetime) -> None:
    """Take the act of a checked form, with the files that were kept for it."""
    made.materials = [file.material for file in kept_files(made.kept.data, by=actor())]
    given: Given = {"by": person(), "now": now, "version": version_of(made)}
    made.take(case, given)


def version_of(made: StepForm) -> int:
    """Return the version the page was made from; a page without one is stale."""
    return number(made.version.data)


def number(text: str) -> int:
    """Return the number that a hidden field carries; -1 where it carries none."""
    return int(text) if text.isascii() and text.isdigit() else -1


def overtaken(asked: Asked, made: StepForm, *, button: str = "") -> ResponseReturnValue:
    """Show what others did meanwhile, with everything typed: take it anyway, only add it as a note, or let it be.

    `button` is the one that had been pressed, where the form has several. Raises StaleVersion where there is no page
    on which what was typed could be shown.
    """
    case = visible_case(asked.public_id, reader())
    opened = max(0, number(made.opened.data))
    lines = lines_since(case, opened, reader=reader(), today=clock.today())
    page, refused = _tried(asked, case.id)
    note, _sentence = _tried(asked, case.id, Action.NOTE)
    base = page or note
    if base is None:
        raise StaleVersion(f"别人已经办理过本件。{refused}")
    made.offer(base.case)
    more = {
        "lines": lines,
        "refused": refused,
        "words": "" if page else _words(made),
        "may_note": note is not None,
        "public_id": asked.public_id,
        "button": button,
    }
    return shown(asked, base, fresh(made, base), "case/stale.html", action=asked.action, **more), 409


def _tried(asked: Asked, case_id: int, action: Action | None = None) -> tuple[StepPage | None, str]:
    try:
        return asked.page(case_id, action), ""
    except DomainError as error:
        return None, error.message


def note_instead(asked: Asked, made: StepForm) -> ResponseReturnValue:
    """Offer what was typed as a note (只加说明), where the act itself came too late."""
    noting = Asked(asked.public_id, Action.NOTE, NoteForm)
    page = noting.page(visible_case(asked.public_id, reader()).id)
    note = NoteForm(formdata=None)
    note.reason.data, note.kept.data = _words(made), made.kept.data
    return shown(noting, page, fresh(note, page))


def _words(made: StepForm) -> str:
    """Return everything that was typed, as text."""
    return "\n".join(f"{field.label.text}：{text}" for field in made.shown if (text := _typed(field)))


def _typed(field: OfficeField) -> str:
    if isinstance(field, ChoiceField):
        return next((words for value, words in field.opened if value == field.data), "")
    if isinstance(field, TickField):
        return "是" if field.data else ""
    if isinstance(field, FilesField):
        return ""
    if isinstance(field, PickField):
        return str(field.data.text)
    if isinstance(field, RowsField):
        return "、".join(filter(None, field.data))
    return str(field.raw_data[0] if field.raw_data else "")
