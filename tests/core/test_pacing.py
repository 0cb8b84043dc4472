"""Long work leaves a pause after each stretch, and learns how many rows fit into a turn."""

import pytest
from sqlalchemy.orm import Session

from tracker.core import pacing
from tracker.core.pacing import BREATH, STRETCH, Pace


class Watch:
    """A stopwatch that moves only when something is done or slept."""

    def __init__(self) -> None:
        self.at, self.slept = 1000.0, list[float]()

    def monotonic(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += seconds


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    made = Watch()
    monkeypatch.setattr(pacing, "time", made)
    return made


def test_after_a_stretch_of_work_there_is_a_pause(session: Session, watch: Watch) -> None:
    pace = Pace()
    for _ in range(6):
        with pace.turn():
            watch.at += STRETCH * 0.4
    assert watch.slept == [BREATH, BREATH], "after every second turn, and none after the last"


def test_a_turn_is_spent_by_time_and_begins_again_with_the_next(session: Session, watch: Watch) -> None:
    pace = Pace()
    with pace.turn():
        assert not pace.spent
        watch.at += STRETCH
        assert pace.spent
    watch.at += 60
    with pace.turn():
        assert not pace.spent, "what passed between two turns is nobody's wait"
        watch.at += STRETCH * 0.4
    with pace.turn():
        watch.at += STRETCH * 0.7
        assert pace.spent, "but two turns without a pause between them are one wait"


@pytest.mark.parametrize(("seconds_a_row", "settled"), [(0.001, 200), (0.01, 20), (0.5, 1), (0.00001, 500)])
def test_the_rows_of_a_turn_follow_what_a_row_takes(
    session: Session, watch: Watch, seconds_a_row: float, settled: int
) -> None:
    pace = Pace(100, most=500)
    for _ in range(8):
        with pace.turn():
            watch.at += pace.rows * seconds_a_row
    assert pace.rows == pytest.approx(settled, abs=1)


def test_a_turn_that_fails_changes_nothing_about_the_next(session: Session, watch: Watch) -> None:
    pace = Pace(100)
    with pytest.raises(ZeroDivisionError), pace.turn():
        watch.at += 9
        raise ZeroDivisionError
    assert (pace.rows, watch.slept) == (100, [])


def test_the_pause_is_longer_than_the_wait_between_two_tries() -> None:
    """SQLite's own waiting asks again after a tenth of a second at the latest."""
    assert BREATH > 0.1
    assert STRETCH + BREATH < 0.32
