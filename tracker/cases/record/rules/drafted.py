"""How far a draft of an act is, and how it ends (拟稿的审批、去向). Pure."""

from enum import StrEnum


class DraftOutcome(StrEnum):
    """Signed, returned with a reason, replaced by a later version, or pointless because the matter moved on."""

    SIGNED = "signed"
    RETURNED = "returned"
    REPLACED = "replaced"
    POINTLESS = "pointless"


class DraftStage(StrEnum):
    """Drafted, referred to the main leaders by the head, approved by one of them (拟稿、报请审批、已审批)."""

    DRAFTED = "drafted"
    REFERRED = "referred"
    APPROVED = "approved"
