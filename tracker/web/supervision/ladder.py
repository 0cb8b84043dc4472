"""督办阶梯: the table in force on one sheet of paper; changed by an administrator, looked at before it is adopted."""

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from tracker.core import clock
from tracker.core.errors import DomainError, NotFound
from tracker.jobs import subjects
from tracker.people.rules import Permission
from tracker.reminders.ladder.queries import Ladder, current, editions, ladder_of
from tracker.reminders.ladder.rules import words as rung_words
from tracker.reminders.ladder.rules.kept import from_json
from tracker.reminders.ladder.rules.rungs import LADDER, LEVELS, Rung
from tracker.reminders.ladder.service import SHIPPED, adopt
from tracker.reminders.models import LadderEdition
from tracker.reminders.outlook.preview import last_month
from tracker.web.frame.access import may, reader, requires
from tracker.web.frame.drafts import resumed, resumed_fields
from tracker.web.frame.forms import AreaField, OfficeForm
from tracker.web.frame.sending import carried_out, token_sent
from tracker.web.supervision.figures import counted_words
from tracker.web.supervision.ladder_form import CHOICES, TICKS, LadderForm, opened, sealed
from tracker.working_days.queries import calendar

pages = Blueprint("ladder", __name__, url_prefix="/ladder")
LONGEST_REASON = 500
# How an address asks for the table that the program comes with.
OWN = "shipped"


class AdoptionForm(OfficeForm):
    """Why a ladder is adopted."""

    reason = AreaField(
        "修改原因", required=True, longest=LONGEST_REASON, hint="记入修改记录，以后不能改。", render_kw={"rows": 2}
    )


@pages.get("")
@requires(Permission.READ_LADDER)
def page() -> ResponseReturnValue:
    """Show the ladder in force (督办阶梯), or an edition before it, and every change."""
    now_in_force, kept = current(), editions()
    asked = request.args.get("edition", "")
    shown = _edition(asked, kept) if asked else now_in_force
    return render_template(
        "supervision/ladder/page.html",
        sections=list(_sections(shown.rungs)),
        words=rung_words,
        levels=LEVELS,
        history=list(_history(kept)),
        asked=asked,
        own=OWN,
        number=_numbers(kept).get(shown.edition_id),
        in_force=(shown.edition_id or SHIPPED) == (now_in_force.edition_id or SHIPPED),
        shipped=now_in_force.edition_id is None,
        may_change=may(Permission.MANAGE_LADDER),
        notice=now_in_force.notice,
        defaults=shown.defaults,
    )


def _sections(rungs: tuple[Rung, ...]) -> Iterator[tuple[str, tuple[Rung, ...]]]:
    for section in rung_words.sections(rungs):
        yield section.title, section.rungs


def _edition(asked: str, kept: list[LadderEdition]) -> Ladder:
    if asked == OWN:
        return Ladder(None, LADDER)
    found = next((edition for edition in kept if edition.public_id == asked), None)
    if found is None:
        raise NotFound
    return ladder_of(found)


def _numbers(kept: list[LadderEdition]) -> dict[int | None, int]:
    """Return which edition each one is: the first, the second."""
    return {edition.id: number for number, edition in enumerate(reversed(kept), start=1)}


def _history(kept: list[LadderEdition]) -> Iterator[dict[str, Any]]:
    """Each edition with what it changed of the one before; the first changed the program's own table."""
    numbers = _numbers(kept)
    before = [*(from_json(edition.rungs) for edition in kept[1:]), LADDER]
    for edition, earlier in zip(kept, before, strict=False):
        at = clock.local(edition.adopted_at)
        yield {
            "public_id": edition.public_id,
            "number": numbers[edition.id],
            "at": f"{at:%Y-%m-%d %H:%M}",
            "who": edition.adopted_by.name,
            "reason": edition.reason,
            "differences": rung_words.differences(earlier, from_json(edition.rungs)),
        }


@pages.get("/edit")
@requires(Permission.MANAGE_LADDER)
def edit() -> ResponseReturnValue:
    """Show the table in force as a form (修改阶梯), or go on with a draft: of the form, or of its preview."""
    draft = resumed()
    if draft and "table" in draft.fields:
        return _preview(*opened(draft.first("table")), AdoptionForm())
    fields = resumed_fields(LadderForm.kept_as)
    if fields is not None:
        return _form(LadderForm.sent(fields))
    ladder = current()
    return _form(LadderForm.of(ladder.rungs, ladder.edition_id or SHIPPED))


@pages.post("/edit")
@requires(Permission.MANAGE_LADDER)
def change() -> ResponseReturnValue:
    """Add or take out a row, come back from the preview, or go to it; nothing is written."""
    if "table" in request.form:
        return _form(LadderForm.of(*opened(request.form["table"]), token_sent()))
    form = LadderForm.sent(request.form)
    act, _, index = request.form.get("act", "").partition("-")
    if act in ("copy", "drop") and index.isdecimal() and len(index) <= 3:
        (form.copy if act == "copy" else form.drop)(int(index))
        return _form(form)
    rungs = form.rungs()
    if rungs is None or not form.base.isdecimal():
        return _form(form), 422
    return _preview(rungs, int(form.base), AdoptionForm(formdata=None, data={"submission": form.token}))


@pages.get("/preview")
@requires(Permission.MANAGE_LADDER)
def restore() -> ResponseReturnValue:
    """Show what an earlier edition would change if it were adopted again (恢复)."""
    kept = editions()
    earlier = _edition(request.args.get("edition", ""), kept)
    number = _numbers(kept).get(earlier.edition_id)
    reason = f"恢复第 {number} 版。" if number else "恢复随程序附带的阶梯。"
    return _preview(
        earlier.rungs, current().edition_id or SHIPPED, AdoptionForm(formdata=None, data={"reason": reason})
    )


@pages.post("/adopt")
@requires(Permission.MANAGE_LADDER)
def put_in_force() -> ResponseReturnValue:
    """Adopt the table that was previewed (启用)."""
    rungs, base = opened(request.form.get("table", ""))
    form = AdoptionForm()
    done = carried_out(
        form,
        lambda: adopt(rungs, by=current_user, now=clock.now(), reason=form.reason.data, instead_of=base),
        lambda _made: url_for(".page"),
        "新的督办阶梯已经启用。正在计算的期限，下次检查时按新的阶梯提醒；已经发出的不受影响。",
    )
    return done or (_preview(rungs, base, form), form.status)


def _form(form: LadderForm) -> str:
    return render_template("supervision/ladder/edit.html", form=form, rows=form.shown(), choices=CHOICES, ticks=TICKS)


def _preview(rungs: tuple[Rung, ...], base: int, form: AdoptionForm) -> str:
    before = current()
    changes = rung_words.differences(before.adopted, rungs)
    stale = base != (before.edition_id or SHIPPED)
    if stale and "" not in form.errors:
        form.fail(DomainError("您打开修改页以后，别人已经启用了另一份阶梯；下面按现在的阶梯比较，不能直接启用。"))
    return render_template(
        "supervision/ladder/preview.html",
        form=form,
        changes=changes,
        stale=stale,
        counted=last_month(subjects.SUBJECTS, before.rungs, rungs, calendar(), today=clock.today(), reader=reader())
        if changes
        else None,
        counted_words=counted_words(),
        words=rung_words,
        levels=LEVELS,
        table=sealed(rungs, base),
    )
