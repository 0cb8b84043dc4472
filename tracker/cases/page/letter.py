"""What stands beside the form where a matter is decided on (来件): words, points, petitioners, materials."""

from dataclasses import dataclass
from datetime import date

from tracker.cases.lifecycle.case_file import CaseFile
from tracker.cases.page.papers import Stored, materials
from tracker.cases.page.people import ShownPerson, petitioners
from tracker.cases.record.rules.channel_extras import CHANNEL_EXTRAS
from tracker.cases.record.rules.codes import PURPOSE_LABELS, Purpose
from tracker.core.dates import long_date


@dataclass(frozen=True)
class Letter:
    """A matter as it came in; the petitioners masked."""

    facts: tuple[tuple[str, str], ...]
    summary: str
    points: tuple[str, ...]
    petitioners: tuple[ShownPerson, ...]
    materials: tuple[Stored, ...]


def letter(file: CaseFile, *, today: date) -> Letter:
    """Return the letter of a case; that the reader may see it has been decided and recorded."""
    case = file.case
    category = case.category
    facts = (
        ("信访目的", PURPOSE_LABELS[Purpose(case.purpose)]),
        ("内容分类", category.name if category else ""),
        ("人数", f"{case.people_count} 人" if case.people_count > 1 else ""),
        ("事发日期", long_date(case.occurred_on) if case.occurred_on else ""),
        (CHANNEL_EXTRAS["superior_due_on"], long_date(case.superior_due_on) if case.superior_due_on else ""),
    )
    return Letter(
        facts=tuple((label, value) for label, value in facts if value),
        summary=case.summary,
        points=tuple(point.text for point in case.demand_points),
        petitioners=petitioners(case.id),
        materials=materials(file, today),
    )
