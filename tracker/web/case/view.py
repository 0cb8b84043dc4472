"""What the pages of one case share: the addresses that its head leads to."""

from dataclasses import dataclass

from flask import current_app, url_for

from tracker.cases.page import Head

VILLAGE_PAGE = "villages.village"


@dataclass(frozen=True)
class HeadLinks:
    """The places of a case and its tags with their addresses, "" where they lead nowhere; for the macro `c.head`."""

    places: list[tuple[str, str]]
    tags: list[tuple[str, str, str]]


def head_links(head: Head) -> HeadLinks:
    """Return where the head of a case leads: to its places and to the cases it names."""
    places = [(part.name, place_href(part.public_id)) for part in head.place]
    if head.place_note:
        places.append((head.place_note, ""))
    tags = [(tag.text, tag.kind, url_for("cases.detail", public_id=tag.case) if tag.case else "") for tag in head.tags]
    return HeadLinks(places, tags)


def place_href(public_id: str) -> str:
    """Return the address of a place's page, or "" while there is none."""
    return url_for(VILLAGE_PAGE, public_id=public_id) if VILLAGE_PAGE in current_app.view_functions else ""
