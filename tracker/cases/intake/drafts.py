"""草稿: a registration not yet saved, kept on the server when the browser closes; encrypted, one for each person.

A draft belongs to one form, by the token the form carries: another form never overwrites it unasked.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from tracker.audit import Actor
from tracker.cases.intake.submissions import earlier_location
from tracker.cases.record.models import Draft
from tracker.core.database import db
from tracker.core.encryption import CannotDecrypt
from tracker.core.errors import DomainError, StaleVersion

MOST_CHARACTERS = 120_000
_OF_PERSON = select(Draft.content, Draft.saved_at).where(Draft.user_id == bindparam("user_id"))
ANOTHER = "您另有一份没有登记的草稿，请先接着填或者放弃它，再存这一份。"


@dataclass(frozen=True)
class KeptDraft:
    """A draft as it was typed: every field with its texts, and the token of the form it belongs to."""

    token: str
    fields: Mapping[str, Sequence[str]]
    saved_at: datetime

    def first(self, name: str) -> str:
        """Return the first text of a field."""
        return next(iter(self.fields.get(name, ())), "")


def draft_of(by: Actor) -> KeptDraft | None:
    """Return the draft of a person; None also where the key that wrote it is no longer here."""
    try:
        row = db.session.execute(_OF_PERSON, {"user_id": by.id}).one_or_none()
    except CannotDecrypt:
        return None
    if row is None:
        return None
    content = json.loads(row.content)
    return KeptDraft(content["token"], content["fields"], row.saved_at)


def keep_draft(fields: Mapping[str, Sequence[str]], *, token: str, by: Actor, now: datetime) -> None:
    """Keep what was typed so far (存草稿), in place of an earlier state of the same form.

    A form that was registered meanwhile keeps none. Raises StaleVersion where another form's draft is still undecided,
    DomainError where it is too long to keep.
    """
    if earlier_location(token, by=by) is not None:
        return
    present = draft_of(by)
    if present is not None and present.token != token:
        raise StaleVersion(ANOTHER)
    content = json.dumps({"token": token, "fields": {k: list(v) for k, v in fields.items()}}, ensure_ascii=False)
    if len(content) > MOST_CHARACTERS:
        raise DomainError("内容太长，草稿存不下；原件请作为附件上传，概况写要点。")
    if not _overwritten(by, content, now):
        try:
            with db.session.begin_nested():
                db.session.execute(insert(Draft).values(user_id=by.id, content=content, saved_at=now))
        except IntegrityError:
            _overwritten(by, content, now)  # the same form was kept from another window just now


def _overwritten(by: Actor, content: str, now: datetime) -> bool:
    changed = update(Draft).where(Draft.user_id == by.id).values(content=content, saved_at=now)
    return bool(db.session.execute(changed.returning(Draft.user_id)).first())


def discard_draft(*, by: Actor, token: str | None = None) -> None:
    """Throw a person's draft away (放弃草稿); with a token only if it belongs to that form, as after registering it."""
    if token is not None:
        present = draft_of(by)
        if present is None or present.token != token:
            return
    db.session.execute(delete(Draft).where(Draft.user_id == by.id))
