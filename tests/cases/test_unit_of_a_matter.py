"""Which unit has a matter, for notices held until somebody releases them: the handling one, else its office."""

import pytest

from tests.world.county import County
from tracker.cases.subject import work


@pytest.mark.both_databases
def test_a_matter_is_of_its_unit_and_before_that_of_its_office(county: County, at_work: str) -> None:
    registered = county.case(county.register())
    handled = county.case(at_work)
    assert work.units([handled.id, registered.id]) == {
        handled.id: county.ids["civil"],
        registered.id: county.office.id,
    }
    assert work.units([]) == {}
