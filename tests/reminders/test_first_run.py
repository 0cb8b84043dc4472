"""When a run is the first since a change, and when it brings more than a day's worth."""

import pytest

from tracker.reminders.runs.rules import FLOOR, THING_LABELS, Thing, changed, held_sentence, ordinary_day

UNDER = {thing.value: "as it was" for thing in Thing}


def test_every_thing_has_its_word() -> None:
    assert set(THING_LABELS) == set(Thing)


@pytest.mark.parametrize("thing", Thing)
def test_a_change_of_any_thing_is_seen(thing: Thing) -> None:
    assert changed(UNDER, UNDER) == ()
    assert changed(UNDER, {**UNDER, thing.value: "another"}) == (thing,)
    older = {name: mark for name, mark in UNDER.items() if name != thing}
    assert changed(older, UNDER) == (thing,)


def test_where_nothing_is_known_of_an_earlier_run_everything_has_changed() -> None:
    assert changed(None, UNDER) == tuple(Thing)


@pytest.mark.parametrize(
    ("recent", "in_hand", "most"),
    [
        ([], 0, FLOOR),
        ([], 227, FLOOR),
        ([], 300, FLOOR),
        ([], 6000, 600),
        ([40, 0, 0, 0], 6000, 600),
        ([40, 0, 0, 0, 0], 6000, 40),
        ([3, 2, 4, 1, 0], 6000, FLOOR),
        ([90, 20, 30, 30, 30], 100, 90),
    ],
)
def test_an_ordinary_day(recent: list[int], in_hand: int, most: int) -> None:
    assert ordinary_day(recent, in_hand) == most


def test_the_sentence_says_what_changed_and_fits() -> None:
    everything = held_sentence(tuple(Thing))
    assert everything == "启用或者升级后第一次运行，要提醒的比平常一天多，已补记，通知等待放行。"
    assert held_sentence((Thing.PROGRAM, Thing.SCHEMA)).startswith("程序版本、数据库结构有变化，第一次运行，")
    assert all(len(held_sentence(tuple(Thing)[:n])) <= 200 for n in range(1, len(Thing) + 1))
