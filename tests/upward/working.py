"""What the tests of reports upward do again and again; each act in a transaction of its own, as a page does it."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from tests.world.county import County
from tracker.core import clock
from tracker.core.database import committed, db
from tracker.deadlines.limits import LimitKind
from tracker.deadlines.models import Deadline
from tracker.upward import service
from tracker.upward.clocks import UPWARD
from tracker.upward.models import UpwardReport
from tracker.upward.rules import UpwardKind
from tracker.upward.service import UpwardGiven


def ago(**amount: float) -> datetime:
    """Return a moment before now."""
    return clock.now() - timedelta(**amount)


def given(**changes: Any) -> UpwardGiven:
    """Return what stands on a paper."""
    usual = {
        "kind": UpwardKind.MATTER,
        "title": "二十余人到县政府门前反映换届",
        "said": "上午九时起聚集，已由信访局接谈。",
        "organ": "市信访局",
        "discovered_at": ago(hours=1),
    }
    return UpwardGiven(**(usual | changes))


def entered(county: County, who: str = "acceptor", *, case_no: str = "", **changes: Any) -> UpwardReport:
    """Enter one in the name of the office."""
    with committed():
        made = service.enter(
            given(**changes), office=county.office, case_no=case_no, by=county.user(who), now=clock.now()
        )
    return the(made.id)


def the(id_: int) -> UpwardReport:
    """Return a report, read afresh."""
    db.session.expire_all()
    return db.session.get_one(UpwardReport, id_)


def take(county: County, act: Any, report: UpwardReport, *, who: str = "acceptor", **more: Any) -> UpwardReport:
    """Take an act of the service."""
    id_ = report.id
    with committed():
        act(the(id_), by=county.user(who), now=clock.now(), **more)
    return the(id_)


def clocks(kind: LimitKind = LimitKind.UPWARD_REPORT) -> list[Deadline]:
    """Return the clocks of a kind, the first begun first."""
    db.session.expire_all()
    asked = select(Deadline).where(Deadline.subject == UPWARD, Deadline.kind == kind.value)
    return list(db.session.scalars(asked.order_by(Deadline.id)))
