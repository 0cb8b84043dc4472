"""检查清单: editions are issued, templates taken out of use (停用) and put back; each with its line and its reason."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tracker import audit
from tracker.core.clock import local_date
from tracker.core.database import db, locked
from tracker.core.dates import long_date
from tracker.core.errors import DomainError, Forbidden, StaleVersion
from tracker.core.text import worded
from tracker.key_villages.access import keeps
from tracker.key_villages.models import CheckEdition, CheckTemplate, TemplateItem, TemplateLine
from tracker.key_villages.queries.checks import asked_items, templates_of
from tracker.key_villages.rules.check_templates import (
    TEMPLATE_ACT_LABELS,
    CheckPurpose,
    Shipped,
    TemplateAct,
    typed_items,
    wrong_items,
)
from tracker.key_villages.service.inspecting import STALE
from tracker.key_villages.service.taking import LONGEST_WORDS
from tracker.people.models import Department, User
from tracker.people.queries import reader_for

LONGEST_TITLE = 100
NOT_YOURS = "检查清单应由信访部门（换届办）编制。"
# How far ahead an edition may begin.
AHEAD = timedelta(days=366)


@dataclass(frozen=True)
class Edited:
    """An edition as it is written: what it is called, its items one a line, from which day it is used, why."""

    title: str
    items: str
    from_on: date
    reason: str


def begin_template(
    office: Department,
    purpose: CheckPurpose,
    given: Edited,
    *,
    by: User,
    now: datetime,
    shipped: Shipped | None = None,
) -> CheckTemplate:
    """Begin a template with its first edition (发布); that may have been used on paper before.

    Raises Forbidden, DomainError.
    """
    locked(office)
    _refuse_stranger(office.id, by, now)
    if shipped is not None and any(each.shipped == shipped for each in templates_of(office.id)):
        raise StaleVersion(STALE)
    template = CheckTemplate(office_id=office.id, purpose=purpose.value, shipped=shipped and shipped.value, version=0)
    _issue(template, given, by=by, now=now)
    return template


def issue_edition(
    template: CheckTemplate, given: Edited, *, by: User, now: datetime, version: int | None = None
) -> CheckEdition:
    """Issue the next edition of a template (发布), from today or a later day; what was filled in before stays as it is.

    Raises StaleVersion, Forbidden, DomainError.
    """
    locked(template.office)
    _hold(template, by, now, version)
    if template.retired_at is not None:
        raise DomainError("这份清单已经停用，请先恢复使用。")
    if given.from_on < local_date(now):
        raise DomainError("新的一版从今天或者以后用起，以前按原来的一版检查。", field="from_on")
    if _is_same(template.editions[-1], given, local_date(now)):
        raise DomainError("没有改变。", field="items")
    return _issue(template, given, by=by, now=now)


def _is_same(before: CheckEdition, given: Edited, today: date) -> bool:
    """Say whether an edition would change nothing: neither words nor the day of one that has not begun."""
    same = (before.title, asked_items(before)) == (given.title.strip(), typed_items(given.items))
    return same and (before.from_on <= today or before.from_on == given.from_on)


def _issue(template: CheckTemplate, given: Edited, *, by: User, now: datetime) -> CheckEdition:
    title = worded(given.title, "名称", LONGEST_TITLE, "title")
    reason = worded(given.reason, "依据或者理由", LONGEST_WORDS, "reason")
    if any(
        each.name == title and each.id != template.id and each.retired_at is None
        for each in templates_of(template.office_id)
    ):
        raise DomainError(f"已经有一份“{title}”在用，请换一个名称，或者给那一份发布新的一版。", field="title")
    if given.from_on > local_date(now) + AHEAD:
        raise DomainError("起用日期最多提前一年。", field="from_on")
    items = typed_items(given.items)
    if sentence := wrong_items(items):
        raise DomainError(sentence, field="items")
    edition = CheckEdition(
        template=template,
        number=len(template.editions) + 1,
        title=title,
        from_on=given.from_on,
        items=[TemplateItem(number=n, text=item.text, required=item.required) for n, item in enumerate(items, start=1)],
    )
    db.session.add(template)
    db.session.flush()
    said = f"{reason}（第 {edition.number} 版，{long_date(given.from_on)}起用）"
    _recorded(template, TemplateAct.ISSUE, said, by=by, now=now, edition=edition)
    return edition


def retire(template: CheckTemplate, *, said: str, by: User, now: datetime, version: int | None = None) -> None:
    """Take a template out of use (停用): it is offered no more, what was filled in stays.

    Raises StaleVersion, Forbidden, DomainError.
    """
    _hold(template, by, now, version)
    if template.retired_at is not None:
        raise DomainError("这份清单已经停用。")
    template.retired_at = now
    _recorded(template, TemplateAct.RETIRE, worded(said, "停用的理由", LONGEST_WORDS, "said"), by=by, now=now)


def restore(template: CheckTemplate, *, said: str, by: User, now: datetime, version: int | None = None) -> None:
    """Put a template back into use (恢复使用). Raises StaleVersion, Forbidden, DomainError."""
    locked(template.office)
    _hold(template, by, now, version)
    if template.retired_at is None:
        raise DomainError("这份清单没有停用。")
    if any(each.name == template.name and each.retired_at is None for each in templates_of(template.office_id)):
        raise DomainError(f"现在有另一份“{template.name}”在用，请先停用那一份。", field="said")
    template.retired_at = None
    _recorded(template, TemplateAct.RESTORE, worded(said, "恢复的理由", LONGEST_WORDS, "said"), by=by, now=now)


def _refuse_stranger(office_id: int, by: User, now: datetime) -> None:
    if not keeps(reader_for(by, local_date(now)), office_id):
        raise Forbidden(NOT_YOURS)


def _hold(template: CheckTemplate, by: User, now: datetime, version: int | None) -> None:
    """Lock a template for an act on it; raises StaleVersion, Forbidden."""
    locked(template)
    _refuse_stranger(template.office_id, by, now)
    if version is not None and version != template.version:
        raise StaleVersion(STALE)


def _recorded(
    template: CheckTemplate,
    act: TemplateAct,
    said: str,
    *,
    by: User,
    now: datetime,
    edition: CheckEdition | None = None,
) -> None:
    """Write the line of an act, and the act into the log."""
    template.version += 1
    line = TemplateLine(
        template_id=template.id,
        edition_id=edition.id if edition else None,
        act=act.value,
        by_id=by.id,
        acting_as=by.acting_as(local_date(now))[:200],
        entered_at=now,
        said=said,
    )
    db.session.add(line)
    db.session.flush()
    payload = {"check_template": [template.id, edition.number if edition else 0], "act": TEMPLATE_ACT_LABELS[act]}
    audit.record(audit.Event.CHECK_TEMPLATE, by=by, now=now, payload=payload)
