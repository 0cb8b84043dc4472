"""Code lists of serious matters: to whom they are reported, what was found of an election. Pure."""

from enum import StrEnum


class ReportOrgan(StrEnum):
    """重大、紧急信访事项的报告对象 beside the main leaders (条例第二十五条)."""

    GOVERNMENT = "government"
    MINISTRY = "ministry"
    CONFERENCE = "conference"
    SUPERIOR = "superior"


REPORT_ORGAN_LABELS = {
    ReportOrgan.GOVERNMENT: "本级党委、政府",
    ReportOrgan.MINISTRY: "有关主管部门",
    ReportOrgan.CONFERENCE: "本级信访工作联席会议办公室",
    ReportOrgan.SUPERIOR: "上一级信访部门",
}


class ValidityResult(StrEnum):
    """选举效力调查结论."""

    VALID = "valid"
    INVALID = "invalid"
    UNDECIDED = "undecided"


VALIDITY_RESULT_LABELS = {
    ValidityResult.VALID: "有效",
    ValidityResult.INVALID: "无效",
    ValidityResult.UNDECIDED: "不能认定",
}
