"""How long a message, and a way that does not work, is left alone between tries. Pure."""

from datetime import timedelta

from tracker.notifications.rules import (
    OUTGOING,
    TRIES,
    WAITS,
    WAY_WAITS,
    DeliveryState,
    Outcome,
    Way,
    wait_after,
    way_wait,
)


def test_a_message_waits_longer_after_each_try_and_the_last_ends_it() -> None:
    waits = [wait_after(tries) for tries in range(1, TRIES)]
    assert waits == list(WAITS) == sorted(WAITS)
    assert sum(WAITS, timedelta(0)) == timedelta(hours=25, minutes=51)
    assert wait_after(TRIES) is None
    assert wait_after(TRIES + 1) is None


def test_a_way_is_tried_for_as_long_as_it_takes() -> None:
    minutes = [way_wait(tries) // timedelta(minutes=1) for tries in range(1, 8)]
    assert minutes == [1, 2, 5, 10, 15, 15, 15]
    assert max(WAY_WAITS) == way_wait(1000)


def test_the_inbox_needs_no_sending() -> None:
    assert set(OUTGOING) == set(Way) - {Way.INBOX}


def test_an_outcome_says_only_what_it_was_told() -> None:
    plain = Outcome(DeliveryState.DELIVERED)
    assert (plain.reason, plain.closed, plain.suspect, plain.answered, plain.address_refused) == (None, *[False] * 4)
