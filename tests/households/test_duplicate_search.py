"""Which records are found alike: each rule finds its pair, and its near miss is left alone."""

from __future__ import annotations

from typing import Any

import pytest

from households.alike import compare_numbers, near_dates
from households.enums import DuplicateReason, PairState, ParentRole
from households.models import DuplicatePair, Parentage, Person
from households.services.duplicate_search import find_all_duplicates, find_duplicates_of
from households.services.duplicates import decide_pair, reopen_pair
from offices.enums import Role
from offices.sealing import Purpose, digest
from tests.factories import OTHER_VILLAGE, VILLAGE, make_actor, make_person
from tests.households.registry import bring, codes, row

pytestmark = pytest.mark.django_db

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def number(body: str) -> str:
    """A number of 17 digits with its check digit."""
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, _WEIGHTS, strict=True)) % 11]


REAL = number("37040619530201022")


def person(body: str | None = None, **fields: Any) -> Person:
    return make_person(number=number(body) if body else None, **fields)


def with_phone(one: Person, phone: str = "13800000001") -> Person:
    one.phone = phone  # type: ignore[assignment] # sealed on the way in
    one.phone_digest = digest(phone, Purpose.PHONE)
    one.phone_tail_digest = digest(phone[-4:], Purpose.PHONE_TAIL)
    one.save()
    return one


def child_of(child: Person, parent: Person) -> None:
    Parentage.objects.create(
        person=child, parent=parent, role=ParentRole.MOTHER, kind="birth", division_code=child.division_code
    )


def _old_form() -> None:
    person("37040619130201022", born="1913-02-01")
    person("37040620130201022", born="2013-02-01")


def _old_form_missed() -> None:
    person("37040619130201022", born="1913-02-01")
    person("37040620130202022", born="2013-02-02", name="王秀英")


def _swapped() -> None:
    person("37040619530201022")
    person("37046019530201022")


def _swapped_in_the_birth_date() -> None:
    person("37040619530201022")
    person("37040619530102022", born="1953-01-02")


def _swapped_missed() -> None:
    person("37040619530201022")
    person("37046019530201022", name="王秀兰")


def _two_swaps() -> None:
    person("37040619530201022")
    person("73046019530201022")


def _one_digit() -> None:
    person("37040619530201022")
    person("37040619530201062")


def _one_digit_of_the_birth_date() -> None:
    person("37040619530201022")
    person("37040619530211022", born="1953-02-11")


def _one_digit_missed() -> None:
    person("37040619530201022")
    person("37040619530201164")


def _parent() -> None:
    mother = person("37040619300101022", born="1930-01-01", name="李桂花")
    for body in ("37040619530201022", "37040219530201548"):
        child_of(person(body), mother)


def _parent_missed() -> None:
    """Twins have one mother and one birth date, and two names."""
    mother = person("37040619300101022", born="1930-01-01", name="李桂花")
    for body, name in (("37040619530201022", "王秀英"), ("37040619530201548", "王淑珍")):
        child_of(person(body, name=name), mother)


def _temporary() -> None:
    person(None)
    person("37040619530201022", village=OTHER_VILLAGE)


def _temporary_serial() -> None:
    person("37040619530201000")
    person("37040219530201548")


def _temporary_missed() -> None:
    person(None)
    person("37040619530202022", born="1953-02-02")


def _tail() -> None:
    person("37040619530201022", name="王秀英")
    other = person("37048119530201548", name="王秀瑛")
    Person.objects.filter(pk=other.pk).update(
        id_number_tail_digest=digest(REAL[-4:], Purpose.IDENTITY_NUMBER_TAIL)
    )


def _tail_missed() -> None:
    person("37040619530201022", name="王秀英")
    other = person("37048119530201548", name="李建国")
    Person.objects.filter(pk=other.pk).update(
        id_number_tail_digest=digest(REAL[-4:], Purpose.IDENTITY_NUMBER_TAIL)
    )


def _phone() -> None:
    with_phone(person("37040619530201022"))
    with_phone(person("37048119571111548", born="1957-11-11"))


def _phone_missed() -> None:
    """A couple shares a phone."""
    with_phone(person("37040619530201022"))
    with_phone(person("37048119530201548", name="王建国"))


def _name_and_birth_date_alone() -> None:
    person("37040619530201022")
    person("37048119530201548")


FOUND = [
    (_old_form, DuplicateReason.OLD_FORM),
    (_swapped, DuplicateReason.SWAPPED_DIGITS),
    (_swapped_in_the_birth_date, DuplicateReason.SWAPPED_DIGITS),
    (_one_digit, DuplicateReason.ONE_DIGIT),
    (_one_digit_of_the_birth_date, DuplicateReason.ONE_DIGIT),
    (_parent, DuplicateReason.SAME_PARENT),
    (_temporary, DuplicateReason.TEMPORARY_NUMBER),
    (_temporary_serial, DuplicateReason.TEMPORARY_NUMBER),
    (_tail, DuplicateReason.SAME_TAIL),
    (_phone, DuplicateReason.SAME_PHONE),
]
MISSED = [
    _old_form_missed,
    _swapped_missed,
    _two_swaps,
    _one_digit_missed,
    _parent_missed,
    _temporary_missed,
    _tail_missed,
    _phone_missed,
    _name_and_birth_date_alone,
]


def _search_few() -> None:
    find_duplicates_of(people=[Person.objects.order_by("recorded_at", "pk").last().pk])  # type: ignore[union-attr] # there are two


@pytest.mark.parametrize("search", [find_all_duplicates, _search_few], ids=["all", "few"])
@pytest.mark.parametrize(("records", "reason"), FOUND, ids=lambda case: getattr(case, "__name__", str(case)))
def test_a_rule_finds_its_pair(county: Any, records: Any, reason: DuplicateReason, search: Any) -> None:
    records()
    search()
    (pair,) = DuplicatePair.objects.all()
    assert reason in pair.reasons
    assert pair.state == PairState.CANDIDATE
    assert pair.first_id < pair.second_id


@pytest.mark.parametrize("search", [find_all_duplicates, _search_few], ids=["all", "few"])
@pytest.mark.parametrize("records", MISSED, ids=lambda case: case.__name__)
def test_a_near_miss_is_left_alone(county: Any, records: Any, search: Any) -> None:
    records()
    search()
    assert not DuplicatePair.objects.exists()


def test_reasons_add_up_and_another_sex_takes_away(county: Any) -> None:
    mother = person("37040619300101022", born="1930-01-01", name="李桂花")
    for body in ("37040619530201022", "37040619530201062"):
        child_of(with_phone(person(body)), mother)
    find_all_duplicates()
    pair = DuplicatePair.objects.get()
    assert (pair.reasons, pair.score) == (["one_digit", "same_parent", "same_phone"], 95)
    Person.objects.filter(pk=pair.first_id).update(sex="M")
    find_all_duplicates()
    pair.refresh_from_db()
    assert pair.score == 65


def test_a_block_that_says_nothing_is_left_out(county: Any) -> None:
    for _each in range(31):
        person(None)
    find_all_duplicates()
    assert not DuplicatePair.objects.exists()


def test_a_pair_of_two_townships_belongs_to_the_county(county: Any) -> None:
    _temporary()
    find_all_duplicates()
    pair = DuplicatePair.objects.get()
    assert pair.division_code == "370406000000"
    assert not DuplicatePair.objects.visible_to(make_actor(Role.TOWNSHIP)).exists()
    assert DuplicatePair.objects.visible_to(make_actor(Role.COUNTY)).exists()


def test_what_was_decided_is_remembered(county: Any) -> None:
    _one_digit()
    find_all_duplicates()
    decide_pair(actor=make_actor(Role.TOWNSHIP), pair=DuplicatePair.objects.get(), is_same=False)
    assert find_all_duplicates().opened == 0
    assert DuplicatePair.objects.get().state == PairState.DIFFERENT


def test_a_decision_comes_back_when_what_it_was_about_has_changed(county: Any) -> None:
    _one_digit()
    find_all_duplicates()
    pair = decide_pair(actor=make_actor(Role.TOWNSHIP), pair=DuplicatePair.objects.get(), is_same=False)
    with_phone(pair.first)
    assert find_all_duplicates().opened == 0
    Person.objects.filter(pk=pair.first_id).update(birth_date="1953-02-11")
    assert find_all_duplicates().opened == 1
    pair.refresh_from_db()
    assert (pair.state, pair.decided_by, pair.decided_on) == (PairState.CANDIDATE, None, None)


def test_a_decision_can_be_taken_back(county: Any) -> None:
    _one_digit()
    find_all_duplicates()
    pair = decide_pair(actor=make_actor(Role.TOWNSHIP), pair=DuplicatePair.objects.get(), is_same=True)
    assert reopen_pair(actor=make_actor(Role.COUNTY), pair=pair).state == PairState.CANDIDATE


def test_a_candidate_that_is_alike_no_longer_leaves_the_queue(county: Any) -> None:
    _one_digit()
    find_all_duplicates()
    Person.objects.filter(pk=DuplicatePair.objects.get().first_id).update(name="李建国")
    assert find_all_duplicates().cleared == 1
    assert not DuplicatePair.objects.waiting().exists()


def test_a_resident_file_brings_its_duplicates_into_the_queue(county: Any) -> None:
    person("37040619530201022", name="王建国", sex="F")
    twin = row(姓名="王建国", 公民身份号码=number("37040619530201042"))
    brought = bring(county, [twin], dry_run=True)
    assert codes(brought) == []
    assert not DuplicatePair.objects.exists()
    bring(county, [twin])
    assert DuplicatePair.objects.get().reasons == [DuplicateReason.ONE_DIGIT]


def test_the_old_number_of_fifteen_digits_is_the_same_person(county: Any) -> None:
    bring(county, [row(公民身份号码=REAL)])
    again = bring(county, [row(公民身份号码=REAL[:6] + REAL[8:17])])
    assert (again.created, Person.objects.count()) == (0, 1)
    find_all_duplicates()
    assert not DuplicatePair.objects.exists()


@pytest.mark.parametrize(
    ("other", "reason", "places"),
    [
        (number("37040619530201062"), DuplicateReason.ONE_DIGIT, 16),
        (number("37046019530201022"), DuplicateReason.SWAPPED_DIGITS, 5),
        (number("37040620530201022"), DuplicateReason.OLD_FORM, 7),
        (number("37048119530201548"), None, 5),
    ],
)
def test_numbers_beside_each_other(other: str, reason: DuplicateReason | None, places: int) -> None:
    compared = compare_numbers(REAL, other)
    assert compared.reason == reason
    assert places in compared.places


def test_near_days_are_days() -> None:
    import datetime

    near = near_dates(datetime.date(2000, 2, 29))
    assert datetime.date(2000, 2, 28) in near
    assert datetime.date(2000, 2, 29) not in near
    assert len(near) == len(set(near))
    assert VILLAGE.startswith("370406")
