"""Entering an edition of a statute, or the article in which a provision stands there (录入条文版本、条号)."""

import re
from datetime import date, datetime

from tracker import audit
from tracker.audit import Event
from tracker.core.database import db
from tracker.core.dates import long_date
from tracker.core.errors import FieldErrors
from tracker.people.models import User
from tracker.statutes.models import LawEntry
from tracker.statutes.queries import HELD, entered
from tracker.statutes.rules.citing import editions
from tracker.statutes.rules.provisions import LAW, Provision
from tracker.statutes.rules.sources import STATUTES, Edition, Source

LONGEST_EDITION, LONGEST_ARTICLE, LONGEST_TEXT, LONGEST_REASON = 40, 40, 4000, 500
_NUMBER = "[〇零一二三四五六七八九十百]+"
_ITEMS = f"第{_NUMBER}项(至第{_NUMBER}项|(、第{_NUMBER}项)+)?"
_ITEMS = f"第{_NUMBER}项(至第{_NUMBER}项|(、第{_NUMBER}项)+)?"
_ARTICLE = re.compile(f"第{_NUMBER}条(之{_NUMBER})?(第{_NUMBER}款)?({_ITEMS})?")


def add_edition(source: Source, name: str, since: date, *, reason: str, by: User, now: datetime) -> LawEntry:
    """Enter that an edition of a statute is in force from a day on; the one before it ends on the day before.

    Its articles are not known until they are entered. Raises FieldErrors with a sentence for each wrong field.
    """
    known = editions(source, entered()) if source in STATUTES else []
    errors = _told(name, reason)
    if source not in STATUTES:
        errors["source"] = "请选择法律、法规。"
    elif name in {each.name for each in known}:
        errors["edition"] = "已经有这个版本。"
    elif known and since <= (known[-1].since or date.min):
        began = long_date(known[-1].since) if known[-1].since else ""
        errors["since"] = f"应晚于现有最后一个版本的施行日期（{began}）。"
    if errors:
        raise FieldErrors(errors)
    return _enter(LawEntry(source=source, edition=name, since=since, article="", text="", reason=reason), by, now)


def add_article(
    provision: Provision, edition: Edition, article: str, text: str, *, reason: str, by: User, now: datetime
) -> LawEntry:
    """Enter the article in which a provision stands in an edition, and its text where the office has it.

    What was printed before stays as it was printed. Raises FieldErrors for what is no number of an article, and for a
    place in a text that the program holds: that one is not typed.
    """
    errors = _told(edition.name, reason)
    if edition.source is not LAW[provision].source or edition.held:
        errors["edition"] = "这一版本的文本已存在本系统里，条号从文本来，不用录入。"
    if not is_article(article):
        errors["article"] = "请按法律的写法填写条号，如“第十七条”“第二十三条第三款”。"
    if len(text) > LONGEST_TEXT:
        errors["text"] = f"条文最多 {LONGEST_TEXT} 个字。"
    if errors:
        raise FieldErrors(errors)
    row = LawEntry(
        source=edition.source,
        edition=edition.name,
        since=edition.since,
        provision=provision,
        article=article,
        text=text,
        reason=reason,
    )
    return _enter(row, by, now)


def is_article(text: str) -> bool:
    """Return whether a text is a number of an article as statutes write it: 第二十五条第二款."""
    return len(text) <= LONGEST_ARTICLE and _ARTICLE.fullmatch(text) is not None


def _told(name: str, reason: str) -> dict[str, str]:
    errors = {}
    if not 1 <= len(name) <= LONGEST_EDITION:
        errors["edition"] = f"请写明是哪一个版本，如“2025年修订”（最多 {LONGEST_EDITION} 个字）。"
    if not 1 <= len(reason) <= LONGEST_REASON:
        errors["reason"] = f"请写明出处，如公布的文号（最多 {LONGEST_REASON} 个字）。"
    return errors


def _enter(row: LawEntry, by: User, now: datetime) -> LawEntry:
    row.entered_at, row.entered_by_id = now, by.id
    db.session.add(row)
    db.session.flush()
    db.session().info.pop(HELD, None)
    payload = {"source": row.source, "edition": row.edition, "provision": row.provision, "article": row.article}
    audit.record(Event.LAW_ENTERED, by=by, now=now, payload=payload, text=row.reason)
    return row
