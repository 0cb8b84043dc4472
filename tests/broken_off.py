"""Long work that dies half-way: what is done is kept, and whoever asks again gets the rest and nothing twice."""

from collections.abc import Iterator
from contextlib import contextmanager

from tracker.core.pacing import Pace


class BrokenOff(Pace):
    """A pace of one row a turn whose process is killed after some turns."""

    def __init__(self, after: int) -> None:
        super().__init__(1, most=1)
        self.left = after

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Run a turn, or die before it."""
        if not self.left:
            raise KeyboardInterrupt
        self.left -= 1
        with super().turn():
            yield
