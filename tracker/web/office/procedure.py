"""办事规程: the steps and the spans of time as the program executes them, for reading and for printing."""

from collections.abc import Iterable
from datetime import date

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from tracker.cases.lifecycle.rules.printed import StepLine, ended_words, limit_lines, step_sections
from tracker.core import clock
from tracker.deadlines.limits import LimitKind
from tracker.deadlines.own_limits import amount_on, basis_words
from tracker.people.rules import Permission
from tracker.statutes.queries import LawLine, cited, law_lines
from tracker.statutes.rules.provisions import Basis
from tracker.web.frame.access import requires

pages = Blueprint("procedure", __name__, url_prefix="/procedure")


@pages.get("")
@requires(Permission.READ_CASES)
def page() -> ResponseReturnValue:
    """Show every step and every span of time (办事规程)."""
    today = clock.today()

    def cite(basis: Basis) -> str:
        return cited(*basis, on=today)

    def told(kind: LimitKind) -> tuple[int, str]:
        return amount_on(kind, today), basis_words(kind, today)

    sections, limits = step_sections(cite), limit_lines(told)
    titles = [(title, f"#steps-{number}", len(steps)) for number, (title, steps) in enumerate(sections.items(), 1)]
    return render_template(
        "office/procedure.html",
        titles=[("期限", "#limits", len(limits)), *titles],
        sections=sections,
        articles={title: _articles(steps, today) for title, steps in sections.items()},
        limits=limits,
        ended=ended_words(),
    )


def _articles(steps: Iterable[StepLine], today: date) -> list[LawLine]:
    """Return the articles that steps cite, each once, as they are in force on a day; what is no statute has none."""
    cited_here = dict.fromkeys(provision for step in steps for provision in step.provisions)
    return [line for line in law_lines(tuple(cited_here), today) if line.text or line.note]
