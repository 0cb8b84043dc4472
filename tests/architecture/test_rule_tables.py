"""Whatever changes in a table of law or practice is seen in print, and by somebody who knows the law."""

from dataclasses import replace

from tests.reminders.rungs import rung
from tests.rule_tables import PRINTED, said, tables
from tracker.cases.lifecycle.rules.step_rows import Words
from tracker.cases.lifecycle.rules.steps import STEPS


def test_the_tables_of_the_rules_stand_as_printed() -> None:
    assert tables().splitlines() == PRINTED.read_text(encoding="utf-8").splitlines(), (
        "a table of the rules changed; if it was meant: python -m tests.rule_tables"
    )


def test_every_field_of_a_row_is_in_print() -> None:
    """Negative control: a row that lost a guard, a clock or a recipient reads differently."""
    urge = rung("work-urge")
    assert said(urge) != said(replace(urge, told=urge.told[1:]))
    assert said(urge) != said(replace(urge, at_once=False))
    guarded = next(row for row in STEPS if row.guards and row.starts and row.words is Words.NONE)
    for changed in ({"guards": guarded.guards[1:]}, {"starts": guarded.starts[1:]}, {"words": Words.WHY}):
        assert said(guarded) != said(replace(guarded, **changed))
