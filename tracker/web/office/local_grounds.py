"""地方规定的理由: grounds of refusal that a region's own rules alone have, switched on with their basis."""

from datetime import date

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_login import current_user

from tracker.cases.lifecycle import local_grounds as rules
from tracker.cases.lifecycle.ground_words import ground_words
from tracker.cases.lifecycle.rules.grounds import LOCAL_GROUNDS, REFUSAL_GROUND_LABELS, RefusalGround
from tracker.core import clock
from tracker.core.dates import Meaning, long_date
from tracker.people.rules import Permission
from tracker.statutes.service import LONGEST_ARTICLE
from tracker.web.frame.access import requires
from tracker.web.frame.declarations import HALF, SEGMENTS, SHORT
from tracker.web.frame.forms import ChoiceField, DayField, LineField
from tracker.web.office.looked_at import Act, Facts, LookedAtForm, looked_at

pages = Blueprint("local_grounds", __name__, url_prefix="/law/own")
GROUND_LABELS = {ground.value: REFUSAL_GROUND_LABELS[ground] for ground in LOCAL_GROUNDS}


class LocalGroundForm(LookedAtForm):
    """A ground of refusal that stands in the region's own rules alone."""

    ground = ChoiceField("理由", required=True)
    in_force = ChoiceField("启用还是停用", required=True, choices=[("on", "启用"), ("off", "停用")], render_kw=SEGMENTS)
    title = LineField(
        "地方规定的名称",
        longest=rules.LONGEST_TITLE,
        required_when="in_force=on",
        hint="如“浙江省信访条例”。",
        render_kw=HALF | {"when": "in_force=on"},
    )
    article = LineField(
        "条号",
        longest=LONGEST_ARTICLE,
        required_when="in_force=on",
        hint="按地方规定的写法。",
        render_kw=SHORT | {"when": "in_force=on"},
    )
    since = DayField("自哪一天起", meaning=Meaning.LIMIT, required=True, render_kw=SHORT)
    reason = LineField("由谁决定、哪份文件", required=True, longest=rules.LONGEST_REASON)


def ground_lines(today: date) -> list[dict[str, str]]:
    """Return each ground of the region's own rules as it holds today, and what was decided for later."""
    return [_line(ground, today) for ground in LOCAL_GROUNDS]


def _line(ground: RefusalGround, today: date) -> dict[str, str]:
    coming = [each for each in rules.set_grounds() if each.ground == ground and each.since > today]
    return {
        "label": REFUSAL_GROUND_LABELS[ground],
        "now": rules.local_basis(ground, today),
        "coming": "；".join(f"{long_date(each.since)}起 {each.basis or '停用'}" for each in coming),
    }


@pages.route("/ground", methods=["GET", "POST"])
@requires(Permission.MANAGE_LAW)
def edit() -> ResponseReturnValue:
    """Switch a ground of the region's own rules on or off (地方规定的理由), after a look at what it changes."""
    form = LocalGroundForm()
    form.ground.choices = [(ground.value, REFUSAL_GROUND_LABELS[ground]) for ground in LOCAL_GROUNDS]
    act = Act(
        lambda: rules.set_ground(
            RefusalGround(form.ground.data),
            form.since.day,
            in_force=form.in_force.data == "on",
            title=form.title.data,
            article=form.article.data,
            reason=form.reason.data,
            by=current_user,
            now=clock.now(),
        ),
        lambda: _facts(RefusalGround(form.ground.data), form),
        len(rules.set_grounds()),
        "地方规定的理由已经修改。以前作出的决定不变。",
        "law.own",
    )
    return looked_at(form, act, "启用、停用地方规定的理由")


def _facts(ground: RefusalGround, form: LocalGroundForm) -> Facts:
    basis = f"《{form.title.data.strip('《》 ')}》{form.article.data}"
    after = f"{REFUSAL_GROUND_LABELS[ground]}（{basis}）" if form.in_force.data == "on" else "不再列出"
    before = ground_words(ground, form.since.day) if rules.local_basis(ground, form.since.day) else "不列出"
    return [
        ("用在哪一步", "不再受理"),
        ("到那天为止", before),
        (f"{long_date(form.since.day)}起", after),
        ("以前作出的决定", "不变，仍印当时的依据"),
    ]
