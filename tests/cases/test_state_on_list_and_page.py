"""In which state a matter is and who holds it: the ledger and the page of a case say the same, at every step."""

import pytest

from tests.conftest import Clock
from tests.world.county import County
from tests.world.matters import Matter
from tracker.cases.ledger.rows import rows_of
from tracker.cases.page.page import head_of
from tracker.people.queries import reader_for


@pytest.mark.parametrize("last", Matter.LINE)
def test_list_and_page_agree(county: County, clock: Clock, last: str) -> None:
    case = Matter(county).until(last).case
    head = head_of(case.id, reader=reader_for(county.checker, clock.today()), today=clock.today())
    [row] = rows_of([case.id], clock.today())
    assert (head.state, head.state_kind) == (row.state, row.state_kind)
    assert (head.holder_unit, head.holder) == (row.unit, row.holder)
