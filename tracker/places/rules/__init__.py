"""Places by rule: codes, names, the file of codes, and what an import would do. Pure."""

from tracker.places.rules.files import FileRefused, PlaceFile, Row, read_file
from tracker.places.rules.names import (
    CODE_LENGTH,
    COUNTY_LEVEL,
    FIRST_PROVISIONAL,
    TOWN_LEVEL,
    VILLAGE_LEVEL,
    code_error,
    folded,
    level_of,
    name_error,
    parent_code_of,
    prefix_of,
    search_key,
    short_name,
    stem,
)
from tracker.places.rules.plan import CHANGE_LABELS, WRITTEN, Change, Known, Plan, PlannedChange, import_plan

__all__ = [
    "CHANGE_LABELS",
    "CODE_LENGTH",
    "COUNTY_LEVEL",
    "FIRST_PROVISIONAL",
    "TOWN_LEVEL",
    "VILLAGE_LEVEL",
    "WRITTEN",
    "Change",
    "FileRefused",
    "Known",
    "PlaceFile",
    "Plan",
    "PlannedChange",
    "Row",
    "code_error",
    "folded",
    "import_plan",
    "level_of",
    "name_error",
    "parent_code_of",
    "prefix_of",
    "read_file",
    "search_key",
    "short_name",
    "stem",
]
