"""The tables of cases."""

from tracker.cases.record.models.act_draft import ActDraft
from tracker.cases.record.models.bulk_reading import BulkReading
from tracker.cases.record.models.case import (
    IN_HAND,
    AccusedParty,
    Case,
    Category,
    DemandPoint,
    NamedReader,
    OfficeCode,
    RegisterCounter,
    TransferredNumber,
)
from tracker.cases.record.models.case_request import CaseRequest
from tracker.cases.record.models.close_out import CallBack, CaseSample, ChecklistTick, CloseOutDecision, LookBack
from tracker.cases.record.models.drafted import OrderDraft
from tracker.cases.record.models.handling import (
    Assignment,
    Attachment,
    CaseStep,
    Document,
    Forwarding,
    LeaderReport,
    LeaderReportReceipt,
    Objection,
    Review,
)
from tracker.cases.record.models.intake import Draft, ImportRun, NotedUpload, Submission
from tracker.cases.record.models.query_code import QueryCode
from tracker.cases.record.models.recount import RecountedCase, RecountedClock

__all__ = [
    "IN_HAND",
    "AccusedParty",
    "ActDraft",
    "Assignment",
    "Attachment",
    "BulkReading",
    "CallBack",
    "Case",
    "CaseRequest",
    "CaseSample",
    "CaseStep",
    "Category",
    "ChecklistTick",
    "CloseOutDecision",
    "DemandPoint",
    "Document",
    "Draft",
    "Forwarding",
    "ImportRun",
    "LeaderReport",
    "LeaderReportReceipt",
    "LookBack",
    "NamedReader",
    "NotedUpload",
    "Objection",
    "OfficeCode",
    "OrderDraft",
    "QueryCode",
    "RecountedCase",
    "RecountedClock",
    "RegisterCounter",
    "Review",
    "Submission",
    "TransferredNumber",
]
