"""What the pages of one case share: its head with addresses, and the links of its places."""

from dataclasses import dataclass
from typing import Any

from flask import current_app, url_for

from tracker.cases.page import Head

VILLAGE_PAGE = "villages.village"


@dataclass(frozen=True)
class HeadView:
    """The head of a case as the macro `c.head` draws it."""

    head: Head
    places: list[tuple[str, str]]
    tags: list[tuple[str, str, str]]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.head, name)


def case_head(head: Head) -> HeadView:
    """Return the head of a case with the addresses of its places and of the cases it names."""
    places = [(part.name, place_href(part.public_id)) for part in head.place]
    if head.place_note:
        places.append((head.place_note, ""))
    tags = [(tag.text, tag.kind, url_for("cases.detail", public_id=tag.case) if tag.case else "") for tag in head.tags]
    return HeadView(head, places, tags)


def place_href(public_id: str) -> str:
    """Return the address of a place's page, or "" while there is none."""
    return url_for(VILLAGE_PAGE, public_id=public_id) if VILLAGE_PAGE in current_app.view_functions else ""
