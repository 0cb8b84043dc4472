"""How a draft of an act ends (拟稿的去向). Pure."""

from enum import StrEnum


class DraftOutcome(StrEnum):
    """Signed, returned with a reason, replaced by a later version, or pointless because the matter moved on."""

    SIGNED = "signed"
    RETURNED = "returned"
    REPLACED = "replaced"
    POINTLESS = "pointless"
