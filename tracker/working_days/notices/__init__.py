"""The notices that come with the program, one file for each year (2018–2026), named by the year of the notice.

A notice can hold days of the December before its year: 2018-12-29 is worked by 2019's notice and stands in 2019.csv.
The first line of a file names the State Council's notices it was taken from.
"""

from functools import cache
from pathlib import Path

from tracker.working_days.rules import HolidayNotice, checked_days, parse_notice

FOLDER = Path(__file__).parent


@cache
def shipped_notices() -> dict[int, HolidayNotice]:
    """Return the shipped notices by year, read once."""
    found = {}
    for file in sorted(FOLDER.glob("[0-9]*.csv")):
        year, notice = int(file.stem), parse_notice(file.read_bytes())
        found[year] = HolidayNotice(year, notice.source, checked_days(year, notice.days))
    return found
