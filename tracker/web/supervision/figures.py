"""What the figures of supervision pages count, in words: what is not counted is said, and never called none."""

from tracker.people.rules import Permission, Role
from tracker.web.frame.access import may, reader


def counted_words() -> str:
    """Return which matters figures count for the reader; "" where they count all."""
    if may(Permission.READ_CASES):
        return "只算您可以查看的信访事项"
    return "" if reader().holds(Role.AUDITOR) else "不含内部编号的信访事项"
