"""SUBJECTS: everything that clocks are about. Who adds a kind of thing adds its row here, and the timer follows."""

from tracker.cases.subject.case import CASE
from tracker.common_problems.subject import COMMON_PROBLEM, IMPROVEMENT_ADVICE
from tracker.key_villages.control_subject import CONTROL_TASK
from tracker.key_villages.subject import VILLAGE, VILLAGE_FINDING, VILLAGE_LOOK_BACK, VILLAGE_PROBLEM
from tracker.reminders.subjects.table import Subjects
from tracker.reports.issues.subject import REPORT_FILING
from tracker.suggestions.subject import DEPUTY_SUGGESTION, SUGGESTION_PROMISE
from tracker.supervision.papers.subjects import INSTRUCTION, ORDER
from tracker.upward.subject import UPWARD_REPORT

SUBJECTS = Subjects(
    (
        *(CASE, VILLAGE, VILLAGE_PROBLEM, VILLAGE_FINDING, VILLAGE_LOOK_BACK, CONTROL_TASK),
        *(DEPUTY_SUGGESTION, SUGGESTION_PROMISE, COMMON_PROBLEM, IMPROVEMENT_ADVICE, REPORT_FILING),
        *(UPWARD_REPORT, ORDER, INSTRUCTION),
    )
)
