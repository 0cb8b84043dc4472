"""What the tests of deputies' suggestions ask for."""

import pytest

from tests.conftest import Clock
from tests.suggestions.working import Desk
from tests.world.county import County


@pytest.fixture
def desk(county: County, clock: Clock) -> Desk:
    """Give the suggestions of a county on the day of the tests."""
    return Desk(county)
