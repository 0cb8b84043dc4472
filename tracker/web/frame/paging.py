"""Long lists: in pages (第 x 页), everything in the address; and the rows that were ticked in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from urllib.parse import urlencode

from flask import request

from tracker.core.errors import DomainError

PAGE_SIZE = 50


@dataclass(frozen=True)
class Paging:
    """What `t.pages` shows: which page of how many, which rows, the addresses of its neighbours."""

    number: int
    total: int
    size: int = PAGE_SIZE

    @property
    def count(self) -> int:
        """How many pages there are, at least one."""
        return max(1, ceil(self.total / self.size))

    @property
    def first(self) -> int:
        """The number of the first row of the page."""
        return (self.number - 1) * self.size + 1

    @property
    def last(self) -> int:
        """The number of the last row of the page."""
        return min(self.number * self.size, self.total)

    @property
    def previous_href(self) -> str:
        """The address of the page before, or ""."""
        return page_href(min(self.number - 1, self.count)) if self.number > 1 else ""

    @property
    def next_href(self) -> str:
        """The address of the page after, or ""."""
        return page_href(self.number + 1) if self.number < self.count else ""


def page_href(number: int) -> str:
    """Return the address of the present list at another page."""
    asked = [(name, value) for name, value in request.args.items(multi=True) if name != "page"]
    return f"{request.path}?{urlencode([*asked, ('page', number)])}"


def ticked(given: Sequence[str], most: int, what: str) -> list[str]:
    """Return the matters that were ticked in the ledger, each once; `what` is to be done with them.

    Raises DomainError where there are none, or more than `most`.
    """
    chosen = list(dict.fromkeys(filter(None, given)))
    if not chosen:
        raise DomainError(f"还没有选中信访事项：请在台账里勾选要{what}的件。")
    if len(chosen) > most:
        raise DomainError(f"一次最多{what} {most} 件，现在选中 {len(chosen)} 件，请分批办理。")
    return chosen
