"""草稿: what was typed into a form and not sent, kept on the server, encrypted; several for each person.

A draft belongs to one form, by the token the form carries: another form never overwrites it. Nobody but its writer
is ever shown it, and not even its writer where its case may not be known to them any more.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import LargeBinary, delete, exists, func, insert, or_, select, type_coerce, update
from sqlalchemy.exc import IntegrityError

from tracker import audit
from tracker.audit import Actor
from tracker.cases.access.scope import may_know
from tracker.cases.intake.submissions import earlier_location
from tracker.cases.record.models import Case, Draft
from tracker.core.clock import local
from tracker.core.database import db
from tracker.core.dates import month_day
from tracker.core.encryption import CannotDecrypt, decrypt
from tracker.core.errors import DomainError
from tracker.people.rules import Reader

CONTENT = "draft.content"
_ENVELOPE = type_coerce(Draft.content, LargeBinary).label("envelope")
MOST_CHARACTERS = 120_000
MOST_DRAFTS = 20
# So long after the last change a draft is kept: longer than leave, shorter than what was typed stays true.
KEPT_FOR = timedelta(days=30)
FULL = f"草稿已有 {MOST_DRAFTS} 份，存不下了：请先在工作台把它们接着填完，或者放弃一些。"


@dataclass(frozen=True)
class DraftOf:
    """Where a draft belongs: the token of its form, the page on which it is gone on with, the case of that page."""

    token: str
    address: str
    title: str
    case_id: int | None = None


@dataclass(frozen=True)
class KeptDraft:
    """A draft as it was typed: every field with its texts."""

    public_id: str
    token: str
    address: str
    title: str
    fields: Mapping[str, Sequence[str]]
    saved_at: datetime

    @property
    def saved(self) -> str:
        """When it was kept, as the office writes it."""
        at = local(self.saved_at)
        return f"{month_day(at.date())} {at:%H:%M}"

    @property
    def until(self) -> str:
        """Until which day it is kept, where nothing more is typed into it."""
        return month_day(local(self.saved_at + KEPT_FOR).date())

    def first(self, name: str) -> str:
        """Return the first text of a field."""
        return next(iter(self.fields.get(name, ())), "")


def drafts_of(reader: Reader, *, address: str | None = None) -> list[KeptDraft]:
    """Return a person's drafts, the latest first: all, or those of one page."""
    asked = _own(reader).order_by(Draft.saved_at.desc(), Draft.id.desc())
    return _readable(db.session.execute(asked if address is None else asked.where(Draft.address == address)))


def draft(public_id: str, reader: Reader) -> KeptDraft | None:
    """Return one of a person's own drafts; None where there is none, or the key that wrote it is not here."""
    return next(iter(_readable(db.session.execute(_own(reader).where(Draft.public_id == public_id)))), None)


def _own(reader: Reader) -> Any:
    known = exists().where(Case.id == Draft.case_id, may_know(reader))
    columns = (Draft.public_id, Draft.token, Draft.address, Draft.saved_at, _ENVELOPE)
    return select(*columns).where(Draft.user_id == reader.user_id, or_(Draft.case_id.is_(None), known))


def _readable(rows: Iterable[Any]) -> list[KeptDraft]:
    """Return the drafts whose key is here: one that cannot be read stands in no other's way."""
    found = []
    for row in rows:
        try:
            content = json.loads(decrypt(row.envelope, context=CONTENT))
        except CannotDecrypt:
            continue
        title = content.get("title", "登记信访事项")
        found.append(KeptDraft(row.public_id, row.token, row.address, title, content["fields"], row.saved_at))
    return found


def keep_draft(fields: Mapping[str, Sequence[str]], kept: DraftOf, *, by: Actor, now: datetime) -> str | None:
    """Keep what was typed so far (存草稿), in place of an earlier state of the same form; return its public id.

    A form that was sent meanwhile keeps none. Raises DomainError where it is too long, or where there are too many.
    """
    if earlier_location(kept.token, by=by) is not None:
        return None
    content = {"token": kept.token, "title": kept.title, "fields": {k: list(v) for k, v in fields.items()}}
    text = json.dumps(content, ensure_ascii=False)
    if len(text) > MOST_CHARACTERS:
        raise DomainError("内容太长，草稿存不下；原件请作为附件上传，正文写要点。")
    return _overwritten(by, kept, text, now) or _added(by, kept, text, now)


def _added(by: Actor, kept: DraftOf, text: str, now: datetime) -> str | None:
    if (db.session.scalar(select(func.count()).where(Draft.user_id == by.id)) or 0) >= MOST_DRAFTS:
        raise DomainError(FULL)
    row = {"token": kept.token, "address": kept.address, "case_id": kept.case_id, "content": text, "saved_at": now}
    try:
        with db.session.begin_nested():
            added = insert(Draft).values(user_id=by.id, **row).returning(Draft.public_id)
            return db.session.scalar(added)
    except IntegrityError:
        return _overwritten(by, kept, text, now)  # the same form was kept from another window just now


def _overwritten(by: Actor, kept: DraftOf, text: str, now: datetime) -> str | None:
    own = (Draft.user_id == by.id, Draft.token == kept.token)
    changed = update(Draft).where(*own).values(content=text, saved_at=now).returning(Draft.public_id)
    return db.session.scalar(changed)


def discard_draft(*, by: Actor, token: str | None = None, public_id: str | None = None) -> None:
    """Throw one of a person's own drafts away (放弃草稿), by the token of its form or by its id."""
    one = Draft.token == token if token is not None else Draft.public_id == public_id
    db.session.execute(delete(Draft).where(Draft.user_id == by.id, one))


def end_drafts(now: datetime) -> int:
    """Remove the drafts (草稿) into which nothing was typed for `KEPT_FOR`; return how many.

    The log says how many, and when: of what was never sent it says no more.
    """
    too_old = delete(Draft).where(Draft.saved_at < now - KEPT_FOR).returning(Draft.id)
    ended = len(db.session.scalars(too_old).all())
    if ended:
        audit.record(audit.Event.DRAFTS_ENDED, by=None, now=now, payload={"drafts": ended})
    return ended
