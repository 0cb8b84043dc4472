"""The texts of the statutes that the program holds, unchanged, one file for each edition.

Texts of law carry no copyright (著作权法 §5). An article begins a line with 第…条; what follows are its paragraphs
(款), and lines that begin with （一） are items (项) of the paragraph before them.
"""

import re
from functools import cache
from pathlib import Path

from tracker.statutes.rules.sources import ArticlePlace, chinese

FOLDER = Path(__file__).parent
_ARTICLE = re.compile(r"第[〇零一二三四五六七八九十百]+条(之[一二三四五六七八九十]+)?(?=\s)")
_ITEM = re.compile(r"（([一二三四五六七八九十]+)）")
_HEADING = "#"


@cache
def articles(file: str) -> dict[str, list[str]]:
    """Return the lines of each article of a text, under its number in words."""
    found: dict[str, list[str]] = {}
    lines: list[str] | None = None
    for line in (FOLDER / file).read_text(encoding="utf-8").splitlines():
        if line.startswith(_HEADING):
            lines = None
        elif begun := _ARTICLE.match(line):
            lines = found.setdefault(begun.group(), [])
            line = line[begun.end() :]
        if lines is not None and line.strip():
            lines.append(line.strip())
    return found


def line_of(file: str, place: ArticlePlace) -> str:
    """Return what stands at a place of a text, paragraphs on lines of their own.

    Raises LookupError where the text has no such article, paragraph or item.
    """
    lines = articles(file)[f"第{chinese(place.article)}条"]
    paragraphs: list[list[str]] = []
    for line in lines:
        if _ITEM.match(line) and paragraphs:
            paragraphs[-1].append(line)
        else:
            paragraphs.append([line])
    chosen = paragraphs if not place.paragraph else [paragraphs[place.paragraph - 1]]
    if not place.first_item:
        return "\n".join(line for paragraph in chosen for line in paragraph)
    head, items = chosen[0][0], {_number(line): line for line in chosen[0][1:]}
    return "\n".join([head, *(items[chinese(number)] for number in place.items)])


def _number(line: str) -> str:
    found = _ITEM.match(line)
    return found.group(1) if found else ""
