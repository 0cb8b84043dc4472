"""A ground of refusal as it is told, with where it stands on the day of the refusal."""

from datetime import date

from tracker.cases.lifecycle.local_grounds import local_basis
from tracker.cases.lifecycle.rules.grounds import GROUND_BASIS, LOCAL_GROUNDS, REFUSAL_GROUND_LABELS, RefusalGround
from tracker.statutes.queries import cited


def ground_words(ground: RefusalGround, on: date) -> str:
    """Return a ground with the article, or the region's own rule, it stands in on the day of the refusal.

    What was refused by a local ground before its basis was kept names none.
    """
    basis = local_basis(ground, on) if ground in LOCAL_GROUNDS else cited(*GROUND_BASIS[ground], on=on)
    return f"{REFUSAL_GROUND_LABELS[ground]}（{basis}）" if basis else REFUSAL_GROUND_LABELS[ground]
