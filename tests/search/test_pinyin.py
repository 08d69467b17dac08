"""How names are read, and what typed letters may mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.base.pinyin import MOST_READINGS, initials, misspelt, readings, spellings
from crm.base.polyphones import DOUBLE_SURNAMES, IN_NAMES, IN_PLACES, SURNAMES, SYLLABLES


def said(name: str, *, of_person: bool = True) -> list[str]:
    return [" ".join(reading) for reading in readings(name, of_person=of_person)]


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("单雄信", "shan xiong xin"),
        ("曾国藩", "zeng guo fan"),
        ("仇英", "qiu ying"),
        ("解缙", "xie jin"),
        ("区寄", "ou ji"),
        ("朴正熙", "piao zheng xi"),
        ("任达华", "ren da hua"),
        ("华罗庚", "hua luo geng"),
        ("查良镛", "zha liang yong"),
        ("盖叫天", "ge jiao tian"),
        ("乐毅", "yue yi"),
        ("尉迟恭", "yu chi gong"),
        ("万俟卨", "mo qi xie"),
        ("令狐冲", "ling hu chong"),
        ("长孙无忌", "zhang sun wu ji"),
        ("单于", "chan yu"),
        ("爱新觉罗溥仪", "ai xin jue luo pu yi"),
        ("吕布", "lv bu"),
        ("阿卜杜拉·买买提", "a bo du la mai mai ti"),
        ("dr.王", "dr wang"),
        ("john smith", "john smith"),
    ],
)
def test_a_persons_surname_is_read_as_one(name: str, first: str) -> None:
    assert said(name)[0] == first


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("重庆医科大学附属第一医院", "chong qing yi ke da xue fu shu di yi yi yuan"),
        ("厦门市中医院", "xia men shi zhong yi yuan"),
        ("六安市人民医院", "lu an shi ren min yi yuan"),
        ("工商银行行长", "gong shang yin hang hang zhang"),
        ("301医院", "301 yi yuan"),
        ("〇一药房", "ling yi yao fang"),
    ],
)
def test_an_institution_is_read_by_its_words(name: str, first: str) -> None:
    assert said(name, of_person=False)[0] == first


def test_other_plausible_readings_follow() -> None:
    assert said("曾国藩") == ["zeng guo fan", "ceng guo fan"]
    assert "le jia" in said("乐嘉")
    assert "shan xian" in said("单县", of_person=False)
    assert "chang shou" in said("长寿", of_person=False)
    assert said("女儿", of_person=False) == ["nv er", "nu er"]
    assert said("王红") == ["wang hong"], "no reading that nobody uses"


def test_initials_keep_numbers_whole() -> None:
    assert initials(("301", "yi", "yuan")) == "301yy"


def test_tables_hold_syllables() -> None:
    for table in (SURNAMES, IN_NAMES, IN_PLACES):
        assert {s for choices in table.values() for s in choices} <= SYLLABLES
    assert all(len(name) == len(said_) for name, said_ in DOUBLE_SURNAMES.items())


@pytest.mark.parametrize(
    ("letters", "meant"),
    [
        ("xian", ("xi", "an")),
        ("xian", ("xian",)),
        ("zhangweiming", ("zhang", "wei", "ming")),
        ("zhangw", ("zhang", "w")),
        ("zhangwm", ("zhang", "w", "m")),
        ("zwm", ("z", "w", "m")),
        ("zhwm", ("zh", "w", "m")),
        ("wa", ("w", "a")),
        ("lv", ("lv",)),
    ],
)
def test_letters_fall_into_syllables(letters: str, meant: tuple[str, ...]) -> None:
    assert meant in spellings(letters)


def test_letters_that_are_no_pinyin_mean_nothing() -> None:
    assert spellings("iii") == spellings("") == []


@pytest.mark.parametrize("slip", ["zhagnwei", "zangwei", "zhangwwei", "zhangwri"])
def test_a_slip_of_the_finger_is_seen(slip: str) -> None:
    assert ("zhang", "wei") in misspelt(slip)


@given(st.text(max_size=40), st.booleans())
def test_any_text_has_readings(text: str, of_person: bool) -> None:
    found = readings(text, of_person=of_person)
    assert 1 <= len(found) <= MOST_READINGS
    assert len({len(reading) for reading in found}) == 1


@given(st.text("abcdefghijklmnopqrstuvwxyz", max_size=80))
def test_spellings_use_every_letter(letters: str) -> None:
    assert all("".join(spelling) == letters for spelling in spellings(letters))
