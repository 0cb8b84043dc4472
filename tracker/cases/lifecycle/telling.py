"""Telling people of new work (新的待办): the notices of a step, by its row, in its transaction."""

from datetime import datetime, timedelta

from tracker.cases.lifecycle.step_clocks import Taking
from tracker.cases.record.models import CaseStep
from tracker.notifications.service import announce
from tracker.reminders.ladder.rules.rungs import POST_LABELS
from tracker.reminders.telling.recipients import NEW_TASK, NEW_WORK
from tracker.working_days.queries import calendar


def tell_of_work(step: Taking, line: CaseStep) -> None:
    """Write the notices of a step for those who must act now; they leave with the hour, and only where still due."""
    work = step.row.tells
    if work is None:
        return
    posts = work.posts(with_unit=step.case.assignment is not None)
    clock = step.started[-1] if work.its_clock and step.started else None
    days = calendar()
    waits = "" if work.lasting else f"，现在等{'、'.join(POST_LABELS[post] for post in posts)}"
    for post in posts:
        announce(
            f"work:{line.id}:{post.value}",
            now=step.now,
            days=days,
            earliest=end_of_hour(step.now),
            source=NEW_TASK if work.lasting else NEW_WORK,
            source_id=line.id,
            case_id=step.case.id,
            deadline_id=clock.id if clock else None,
            told=post.value,
            heading=work.heading,
            why=f"{step.unit}{step.by.name}办理了“{step.row.label}”{waits}。",
            asked=work.asked,
        )


def end_of_hour(now: datetime) -> datetime:
    """Return the next full hour: what comes to a desk within an hour comes together."""
    return now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
