"""What people see of one case: its page, the pages of its steps, its papers to print."""

from tracker.cases.queries.detail.head import Head
from tracker.cases.queries.detail.page import CasePage, Deciding, case_page, deciding
from tracker.cases.queries.detail.people import opened
from tracker.cases.queries.detail.prints import case_days, case_slip, close_out_sheet
from tracker.cases.queries.detail.step_page import StepPage, lines_since, start_words, step_page

__all__ = [
    "CasePage",
    "Deciding",
    "Head",
    "StepPage",
    "case_days",
    "case_page",
    "case_slip",
    "close_out_sheet",
    "deciding",
    "lines_since",
    "opened",
    "start_words",
    "step_page",
]
