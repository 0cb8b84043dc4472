"""Long lists in pages: 第 x 页, everything in the address."""

from dataclasses import dataclass
from math import ceil
from urllib.parse import urlencode

from flask import request

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
