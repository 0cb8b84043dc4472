"""The tables of the ledger of difficult villages."""

from tracker.key_villages.models.ledger import VillageEntry, VillageLine, VillageLink, VillageProblem
from tracker.key_villages.models.people import VillageDuty, VillagePlan

__all__ = ["VillageDuty", "VillageEntry", "VillageLine", "VillageLink", "VillagePlan", "VillageProblem"]
