"""One name for each thing (一事一名): words that the pages, messages, letters and exports do not use.

What the office reads is asked for: templates, scripts, the Chinese of the program; not comments and docstrings.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.sources import Source, program

ROOT = Path(__file__).parents[2]
# What is not said, and what is said instead.
FORBIDDEN = {
    r"信访件": "信访事项",
    r"(?<!贿选)案件": "信访事项",
    r"(?<!保)密级": "保密级别（密级是保守国家秘密法的词）",
    r"任岗|离岗": "任职、离任",
    r"在走|正在走": "正在计算",
    r"迟发": "补发",
    r"(?<!达)到点": "到期、定时",
    r"承继": "继续行使职权的单位（条例第二十四条第二款）",
    r"贵单位": "本单位、你单位",
    r"撤销导入": "撤销读入（导入只指导入其他途径）",
    r"回头看：稳定": "未反弹",
    r"(?<!信访)处理意见书": "信访处理意见书（条例第三十二条第一款），或者答复的文书",
    r"移交纪检(?!监察机关)|纪检部门": "移交纪检监察机关",
    r"选民": "登记参加选举的村民（村民委员会组织法第十四条）",
    r"你单位": "本单位（你单位只用在发给承办单位的文书里）",
}
# What people of the demonstration county typed says these as people do.
TYPED = {r"选民"}
# Said all the same, and why: the file, the words around it.
SAID = {
    ("tracker/spreadsheets/mappings.py", "信访件编号"): "省系统导出表的栏目名",
    ("tracker/spreadsheets/mappings.py", "信访件状态"): "省系统导出表的栏目名",
    ("tracker/supervision/papers/rules/paper_words.py", "你单位"): "发给承办单位的文书",
    ("tracker/reports/rules/sentences.py", "反映村党组织换届问题的信访件"): "换届领导小组材料里的原话",
}
COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
SCRIPT_COMMENT = re.compile(r"/\*.*?\*/|^\s*//.*$", re.DOTALL | re.MULTILINE)


def hits(path: str, text: str) -> Iterator[str]:
    """Yield where a text says what is not said."""
    for (where, words), _why in SAID.items():
        text = text.replace(words, "") if path == where else text
    for pattern, instead in FORBIDDEN.items():
        if pattern in TYPED and path.startswith("tracker/demo/"):
            continue
        for found in re.finditer(pattern, text):
            around = text[max(0, found.start() - 12) : found.end() + 12].replace("\n", " ")
            yield f"{path}: “{around}”，用“{instead}”"


def strings(source: Source) -> Iterator[str]:
    """Yield the strings of a module that are no docstrings."""
    bodies = (
        node.body for node in ast.walk(source.tree) if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
    )
    first = (body[0].value for body in bodies if body and isinstance(body[0], ast.Expr))
    told = {id(each) for each in first}
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            yield node.value


def everything_said() -> Iterator[tuple[str, str]]:
    """Yield all that is said, with where."""
    for source in program():
        yield str(source.path), "\n".join(strings(source))
    for path in sorted((ROOT / "templates").rglob("*.html")):
        yield str(path.relative_to(ROOT)), COMMENT.sub("", path.read_text(encoding="utf-8"))
    for path in sorted((ROOT / "tracker" / "static").rglob("*.js")):
        yield str(path.relative_to(ROOT)), SCRIPT_COMMENT.sub("", path.read_text(encoding="utf-8"))


def test_each_thing_has_one_name() -> None:
    said = list(everything_said())
    assert len(said) > 400, "the control: what is said was found"
    wrong = [line for path, text in said for line in hits(path, text)]
    assert not wrong, "\n".join(wrong)


def test_every_exception_is_needed() -> None:
    said = dict(everything_said())
    assert [words for (path, words) in SAID if words not in said[path]] == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("登记信访件", 1),
        ("贿选案件由主要领导领办", 0),
        ("保密级别", 0),
        ("密级", 1),
        ("这一天没有到点的", 1),
        ("信访事项", 0),
        ("请填写处理意见书文号", 1),
        ("信访处理意见书", 0),
        ("移交纪检（双线办理）", 1),
        ("移交纪检监察机关（双线办理）", 0),
        ("选民登记", 1),
        ("现决定约谈你单位负责人", 1),
    ],
)
def test_the_words_are_found_where_they_are_said(text: str, found: int) -> None:
    assert len(list(hits("templates/x.html", text))) == found
