"""What people see of departments, accounts and posts, and who is asking."""

from tracker.people.queries.accounts import (
    PAGE_SIZE,
    UserList,
    account_named,
    held_on,
    holders,
    names_by_id,
    post_by_public_id,
    sessions_of,
    staff_numbers,
    staff_of,
    user_by_public_id,
    users,
)
from tracker.people.queries.departments import (
    Node,
    active_departments,
    department_by_public_id,
    department_tree,
    in_office,
    line_of,
    sibling_named,
    successors_of,
    valid_department_on,
)
from tracker.people.queries.readers import (
    chains,
    live_session,
    reader_for,
)
from tracker.people.queries.versions import version_of

__all__ = [
    "Node",
    "PAGE_SIZE",
    "UserList",
    "account_named",
    "active_departments",
    "chains",
    "department_by_public_id",
    "department_tree",
    "held_on",
    "holders",
    "in_office",
    "line_of",
    "live_session",
    "names_by_id",
    "post_by_public_id",
    "reader_for",
    "sessions_of",
    "sibling_named",
    "staff_numbers",
    "staff_of",
    "successors_of",
    "user_by_public_id",
    "users",
    "valid_department_on",
    "version_of",
]
