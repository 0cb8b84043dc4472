"""Choices that several forms offer."""

from collections.abc import Iterable

from tracker.people.queries import Node


def department_choices(nodes: Iterable[Node], *, without: int | None = None) -> list[tuple[str, str]]:
    """Return departments for a select, by public id, set in by their depth; `without` leaves one out."""
    return [
        (node.department.public_id, "　" * node.depth + node.department.name)
        for node in nodes
        if node.department.id != without
    ]
