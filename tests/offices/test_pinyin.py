"""Names stand in the order in which a clerk looks for them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offices.pinyin import KEY_LENGTH, initials, sort_key, spelled

_names = st.text(
    alphabet=st.one_of(
        st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), st.sampled_from("曾单仇𠮷𬭎·欧阳尉迟a")
    ),
    min_size=1,
    max_size=6,
)


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("曾静伟", "zengjingwei"),
        ("单雄", "shanxiong"),
        ("仇宇", "qiuyu"),
        ("解玉伟", "xieyuwei"),
        ("查建", "zhajian"),
        ("区志", "ouzhi"),
        ("翟超轩", "zhaichaoxuan"),
        ("欧阳艳", "ouyangyan"),
        ("司马淑勇", "simashuyong"),
        ("尉迟恭", "yuchigong"),
        ("尉艳", "weiyan"),
        ("单于雄", "chanyuxiong"),
        ("单于", "shanyu"),
        ("万俟卨", "moqixie"),
        ("吕布", "lvbu"),
        ("李长江", "lichangjiang"),
        ("长孙无忌", "zhangsunwuji"),
        ("𠮷田", "jitian"),
        ("仇𬭎", "qiuhong"),
        ("买买提·吐尔逊", "maimaitituerxun"),
    ],
)
def test_surnames_have_their_own_readings(name: str, letters: str) -> None:
    assert spelled(name) == letters


def test_same_character_in_a_given_name_keeps_its_common_reading() -> None:
    assert spelled("王曾") == "wangceng"
    assert spelled("王解放") == "wangjiefang"


def test_initials_are_the_first_letters() -> None:
    assert initials("曾静伟") == "zjw"
    assert initials("买买提·吐尔逊") == "mmttex"


def test_names_sort_by_syllable_then_tone_then_character() -> None:
    ordered = [
        "安平",
        "昂山",
        "陈刚",
        "陈静",
        "李伟",
        "陆逊",
        "吕布",
        "栾平",
        "欧阳艳",
        "区志",
        "仇宇",
        "单雄",
        "解玉",
        "查建",
        "翟超",
        "曾静",
    ]
    by_bytes = sorted(ordered, key=lambda name: sort_key(name).encode())
    assert by_bytes[:3] == ["安平", "昂山", "陈刚"]
    assert by_bytes.index("陆逊") < by_bytes.index("吕布") < by_bytes.index("栾平")
    assert by_bytes[-3:] == ["曾静", "查建", "翟超"]
    assert by_bytes.index("仇宇") < by_bytes.index("单雄") < by_bytes.index("解玉")


def test_one_surname_stays_together() -> None:
    names = ["黎平", "李伟", "黎安", "李安"]
    assert sorted(names, key=sort_key) in (["黎安", "黎平", "李安", "李伟"], ["李安", "李伟", "黎安", "黎平"])


def test_short_name_comes_before_its_longer_ones() -> None:
    assert sort_key("王") < sort_key("王平") < sort_key("王平安")


def test_characters_without_a_reading_come_last_and_are_kept() -> None:
    assert sort_key("卒\U0002ebe0").endswith("\U0002ebe0")
    assert sort_key("王\U0002ebe0") > sort_key("王做")


@given(_names, _names)
def test_order_of_keys_is_the_same_by_bytes_and_by_characters(one: str, other: str) -> None:
    assert (sort_key(one) < sort_key(other)) == (sort_key(one).encode() < sort_key(other).encode())


@given(_names.filter(lambda name: name.isalnum()), _names.filter(lambda name: name.isalnum()))
def test_different_names_have_different_keys(one: str, other: str) -> None:
    assert (sort_key(one) == sort_key(other)) == (one == other)


@given(st.text(max_size=80))
def test_any_text_has_a_key_that_fits(text: str) -> None:
    assert len(sort_key(text)) <= KEY_LENGTH
    assert sort_key(text) == sort_key(text)
    assert len(initials(text)) <= len(text)
