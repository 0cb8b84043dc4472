"""One form, one act: a double click or a browser's retry finds what the first one made."""

import secrets
from datetime import datetime

from tracker.cases.models import Submission
from tracker.core.database import db
from tracker.people.models import User


def new_token() -> str:
    """Return the token a form carries."""
    return secrets.token_urlsafe(32)


def earlier_location(token: str, *, by: User) -> str | None:
    """Return where the first sending of this form led, or None if this is the first."""
    found = db.session.get(Submission, token) if token else None
    return found.location if found and found.user_id == by.id else None


def remember(token: str, location: str, *, by: User, now: datetime) -> None:
    """Keep that a form was sent; a second sender at the same moment fails on the key."""
    if token:
        db.session.add(Submission(token=token[:44], user_id=by.id, location=location, made_at=now))
