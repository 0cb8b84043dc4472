"""The ladder proven by months in which nobody does anything: everybody hears in time, and not too much."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.long
@pytest.mark.parametrize("what", ["neglect", "endings", "work"])
def test_every_overdue_clock_reaches_somebody_and_nobody_hears_too_much(what: str, tmp_path: Path) -> None:
    """Within 7 days a named person, by list; under neglect a third of what 0.2.0 said, at work at most 7 a day."""
    command = [sys.executable, "-m", "benchmarks.neglect", "--only", what, "--check", "--folder", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stderr[-2000:]}\n{done.stdout[-8000:]}"
