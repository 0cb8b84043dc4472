"""Links between letters of one matter (原件、重件、并案): a tree with one living root, whatever linked them.

`original_id` of a repeat is the living letter that the matter is handled under; who has none is such a letter itself.
"""

from sqlalchemy import select

from tracker.cases.record.models import Case
from tracker.cases.record.rules.holding import GONE
from tracker.core.database import db


def living_root(case: Case) -> Case:
    """Return the letter under which a matter is handled now: from a merged one on to where it went, then its original.

    What an older version tied into a circle has one too: the earliest of it that is neither merged nor void.
    """
    seen: dict[int, Case] = {}
    while case.id not in seen:
        seen[case.id] = case
        above = case.merged_into if case.merged_into_id is not None else case.original
        if above is None:
            return case
        case = above
    living = [each for id_, each in sorted(seen.items()) if each.status not in GONE]
    return next(iter(living), case)


def tie(case: Case, other: Case) -> None:
    """Count a letter, and whatever was counted with it, with the matter of another (重件).

    Where that one was counted with the letter itself, the roles change: it is the original from now on.
    """
    root = living_root(other)
    if root.id == case.id:
        root = other
    if root.id == case.id or root.status in GONE:
        return
    _move(case, root)
    case.original_id, root.original_id = root.id, None
    db.session.flush()


def hand_on(case: Case) -> None:
    """Let the earliest living repeat of a letter take its place, where the letter itself is no more (作废)."""
    heir = db.session.scalar(
        select(Case).where(Case.original_id == case.id, Case.status.not_in(sorted(GONE))).order_by(Case.id).limit(1)
    )
    if heir is not None:
        heir.original_id = None
        _move(case, heir)
        db.session.flush()


def _move(case: Case, root: Case) -> None:
    """Count with another letter whatever was counted with one."""
    for repeat in db.session.scalars(select(Case).where(Case.original_id == case.id).order_by(Case.id)):
        if repeat.id != root.id:
            repeat.original_id = root.id
