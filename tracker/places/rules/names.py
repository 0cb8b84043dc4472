"""Codes and names of places: what a 12-digit code says, and what people call the place. Pure."""

import re
import unicodedata
from collections.abc import Iterable

LEVEL_NAMES = {1: "省级", 2: "市级", 3: "县级", 4: "乡镇（街道）级", 5: "村（社区）级"}
COUNTY_LEVEL = 3
TOWN_LEVEL = 4
VILLAGE_LEVEL = 5
CODE_LENGTH = 12
LONGEST_NAME = 60
LONGEST_KEY = 500
# How many leading digits belong to each level (GB/T 2260, GB/T 10114, 统计用区划代码).
WIDTHS = {1: 2, 2: 4, 3: 6, 4: 9, 5: 12}
# The statistics bureau numbers villages below 900: from here on the office numbers what has no code yet.
FIRST_PROVISIONAL = 900

_DIGITS = re.compile(r"[0-9]{12}")
_SPOILT = re.compile(r"[0-9.]+[eE]\+?[0-9]+|[0-9]+\.0*")
_COMMITTEES = ("村民委员会", "村委员会", "村委会")
_RESIDENTS = ("居民委员会", "居委会")
_VILLAGE_STEMS = ("社区", "居委会", "嘎查", "村")
_TOWN_STEMS = ("街道", "镇", "乡")


def code_error(code: str) -> str | None:
    """Return what is wrong with a code, or None: it is twelve digits, as a string."""
    if _DIGITS.fullmatch(code):
        return None if level_of(code) else f"代码“{code}”不是区划代码"
    if _SPOILT.fullmatch(code):
        return f"代码“{code[:20]}”被表格软件改成了数值，请把该列设为文本后重新导出"
    return f"代码“{code[:20]}”应为 12 位数字"


def level_of(code: str) -> int:
    """Return the level that the trailing zeros of a code say; 0 for a code that begins with zeros."""
    if code[:2] == "00":
        return 0
    return next(level for level, width in WIDTHS.items() if not code[width:].strip("0"))


def parent_code_of(code: str) -> str | None:
    """Return the code one level up; None for a province. (东莞的镇直属于市：the county digits are zeros.)"""
    level = level_of(code)
    return code[: WIDTHS[level - 1]].ljust(CODE_LENGTH, "0") if level > 1 else None


def prefix_of(code: str) -> str:
    """Return the digits that everything below a place begins with."""
    return code[: WIDTHS[level_of(code)]]


def name_error(name: str) -> str | None:
    """Return what is wrong with a name, or None."""
    if not name:
        return "没有名称"
    if len(name) > LONGEST_NAME:
        return f"名称超过 {LONGEST_NAME} 个字"
    if not name.isprintable() or name != name.strip():
        return "名称里有不能显示的字符"
    return None


def short_name(name: str, level: int) -> str:
    """Return what people say: 上庄村委会 → 上庄村, 西关社区居民委员会 → 西关社区, 城关街道办事处 → 城关街道.

    A word is dropped only where the rest still says what the place is: 北街居委会 stays, beside 北街村.
    """
    if level == VILLAGE_LEVEL:
        return _short_village(name)
    return name.removesuffix("办事处") if name.endswith("街道办事处") else name


def _short_village(name: str) -> str:
    for ending in _COMMITTEES:
        stem = name.removesuffix(ending)
        if stem and stem != name:
            return stem if stem.endswith(("村", "社区", "嘎查")) else f"{stem}村"
    for ending in _RESIDENTS:
        stem = name.removesuffix(ending)
        if stem and stem != name:
            return stem if stem.endswith("社区") else f"{stem}居委会"
    return name


def stem(name: str, level: int) -> str:
    """Return a name without the kind of place, to know one again under a new code: 上庄村委会, 上庄社区 → 上庄."""
    short = short_name(name, level)
    for ending in _VILLAGE_STEMS if level == VILLAGE_LEVEL else _TOWN_STEMS:
        cut = short.removesuffix(ending)
        if cut and cut != short:
            return cut
    return short


def search_key(name: str, short: str, initials: str, former: Iterable[str] = ()) -> str:
    """Return everything a place is found by, a space before each: its names, the initials, what it was called."""
    parts = dict.fromkeys((name, short, initials, *former))
    return folded("".join(f" {part}" for part in parts))[:LONGEST_KEY]


def folded(text: str) -> str:
    """Return text as it is compared when searching: full-width and capital letters make no difference."""
    return unicodedata.normalize("NFKC", text).casefold()
