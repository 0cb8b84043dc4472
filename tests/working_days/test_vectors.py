"""Terms against facts of others: official holidays 2018–2024, and the date pairs of four public projects."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.working_days.support import HERE, SHARED, facts, iso, official, with_holidays
from tracker.working_days.rules import Calendar, Unit, add_working_days, due, working_days_between

NAMED_HOLIDAYS = {"alaveteli-2007-2010": HERE / "holidays_2007_2010.csv"}
VECTORS = list(facts(HERE / "workday_vectors.csv"))
WHOLE_FILE = SHARED / "data" / "holidays" / "deadline_vectors_2018_2024.csv"
OFFICIAL_DAYS = SHARED / "data" / "holidays" / "days_2018_2024.csv"

# A Saturday start moved to Monday before counting: another library's convention, and not the law's
# (民法典第二百零一条: the day after the start is day one). Here stands what the law gives.
ROLLED_START = {"54": "2010-04-12", "55": "2010-04-09"}


def wrong_rows(rows: list[tuple[str, str, str, str, str]], calendar: Calendar) -> list[tuple[str, str]]:
    """Return start and n of every row where the program counts otherwise."""
    found = []
    for start, n, working_days, calendar_days, rolled in rows:
        by_working_days = due(iso(start), int(n), Unit.WORKING_DAY, calendar)
        by_days = due(iso(start), int(n), Unit.DAY, calendar)
        got = (by_working_days.effective, by_days.nominal, by_days.effective)
        if got != (iso(working_days), iso(calendar_days), iso(rolled)):
            found.append((start, n))
    return found


def carried_rows() -> list[tuple[str, str, str, str, str]]:
    """Return the part of the vectors that the repository carries."""
    names = ("start", "n", "working_days", "calendar_days", "rolled")
    return [tuple(row[name] for name in names) for row in facts(HERE / "deadline_vectors.csv")]  # type: ignore[misc]


def test_deadlines_of_2018_to_2024() -> None:
    rows = carried_rows()
    assert len(rows) >= 300
    assert wrong_rows(rows, official()) == []


def test_the_vectors_would_notice_a_wrong_calendar() -> None:
    marks = dict(official().marks)
    del marks[date(2018, 12, 29)]
    assert wrong_rows(carried_rows(), Calendar(marks, official().years))


@pytest.mark.skipif(not WHOLE_FILE.exists(), reason="the whole file of vectors is not here (TRACKER_SHARED)")
def test_the_whole_file_of_deadlines() -> None:
    names = (
        "start_date", "n", "plus_n_workdays", "plus_n_calendar_days", "plus_n_calendar_days_rolled_to_workday",
    )  # fmt: skip
    rows = [tuple(row[name] for name in names) for row in facts(WHOLE_FILE)]
    assert len(rows) == 1096
    assert wrong_rows(rows, official()) == []  # type: ignore[arg-type]


@pytest.mark.skipif(not OFFICIAL_DAYS.exists(), reason="the file of days is not here (TRACKER_SHARED)")
def test_every_day_of_2018_to_2024() -> None:
    rows = list(facts(OFFICIAL_DAYS))
    assert len(rows) == 2557
    for row in rows:
        day = official().day(iso(row["date"]))
        assert day.is_working == (row["is_workday"] == "1"), row
        assert day.made_up == (row["kind"] == "makeup_workday"), row


@pytest.mark.parametrize("row", VECTORS, ids=[row["id"] for row in VECTORS])
def test_date_pairs_of_other_projects(row: dict[str, str]) -> None:
    calendar = with_holidays(holidays(row["holidays"]))
    expected = ROLLED_START.get(row["id"], row["expected"])
    assert str(computed(row, calendar)) == expected
    assert (row["id"] in ROLLED_START) == (row["convention"] == "roll-start-to-workday-first")


def test_all_pairs_are_carried() -> None:
    assert [row["id"] for row in VECTORS] == [str(n) for n in range(1, 64)]


def holidays(text: str) -> list[date]:
    path: Path | None = NAMED_HOLIDAYS.get(text)
    words = path.read_text(encoding="utf-8").split() if path else text.split(";")
    return [iso(word) for word in words if word]


def computed(row: dict[str, str], calendar: Calendar) -> date | int:
    start, operation = iso(row["start"]), row["operation"]
    if operation == "workdays_between_exclusive":
        return working_days_between(start, iso(row["n"]), calendar)
    if operation == "workdays_between_inclusive":
        return working_days_between(start - timedelta(days=1), iso(row["n"]), calendar)
    n = int(row["n"])
    if operation == "add_workdays":
        reached = add_working_days(start, n, calendar)
        if n >= 0 and start.year >= 2000:
            assert due(start, n, Unit.WORKING_DAY, calendar).effective == reached
        return reached
    if operation == "add_calendar_days":
        return due(start, n, Unit.DAY, calendar).nominal
    unit = {"add_calendar_days_roll_forward": Unit.DAY, "add_calendar_months_roll_forward": Unit.MONTH}[operation]
    return due(start, n, unit, calendar).effective
