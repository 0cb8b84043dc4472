"""回头看: those that wait and what was found, and the random sample with its seed."""

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from tracker.core import clock
from tracker.core.drawing import new_seed
from tracker.key_villages.models import LookBackSample
from tracker.key_villages.queries.looking_back import look_backs_for, sample_page
from tracker.key_villages.service.looking_back import draw_sample
from tracker.people.rules import Permission
from tracker.web.frame.access import may, person, reader, requires
from tracker.web.frame.forms import form_page
from tracker.web.frame.sending import carried_out
from tracker.web.key_villages.forms import SampleForm
from tracker.web.key_villages.offices import office_kept
from tracker.web.key_villages.picking import whole

pages = Blueprint("look_backs", __name__, url_prefix="/villages/look-backs")


@pages.get("")
@requires(Permission.READ_CASES)
def page() -> ResponseReturnValue:
    """Show the looks back that wait, the nearest day first, and what was found."""
    found = look_backs_for(reader(), today=clock.today(), now=clock.now())
    return render_template("key_villages/look_backs.html", page=found, keeps=may(Permission.KEEP_VILLAGES))


@pages.route("/sample", methods=["GET", "POST"])
@requires(Permission.KEEP_VILLAGES)
def sample() -> ResponseReturnValue:
    """Draw villages to look back at (随机抽查)."""
    form = SampleForm()

    def take() -> LookBackSample:
        return draw_sample(
            office_kept(),
            size=whole(form.size.data, "size"),
            seed=new_seed(),
            due_on=form.due_on.day,
            by=person(),
            now=clock.now(),
            said=form.said.data,
        )

    done = "已经抽出，回头看已经安排。"
    return carried_out(form, take, lambda made: url_for(".drawn", public_id=made.public_id), done) or form_page(
        "key_villages/sample.html", form
    )


@pages.get("/samples/<pid:public_id>")
@requires(Permission.KEEP_VILLAGES)
def drawn(public_id: str) -> ResponseReturnValue:
    """Show a sample with its seed and pool, and what the seed draws again."""
    found = sample_page(public_id, reader(), today=clock.today(), now=clock.now())
    return render_template("key_villages/drawn.html", page=found)
