"""What acts on several chosen matters share (一起交办、一起改派): each by itself, sent once, said what happened."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue

from tracker.cases.acts.hand_out import ChosenCase, HandedOut
from tracker.cases.ledger.chosen import chosen_cases
from tracker.core.errors import DomainError
from tracker.web.case.asked import number
from tracker.web.frame.access import reader
from tracker.web.frame.forms import OfficeForm
from tracker.web.frame.sending import conclude, repeated

# How many refusals a sentence names; the preview has named what could be known before.
NAMED = 10


@dataclass(frozen=True)
class Together:
    """What is done to each in words (已改派、改派、改派的), and the list to which the person goes back."""

    did: str
    to_do: str
    those: str
    back: str

    def words(self, done: HandedOut) -> str:
        """Return for which it was done, and for which not and why."""
        words = f"{self.did} {len(done.numbers)} 件：{'、'.join(done.numbers)}。" if done.numbers else ""
        if not done.refused:
            return words
        named = "；".join(f"{number}：{why}".removeprefix("：").rstrip("。") for number, why in done.refused[:NAMED])
        more = f"；另有 {len(done.refused) - NAMED} 件" if len(done.refused) > NAMED else ""
        return f"{words}没有{self.those} {len(done.refused)} 件，还在列表里——{named}{more}。"


def as_seen(ids: Sequence[str]) -> list[ChosenCase]:
    """Return the chosen matters that the person may see, each in the version in which they saw it."""
    seen = dict(zip(request.form.getlist("case"), request.form.getlist("seen"), strict=False))
    return [ChosenCase(case.id, number(seen.get(case.public_id, ""))) for case in chosen_cases(ids, reader())]


def carried_out_together(
    way: Together, form: OfficeForm, act: Callable[[], HandedOut], show: Callable[[], str]
) -> ResponseReturnValue:
    """Do it once however often the form is sent; where nothing was done the form stays, with the reasons."""
    if not form.validate_on_submit() or form.errors:
        return show(), form.status
    done = act()
    if not done.numbers:
        location = repeated()
        if location:
            return sent_before(location)
        form.fail(DomainError(f"一件也没有{way.to_do}。{way.words(done)}"))
        return show(), form.status
    conclude(way.back)
    flash(way.words(done), "success" if not done.refused else "warning")
    return redirect(way.back, 303)


def sent_before(location: str) -> ResponseReturnValue:
    """Say that the form was sent before, and go where it led."""
    flash("这份表单已经提交过，没有重复办理。", "info")
    return redirect(location, 303)
