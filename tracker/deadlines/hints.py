"""When the timer looks at a clock again (`look_on`): a hint and no fact, so it is set without a line in the log.

A look at every running clock is asked for in the transaction of the change that needs it; the next run of the timer
does it first, turn by turn.
"""

from datetime import datetime, timedelta

from sqlalchemy import select, update

from tracker.core.clock import local_date
from tracker.core.database import db
from tracker.deadlines.models import Deadline, LookAgain


def ask_to_look_again(now: datetime) -> None:
    """Ask for a look at every running clock; one that is half done begins again."""
    asked = asked_to_look_again()
    if asked is None:
        db.session.add(LookAgain(asked_at=now, after_id=0))
    else:
        asked.after_id = 0


def asked_to_look_again() -> LookAgain | None:
    """Return the look that was asked for and is not done, locked; None where there is none."""
    return db.session.scalar(select(LookAgain).order_by(LookAgain.id).limit(1).with_for_update())


def look_tomorrow(case_id: int, now: datetime) -> None:
    """Let the timer look at a case again the next morning: a letter that held others back is out of the way."""
    tomorrow = local_date(now) + timedelta(days=1)
    later = (Deadline.case_id == case_id, Deadline.ended_on.is_(None), Deadline.look_on > tomorrow)
    statement = update(Deadline).where(*later).values(look_on=tomorrow)
    db.session.execute(statement.execution_options(synchronize_session=False))
