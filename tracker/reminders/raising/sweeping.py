"""The ledger of the nightly check (核对): how far it has come, so that it goes on where it was broken off."""

from datetime import datetime

from sqlalchemy import select, update

from tracker.core.clock import local_date
from tracker.core.database import db
from tracker.reminders.models import Sweep
from tracker.reminders.raising.checking import Stretch


def todays(now: datetime) -> Sweep | None:
    """Return the check of today, begun now where there is none; None where it has come to its end."""
    latest = db.session.scalar(select(Sweep).order_by(Sweep.id.desc()).limit(1))
    if latest is None or local_date(latest.begun_at) != local_date(now):
        latest = Sweep(begun_at=now, after_id=0, checked=0, wrong=0, unseen=0)
        db.session.add(latest)
        db.session.flush()
    return None if latest.ended_at else latest


def moved(sweep_id: int, until: int, found: Stretch, wrong: int) -> None:
    """Keep that a stretch is done. Of two timers at once the second adds nothing: it finds the stretch behind it."""
    added = {"checked": Sweep.checked + found.checked, "unseen": Sweep.unseen + found.unseen}
    fresh = update(Sweep).where(Sweep.id == sweep_id, Sweep.after_id < until)
    wrong_too = {"wrong": Sweep.wrong + wrong, "after_id": until}
    db.session.execute(fresh.values(added | wrong_too).execution_options(synchronize_session=False))


def ended(sweep_id: int, now: datetime) -> None:
    """Keep that a check has come to its end."""
    db.session.get_one(Sweep, sweep_id).ended_at = now
