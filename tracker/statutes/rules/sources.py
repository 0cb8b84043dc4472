"""Where a basis can come from (依据的来源), and in which editions each statute held. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Source(StrEnum):
    """What a basis can stand in: a statute, the notice of the higher level, the office's own rules, a paper at hand."""

    PETITIONS = "petitions"
    VILLAGES = "villages"
    RECONSIDERATION = "reconsideration"
    DEPUTIES = "deputies"
    NOTICE = "notice"
    OFFICE = "office"
    PAPER = "paper"


@dataclass(frozen=True)
class Names:
    """The title of a source, and how it is called inside a sentence."""

    title: str
    short: str


SOURCES: dict[Source, Names] = {
    Source.PETITIONS: Names("《信访工作条例》", "条例"),
    Source.VILLAGES: Names("《村民委员会组织法》", "村民委员会组织法"),
    Source.RECONSIDERATION: Names("《行政复议法》", "行政复议法"),
    Source.DEPUTIES: Names("《全国人民代表大会和地方各级人民代表大会代表法》", "代表法"),
    Source.NOTICE: Names("换届信访工作通知", "换届信访工作通知"),
    Source.OFFICE: Names("本单位规定", "本单位规定"),
    Source.PAPER: Names("文书或者事实", "文书或者事实"),
}
# Sources with articles and editions; what the others say is no law.
STATUTES = (Source.PETITIONS, Source.VILLAGES, Source.RECONSIDERATION, Source.DEPUTIES)


@dataclass(frozen=True)
class Edition:
    """An edition of a statute (条文版本): its name, and the day from which it is in force (None: not known here).

    `held` names the file of its text; empty where the text is not held (引用，未存文本).
    """

    source: Source
    name: str
    since: date | None
    held: str = ""


# The earlier first: an edition ends on the day before the next one begins.
EDITIONS: tuple[Edition, ...] = (
    Edition(Source.PETITIONS, "2022年公布", date(2022, 5, 1), held="xinfang-tiaoli-2022.md"),
    Edition(Source.VILLAGES, "2018年修正", None, held="cunweihui-zuzhifa-2018.md"),
    Edition(Source.VILLAGES, "2025年修订", date(2026, 1, 1)),
    Edition(Source.RECONSIDERATION, "2023年修订", date(2024, 1, 1), held="xingzheng-fuyifa-2023.md"),
    Edition(Source.DEPUTIES, "2025年修正", date(2025, 3, 12)),
)
_DIGITS = "零一二三四五六七八九"


def chinese(number: int) -> str:
    """Return a whole number from 1 to 999 as articles are numbered: 二十三, 一百零五."""
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    words = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        words += f"{_DIGITS[tens]}十" if tens > 1 or hundreds else "十"
    elif hundreds and ones:
        words += "零"
    return words + (_DIGITS[ones] if ones else "")


@dataclass(frozen=True)
class ArticlePlace:
    """Where a provision stands: article, paragraph (款, 0: the whole article), items (项, 0: all of them)."""

    article: int
    paragraph: int = 0
    first_item: int = 0
    last_item: int = 0

    @property
    def words(self) -> str:
        """第三十一条第一项至第五项."""
        return "".join(self._parts())

    @property
    def items(self) -> range:
        """The numbers of its items; empty where all belong to it."""
        return range(self.first_item, (self.last_item or self.first_item) + 1) if self.first_item else range(0)

    def _parts(self) -> Iterator[str]:
        yield f"第{chinese(self.article)}条"
        if self.paragraph:
            yield f"第{chinese(self.paragraph)}款"
        if self.first_item:
            yield f"第{chinese(self.first_item)}项"
        if self.last_item:
            yield f"至第{chinese(self.last_item)}项"
