"""The tables of the ledger of difficult villages."""

from tracker.key_villages.models.checks import (
    CheckAnswer,
    CheckEdition,
    CheckTemplate,
    FilledCheck,
    TemplateItem,
    TemplateLine,
)
from tracker.key_villages.models.control import ControlLine, ControlTable, ControlTask
from tracker.key_villages.models.inspections import FindingLine, InspectedVillage, InspectionRound, VillageFinding
from tracker.key_villages.models.ledger import VillageEntry, VillageLine, VillageLink, VillageProblem
from tracker.key_villages.models.looking_back import LookBackSample, VillageLookBack
from tracker.key_villages.models.people import VillageDuty, VillagePlan
from tracker.key_villages.models.sponsorship import CaseSponsorship

__all__ = [
    "CaseSponsorship",
    "CheckAnswer",
    "CheckEdition",
    "TemplateItem",
    "TemplateLine",
    "CheckTemplate",
    "ControlLine",
    "ControlTable",
    "ControlTask",
    "FilledCheck",
    "FindingLine",
    "InspectedVillage",
    "InspectionRound",
    "LookBackSample",
    "VillageDuty",
    "VillageEntry",
    "VillageFinding",
    "VillageLine",
    "VillageLink",
    "VillageLookBack",
    "VillagePlan",
    "VillageProblem",
]
