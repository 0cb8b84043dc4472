"""Whether somebody else changed a row since a page showed it."""

from tracker.core.errors import StaleVersion
from tracker.people.models import Department, User
from tracker.people.queries import version_of


def refuse_stale(row: User | Department, seen: str | None) -> None:
    """Refuse to write over what somebody else saved meanwhile (页面已过期). The row must be locked.

    Raises StaleVersion.
    """
    if seen is not None and seen != version_of(row):
        raise StaleVersion("您打开这一页之后，别人改过这条记录。下面已列出现在的内容，请核对后再保存。")
