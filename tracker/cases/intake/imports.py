"""What people see of imports (历史件读入): whose office made them, what they made, what of it is still there."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Select, func, select

from tracker.cases.record.models import Case, ImportRun
from tracker.cases.record.rules.codes import Status
from tracker.core.clock import local
from tracker.core.database import db, only_filtering
from tracker.core.errors import NotFound
from tracker.people.models import Department, User

LATEST = 50


@dataclass(frozen=True)
class ImportedRun:
    """One import with who made it, for which office, and how many of its cases stand (not void), wait for a place."""

    run: ImportRun
    office: Department
    by: str
    standing: int
    unplaced: int

    @property
    def when(self) -> str:
        """The time of the import."""
        return f"{local(self.run.started_at):%Y-%m-%d %H:%M}"

    @property
    def undone(self) -> bool:
        """Whether it was undone (已撤销)."""
        return self.standing == 0


def import_runs(office_ids: Collection[int]) -> list[ImportedRun]:
    """Return the latest imports of these offices, newest first."""
    return _read(_runs(office_ids).order_by(ImportRun.id.desc()).limit(LATEST))


def import_run(public_id: str, office_ids: Collection[int]) -> ImportedRun:
    """Return one import of these offices; raises NotFound."""
    found = _read(_runs(office_ids).where(ImportRun.public_id == public_id))
    if not found:
        raise NotFound
    return found[0]


def _runs(office_ids: Collection[int]) -> Select[ImportRun, Department, str | None, int, int]:
    stands = Case.status != Status.VOIDED.value
    standing = func.count().filter(stands)
    unplaced = func.count().filter(stands, Case.village_id.is_(None))
    return (
        select(ImportRun, Department, User.name, standing, unplaced)
        .join(Case, Case.import_run_id == ImportRun.id)
        .join(Department, Department.id == Case.office_id)
        .outerjoin(User, User.id == ImportRun.started_by_id)
        .where(only_filtering(Case.office_id.in_(office_ids)))
        .group_by(ImportRun.id, Department.id, User.name)
    )


def _read(statement: Select[ImportRun, Department, str | None, int, int]) -> list[ImportedRun]:
    return [
        ImportedRun(run, office, by or "系统", standing, unplaced)
        for run, office, by, standing, unplaced in db.session.execute(statement)
    ]
