"""日志: the auditor reads the logs line by line, kind by kind; nobody else opens them."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.world.county import County
from tracker.audit import Event
from tracker.audit.models import AuditEvent
from tracker.audit.queries import events
from tracker.audit.service import ACTS


def lines_of(session: Session, kind: Event) -> int:
    """Count the lines of a kind."""
    counted = select(func.count()).select_from(AuditEvent).where(AuditEvent.log_id == ACTS, AuditEvent.kind == kind)
    return session.scalars(counted).one()


def test_one_kind_of_lines_is_counted_and_paged(county: County, session: Session) -> None:
    given = lines_of(session, Event.POST_GIVEN)
    assert given > 2
    first = events(ACTS, kind=Event.POST_GIVEN, page=1, size=given - 1)
    second = events(ACTS, kind=Event.POST_GIVEN, page=2, size=given - 1)
    assert (first.total, len(first.rows), len(second.rows)) == (given, given - 1, 1)
    assert {row.kind for row in (*first.rows, *second.rows)} == {Event.POST_GIVEN}
    assert events(ACTS).total > given


@pytest.mark.both_databases
def test_the_auditor_opens_a_kind(county: County) -> None:
    auditor = county.browser("auditor")
    page = auditor.get("/log", query_string={"kind": Event.POST_GIVEN})
    assert page.status_code == 200
    assert auditor.get("/log", query_string={"kind": "no such kind", "page": "99"}).status_code == 200
