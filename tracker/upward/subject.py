"""What is reported upward as the timer sees it: its row of SUBJECTS."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Select, false, select

from tracker.core.database import db
from tracker.deadlines.models import Deadline
from tracker.people.rules import Reader, Role
from tracker.reminders.ladder.rules.reach import Ref
from tracker.reminders.subjects.answers import Standing, Subject, SubjectWords
from tracker.reminders.subjects.table import among
from tracker.reminders.subjects.things import Things, no_lines
from tracker.upward.access import known_upward, upward_visible_to
from tracker.upward.clocks import UPWARD
from tracker.upward.models import UpwardLine, UpwardReport
from tracker.upward.rules import UPWARD_KINDS, UPWARD_STAGES, UpwardKind, UpwardStage, stage_of

PAGE = "upward.one"
Ids = Collection[int]


THINGS = Things(UpwardReport, lambda row: row.office_id, told_in=UpwardLine.report_id)


def _standing(id_: int, _clock: Deadline | None, _seen: Ref | None) -> Standing:
    """Return how people stand towards it: its unit owes it; of what it says nothing leaves the machine."""
    row = db.session.get_one(UpwardReport, id_)
    stage = stage_of(row)
    return Standing(
        office=row.office,
        unit=row.office,
        owner=None,
        leads=(),
        may_know=lambda reader: bool(among(known_upward(reader), [row.id])),
        number=UPWARD_KINDS[UpwardKind(row.kind)],
        gone=UPWARD_STAGES[stage] if stage is UpwardStage.CANCELLED else "",
        over=UPWARD_STAGES[stage] if stage is UpwardStage.DECIDED else "",
        confidential=True,
        open_to_group=False,
        awaited=frozenset,
        hangs=frozenset,
        last=(row.entered_by,),
        last_label="登记人",
    )


def _words(ids: Ids) -> Mapping[int, SubjectWords]:
    rows = db.session.scalars(THINGS.some(ids)).all()
    return {
        row.id: SubjectWords(UPWARD_KINDS[UpwardKind(row.kind)], row.title, PAGE, row.public_id, False) for row in rows
    }


def _own(reader: Reader) -> Select[Any]:
    """Return what the units that a person heads report, and what the person entered."""
    headed = {post.department_id for post in reader.posts if post.role is Role.DEPARTMENT_HEAD}
    mine = UpwardReport.office_id.in_(sorted(headed)) | (UpwardReport.entered_by_id == reader.user_id)
    return select(UpwardReport.id).where(mine, upward_visible_to(reader))


UPWARD_REPORT = Subject(
    kind=UPWARD,
    parts=frozenset(),
    column=None,
    lock=THINGS.lock,
    free=THINGS.free,
    noted=THINGS.noted,
    units=lambda some: {row.id: row.office_id for row in db.session.scalars(THINGS.some(some))},
    standing=_standing,
    known=known_upward,
    listed=known_upward,
    # Of what it may be about nobody who does no case work is told a number.
    counted=lambda _reader: select(UpwardReport.id).where(false()),
    live=lambda: select(UpwardReport.id).where(UpwardReport.cancelled_at.is_(None), UpwardReport.decided_on.is_(None)),
    own=lambda reader, _today: _own(reader),
    open_to={},
    words=_words,
    wrote=no_lines,
    refreshed=lambda _ids: {},
    watches={},
)
