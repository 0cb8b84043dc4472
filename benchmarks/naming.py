"""Whom letters mean: figures on spellings, a grid of all people and forms, the demonstration, and a file of one's own.

`python -m benchmarks.naming` prints them together; TRACKER_LETTERS names a folder with csv files (.csv, .csv.gz) that
have the columns 留言主题 and 留言详情.
"""

import csv
import gzip
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from types import SimpleNamespace

from tracker.cases.access.naming.directory import OfficeDirectory
from tracker.cases.access.naming.known import directory_from
from tracker.cases.access.naming.meaning import Match, PostDays
from tracker.cases.access.naming.reading import accusing_words, entry_meaning, mentions_in
from tracker.demo.matters import COMMITTEE, GENERAL, PARTY_BRANCH
from tracker.demo.staff import PEOPLE, SINCE, UNITS, Person
from tracker.people.rules import EXCLUSIVE_ROLES, Tenure

LETTERS = "TRACKER_LETTERS"
DAYS = PostDays(date(2026, 11, 1), date(2026, 11, 1))
UNIT_IDS = {unit.key: number for number, unit in enumerate(UNITS, 1)}
USER_IDS = {person.username: number for number, person in enumerate(PEOPLE, 1)}
NAMED = {unit.key: unit for unit in UNITS}

# Who is meant, by sign-in name or key of the unit, and the ways to write it.
SPELLINGS: dict[str, str] = {
    "zhangjianjun": (
        "张建军 张　建军 张·建军 张建军等人 民政局局长张建军 阳城县民政局局长张建军 县民政局张建军 "
        "张建军局长 县民政局局长 民政局局长 阳城县民政局局长 县民政局张局长 民政局张局长 张局长 "
        "民政局一把手张建军 局长张建军 張建軍 張局長 縣民政局局長 张建君 张健军 张建钧 章建军 "
        "ZhangJianjun zhangjianjun JianjunZhang 张某军 县民政局张某军 县民政局张某 民政局张某某 "
        "原县民政局局长 时任民政局局长 民政局原局长张建军 县民政局党组书记张建军 民政局局长张某某"
    ),
    "civil": (
        "县民政局 民政局 阳城县民政局 县民政局领导 民政局班子成员 县民政局领导班子 民政局干部 "
        "民政局工作人员 县民政局副局长 民政局李副局长 县民政局一把手 民政局主要负责人 民政局会计 "
        "县民政局王局长"
    ),
    "wanghaiyan": (
        "王海燕 县民政局王海燕 王股长 民政局王股长 基层政权股股长 县民政局基层政权股股长王海燕 王海雁 WangHaiyan 王某燕"
    ),
    "zhoujianguo": (
        "周建国 信访局局长 县信访局局长 阳城县信访局局长 周局长 信访局周局长 信访局局长周建国 信访局周某国 周建國"
    ),
    "office": ("信访局 县信访局 阳城县信访局 信访局领导 信访办 信访局班子成员 信访局工作人员 信访局副局长"),
    "lixiaomei": ("李晓梅 信访局李晓梅 信访局受理员李晓梅 李小梅 LiXiaomei 李某梅 李曉梅"),
    "linyiming": ("林一鸣 县委书记 阳城县委书记 林书记 县委林书记 县委书记林一鸣 林一鳴 林一明 林某鸣"),
    "gaoyuan": ("县长高远 高县长 阳城县县长 县长 高远"),
    "chenzhiyuan": ("陈副县长 副县长陈志远 陈志远 副县长 陈志元 陳志遠"),
    "county": ("县委 县政府 阳城县委 阳城县政府 阳城县人民政府 县委县政府 县委领导 县政府领导 县委班子成员"),
    "qinyue": ("秦部长 组织部部长 县委组织部部长 县委常委秦悦"),
    "wenkai": ("润城镇镇长 温镇长 润城镇温镇长 润城镇政府镇长 镇长温凯 温凯 润城镇镇长温凯"),
    "runcheng": (
        "润城镇政府 润城镇 润城镇人民政府 润城镇党委 润城镇党委书记 润城镇领导 润城政府 润城镇副镇长 润城镇班子成员"
    ),
    "yanbo": ("阎局长 交通局局长 县交通局阎局长 交通运输局局长"),
    "panlei": ("住建局局长 住建局潘局长 县住房和城乡建设局局长"),
    "shihong": ("生态环境局局长 县生态环境分局局长 史局长"),
    "discipline": ("县纪委 纪委书记 县纪委监委 纪委 县纪委领导"),
}
# Whom no directory tells: asked, so that nothing goes to anybody before it is settled.
ASKED = (
    "吴用",
    "上庄村支书",
    "村主任",
    "润城镇上庄村支书",
    "局长",
    "班子成员",
    "某局长",
    "环保局局长",
    "沁水县民政局局长",
    "冯某某",
    "老张",
    "王某",
)
TRADITIONAL = str.maketrans("张建军国马关陈远悦鸣晓温凯杰红强刘赵", "張建軍國馬關陳遠悅鳴曉溫凱傑紅強劉趙")
HOMOPHONES = str.maketrans(
    "军国浩强伟婷丽静敏梅远鸣凯芳野宇磊娜杰波红青瑞欣宁峰乐光燕斌明悦琳",
    "君帼皓墙玮亭莉靖闽眉元明恺方冶羽雷那洁播虹清锐昕柠风勒广艳彬铭月霖",
)


@dataclass(frozen=True)
class Asked:
    """One spelling, and whom it means: a user, a unit, or nobody that a directory tells (0 and 0)."""

    written: str
    user_id: int = 0
    unit_id: int = 0


Reading = Callable[[str], Match]


@cache
def demo_directory() -> OfficeDirectory:
    """Return whom letters to the demonstration's office may mean."""
    rows = [
        SimpleNamespace(
            id=UNIT_IDS[unit.key],
            name=unit.name,
            short_name=unit.short_name,
            kind=unit.kind,
            parent_id=UNIT_IDS.get(unit.parent or ""),
        )
        for unit in UNITS
    ]
    tenures = [Tenure(USER_IDS[p.username], UNIT_IDS[p.unit], p.role, p.title, SINCE, None) for p in PEOPLE]
    names = {USER_IDS[p.username]: [p.name, f"曾{p.name}"] for p in PEOPLE}
    return directory_from(UNIT_IDS["office"], rows, names, tenures)


def table() -> list[Asked]:
    """Return the spellings one by one."""
    known = ((key, word) for key, line in SPELLINGS.items() for word in line.split(" "))
    found = [Asked(word, USER_IDS.get(key, 0), UNIT_IDS.get(key, 0)) for key, word in known]
    return found + [Asked(word) for word in ASKED]


def _misheard(name: str) -> str:
    return name[0] + name[1:].translate(HOMOPHONES)


FORMS: tuple[Callable[[Person], str], ...] = (
    lambda p: f"{NAMED[p.unit].short_name}{p.title}",
    lambda p: f"{NAMED[p.unit].name.split()[0]}{p.title}",
    lambda p: f"{NAMED[p.unit].short_name}{p.name[0]}{p.title}",
    lambda p: f"{p.name[0]}{p.title}",
    lambda p: f"{p.title}{p.name}",
    lambda p: f"{NAMED[p.unit].short_name}{p.name}",
    lambda p: p.name.translate(TRADITIONAL),
    lambda p: f"{NAMED[p.unit].short_name}{p.title}{_misheard(p.name)}",
    lambda p: _misheard(p.name),
    lambda p: f"{NAMED[p.unit].short_name}{p.name[0]}某{p.name[-1]}",
    lambda p: f"曾{p.name}",
    lambda p: f"{NAMED[p.unit].short_name}领导班子",
)


def grid() -> Iterator[Asked]:
    """Yield every person who does case work in every form."""
    for person in PEOPLE:
        if person.role in EXCLUSIVE_ROLES:
            continue
        for form in FORMS:
            yield Asked(form(person), USER_IDS[person.username], UNIT_IDS[person.unit])


def in_the_field(written: str) -> Match:
    """Read a spelling as it stands in the field 被反映人."""
    return entry_meaning(written, "", demo_directory(), DAYS)


def in_a_text(written: str) -> Match:
    """Read a spelling inside a letter that accuses; raises LookupError where nobody is found named."""
    mentions = mentions_in(f"来信反映{written}挪用低保款，请查处。", demo_directory(), DAYS)
    if not mentions:
        raise LookupError(written)
    found = Match()
    for mention in mentions:
        found |= mention.match
    return found


def outcome(asked: Asked, reading: Reading) -> str:
    """Return found (they are shut out), asked (it goes to nobody before it is settled) or missed."""
    try:
        meant = reading(asked.written)
    except LookupError:
        return "missed"
    if not asked.user_id and not asked.unit_id:
        return "asked"
    shut_out = asked.user_id in meant.user_ids or (asked.unit_id or _unit_of(asked.user_id)) in meant.department_ids
    if shut_out:
        return "found"
    return "missed" if meant else "asked"


def _unit_of(user_id: int) -> int:
    return next((UNIT_IDS[p.unit] for p in PEOPLE if USER_IDS[p.username] == user_id), -1)


def figures(spellings: Iterable[Asked], reading: Reading) -> tuple[Counter[str], list[str]]:
    """Return how many were found, asked, missed, and which were missed."""
    counts: Counter[str] = Counter()
    missed = []
    for asked in spellings:
        result = outcome(asked, reading)
        counts[result] += 1
        if result == "missed":
            missed.append(asked.written)
    return counts, missed


def ordinary() -> Iterator[str]:
    """Yield the texts of the demonstration's ordinary claims."""
    for theme in (*COMMITTEE, *PARTY_BRANCH, *GENERAL):
        yield "。".join((theme.title, theme.summary, *theme.points)).format(v="上庄村")


def letters(folder: Path) -> Iterator[str]:
    """Yield title and text of each row of the csv files of a folder."""
    for path in sorted((*folder.glob("*.csv"), *folder.glob("*.csv.gz"))):
        opener = gzip.open if path.suffix == ".gz" else open
        with opener(path, "rt", encoding="utf-8-sig") as file:
            for row in csv.DictReader(file):
                if row.get("留言主题"):
                    yield f"{row['留言主题']}\n{row['留言详情']}"


@dataclass
class LetterFigures:
    """Of rows as an import reads them: how many are asked for, by word and by name; released by one click."""

    rows: int = 0
    by_word: int = 0
    by_name: int = 0
    asked: int = 0
    released: int = 0
    closed_unasked: int = 0


def read_letters(texts: Iterable[str]) -> LetterFigures:
    """Read rows as an import does. A row without purpose is closed only with its question (无一件直接密封)."""
    found = LetterFigures()
    for text in texts:
        word = bool(accusing_words(text))
        named = bool(mentions_in(text, demo_directory(), DAYS))
        found.rows += 1
        found.by_word += word
        found.by_name += named
        found.asked += word or named
        found.released += word and not named
    return found


def main() -> None:
    """Print all figures."""
    for name, spellings in (("table", table()), ("grid", list(grid()))):
        for place, reading in (("field", in_the_field), ("text", in_a_text)):
            counts, missed = figures(spellings, reading)
            print(f"{name} {place}: {len(spellings)} spellings, {dict(counts)}", *missed[:20])
    texts = list(ordinary())
    asked = sum(bool(mentions_in(text, demo_directory(), DAYS)) for text in texts)
    print(f"demonstration: {len(texts)} ordinary claims, {asked} asked")
    if folder := os.environ.get(LETTERS):
        print(read_letters(letters(Path(folder))))


if __name__ == "__main__":
    main()
