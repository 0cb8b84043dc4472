"""What people do with places: import editions of the codes, and decide what the list does not say yet."""

from tracker.places.service.editions import check_edition, import_places
from tracker.places.service.villages import add_place, merge_villages, recode_village, rename_place, undo_merge

__all__ = [
    "add_place",
    "check_edition",
    "import_places",
    "merge_villages",
    "recode_village",
    "rename_place",
    "undo_merge",
]
