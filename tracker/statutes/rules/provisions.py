"""LAW: every provision that the program cites, one row for each (依据表). Pure.

Whatever is printed as a basis (依据) is a row of this table. A row of 条例 has its name from the edition of 2022; it
stays the same row when another edition gives it another number.
"""

from dataclasses import dataclass
from enum import StrEnum

from tracker.statutes.rules.sources import ArticlePlace, Source


class Provision(StrEnum):
    """The keys of LAW."""

    T18_2 = "18.2"
    T19_3 = "19.3"
    T20_3 = "20.3"
    T22_1 = "22.1"
    T22_1_1 = "22.1.1"
    T22_1_2 = "22.1.2"
    T22_1_3 = "22.1.3"
    T22_2 = "22.2"
    T23_1 = "23.1"
    T23_2 = "23.2"
    T23_3 = "23.3"
    T24_1 = "24.1"
    T24_2 = "24.2"
    T25_1 = "25.1"
    T25_2 = "25.2"
    T28_2 = "28.2"
    T28_3 = "28.3"
    T29_1 = "29.1"
    T30_1 = "30.1"
    T30_2 = "30.2"
    T30_3 = "30.3"
    T31 = "31"
    T31_1 = "31.1"
    # Stored as it was first called: what an office entered names it so.
    T31_1_TO_4 = "31.1-5"
    T31_5 = "31.5"
    T31_6 = "31.6"
    T32_1 = "32.1"
    T32_2 = "32.2"
    T34 = "34"
    T35 = "35"
    T36_1 = "36.1"
    T36_2 = "36.2"
    T36_3 = "36.3"
    T39_3 = "39.3"
    T40_1 = "40.1"
    T40_3 = "40.3"
    T40_4 = "40.4"
    T44 = "44"
    SPOILED_ELECTION = "spoiled_election"
    DUTY_RECONSIDERED = "duty_reconsidered"
    RECONSIDERED_FIRST = "reconsidered_first"
    SUGGESTION_DAYS = "suggestion_days"
    CLOSE_OUT = "close_out"
    PARALLEL_TRANSFER = "parallel_transfer"
    PROMPT_REPORT = "prompt_report"
    OWN_RULE = "own_rule"
    ONE_FILE = "one_file"
    ASSIGNMENT_NAMES = "assignment_names"
    ASSISTANCE_NAMES = "assistance_names"
    ORDER_NAMES = "order_names"
    INSTRUCTION_NAMES = "instruction_names"
    INSTRUCTION = "instruction"
    REVIEW_NAMES = "review_names"
    VILLAGE_LIST_NAMES = "village_list_names"
    INSPECTION_NAMES = "inspection_names"
    CONTROL_TABLE_NAMES = "control_table_names"
    RESULT_SAME_DAY = "result_same_day"
    PROMISE_NAMES = "promise_names"
    COMMON_NAMES = "common_names"
    ASK_NAMES = "ask_names"
    SUPERIOR_NAMES = "superior_names"
    FORCE_MAJEURE = "force_majeure"
    SAME_MATTER = "same_matter"
    WRITTEN_WITHDRAWAL = "written_withdrawal"


Basis = tuple[Provision, ...]


@dataclass(frozen=True)
class Row:
    """A row of LAW: its source, what it is about, and where it stands in each edition known (by the edition's name).

    What is no statute has `words` of its own instead, which are printed as they are.
    """

    source: Source
    about: str
    places: tuple[tuple[str, ArticlePlace], ...] = ()
    words: str = ""


def _t(about: str, article: int, paragraph: int = 0, first: int = 0, last: int = 0) -> Row:
    return Row(Source.PETITIONS, about, (("2022年公布", ArticlePlace(article, paragraph, first, last)),))


def _r(about: str, place: ArticlePlace) -> Row:
    return Row(Source.RECONSIDERATION, about, (("2023年修订", place),))


def _paper(words: str) -> Row:
    return Row(Source.PAPER, words, words=words)


# Its short name, in which bases are written.
P = Provision
# fmt: off
LAW: dict[Provision, Row] = {
    P.T18_2: _t("领导干部阅办、接访、下访、包案", 18, 2),
    P.T19_3: _t("正在办理的事项不予受理", 19, 3),
    P.T20_3: _t("走访推选代表", 20, 3),
    P.T22_1: _t("登记、转送、交办", 22, 1),
    P.T22_1_1: _t("转送本级机关、单位", 22, 1, 1),
    P.T22_1_2: _t("转送下级机关、单位", 22, 1, 2),
    P.T22_1_3: _t("交办并要求反馈", 22, 1, 3),
    P.T22_2: _t("涉法涉诉信件、检举控告类事项的转送", 22, 2),
    P.T23_1: _t("直接提出的事项的告知和转送", 23, 1),
    P.T23_2: _t("直接提出的事项的书面告知", 23, 2),
    P.T23_3: _t("转送、交办事项的书面告知和异议", 23, 3),
    P.T24_1: _t("涉及两个以上机关、单位的受理", 24, 1),
    P.T24_2: _t("分立、合并、撤销以后的受理", 24, 2),
    P.T25_1: _t("重大、紧急事项的报告", 25, 1),
    P.T25_2: _t("信访部门向上一级报告", 25, 2),
    P.T28_2: _t("诉讼与信访分离", 28, 2),
    P.T28_3: _t("回避", 28, 3),
    P.T29_1: _t("建议意见类事项的办理", 29, 1),
    P.T30_1: _t("检举控告类事项的办理", 30, 1),
    P.T30_2: _t("向组织（人事）部门通报反映干部问题的信访情况", 30, 2),
    P.T30_3: _t("检举、揭发材料不得透露", 30, 3),
    P.T31: _t("申诉求决类事项的办理", 31),
    P.T31_1: _t("涉法涉诉事项", 31, 0, 1),
    P.T31_1_TO_4: _t("应当通过其他法定途径处理的事项", 31, 0, 1, 4),
    P.T31_5: _t("申请查处违法行为、履行保护职责的事项", 31, 0, 5),
    P.T31_6: _t("按信访程序处理的事项", 31, 0, 6),
    P.T32_1: _t("信访处理意见书的内容", 32, 1),
    P.T32_2: _t("支持信访请求意见的执行", 32, 2),
    P.T34: _t("办理期限和延长", 34),
    P.T35: _t("复查", 35),
    P.T36_1: _t("复核", 36, 1),
    P.T36_2: _t("复核听证", 36, 2),
    P.T36_3: _t("复核以后不再受理", 36, 3),
    P.T39_3: _t("约谈、通报、挂牌督办", 39, 3),
    P.T40_1: _t("督办", 40, 1),
    P.T40_3: _t("追究责任的建议", 40, 3),
    P.T40_4: _t("建议的采纳情况书面反馈", 40, 4),
    P.T44: _t("受理的责令改正", 44),
    P.SPOILED_ELECTION: Row(Source.VILLAGES, "破坏选举", (("2018年修正", ArticlePlace(17)),)),
    P.DUTY_RECONSIDERED: _r("履行保护职责的申请，可以申请行政复议", ArticlePlace(11, 0, 11)),
    P.RECONSIDERED_FIRST: _r("未履行法定职责的，先申请行政复议", ArticlePlace(23, 1, 3)),
    P.SUGGESTION_DAYS: Row(
        Source.DEPUTIES, "代表建议的答复期限", (("2025年修正", ArticlePlace(51)),)),
    P.CLOSE_OUT: Row(Source.NOTICE, "销号管理", words="换届信访工作通知（销号管理）"),
    P.PARALLEL_TRANSFER: Row(Source.NOTICE, "贿选案件移交纪检监察机关", words="换届信访工作通知"),
    P.PROMPT_REPORT: Row(Source.OFFICE, "贿选案件、重大紧急事项向主要领导报告", words="本单位规定（通知要求及时）"),
    P.OWN_RULE: Row(Source.OFFICE, "条例没有规定天数的期限", words="本单位规定"),
    P.ONE_FILE: Row(Source.OFFICE, "一案一档", words="本单位规定（一案一档）"),
    P.ASSIGNMENT_NAMES: _paper("交办函指定"),
    P.ASSISTANCE_NAMES: _paper("协办函指定"),
    P.ORDER_NAMES: _paper("催办单、督办单指定"),
    P.INSTRUCTION_NAMES: _paper("领导批示指定"),
    P.INSTRUCTION: _paper("领导批示"),
    P.REVIEW_NAMES: _paper("复查（复核）意见指定"),
    P.VILLAGE_LIST_NAMES: _paper("问题清单指定"),
    P.INSPECTION_NAMES: _paper("督导组指定"),
    P.CONTROL_TABLE_NAMES: _paper("进度控制表指定"),
    P.RESULT_SAME_DAY: Row(Source.OFFICE, "选举结果当天报", words="本单位规定（选举结果当天报）"),
    P.PROMISE_NAMES: _paper("答复的承诺指定"),
    P.COMMON_NAMES: _paper("共性问题立项指定"),
    P.ASK_NAMES: _paper("请示指定"),
    P.SUPERIOR_NAMES: _paper("上级机关指定"),
    P.FORCE_MAJEURE: Row(
        Source.OFFICE, "不可抗力耽误请求期限", words="本单位规定（条例未规定，参照行政复议的做法）"),
    P.SAME_MATTER: _paper("同人同事"),
    P.WRITTEN_WITHDRAWAL: _paper("信访人书面申请"),
}
# fmt: on
