"""A ground of refusal as it is told, with the article of the day."""

from datetime import date

from tracker.cases.lifecycle.rules.grounds import GROUND_BASIS, REFUSAL_GROUND_LABELS, RefusalGround
from tracker.statutes.queries import cited


def ground_words(ground: RefusalGround, on: date) -> str:
    """Return a ground with the article it stands in on the day of the refusal."""
    basis = GROUND_BASIS[ground]
    return f"{REFUSAL_GROUND_LABELS[ground]}（{cited(*basis, on=on)}）" if basis else REFUSAL_GROUND_LABELS[ground]
