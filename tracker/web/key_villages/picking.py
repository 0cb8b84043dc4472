"""What the forms of difficult villages share: whom a choice of unit and person means, which version was shown."""

from typing import Any

from tracker.core.errors import DomainError


def owner_of(form: Any) -> tuple[int, int]:
    """Return the ids of unit and person that the field `owner` has: 3-12."""
    unit, _, owner = form.owner.chosen.partition("-")
    return int(unit), int(owner)


def version_of(form: Any) -> int | None:
    """Return the version that the page of a form showed; None where it sent none."""
    version = form["version"].data
    return int(version) if version and version.isdigit() else None


def whole(text: str, field: str) -> int:
    """Return the whole number that was typed; raises DomainError at the field for anything else."""
    if not (text.isascii() and text.isdigit()):
        raise DomainError("请填写整数，如 0、3。", field=field)
    return int(text)
