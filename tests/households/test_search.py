"""The one search box: what finds whom, in which order, within whose divisions, and what is written down."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from households.enums import Relation
from households.models import Household, Membership, NameToken, Person
from households.selectors.asked_names import read_asked_name
from households.selectors.search import MOST_HITS, find_families
from households.services.changes import change_set, take_back
from offices.actors import Actor
from offices.database.context import open_context
from offices.enums import Role
from offices.ids import new_id
from offices.models import Read
from offices.pinyin import initials, sort_key, spelled
from offices.sealing import Purpose, digest
from offices.work import SearchHit, SearchNote
from tests.conftest import as_owner, sql
from tests.factories import (
    OTHER_TOWNSHIP,
    OTHER_VILLAGE,
    VILLAGE,
    make_actor,
    make_household,
    make_person,
)
from tests.households.resident_files import number

pytestmark = pytest.mark.django_db

SECOND_VILLAGE = "370406101201"
NUMBER = number("19530201", 487)


@pytest.fixture
def clerk(county: Actor) -> Iterator[Actor]:
    """The counter of a township, in an open context of the county in which rows can be made."""
    return make_actor(Role.TOWNSHIP)


def names(actor: Actor, text: str) -> list[str]:
    """Titles of what is found, by somebody who sees her own divisions only."""
    with open_context(actor=actor):
        return [hit.title for hit in find_families(actor, text) if isinstance(hit, SearchHit)]


def notes(actor: Actor, text: str) -> list[SearchNote]:
    with open_context(actor=actor):
        return [note for note in find_families(actor, text) if isinstance(note, SearchNote)]


@pytest.mark.parametrize(
    "asked",
    [
        "王秀英", "王", "王秀", "秀英", "英", "秀", "王 秀", " 王秀英 ", "wangxiuying", "WANGXIUYING", "wang xiu",
        "wang xiu ying", "wangx", "wangxiuy", "wangxiu", "wan", "w", "xiuying", "xiuyin", "ying", "yin", "xiu ying",
        "wxy", "WXY", "wx", "xy", "w x y", "王xiu", "王xy", "王x", "wang秀", "wang秀英", "wangxy", "wxiuying",
        "ｗａｎｇ", "王·秀英",
    ],
)  # fmt: skip
def test_a_name_is_found_by(clerk: Actor, asked: str) -> None:
    make_person(name="王秀英")
    make_person(name="赵国强")
    assert names(clerk, asked) == ["王秀英"]


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("曾静伟", "zeng"), ("曾静伟", "zengjing"), ("曾静伟", "zjw"), ("曾静伟", "zengjw"), ("单雄", "shan"),
        ("单雄", "shanxiong"), ("尉迟恭", "尉迟"), ("尉迟恭", "尉"), ("尉迟恭", "yuchi"), ("尉迟恭", "ycg"),
        ("万俟卨", "万"), ("吕布", "lv"), ("吕布", "lü"), ("吕布", "lu"), ("吕布", "lvbu"), ("赵吕", "lu"),
        ("𠮷田", "𠮷"), ("𠮷田", "jitian"), ("王𬭎", "𬭎"), ("王𬭎", "wanghong"), ("买买提·吐尔逊", "买买提吐尔逊"),
        ("买买提·吐尔逊", "吐尔逊"), ("买买提·吐尔逊", "提·吐"), ("买买提·吐尔逊", "maimaitituerxun"),
        ("买买提·吐尔逊", "mmttex"), ("买买提·吐尔逊", "tuerxun"), ("阿不都热合曼·买买提", "abdrhm"),
        ("习安民", "xi an"), ("习安民", "xianmin"), ("张伟", "zhw"), ("John Smith", "john"), ("John Smith", "smith"),
        ("Анна", "Анна"), ("丝仕也仒峉仹·一一", "e"), ("王娥", "e"), ("鄂华", "e"),
    ],
)  # fmt: skip
def test_an_unusual_name_is_found_by(clerk: Actor, name: str, asked: str) -> None:
    make_person(name=name)
    assert names(clerk, asked) == [name]


def test_a_blank_parts_syllables(clerk: Actor) -> None:
    make_person(name="习安民")
    make_person(name="冼民")
    assert names(clerk, "xi an") == ["习安民"]


@pytest.mark.parametrize(
    "asked", ["李", "lii", "xyw", "王英", "秀王", "gxy", "·", "%", "_", "'", "\\", "x'; --"]
)
def test_a_name_is_not_found_by(clerk: Actor, asked: str) -> None:
    make_person(name="王秀英")
    assert names(clerk, asked) == []


def test_whole_names_come_first_then_beginnings_then_parts_and_the_dead_after_the_living(
    clerk: Actor,
) -> None:
    dead = datetime.date(2013, 5, 1)
    for name, died_on in (
        ("赵王秀", None), ("王秀英", None), ("王秀", dead), ("王秀", None), ("王秀兰", None), ("王秀安", dead),
        ("安王秀", dead),
    ):  # fmt: skip
        make_person(name=name, died_on=died_on)
    with open_context(actor=clerk):
        found = [hit for hit in find_families(clerk, "王秀") if isinstance(hit, SearchHit)]
    assert [(hit.title, hit.record.died_on is not None) for hit in found] == [  # type: ignore[union-attr] # people
        ("王秀", False), ("王秀", True), ("王秀兰", False), ("王秀英", False), ("王秀安", True), ("赵王秀", False),
        ("安王秀", True),
    ]  # fmt: skip


def test_one_list_is_in_pinyin_order_over_villages(clerk: Actor) -> None:
    for name, village in (
        ("张伟", SECOND_VILLAGE), ("章安", VILLAGE), ("张安", SECOND_VILLAGE), ("张波", VILLAGE), ("赵安", VILLAGE)
    ):  # fmt: skip
        make_person(name=name, village=village)
    assert names(clerk, "zh") == ["张安", "张波", "张伟", "章安", "赵安"]
    assert names(clerk, "张") == ["张安", "张波", "张伟"]
    assert names(clerk, "安") == ["张安", "章安", "赵安"]


def test_a_family_name_comes_before_the_same_letters_as_initials(clerk: Actor) -> None:
    make_person(name="孟爱")
    make_person(name="马强")
    assert names(clerk, "ma") == ["马强", "孟爱"]


@pytest.mark.parametrize(
    "asked", ["王秀英", "秀英", "wang", "wxy", NUMBER, NUMBER[-4:], "13812345678", "5678", "000017", "0000"]
)
def test_only_ones_own_divisions_are_searched(county: Actor, asked: str) -> None:
    person = make_person(village=OTHER_VILLAGE, number=NUMBER)
    _phone(person, "13812345678")
    make_household(person, number="000017")
    for actor in (make_actor(Role.TOWNSHIP), make_actor(Role.VILLAGE)):
        assert names(actor, asked) == []
    for actor in (
        make_actor(Role.TOWNSHIP, OTHER_TOWNSHIP),
        make_actor(Role.VILLAGE, OTHER_VILLAGE),
        make_actor(Role.COUNTY),
    ):
        assert len(names(actor, asked)) == 1


@pytest.mark.parametrize("role", [Role.FINANCE, Role.CLINICIAN, Role.SYSTEM_ADMIN])
def test_roles_without_families_find_none(county: Actor, role: Role) -> None:
    make_person(number=NUMBER)
    actor = make_actor(role)
    assert names(actor, "王秀英") == names(actor, NUMBER) == []
    assert notes(actor, NUMBER[:-1] + "0") == []


def _phone(person: Person, phone: str) -> None:
    person.phone = phone  # type: ignore[assignment] # sealed when it is saved
    person.phone_digest = digest(phone, Purpose.PHONE)
    person.phone_tail_digest = digest(phone[-4:], Purpose.PHONE_TAIL)
    person.save()


@pytest.mark.parametrize(
    "asked",
    [NUMBER, f" {NUMBER[:6]} {NUMBER[6:14]} {NUMBER[14:]} ", NUMBER[:6] + NUMBER[8:17], NUMBER[-4:], "13812345678",
     "138 1234 5678", "138-1234-5678", "+86 13812345678", "5678"],
)  # fmt: skip
def test_a_person_is_found_by_number_and_phone(clerk: Actor, asked: str) -> None:
    _phone(make_person(number=NUMBER), "13812345678")
    make_person(name="赵国强", number=number("19600101", 481))
    assert names(clerk, asked) == ["王秀英"]


def test_an_x_is_found_in_either_case(clerk: Actor) -> None:
    with_x = next(found for serial in range(999) if (found := number("19530201", serial)).endswith("X"))
    make_person(number=with_x)
    for asked in (with_x, with_x.lower(), with_x[-4:], with_x[-4:].lower()):
        assert names(clerk, asked) == ["王秀英"]


def test_last_four_find_the_living_first_in_pinyin_order(clerk: Actor) -> None:
    for name, born, died_on in (
        ("张一", "19500101", None),
        ("安一", "19500102", datetime.date(2013, 1, 1)),
        ("白一", "19500103", None),
    ):
        person = make_person(name=name, born="1950-01-01", died_on=died_on)
        Person.objects.filter(pk=person.pk).update(
            phone_tail_digest=digest("4321", Purpose.PHONE_TAIL), phone_digest=digest(born, Purpose.PHONE)
        )
    assert names(clerk, "4321") == ["白一", "张一", "安一"]


def test_a_household_is_found_by_its_number_and_by_how_it_begins(clerk: Actor) -> None:
    make_household(make_person(name="张一"), number="000017")
    make_household(make_person(name="张二"), number="0000171")
    make_household(make_person(name="张三"), number="HK-0000171")
    make_household(make_person(name="张四", village=SECOND_VILLAGE), number="000017")
    found = names(clerk, "000017")
    assert [re.sub(r"[^0-9HK-]", "", title) for title in found] == ["000017", "000017", "0000171"]
    assert len(names(clerk, "hk-00")) == 1
    assert names(clerk, "17") == []


def test_what_tells_namesakes_apart_is_shown(clerk: Actor, settings: object) -> None:
    head = make_person(name="王建国", sex="M", born="1950-03-04", number=number("19500304", 481))
    wife = make_person(name="李秀英", number=NUMBER)
    make_household(head, (wife, Relation.SPOUSE), number="000017")
    with open_context(actor=clerk):
        (of_wife,) = find_families(clerk, "李秀英")
        (of_head,) = find_families(clerk, "王建国")
        (of_home,) = find_families(clerk, "000017")
    assert isinstance(of_wife, SearchHit)
    assert isinstance(of_head, SearchHit)
    assert isinstance(of_home, SearchHit)
    assert "1953-02-01" in of_wife.detail
    assert "王建国" in of_wife.detail
    assert NUMBER not in of_wife.detail
    assert NUMBER[:3] + "*" * 13 + NUMBER[-2:] in of_wife.detail
    assert "000017" in of_head.detail
    assert "王建国" in of_home.detail
    assert of_home.url == reverse("households:household", args=[of_home.record.pk])  # type: ignore[union-attr] # a household


def test_more_than_are_shown_is_said(clerk: Actor) -> None:
    for place in range(MOST_HITS):
        make_person(name="王秀英", born=f"1953-01-{1 + place % 28:02d}")
    assert notes(clerk, "王秀英") == []
    make_person(name="王秀兰")
    assert len(names(clerk, "王")) == MOST_HITS
    (said,) = notes(clerk, "王")
    assert str(MOST_HITS) in said.text


def test_a_mistyped_number_is_said_and_a_right_one_leads_to_the_whole_county(clerk: Actor) -> None:
    wrong = NUMBER[:-1] + ("1" if NUMBER[-1] != "1" else "2")
    (said,) = notes(clerk, wrong)
    assert not said.url
    (lead,) = notes(clerk, NUMBER)
    assert lead.url == reverse("households:elsewhere")
    assert NUMBER not in lead.text + said.text


def test_tokens_follow_the_person_through_every_door(clerk: Actor) -> None:
    person = make_person(name="王秀英")
    person.name, person.name_sort = "李建国", sort_key("李建国")
    person.save()
    assert names(clerk, "秀英") == []
    assert names(clerk, "jianguo") == ["李建国"]
    sql("UPDATE households_person SET division_code = %s WHERE id = %s", [OTHER_VILLAGE, person.pk])
    assert names(clerk, "建国") == []
    assert names(make_actor(Role.TOWNSHIP, OTHER_TOWNSHIP), "建国") == ["李建国"]
    with as_owner():
        sql("DELETE FROM households_residence")
        sql("DELETE FROM households_hukou")
        sql("DELETE FROM households_person WHERE id = %s", [person.pk])
    assert not NameToken.objects.filter(person_id=person.pk).exists()


def test_tokens_are_those_of_before_when_a_change_is_taken_back(clerk: Actor) -> None:
    person, set_id = make_person(name="王秀英"), new_id()
    with change_set(set_id) as changes:
        changes.touch(person)
        person.name, person.name_sort = "李建国", sort_key("李建国")
        person.save()
    take_back(set_id=set_id)
    assert names(clerk, "xiuying") == ["王秀英"]
    assert names(clerk, "建国") == []


def test_tokens_are_written_by_nobody_else(clerk: Actor) -> None:
    from django.db import ProgrammingError, transaction

    make_person()
    for statement in ("DELETE FROM households_nametoken", "UPDATE households_nametoken SET rank = 0"):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            sql(statement)


@pytest.mark.parametrize(
    ("asked", "kinds"),
    [
        ("王秀英", {"households.person"}),
        ("000017", {"households.household"}),
        (NUMBER[-4:], {"households.household", "households.person"}),
        ("李四", {""}),
    ],
)
def test_each_search_is_logged_with_what_it_returned(
    county: Actor, page_of: Callable[..., Client], asked: str, kinds: set[str]
) -> None:
    person = make_person(number=NUMBER)
    make_household(person, number="000017")
    make_household(make_person(name="赵国强"), number=NUMBER[-4:])
    page_of(Role.TOWNSHIP).get("/search/", {"q": asked})
    reads = list(Read.objects.filter(reason="search"))
    assert {read.record_type for read in reads} == kinds
    for read in reads:
        assert asked not in f"{read.page}{read.reason}"
        assert bool(read.record_ids) == bool(read.record_type)
    if "households.person" in kinds:
        assert [person.pk] in [read.record_ids for read in reads]


def test_an_empty_question_is_no_search(county: Actor, page_of: Callable[..., Client]) -> None:
    assert page_of(Role.TOWNSHIP).get("/search/", {"q": " "}).status_code == 200
    assert not Read.objects.filter(reason="search").exists()


_characters = st.one_of(
    st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), st.sampled_from("曾单仇尉迟万俟𠮷𬭎欧阳吕区")
)
_names = st.one_of(
    st.text(_characters, min_size=2, max_size=4),
    st.tuples(st.text(_characters, min_size=2, max_size=6), st.text(_characters, min_size=2, max_size=5)).map(
        "·".join
    ),
)


@given(name=_names, asked=st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_anybody_is_found_by_every_piece_of_her_name(clerk: Actor, name: str, asked: st.DataObject) -> None:
    person = make_person(name=name)
    written = [character for character in name if character.isalnum()]
    start = asked.draw(st.integers(0, len(written) - 1))
    stop = asked.draw(st.integers(start + 1, len(written)))
    # What a character sounds like depends on where it stands: the whole name's readings are cut.
    whole = _syllables(name)
    pieces = {
        "".join(written[start:stop]),
        "".join(whole[start:stop]),
        " ".join(whole[start:stop]),
    }
    if stop - start > 1 or start == 0:
        pieces.add(initials(name)[start:stop])
    if start == 0:
        pieces.add(spelled(name)[: max(1, len("".join(whole[:stop])) - 1)])
    try:
        for piece in pieces:
            assert person.name in names(clerk, piece), piece
    finally:  # out of sight, so that a failed try does not crowd the next one's list
        Person.objects.filter(pk=person.pk).update(division_code=OTHER_VILLAGE)


def _syllables(name: str) -> list[str]:
    from offices.pinyin import _readings

    return [reading.syllable or character.lower() for character, reading in _readings(name)]


@given(text=st.text(max_size=60))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_question_is_an_error(clerk: Actor, text: str) -> None:
    read_asked_name(text)
    names(clerk, text.replace("\x00", "").strip())


def test_a_nul_in_the_address_is_no_error(county: Actor, page_of: Callable[..., Client]) -> None:
    assert page_of(Role.TOWNSHIP).get("/search/?q=%00").status_code == 200


def test_whoever_is_in_no_household_is_found_too(clerk: Actor) -> None:
    person = make_person()
    assert not Membership.objects.filter(person=person).exists()
    assert not Household.objects.exists()
    assert names(clerk, "王秀英") == ["王秀英"]
