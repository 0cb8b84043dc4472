"""The clocks of a case are found by the case, however many others run."""

from datetime import date, timedelta

import pytest
from sqlalchemy import insert

from tests.plans.steps import steps
from tests.world.county import County
from tests.world.rows import TODAY, a_case, clock_of
from tracker.core.database import db
from tracker.deadlines import queries
from tracker.deadlines.limits import LimitKind
from tracker.deadlines.models import Deadline

OTHERS = 2000


def others() -> None:
    """Start the clocks of everything else that is in hand."""
    due = [TODAY + timedelta(days=number % 60) for number in range(OTHERS)]
    db.session.execute(insert(Deadline), [_of_no_case(day) for day in due])


def _of_no_case(due_on: date) -> dict[str, object]:
    return {
        **{"subject": "order", "subject_id": 1, "kind": "order_reply", "unit": "fixed", "amount": 0},
        **{"started_on": TODAY, "nominal_due": due_on, "effective_due": due_on, "first_due": due_on},
    }


@pytest.mark.sqlite
def test_running_clocks_of_other_cases_are_not_looked_at(county: County) -> None:
    case = a_case(county)
    for kind in (LimitKind.ACCEPTANCE, LimitKind.OFFICE_REFERRAL):
        clock_of(case, kind, TODAY)
    with steps() as alone:
        assert len(queries.running(case.id)) == 2
    others()
    with steps() as among_many:
        assert len(queries.running(case.id)) == 2
    assert among_many.taken <= alone.taken + OTHERS / 10
