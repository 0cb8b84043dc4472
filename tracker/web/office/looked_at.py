"""What is entered once and never changed is looked at first: typed, shown with its effect, then put in force (预览)."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from tracker.core.database import rehearsed
from tracker.core.errors import DomainError
from tracker.web.frame.declarations import DeclaredForm
from tracker.web.frame.forms import LineField, OfficeForm
from tracker.web.frame.sending import carried_out, repeated

Facts = list[tuple[str, str]]


class LookedAtForm(OfficeForm):
    """A form whose effect is looked at before it holds: `looked` is a mark of what was shown (预览)."""

    hidden = DeclaredForm.hidden | {"looked"}
    looked = LineField("预览", longest=64)

    def mark(self, base: int) -> str:
        """Return a mark of what is typed, and of how many entries it rests on."""
        typed = [f"{field.short_name}={field.data}" for field in self if field.short_name not in self.hidden]
        return hashlib.sha256("\n".join([*typed, str(base)]).encode()).hexdigest()


@dataclass(frozen=True)
class Act:
    """What a form that is looked at first does, what its preview tells, how many entries it rests on, what is said."""

    carry_out: Callable[[], object]
    tell: Callable[[], Facts]
    base: int
    said: str
    back: str


def looked_at(form: LookedAtForm, act: Act, title: str) -> ResponseReturnValue:
    """Show what a form would do, and carry it out when it is sent again as it was shown.

    Where anything was changed since, by whoever, it is shown again and nothing is written.
    """
    facts: Facts = []
    sent = form.is_submitted() and repeated() is None and form.validate_on_submit() and not form.errors
    if sent and form.looked.data != form.mark(act.base):
        try:
            with rehearsed():
                act.carry_out()
        except DomainError as error:
            form.fail(error)
        else:
            facts = act.tell()
            form.looked.data = form.mark(act.base)
            return _page(form, title, act, facts)
    elif done := carried_out(form, act.carry_out, lambda _made: url_for(act.back), act.said):
        return done
    return _page(form, title, act, facts), form.status if form.is_submitted() else 200


def _page(form: LookedAtForm, title: str, act: Act, facts: Facts) -> str:
    return render_template("office/law/act.html", form=form, heading=title, facts=facts, back=url_for(act.back))
