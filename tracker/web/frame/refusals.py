"""Refusals leave a trace (无权查看被拒): who asked for what they may not see, or for what never was, alike."""

from flask import current_app, g, request
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from tracker import audit
from tracker.cases.record.models import Case
from tracker.core import clock
from tracker.core.database import committed, db
from tracker.core.encryption import blind_index
from tracker.core.errors import OutcomeUnknown, StorageFailure, TooManyTries, log_defect
from tracker.core.waiting import READING_PATIENCE
from tracker.people.service.throttle import Bucket, count
from tracker.web.frame.access import actor

# So many in a quarter of an hour are no slips of the hand; what comes after them is neither answered nor written down.
REFUSALS = Bucket("refusal", 60, "打不开的页面太多，请等 {minutes} 分钟再试。")


def note_refusal(status: int) -> None:
    """Write down that the person who is signed in was refused, before the answer leaves.

    The same is done for what may not be seen and for what does not exist, so that neither the answer nor its time
    tells them apart; only the log knows which matter an address names. Raises TooManyTries where there were too many.
    """
    if request.endpoint is None or g.get("signed_in") is None or not current_user.is_authenticated:
        return
    asked = (request.view_args or {}).get("public_id", "")
    payload = {"page": request.endpoint, "status": status, "asked": blind_index("asked", asked) if asked else None}
    db.session.rollback()
    try:
        with committed(patience=READING_PATIENCE):
            now = clock.now()
            count(REFUSALS, str(actor().id), now=now)
            case_id = db.session.scalar(select(Case.id).where(Case.public_id == asked)) if asked else None
            audit.record_reading(audit.Event.CASE_DENIED, by=actor(), now=now, case_id=case_id, payload=payload)
    except TooManyTries:
        raise
    except (DBAPIError, OutcomeUnknown, StorageFailure) as error:
        # It is refused all the same.
        log_defect(current_app.logger, error, "a refusal could not be written down")
