"""What people see of one case: its page, the pages of its steps, its papers to print."""

from tracker.cases.page.head import Head
from tracker.cases.page.page import CasePage, Deciding, case_page, deciding
from tracker.cases.page.people import opened
from tracker.cases.page.prints import case_days, case_slip, close_out_sheet
from tracker.cases.page.step_page import StepPage, lines_since, start_words, step_page

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
