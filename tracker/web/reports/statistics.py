"""统计: the figures of a period in the open edition, on the screen, on paper and as a table."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from flask import Blueprint, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from tracker.audit import Event
from tracker.cases.ledger.conditions import Reference
from tracker.cases.ledger.filters import FILTERS, Filters
from tracker.cases.ledger.kinds import Refused
from tracker.cases.ledger.rules import Cohort, CohortPart
from tracker.core import clock
from tracker.core.dates import parse_date
from tracker.core.errors import DomainError
from tracker.people.queries import active_departments
from tracker.people.rules import DepartmentKind, Permission
from tracker.places.rules import TOWN_LEVEL
from tracker.reports.queries import open_edition
from tracker.reports.rules.charts import scale
from tracker.reports.rules.indicators import GROUP_LABELS, SMALL, TREND
from tracker.reports.rules.periods import PERIOD_LABELS, Period, PeriodKind, between, period_of
from tracker.reports.statistics import Statistics, statistics
from tracker.spreadsheets.export_figures import export_figures
from tracker.web.frame.access import actor, recorded_reading, requires
from tracker.web.frame.proof import proved
from tracker.web.ledger.exports import XLSX

pages = Blueprint("statistics", __name__, url_prefix="/statistics")
NAMES = ("period", "day", "since", "until", "place", "office")


@dataclass(frozen=True)
class AskedFigures:
    """What an address asks for; whatever stands in it gives a page, what is left out has a sentence."""

    period: Period
    which: Filters
    values: Mapping[str, str]
    errors: Mapping[str, str]

    def pairs(self, **changes: str) -> dict[str, str]:
        """Return the address again, with some of it changed; "" takes one away."""
        return {name: value for name, value in ({**self.values, **changes}).items() if value}


@pages.get("")
@requires(Permission.READ_FIGURES)
def page() -> ResponseReturnValue:
    """Show the figures of a period (统计)."""
    asked = _asked(clock.today())
    found = statistics(asked.period, asked.which, clock.today())
    return render_template(
        "reports/statistics.html",
        page=found,
        form=asked,
        kinds=list(PERIOD_LABELS.items()),
        offices=_offices(),
        chips=_chips(asked),
        export_href=f"{url_for('.export')}?{urlencode(asked.pairs())}",
        data_until=clock.local(clock.now()),
        group_labels=GROUP_LABELS,
        cohorts=Cohort,
        parts=CohortPart,
        small=SMALL,
        tops=_tops(found),
        heat=_heat(found),
        narrowed=lambda place: f"{url_for('.page')}?{urlencode(asked.pairs(place=place))}",
    )


@pages.get("/export")
@requires(Permission.READ_FIGURES)
@proved
def export() -> ResponseReturnValue:
    """Return the figures of this address as xlsx (导出统计), recorded before a byte leaves."""
    now, asked = clock.now(), _asked(clock.today())
    found = statistics(asked.period, asked.which, clock.today())
    file = io.BytesIO()
    written = export_figures(found, file, by=actor().name, now=now)
    recorded_reading(Event.FIGURES_EXPORTED, payload={"rows": written.rows, "asked": asked.pairs()})
    file.seek(0)
    return send_file(
        file, mimetype=XLSX, as_attachment=True, download_name=f"信访统计-{clock.local(now):%Y%m%d-%H%M}.xlsx"
    )


def _asked(today: date) -> AskedFigures:
    errors: dict[str, str] = {}
    period = _period(today, errors)
    values = {
        name: request.args.get(name, "").strip() for name in ("period", "day", "since", "until", "place", "office")
    }
    which = open_edition(place=_place(values, errors), office=_office(values, errors))
    return AskedFigures(
        period, which, {"period": PeriodKind.TWELVE.value, **{k: v for k, v in values.items() if v}}, errors
    )


def _period(today: date, errors: dict[str, str]) -> Period:
    """Return the period of the address; what cannot be read gives the last twelve months, and a sentence."""
    asked, usual = request.args.get("period", "").strip(), period_of(PeriodKind.TWELVE, today)
    if asked and asked not in set(PeriodKind):
        errors["period"] = "没有这种期间，已按近 12 个月统计。"
        return usual
    kind = PeriodKind(asked or PeriodKind.TWELVE)
    try:
        if kind is PeriodKind.BETWEEN:
            return between(_day("since", "起始日", today), _day("until", "截止日", today))
        return period_of(kind, _day("day", "", today) if request.args.get("day", "").strip() else today)
    except DomainError as error:
        errors[error.field or "period"] = f"{error.message.rstrip('。')}，已按近 12 个月统计。"
        return usual


def _day(name: str, label: str, today: date) -> date:
    text = request.args.get(name, "").strip()
    if not text:
        raise DomainError(f"请填写{label}。", field=name)
    return parse_date(text, today, field=name)


def _place(values: dict[str, str], errors: dict[str, str]) -> Reference | None:
    """Return the township or county of the address: figures of one village would speak of one matter."""
    found = _named("place", "属地", values, errors)
    if found is not None and (found.row is None or found.row.level > TOWN_LEVEL):
        errors["place"], values["place"] = "统计按县、乡镇看，不按村看，已忽略。", ""
        return None
    return found


def _office(values: dict[str, str], errors: dict[str, str]) -> Reference | None:
    return _named("office", "登记机关", values, errors)


def _named(name: str, label: str, values: dict[str, str], errors: dict[str, str]) -> Reference | None:
    if not values[name]:
        return None
    try:
        found: Reference = FILTERS[name].read(values[name], clock.today())
    except Refused as refused:
        errors[name], values[name] = f"“{label}”{refused}", ""
        return None
    return found


def _offices() -> list[tuple[str, str]]:
    """Return the petition offices to choose from; none where there is only one."""
    found = active_departments(clock.today(), {DepartmentKind.PETITION_OFFICE})
    return [(each.public_id, each.short_name) for each in found] if len(found) > 1 else []


def _chips(asked: AskedFigures) -> list[tuple[str, str, str]]:
    """Return what the page is narrowed to, each with the address without it."""
    narrowed = {"place": ("属地", asked.which.place), "office": ("登记机关", asked.which.office)}
    return [
        (label, reference.label, f"{url_for('.page')}?{urlencode(asked.pairs(**{name: ''}))}")
        for name, (label, reference) in narrowed.items()
        if reference
    ]


def _tops(found: Statistics) -> tuple[list[int], list[int]]:
    """Return the lines of the two charts: what came and went, and what stood at the end of each month."""
    standing = [number.count for number in found.trend.get(Cohort.IN_HAND, ())]
    moved = [number.count for cohort in TREND for number in found.trend.get(cohort, ())]
    return scale(max(moved, default=0)), scale(max(standing, default=0))


def _heat(found: Statistics) -> list[list[int]]:
    """Return how dark each cell of the table of categories is, 0 to 5: it helps to find a number, and ranks nobody."""
    most = max((number.count for line in found.places.lines for number in line.numbers), default=0)
    return [[-(-5 * number.count // most) if most else 0 for number in line.numbers] for line in found.places.lines]
