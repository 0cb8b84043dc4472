"""撤销读入: taking back a village that came in from a sheet, while nothing was done since."""

from datetime import datetime

from sqlalchemy import select

from tracker import audit
from tracker.core.clock import local_date
from tracker.core.database import db, locked
from tracker.core.errors import DomainError
from tracker.deadlines.models import Deadline
from tracker.deadlines.service import stop_clock
from tracker.key_villages.models import VillageDuty, VillageEntry
from tracker.key_villages.queries.facts import lines_of
from tracker.key_villages.rules.acts import VillageAct
from tracker.key_villages.rules.codes import VillageStage
from tracker.key_villages.service.clocks import ENTRY, PROBLEM
from tracker.key_villages.service.keeping import end_as_never_given
from tracker.key_villages.service.taking import write_line
from tracker.people.models import User

# What comes with a village that is read in.
READ_IN = (VillageAct.ENTER, VillageAct.GIVE_DUTY, VillageAct.SET_ELECTION)


def _worked_on(entry: VillageEntry) -> bool:
    """Say whether anything was done since a village was read in."""
    return any(line.act not in READ_IN or line.entered_at != entry.entered_at for line in lines_of(entry))


def undo_entry(entry: VillageEntry, *, reason: str, by: User, now: datetime) -> None:
    """Withdraw a village that was read in, with its problems, clocks and duties; its trail stays.

    Raises DomainError where anything was done since it came in.
    """
    locked(entry)
    if entry.stage == VillageStage.WITHDRAWN or _worked_on(entry):
        raise DomainError(f"{entry.place.short_name}（{entry.number}）读入以后已经办理过，不能撤销。")
    before = VillageStage(entry.stage)
    today = local_date(now)
    for problem in entry.problems:
        locked(problem).stage = VillageStage.WITHDRAWN.value
    ids = [problem.id for problem in entry.problems]
    about = ((Deadline.subject == PROBLEM) & Deadline.subject_id.in_(ids)) | (
        (Deadline.subject == ENTRY) & (Deadline.subject_id == entry.id)
    )
    for clock in db.session.scalars(select(Deadline).where(about, Deadline.ended_on.is_(None))):
        stop_clock(clock, on=max(today, clock.started_on), met=False, by_action=VillageAct.WITHDRAW)
    given = (VillageDuty.place_id == entry.place_id, VillageDuty.given_at == entry.entered_at)
    for duty in db.session.scalars(select(VillageDuty).where(*given)):
        end_as_never_given(duty)
    entry.stage = VillageStage.WITHDRAWN.value
    entry.version += 1
    write_line(entry, None, VillageAct.WITHDRAW, by=by, now=now, before=before, happened_on=today,
               said=reason, told=["撤销读入"])  # fmt: skip
    about_it = {"village": [entry.id, 0], "act": VillageAct.WITHDRAW.value}
    audit.record(audit.Event.VILLAGE_STEPPED, by=by, now=now, payload=about_it)
