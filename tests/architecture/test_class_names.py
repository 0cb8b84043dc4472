"""One name for one thing: no public class name stands twice in the program (docs/glossary.md decides)."""

import ast
from collections import defaultdict
from collections.abc import Iterable

from tests.architecture.sources import Source, program


def said_twice(sources: Iterable[Source]) -> dict[str, list[str]]:
    """Return the names of public classes that are defined in more than one place, with the places."""
    places: dict[str, list[str]] = defaultdict(list)
    for source in sources:
        for node in source.tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(source.at(node.lineno))
    return {name: found for name, found in places.items() if len(found) > 1}


def test_a_name_for_two_things_is_found() -> None:
    one, other = Source("tracker/a.py", "class Notice:\n    pass"), Source("tracker/b.py", "class Notice:\n    pass")
    private = Source("tracker/c.py", "class _Notice:\n    pass")
    assert said_twice([one, other, private]) == {"Notice": ["tracker/a.py:1", "tracker/b.py:1"]}
    assert said_twice([one, private]) == {}


def test_no_public_class_name_means_two_things() -> None:
    assert said_twice(program()) == {}
