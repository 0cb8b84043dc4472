"""依据表 and 本单位规定: what the program cites, the office's own numbers; entered after a preview, never changed."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from tracker.cases.lifecycle import local_grounds
from tracker.cases.lifecycle.rules.steps import STEPS
from tracker.cases.record.rules.answering import papers_of
from tracker.cases.record.rules.codes import DOCUMENT_KIND_LABELS
from tracker.core import clock
from tracker.core.dates import Meaning, long_date
from tracker.core.errors import DomainError
from tracker.deadlines import own_limits
from tracker.deadlines.limits import LIMITS, LimitKind
from tracker.deadlines.local import LocalRule
from tracker.deadlines.own_limits import OwnKind
from tracker.jobs import subjects
from tracker.people.rules import Permission
from tracker.statutes import queries as law
from tracker.statutes.rules.citing import Entered, cited, edition_on, editions
from tracker.statutes.rules.provisions import LAW, Provision
from tracker.statutes.rules.sources import SOURCES, STATUTES, Edition, Source
from tracker.statutes.service import LONGEST_ARTICLE, LONGEST_EDITION, LONGEST_TEXT, add_article, add_edition
from tracker.web.frame.access import may, reader, requires
from tracker.web.frame.declarations import HALF, SHORT
from tracker.web.frame.forms import AreaField, ChoiceField, DayField, LineField
from tracker.web.office.local_grounds import GROUND_LABELS, ground_lines
from tracker.web.office.looked_at import Act, Facts, LookedAtForm, looked_at
from tracker.web.supervision.figures import counted_words
from tracker.working_days.rules import amount_words

pages = Blueprint("law", __name__, url_prefix="/law")
# What stands between the key of a provision or statute and the name of an edition.
BETWEEN = "|"


class LawEditionForm(LookedAtForm):
    """An edition of a statute."""

    source = ChoiceField("法律、法规", required=True, render_kw=HALF)
    edition = LineField("版本", required=True, longest=LONGEST_EDITION, hint="如“2025年修订”。", render_kw=HALF)
    since = DayField("施行日期", meaning=Meaning.EITHER, required=True, render_kw=SHORT)
    reason = LineField("出处", required=True, longest=500, hint="公布的文号，如“主席令第五十九号”。")


class LawArticleForm(LookedAtForm):
    """Where a provision stands in an edition whose text the program does not hold."""

    place = ChoiceField("哪一条规定，哪个版本", required=True)
    article = LineField("条号", required=True, longest=LONGEST_ARTICLE, hint="按法律的写法。", render_kw=SHORT)
    text = AreaField("条文", longest=LONGEST_TEXT, hint="手边有公布的文本的，照录。", render_kw={"rows": 4})
    reason = LineField("出处", required=True, longest=500)


class OwnLimitForm(LookedAtForm):
    """The office's own number for a limit."""

    kind = ChoiceField("规定", required=True, render_kw=HALF)
    amount = LineField("改为多少日", required=True, longest=3, render_kw=SHORT | {"inputmode": "numeric"})
    since = DayField("自哪一天起", meaning=Meaning.LIMIT, required=True, render_kw=SHORT)
    reason = LineField("依据", required=True, longest=own_limits.LONGEST_REASON, hint="本单位文件的名称和文号。")


@pages.get("")
@requires(Permission.READ_LAW)
def page() -> ResponseReturnValue:
    """Show every provision as it is cited today, with its text, the editions known, and what was entered (依据表)."""
    today, known = clock.today(), law.entered()
    return render_template(
        "office/law/page.html",
        sections=[(SOURCES[source].title, law.law_lines(_of(source), today)) for source in Source],
        editions=[_told(edition, today) for source in STATUTES for edition in editions(source, known)],
        history=law.entries(),
        about={key.value: row.about for key, row in LAW.items()},
        titles={source.value: names.title for source, names in SOURCES.items()},
        may_change=may(Permission.MANAGE_LAW),
    )


def _of(source: Source) -> list[Provision]:
    return [key for key, row in LAW.items() if row.source is source]


def _told(edition: Edition, today: date) -> dict[str, object]:
    in_force = edition_on(edition.source, today, law.entered()) == edition
    return {
        "title": SOURCES[edition.source].title,
        "name": edition.name,
        "since": long_date(edition.since) if edition.since else "",
        "text": "已存文本" if edition.held else "引用，未存文本",
        "in_force": in_force,
    }


@pages.route("/edition", methods=["GET", "POST"])
@requires(Permission.MANAGE_LAW)
def new_edition() -> ResponseReturnValue:
    """Enter an edition of a statute (录入新版本), after a look at what cites it."""
    form = LawEditionForm()
    form.source.choices = [(source.value, SOURCES[source].title) for source in STATUTES]
    act = Act(
        lambda: add_edition(
            Source(form.source.data),
            form.edition.data,
            form.since.day,
            reason=form.reason.data,
            by=current_user,
            now=clock.now(),
        ),
        lambda: _edition_facts(Source(form.source.data), form.since.day),
        len(law.entered()),
        f"已录入“{form.edition.data}”。条号录入以前，从施行之日起只写法律名称和内容，不写条号。",
        "law.page",
    )
    return looked_at(form, act, "录入新版本")


def _edition_facts(source: Source, since: date) -> Facts:
    before = edition_on(source, since - timedelta(days=1), law.entered())
    ends = f"{before.name}：{long_date(since - timedelta(days=1))}" if before else "—"
    return [("到期的版本和最后一天", ends), *_touched(set(_of(source)))]


@pages.route("/article", methods=["GET", "POST"])
@requires(Permission.MANAGE_LAW)
def new_article() -> ResponseReturnValue:
    """Enter in which article a provision stands (录入条号), after a look at how it will be printed."""
    form = LawArticleForm()
    places = dict(_open_places())
    form.place.choices = [
        (key, f"{SOURCES[edition.source].title} {edition.name}：{LAW[provision].about}")
        for key, (provision, edition) in places.items()
    ]
    act = Act(
        lambda: add_article(
            *places[form.place.data],
            form.article.data,
            form.text.data,
            reason=form.reason.data,
            by=current_user,
            now=clock.now(),
        ),
        lambda: _article_facts(*places[form.place.data], form.article.data),
        len(law.entered()),
        f"已录入{form.article.data}。",
        "law.page",
    )
    return looked_at(form, act, "录入条号")


def _open_places() -> Iterator[tuple[str, tuple[Provision, Edition]]]:
    """Yield what can be entered: the provisions of editions whose text is not held."""
    for source in STATUTES:
        for edition in editions(source, law.entered()):
            for provision in () if edition.held else _of(source):
                yield BETWEEN.join((provision.value, edition.name)), (provision, edition)


def _article_facts(provision: Provision, edition: Edition, article: str) -> Facts:
    on, known = edition.since or clock.today(), law.entered()
    entry = Entered(edition.source, edition.name, edition.since, provision, article)
    return [
        ("从哪天起的办理", long_date(on)),
        ("现在这样印", cited((provision,), on, known)),
        ("以后这样印", cited((provision,), on, [*known, entry])),
        *_touched({provision}),
    ]


def _touched(provisions: set[Provision]) -> Facts:
    """Return what cites provisions: limits, steps, their papers, and how many clocks run under them."""
    kinds = [kind for kind, limit in LIMITS.items() if provisions & set(limit.basis)]
    steps = [step for step in STEPS if provisions & set(step.basis)]
    papers = dict.fromkeys(DOCUMENT_KIND_LABELS[kind] for step in steps for kind in papers_of(step.issues))
    running = _running(kinds)
    return [
        ("引用它的期限", "、".join(LIMITS[kind].label for kind in kinds) or "没有"),
        ("引用它的步骤", "、".join(dict.fromkeys(step.label for step in steps)) or "没有"),
        ("引用它的文书", "、".join(papers) or "没有"),
        (f"正在计算、引用它的期限{_counted()}", f"{running} 个，仍按起算那天施行的版本印"),
    ]


def _running(kinds: Sequence[LimitKind]) -> int:
    counted = subjects.SUBJECTS.clocks_counted_for(reader())
    return sum(own_limits.running_of(kinds, counted).values())


def _counted() -> str:
    """Return which of them are counted, to stand behind the words for them."""
    return f"（{words}）" if (words := counted_words()) else ""


@pages.get("/own")
@requires(Permission.READ_LAW)
def own() -> ResponseReturnValue:
    """Show the limits whose number is the office's own, as they hold today, and every change (本单位规定)."""
    today = clock.today()
    return render_template(
        "office/law/own.html",
        limits=[_own_line(kind, today) for kind in own_limits.changeable()],
        history=own_limits.history(),
        labels={kind.value: row.label for kind, row in own_limits.changeable().items()},
        words=_amount,
        grounds=ground_lines(today),
        grounds_history=local_grounds.history(),
        ground_labels=GROUND_LABELS,
        may_change=may(Permission.MANAGE_LAW),
    )


def _kind(value: str) -> OwnKind:
    return next(kind for kind in own_limits.changeable() if kind.value == value)


def _amount(kind: str, amount: int) -> str:
    row = own_limits.own_row(_kind(kind))
    if isinstance(row, LocalRule) and row.shown:
        return row.shown(amount)
    return amount_words(amount, row.unit)


def _own_line(kind: OwnKind, today: date) -> dict[str, str]:
    coming = [each for each in own_limits.set_amounts() if each.kind == kind and each.since > today]
    return {
        "label": own_limits.own_row(kind).label,
        "now": _amount(kind, own_limits.amount_on(kind, today)),
        "shipped": _amount(kind, own_limits.own_row(kind).amount),
        "basis": own_limits.basis_words(kind, today),
        "coming": "；".join(f"{long_date(each.since)}起 {_amount(kind, each.amount)}" for each in coming),
    }


@pages.route("/own/edit", methods=["GET", "POST"])
@requires(Permission.MANAGE_LAW)
def set_own() -> ResponseReturnValue:
    """Set the office's own number for a limit (修改本单位规定), after a look at what it changes."""
    form = OwnLimitForm()
    form.kind.choices = [(kind.value, row.label) for kind, row in own_limits.changeable().items()]
    act = Act(
        lambda: own_limits.set_own(
            _kind(form.kind.data),
            _whole(form.amount.data),
            form.since.day,
            reason=form.reason.data,
            by=current_user,
            now=clock.now(),
        ),
        lambda: _own_facts(_kind(form.kind.data), _whole(form.amount.data), form.since.day),
        len(own_limits.set_amounts()),
        "本单位规定已经修改。正在计算的期限不变。",
        "law.own",
    )
    return looked_at(form, act, "修改本单位规定")


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdecimal()):
        raise DomainError("天数请填写数字。", field="amount")
    return int(text)


def _own_facts(kind: OwnKind, amount: int, since: date) -> Facts:
    told = [
        ("规定", own_limits.own_row(kind).label),
        ("到那天为止", _amount(kind, own_limits.amount_on(kind, since))),
        (f"{long_date(since)}起", _amount(kind, amount)),
    ]
    if isinstance(kind, LimitKind):
        told.append((f"正在计算的{_counted()}", f"{_running([kind])} 个，仍按起算时的天数，不重新计算"))
    return told
