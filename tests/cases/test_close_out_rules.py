"""The close-out checklist: each line alone can stop the application."""

from dataclasses import replace

import pytest

from tracker.cases.lifecycle.rules.close_out import CheckItem, CheckState, CloseOutFacts, checklist, complete
from tracker.cases.record.rules.codes import Status

READY = CloseOutFacts(
    status=Status.DELIVERED,
    opinion_served=True,
    point_results=("supported", "not_supported"),
    points_not_carried_out=0,
    file_confirmed_by="王海燕",
)
SPOILED = [
    (CheckItem.ENDED, {"opinion_served": False}),
    (CheckItem.ENDED, {"status": Status.ACCEPTED}),
    (CheckItem.POINTS_ANSWERED, {"point_results": ("supported", None)}),
    (CheckItem.POINTS_ANSWERED, {"point_results": ()}),
    (CheckItem.CARRIED_OUT, {"points_not_carried_out": 1}),
    (CheckItem.NO_REVIEW, {"reviews_running": 1}),
    (CheckItem.NO_LOOSE_ENDS, {"side_tracks_open": 1}),
    (CheckItem.NO_LOOSE_ENDS, {"open_repeats": 1}),
    (CheckItem.TWO_TRACKS, {"vote_buying": True}),
    (CheckItem.TWO_TRACKS, {"vote_buying": True, "reported_and_read": True, "validity_concluded": True}),
    (CheckItem.FILE_COMPLETE, {"file_confirmed_by": None}),
]


def test_a_finished_case_passes() -> None:
    assert complete(checklist(READY))


@pytest.mark.parametrize(("item", "change"), SPOILED)
def test_one_missing_condition_stops_the_application(item: CheckItem, change: dict[str, object]) -> None:
    lines = checklist(replace(READY, **change))  # type: ignore[arg-type]
    assert not complete(lines)
    assert [line.item for line in lines if line.state is CheckState.MISSING][0] == item
    assert next(line for line in lines if line.item == item).words


def test_vote_buying_needs_report_validity_and_discipline() -> None:
    facts = replace(READY, vote_buying=True, reported_and_read=True, validity_concluded=True, discipline_receipted=True)
    assert complete(checklist(facts))


@pytest.mark.parametrize(
    ("status", "proof"),
    [
        (Status.DIVERTED, "notice_told"),
        (Status.NOT_ACCEPTED, "notice_told"),
        (Status.NO_LONGER_ACCEPTED, "notice_told"),
        (Status.TRANSFERRED, "receipted"),
        (Status.WITHDRAWN, "withdrawal_kept"),
    ],
)
def test_each_exit_needs_its_own_proof(status: Status, proof: str) -> None:
    without = CloseOutFacts(status=status, file_confirmed_by="王海燕", point_results=(None,))
    assert not complete(checklist(without))
    assert complete(checklist(replace(without, **{proof: True})))  # type: ignore[arg-type]


@pytest.mark.parametrize("status", [Status.DELIVERED, Status.TRANSFERRED])
def test_whatever_was_handed_over_needs_its_receipt(status: Status) -> None:
    everything = replace(READY, status=status, receipted=True)
    assert complete(checklist(everything))
    (line,) = (each for each in checklist(replace(everything, receipts_missing=1)) if each.item is CheckItem.ENDED)
    assert (line.state, line.words) == (CheckState.MISSING, "接收移交、转送的机关尚无回执")


@pytest.mark.parametrize("status", [s for s in Status if s not in {
    Status.DELIVERED, Status.DIVERTED, Status.NOT_ACCEPTED, Status.NO_LONGER_ACCEPTED, Status.TRANSFERRED,
    Status.WITHDRAWN,
}])  # fmt: skip
def test_an_unfinished_procedure_never_passes(status: Status) -> None:
    everything = replace(READY, status=status, notice_told=True, receipted=True, withdrawal_kept=True)
    assert not complete(checklist(everything))


@pytest.mark.parametrize(("waiting", "said"), [(0, "2 / 2"), (1, "1 / 2"), (2, "0 / 2")])
def test_what_is_carried_out_is_counted(waiting: int, said: str) -> None:
    facts = replace(READY, point_results=("supported", "partly", "not_supported"), points_not_carried_out=waiting)
    (line,) = (line for line in checklist(facts) if line.item is CheckItem.CARRIED_OUT)
    assert line.words == said
