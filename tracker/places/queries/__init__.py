"""What people see of places."""

from tracker.places.queries.editions import plan, shipped_rows
from tracker.places.queries.search import Found, resolve_village, search_places, search_villages
from tracker.places.queries.tree import (
    County,
    Label,
    ancestors,
    by_code,
    children,
    counties,
    former_names,
    labels,
    merged_places,
    name_on,
    place_label,
    place_of,
    subtree,
    subtree_ids,
    successor,
    versions,
    villages_by_town,
)

__all__ = [
    "County",
    "Found",
    "Label",
    "ancestors",
    "by_code",
    "children",
    "counties",
    "former_names",
    "labels",
    "merged_places",
    "name_on",
    "place_label",
    "place_of",
    "plan",
    "resolve_village",
    "search_places",
    "search_villages",
    "shipped_rows",
    "subtree",
    "subtree_ids",
    "successor",
    "versions",
    "villages_by_town",
]
