"""Masks, and what looks wrong with a number."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.petitioners.rules import (
    compact_number,
    identity_no_warning,
    masked_address,
    masked_identity_no,
    masked_name,
    masked_phone,
    phone_warning,
)

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("name", "mask"),
    [("张建国", "张*"), ("张三", "张*"), ("欧阳修", "欧*"), (" 李四", "李*"), ("Aygul", "A*"), ("", ""), (None, "")],
)
def test_names(name: str | None, mask: str) -> None:
    assert masked_name(name) == mask


@pytest.mark.parametrize(
    ("number", "mask"),
    [
        ("140522198001011234", "140***********1234"),
        ("14052219800101123x", "140***********123X"),
        ("140522 19800101 1234", "140***********1234"),
        ("140522800101123", "140********1123"),
        ("E12345678", "*********"),
        ("", ""),
        (None, ""),
    ],
)
def test_identity_numbers(number: str | None, mask: str) -> None:
    assert masked_identity_no(number) == mask


@pytest.mark.parametrize(
    ("number", "mask"),
    [
        ("13812341234", "138****1234"),
        ("+86 138-1234-1234", "138****1234"),
        ("１３８１２３４１２３４", "138****1234"),
        ("0356-4221234", "********234"),
        ("110", "***"),
        ("", ""),
        (None, ""),
    ],
)
def test_phones(number: str | None, mask: str) -> None:
    assert masked_phone(number) == mask


@pytest.mark.parametrize(
    ("address", "mask"),
    [
        ("山西省阳城县润城镇上庄村3组12号", "山西省阳城县润城镇上庄村***"),
        ("阳城县凤城镇新建社区5号楼2单元301", "阳城县凤城镇新建社区***"),
        ("阳城县凤城镇新建西街12号", "阳城县凤城镇***"),
        ("山西省阳城县东街12号", "山西省阳城县***"),
        ("东街12号", "***"),
        ("润城镇上庄村", "润城镇上庄村"),
        ("", ""),
        (None, ""),
    ],
)
def test_addresses(address: str | None, mask: str) -> None:
    assert masked_address(address) == mask


@given(st.text(max_size=40))
def test_no_text_breaks_a_mask_and_none_shows_the_whole_of_a_number(text: str) -> None:
    masked_name(text)
    masked_address(text)
    compact = compact_number(text)
    for mask in (masked_identity_no(text), masked_phone(text)):
        assert len(mask) == len(compact)
        assert not compact or mask != compact or set(compact) == {"*"}


@pytest.mark.parametrize("number", ["11010519491231002X", "11010519491231002x", "１１０１０５ 19491231 002X", "", None])
def test_a_right_identity_number(number: str | None) -> None:
    assert identity_no_warning(number, today=TODAY) is None


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("110105194912310021", "校验位"),
        ("11010519491331002X", "出生日期"),
        ("11010520301231002X", "出生日期"),
        ("11010518001231002X", "出生日期"),
        ("1101051949123100", "不是 18 位"),
        ("E12345678", "其他证件号码可以照样保存"),
        ("张三", "不是 18 位"),
    ],
)
def test_a_wrong_identity_number_is_warned_of(number: str, words: str) -> None:
    warning = identity_no_warning(number, today=TODAY)
    assert warning is not None
    assert words in warning


def test_the_days_on_which_a_person_may_have_been_born() -> None:
    """From 1890 to today; what is said of another day is the day, not the check digit."""
    days = (date(1889, 12, 31), date(1890, 1, 1), date(1890, 1, 2), TODAY, TODAY + timedelta(days=1))
    said = [identity_no_warning(f"110105{day:%Y%m%d}0020", today=TODAY) or "" for day in days]
    assert ["出生日期" in words for words in said] == [True, False, False, False, True]


def test_every_slip_of_one_digit_is_noticed() -> None:
    right = "11010519491231002X"
    for place in range(17):
        for digit in "0123456789":
            slip = right[:place] + digit + right[place + 1 :]
            assert (identity_no_warning(slip, today=TODAY) is None) == (slip == right)


@pytest.mark.parametrize("number", ["13812341234", "0356-4221234", "4221234", "12345", "400-812-3456", "", None])
def test_a_right_phone(number: str | None) -> None:
    assert phone_warning(number) is None


@pytest.mark.parametrize(
    ("number", "words"), [("1381234123", "11 位，现在是 10 位"), ("找村支书", "不是电话"), ("138123412345", "12 位")]
)
def test_a_wrong_phone_is_warned_of(number: str, words: str) -> None:
    warning = phone_warning(number)
    assert warning is not None
    assert words in warning
