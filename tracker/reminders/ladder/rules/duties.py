"""ONE_DUTY: which limits are one duty of a unit in one matter, so that it climbs one ladder (一件事、一个阶梯). Pure.

Whether to accept, to answer the petitioner and to report to who assigned it are three days of one piece of work. Of
such clocks of the same unit and matter that run at once, the one whose last day comes first leads and climbs. The
others warn ahead of their own days; what of theirs comes after the last day waits until they lead.
"""

from tracker.deadlines.limits import LimitKind

ONE_DUTY: tuple[frozenset[LimitKind], ...] = (
    frozenset({LimitKind.ACCEPTANCE, LimitKind.HANDLING, LimitKind.REDO, LimitKind.FEEDBACK}),
)
