"""One form, one act: a double click or a browser's retry finds what the first one made."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select

from tracker.audit import Actor
from tracker.cases.record.models import Submission
from tracker.core.database import db
from tracker.core.errors import StaleVersion

_OF_TOKEN = select(Submission.user_id, Submission.location, Submission.made_at, Submission.said).where(
    Submission.token == bindparam("token")
)


def new_token() -> str:
    """Return the token a form carries."""
    return secrets.token_urlsafe(32)


@dataclass(frozen=True)
class Earlier:
    """The first sending of a form: where it led, when it was, and the hash of what it said (None: not noted)."""

    location: str
    made_at: datetime
    said: str | None

    def is_repeated_by(self, said: str | None) -> bool:
        """Return whether a sending says the same as this one, as far as that was noted."""
        return self.said is None or self.said == said


def earlier(token: str, *, by: Actor) -> Earlier | None:
    """Return the first sending of this form, or None if this is the first.

    Raises StaleVersion where somebody else sent it: a page left open by the one who signed out.
    """
    found = db.session.execute(_OF_TOKEN, {"token": token}).one_or_none() if token else None
    if found is not None and found.user_id != by.id:
        raise StaleVersion("这份表单是别人打开的，已经用过。请重新打开登记页。")
    return Earlier(found.location, found.made_at, found.said) if found else None


def earlier_location(token: str, *, by: Actor) -> str | None:
    """Return where the first sending of this form led, or None if this is the first; raises StaleVersion."""
    found = earlier(token, by=by)
    return found.location if found else None


def remember(token: str, location: str, *, by: Actor, now: datetime, said: str | None = None) -> None:
    """Keep that a form was sent, and what it said; a second sender at the same moment waits here, then fails."""
    if token:
        db.session.add(Submission(token=token[:44], user_id=by.id, location=location, made_at=now, said=said))
        db.session.flush()
