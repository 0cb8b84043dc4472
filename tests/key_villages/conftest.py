"""What the tests of the ledger of difficult villages ask for."""

import pytest

from tests.conftest import Clock
from tests.key_villages.working import Ledger
from tests.world.county import County


@pytest.fixture
def ledger(county: County, clock: Clock) -> Ledger:
    """Give the ledger of a county on the day of the tests."""
    return Ledger(county)
