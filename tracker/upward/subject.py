"""What is reported upward as the timer sees it: its row of SUBJECTS."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, false, select

from tracker.core.clock import local_date
from tracker.core.database import Model, db
from tracker.deadlines.models import Deadline
from tracker.people.rules import Reader, Role
from tracker.reminders.ladder.rules.reach import Ref
from tracker.reminders.subjects.answers import Free, Issued, Standing, Subject, SubjectWords
from tracker.upward.access import known_upward, upward_visible_to
from tracker.upward.clocks import UPWARD
from tracker.upward.models import UpwardLine, UpwardReport
from tracker.upward.rules import UPWARD_KINDS, UPWARD_STAGES, UpwardKind, UpwardStage, stage_of

PAGE = "upward.one"
Ids = Collection[int]


def _rows(some: Ids) -> Select[Any]:
    return select(UpwardReport).where(UpwardReport.id.in_(some)).order_by(UpwardReport.id)


def _lock(some: Ids) -> None:
    db.session.execute(_rows(some).with_for_update(of=UpwardReport, key_share=True)).all()


def _free(some: Ids) -> dict[int, Free]:
    rows = db.session.scalars(_rows(some).with_for_update(of=UpwardReport, skip_locked=True, key_share=True)).all()
    return {row.id: Free(row.office_id, 1, False, frozenset(), None) for row in rows}


def _noted(some: Ids) -> dict[int, list[date]]:
    asked = select(UpwardLine.report_id, UpwardLine.entered_at).where(UpwardLine.report_id.in_(some))
    found: dict[int, list[date]] = {}
    for id_, at in db.session.execute(asked.order_by(UpwardLine.entered_at)):
        found.setdefault(id_, []).append(local_date(at))
    return found


def _standing(id_: int, _clock: Deadline | None, _seen: Ref | None) -> Standing:
    """Return how people stand towards it: its unit owes it; of what it says nothing leaves the machine."""
    row = db.session.get_one(UpwardReport, id_)
    stage = stage_of(row)
    return Standing(
        office=row.office,
        unit=row.office,
        owner=None,
        leads=(),
        may_know=lambda reader: _may_know(reader, row),
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


def _may_know(reader: Reader, row: UpwardReport) -> bool:
    seen = select(UpwardReport.id).where(UpwardReport.id == row.id, upward_visible_to(reader))
    return db.session.scalar(seen) is not None


def _wrote(issued: Sequence[Issued], _at: datetime) -> list[list[Model]]:
    """Leave no line: what is reported upward gets reminders alone."""
    return [[] for _ in issued]


def _words(ids: Ids) -> Mapping[int, SubjectWords]:
    rows = db.session.scalars(_rows(ids)).all()
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
    lock=_lock,
    free=_free,
    noted=_noted,
    units=lambda some: {row.id: row.office_id for row in db.session.scalars(_rows(some))},
    standing=_standing,
    known=known_upward,
    listed=known_upward,
    # Of what it may be about nobody who does no case work is told a number.
    counted=lambda _reader: select(UpwardReport.id).where(false()),
    live=lambda: select(UpwardReport.id).where(UpwardReport.cancelled_at.is_(None), UpwardReport.decided_on.is_(None)),
    own=lambda reader, _today: _own(reader),
    open_to={},
    words=_words,
    wrote=_wrote,
    refreshed=lambda _ids: {},
    watches={},
)
