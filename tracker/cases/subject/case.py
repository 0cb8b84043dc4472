"""CASE: the row of a petition matter (信访事项) among the subjects of the timer."""

from tracker.cases.subject import behaviours, knowing, standing, work
from tracker.reminders.subjects.answers import Subject
from tracker.reminders.subjects.table import Subjects

CASE = Subject(
    kind="case",
    parts=frozenset({"assignment", "forwarding"}),
    column="case_id",
    lock=work.lock,
    free=work.free,
    noted=work.noted,
    units=work.units,
    standing=standing.standing,
    known=knowing.known,
    listed=knowing.listed,
    counted=knowing.counted,
    live=knowing.live,
    own=knowing.own,
    open_to={behaviours.REPEAT: knowing.not_shut_out},
    words=knowing.words,
    wrote=work.wrote,
    refreshed=work.refreshed,
    watches=behaviours.WATCHES,
)
# For pages about one case, on which nothing else is shown.
CASES = Subjects((CASE,))
