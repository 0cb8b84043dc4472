"""What the tests of places start from."""

import pytest
from sqlalchemy.orm import Session

from tests.places.divisions import COUNTY, YANGCHENG, load, place
from tracker.places.models import Place


@pytest.fixture
def county(session: Session) -> Place:
    """Give Yangcheng, imported: 1 county, 15 towns, 341 villages."""
    load(YANGCHENG)
    return place(COUNTY)
