"""进程图: where the pieces of a task stand on its days, by arithmetic that is written out here once more."""

from datetime import date, timedelta

import pytest

from tracker.key_villages.rules.control import Axis, TaskDays, TaskState, bar

TODAY = date(2026, 11, 28)
FIRST = date(2026, 10, 26)
WHOLE = TaskDays(FIRST, date(2027, 1, 3))
AXIS = Axis.over([WHOLE], TODAY)


def test_the_axis_has_whole_weeks() -> None:
    assert (AXIS.first, AXIS.days, len(AXIS.mondays)) == (FIRST, 70, 10)
    assert AXIS.weekends[0] == (7.143, 2.857)
    assert AXIS.middle(TODAY) == 47.857
    wide = Axis.over([TaskDays(date(2026, 10, 28), date(2026, 10, 28))], TODAY)
    assert (wide.first, wide.first + timedelta(days=wide.days - 1)) == (FIRST, date(2026, 11, 29))
    assert len(Axis.over([TaskDays(FIRST, FIRST + timedelta(days=500))], TODAY).named) <= 12


@pytest.mark.parametrize(
    ("task", "state", "pieces", "words"),
    [
        (TaskDays(date(2026, 10, 28), date(2026, 11, 12), date(2026, 11, 18)), TaskState.DONE,
         [("done", 2.857, 22.857), ("late", 25.714, 8.571)], "迟 6 天完成"),
        (TaskDays(date(2026, 11, 2), date(2026, 11, 25)), TaskState.LATE,
         [("plan", 10.0, 34.286), ("run", 10.0, 34.286), ("late", 44.286, 4.286)], "逾期 3 天"),
        (TaskDays(date(2026, 11, 23), date(2026, 12, 5)), TaskState.RUNNING,
         [("plan", 40.0, 18.571), ("run", 40.0, 8.571)], "至 12月5日"),
        (TaskDays(date(2026, 12, 5), date(2026, 12, 11)), TaskState.TODO, [("plan", 57.143, 10.0)], ""),
        (TaskDays(date(2026, 12, 19), date(2026, 12, 19), election=True), TaskState.TODO, [], "12月19日 结果当天报"),
        (TaskDays(date(2026, 11, 26), date(2026, 11, 26), election=True), TaskState.LATE,
         [("late", 45.714, 2.857)], "逾期 2 天"),
        (TaskDays(date(2026, 11, 28), date(2026, 11, 28)), TaskState.RUNNING,
         [("plan", 47.143, 1.429), ("run", 47.143, 1.429)], "至 11月28日"),
        (TaskDays(date(2026, 11, 9), date(2026, 11, 20), date(2026, 11, 12)), TaskState.DONE,
         [("done", 20.0, 5.714)], ""),
    ],
)  # fmt: skip
def test_a_task_stands_where_its_days_are(
    task: TaskDays, state: TaskState, pieces: list[tuple[str, float, float]], words: str
) -> None:
    drawn = bar(task, AXIS, TODAY)
    assert task.state(TODAY) is state
    assert [(piece.kind, piece.at, piece.width) for piece in drawn.pieces] == pieces
    assert drawn.words == words


def test_no_piece_and_no_words_leave_the_chart() -> None:
    """Every task of every length, finished, late and planned, on every day of the chart."""
    for begins in range(0, 70, 3):
        for length in (1, 2, 9, 30):
            first = FIRST + timedelta(days=begins)
            for finished in (None, first, first + timedelta(days=length + 5)):
                task = TaskDays(first, first + timedelta(days=length - 1), finished)
                axis = Axis.over([task, WHOLE], TODAY)
                drawn = bar(task, axis, TODAY)
                assert all(0 <= each.at and each.at + each.width <= 100.01 and each.width > 0 for each in drawn.pieces)
                if drawn.words and not drawn.before:
                    assert drawn.words_at <= 100


def test_what_was_cancelled_stands_on_no_chart() -> None:
    with pytest.raises(ValueError, match="cancelled"):
        bar(TaskDays(FIRST, FIRST, cancelled_on=FIRST), AXIS, TODAY)
