"""Masks for lists, and what looks wrong with a number. Pure.

In lists and on the case page a petitioner is 张*, 140***********1234, 138****1234 and an address as far as the village;
a reader who needs more opens it, on the record.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

MAIN = "main"
STAR = "*"
LONGEST = {"name": 60, "identity_no": 30, "phone": 40, "address": 200}
FIELD_LABELS = {"name": "姓名", "identity_no": "身份证号", "phone": "电话", "address": "住址"}

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"
_RESIDENT = re.compile(r"[1-9]\d{16}[\dX]")
_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"(?:0\d{2,3})?[2-9]\d{6,7}")
_HOTLINE = re.compile(r"(?:1\d{2,4}|[48]00\d{7})")
# What somebody looks for that may be a telephone's or a document's number, as `compact_number` gives it: a residents'
# one, a passport's. Shorter ones name nobody.
_WHOLE_NUMBER = re.compile(r"\d{7,18}[\dX]?|[A-Z]{1,2}\d{7,8}")
# Where such a number may stand among words; behind letters and a dash stands one of the register.
_NUMBER_IN_WORDS = re.compile(r"(?<![A-Za-z\d\-])(?:\+|[A-Za-z]{1,2}(?=\d)|\((?=\d))?\d[\d\s\-—–()]*[Xx]?")
# How far an address may be read: as far as its first village, else township, else county.
_VILLAGE_ENDS = (r"^.*?(?:村|社区|居委会)", r"^.*?(?:镇|乡|街道)", r"^.*?(?:县|区|市)")


def compact_number(text: str) -> str:
    """Return a number as it is compared: plain digits and capitals, without spaces and dashes, a phone without +86."""
    kept = re.sub(r"[\s\-—–()]", "", unicodedata.normalize("NFKC", text).upper())
    return re.sub(r"^(?:\+|00)86", "", kept)


@dataclass(frozen=True)
class NumbersInWords:
    """What somebody looks for: the whole numbers in it as they are compared, the other words, all of it for showing."""

    numbers: tuple[str, ...]
    rest: str
    masked: str


def numbers_in(words: str) -> NumbersInWords:
    """Find telephone and document numbers (电话、证件号) among words, however written: 138 0000 1234, +86-138…."""
    folded = unicodedata.normalize("NFKC", words)
    numbers: list[str] = []
    rest, masked, end = "", "", 0
    for found in _NUMBER_IN_WORDS.finditer(folded):
        whole = [found.group()] if _is_whole(found.group()) else found.group().split(" ")
        between = folded[end : found.start()]
        rest += between + " ".join("" if _is_whole(each) else each for each in whole)
        masked += between + " ".join(_covered(each) if _is_whole(each) else each for each in whole)
        numbers += [compact_number(each) for each in whole if _is_whole(each)]
        end = found.end()
    return NumbersInWords(tuple(numbers), rest + folded[end:], masked + folded[end:])


def _is_whole(written: str) -> bool:
    return _WHOLE_NUMBER.fullmatch(compact_number(written)) is not None


def _covered(written: str) -> str:
    number = masked_phone(written) if len(compact_number(written)) < 12 else masked_identity_no(written)
    return number + " " * (len(written) - len(written.rstrip()))


def masked_name(name: str | None) -> str:
    """Return 张* for 张建国: the surname's first character tells the matter's clerk enough, and nobody else much."""
    return f"{name.strip()[0]}{STAR}" if name and name.strip() else ""


def masked_identity_no(number: str | None) -> str:
    """Return 140***********1234; a number too short to be one is covered whole."""
    kept = compact_number(number or "")
    if len(kept) < 12:
        return STAR * len(kept)
    return f"{kept[:3]}{STAR * (len(kept) - 7)}{kept[-4:]}"


def masked_phone(number: str | None) -> str:
    """Return 138****1234; of another number the last three digits."""
    kept = compact_number(number or "")
    if _MOBILE.fullmatch(kept):
        return f"{kept[:3]}{STAR * 4}{kept[-4:]}"
    return STAR * len(kept) if len(kept) < 7 else f"{STAR * (len(kept) - 3)}{kept[-3:]}"


def masked_address(address: str | None) -> str:
    """Return an address as far as the village or township (上庄村***): group, lane and house are covered."""
    if not address or not address.strip():
        return ""
    for ending in _VILLAGE_ENDS:
        found = re.match(ending, address.strip())
        if found and found.end() < len(address.strip()):
            return f"{found.group()}{STAR * 3}"
        if found:
            return found.group()
    return STAR * 3


def identity_no_warning(number: str | None, *, today: date) -> str | None:
    """Return what looks wrong with an identity number (GB 11643), or None.

    A warning, never a refusal: the office writes down what the letter says, and passports are numbers too.
    """
    kept = compact_number(number or "")
    if not kept:
        return None
    if not _RESIDENT.fullmatch(kept):
        return "不是 18 位居民身份证号，请核对；其他证件号码可以照样保存。"
    if _birthday(kept, today) is None:
        return "身份证号第 7 至 14 位不是有效的出生日期，请核对。"
    if _check_digit(kept) != kept[-1]:
        return "身份证号的校验位不对，可能写错了一位，请核对。"
    return None


def _birthday(number: str, today: date) -> date | None:
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None
    return born if date(1890, 1, 1) <= born <= today else None


def _check_digit(number: str) -> str:
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], _WEIGHTS, strict=True))
    return _CHECK_DIGITS[total % 11]


def phone_warning(number: str | None) -> str | None:
    """Return what looks wrong with a telephone number, or None. A warning, never a refusal."""
    kept = compact_number(number or "")
    if not kept or any(form.fullmatch(kept) for form in (_MOBILE, _LANDLINE, _HOTLINE)):
        return None
    if kept.isdecimal() and kept.startswith("1"):
        return f"手机号应为 11 位，现在是 {len(kept)} 位，请核对。"
    return "看起来不是电话号码，请核对；座机请带区号。"
