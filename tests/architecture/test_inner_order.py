"""The order of the topics inside a package, executed: a reader starts at the bottom."""

from collections.abc import Iterator

import pytest

from tests.architecture.sources import PACKAGE, Source, program

# Lower topics first, those of one rung do not know each other. A package takes its place here when it has topics.
ORDER: dict[str, tuple[tuple[str, ...], ...]] = {
    "reminders": (
        ("models",),
        ("ladder", "gate"),
        ("subjects",),
        ("telling", "raising"),
        ("runs", "outlook"),
    ),
    "cases": (
        ("record",),
        ("access",),
        ("lifecycle",),
        ("acts",),
        ("intake",),
        ("ledger",),
        ("page",),
        ("subject",),
    ),
    "supervision": (("papers",), ("calendar",), ("messages",), ("overview",)),
    "web": (
        ("frame",),
        ("case",),
        ("registration", "ledger", "places", "key_villages", "suggestions", "upward"),
        ("supervision", "reports", "common_problems"),
        ("office",),
    ),
}
RUNG_BY_TOPIC = {
    (package, topic): rung for package, rungs in ORDER.items() for rung, topics in enumerate(rungs) for topic in topics
}


def topics_import_downwards(source: Source) -> Iterator[str]:
    """Yield the imports that leave a topic and do not go down the order of its package."""
    if source.package not in ORDER or len(source.parts) < 3:
        return
    above = RUNG_BY_TOPIC.get((source.package, source.parts[2]))
    if above is None:
        yield f"{source.path} is of no topic in the order of {source.package}"
        return
    for taken in source.imports:
        names = taken.dotted.split(".")
        elsewhere = names[:2] == [PACKAGE, source.package] and names[2] != source.parts[2]
        if elsewhere and RUNG_BY_TOPIC.get((source.package, names[2]), above) >= above:
            yield f"{source.at(taken.line)} {source.parts[2]} imports {taken.dotted}, which is not below it"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("tracker/reminders/ladder/service.py", "from tracker.reminders.raising.due import waiting"),
        ("tracker/reminders/raising/due.py", "from tracker.reminders.telling import recipients"),
        ("tracker/reminders/models.py", "from tracker.reminders.ladder.queries import current"),
        ("tracker/reminders/unheard_of.py", ""),
    ],
)
def test_a_bad_sample_is_caught(path: str, text: str) -> None:
    assert len(list(topics_import_downwards(Source(path, text)))) == 1


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("tracker/reminders/runs/service.py", "from tracker.reminders.raising.due import waiting"),
        ("tracker/reminders/raising/due.py", "from tracker.reminders.raising.tick import Tick"),
        ("tracker/reminders/raising/due.py", "from tracker.deadlines.models import Deadline"),
        ("tracker/people/service.py", "from tracker.people import queries"),
    ],
)
def test_a_good_sample_passes(path: str, text: str) -> None:
    assert list(topics_import_downwards(Source(path, text))) == []


def test_the_program_keeps_the_order() -> None:
    broken = [line for source in program() for line in topics_import_downwards(source)]
    assert not broken, "\n".join(broken)
