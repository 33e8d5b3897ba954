"""The pages about people recorded twice, as the township and the county see them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from households.enums import MergeState, PairState
from households.models import DuplicatePair, MaritalFact, Person, PersonMerge
from offices.enums import Role
from offices.models import Read
from tests.factories import OTHER_VILLAGE, make_household, make_person
from tests.households.duplicates import merge, pair_of
from tests.subsidies.money import citizen_number, make_grant, paid_programme

pytestmark = pytest.mark.django_db

PageOf = Callable[..., Client]


def two() -> tuple[Person, Person]:
    return make_person(number=citizen_number(1)), make_person(number=citizen_number(6), name="王秀瑛")


def shown(answer: Any) -> str:
    return str(answer.content.decode())


def test_the_queue_shows_why_and_is_narrowed_by_its_address(county: Any, page_of: PageOf) -> None:
    pair = pair_of(*two())
    browser = page_of(Role.TOWNSHIP)
    page = shown(browser.get(reverse("households:duplicates")))
    assert "身份号码有一位不同" in page
    assert reverse("households:duplicate", args=[pair.pk]) in page
    assert "王秀瑛" not in shown(browser.get(reverse("households:duplicates") + "?name=李"))
    assert "王秀瑛" in shown(browser.get(reverse("households:duplicates") + "?reason=one_digit"))
    assert "王秀瑛" not in shown(browser.get(reverse("households:duplicates") + "?state=different"))


def test_a_pair_of_two_townships_is_not_theirs(county: Any, page_of: PageOf) -> None:
    here = make_person(number=citizen_number(1))
    pair = pair_of(here, make_person(village=OTHER_VILLAGE, name="璩秋实"))
    browser = page_of(Role.TOWNSHIP)
    assert browser.get(reverse("households:duplicate", args=[pair.pk])).status_code == 404
    page = shown(browser.get(reverse("households:person", args=[here.pk])))
    assert "请联系区级比对两条档案" in page
    assert "璩秋实" not in page
    assert page_of(Role.COUNTY).get(reverse("households:duplicate", args=[pair.pk])).status_code == 200


def test_numbers_are_masked_and_differ_by_place_alone(county: Any, page_of: PageOf) -> None:
    first, second = two()
    page = shown(page_of(Role.COUNTY).get(reverse("households:duplicate", args=[pair_of(first, second).pk])))
    numbers = citizen_number(1), citizen_number(6)
    places = [str(place + 1) for place in range(18) if numbers[0][place] != numbers[1][place]]
    assert f"18位中不同的位次：{'、'.join(places)}" in page
    assert "≠ 不一致" in page
    assert "＝ 一致" in page
    for serial in (1, 6):
        assert citizen_number(serial) not in page


def test_side_by_side_shows_nothing_that_rules_alone_read(county: Any, page_of: PageOf) -> None:
    first, second = two()
    make_household(first)
    for person in (first, second):
        MaritalFact.objects.create(person=person, state="widowed", division_code=person.division_code)
    pair = pair_of(first, second)
    for name in ("households:duplicate", "households:merge_new"):
        page = shown(page_of(Role.COUNTY).get(reverse(name, args=[pair.pk])))
        assert "丧偶" not in page
        assert "widow" not in page.lower()


def test_a_decision_by_the_page(county: Any, page_of: PageOf) -> None:
    pair = pair_of(*two())
    browser = page_of(Role.TOWNSHIP)
    browser.post(reverse("households:duplicate_decide", args=[pair.pk, "different"]))
    pair.refresh_from_db()
    assert pair.state == PairState.DIFFERENT
    again = browser.post(reverse("households:duplicate_decide", args=[pair.pk, "different"]))
    assert again.status_code == 422
    assert browser.post(reverse("households:duplicate_decide", args=[pair.pk, "burn"])).status_code == 404


def test_the_whole_way_by_the_pages(county: Any, page_of: PageOf) -> None:
    first, second = two()
    pair = pair_of(first, second)
    browser = page_of(Role.COUNTY)
    address = reverse("households:merge_new", args=[pair.pk])
    page = shown(browser.get(address, {"keep": str(second.pk)}))
    assert "姓名" in page
    refused = browser.post(address, {"keep": str(second.pk)})
    assert refused.status_code == 422
    chosen = {"keep": str(second.pk), "name": str(first.pk), "number": str(second.pk)}
    assert str(first.pk) in shown(browser.get(address, chosen))
    assert browser.post(address, chosen).status_code == 302
    made = PersonMerge.objects.get()
    second.refresh_from_db()
    assert (made.survivor, made.chosen["name"], second.name) == (second, str(first.pk), "王秀英")
    assert "撤销合并" in shown(browser.get(reverse("households:merge", args=[made.pk])))
    assert "王秀英" in shown(browser.get(reverse("households:merges")))
    undo = reverse("households:merge_undo", args=[made.pk])
    assert browser.get(undo).status_code == 200
    assert browser.post(undo).status_code == 302
    made.refresh_from_db()
    assert made.state == MergeState.UNDONE
    assert browser.post(undo).status_code == 422


def test_the_page_of_a_merged_record_leads_to_the_other(county: Any, page_of: PageOf) -> None:
    kept, gone = two()
    merge(kept, gone)
    browser = page_of(Role.TOWNSHIP)
    answer = browser.get(reverse("households:person", args=[gone.pk]), follow=True)
    assert answer.redirect_chain[0][0].startswith(reverse("households:person", args=[kept.pk]))
    assert "您打开的档案已并入本档案" in shown(answer)
    assert reverse("households:merge", args=[PersonMerge.objects.get().pk]) in shown(answer)


def test_the_page_of_a_record_merged_into_another_township_says_so(county: Any, page_of: PageOf) -> None:
    gone, kept = make_person(), make_person(village=OTHER_VILLAGE, name="璩秋实")
    merge(kept, gone)
    answer = page_of(Role.TOWNSHIP).get(reverse("households:person", args=[gone.pk]))
    assert answer.status_code == 422
    assert "璩秋实" not in shown(answer)


def test_a_township_is_told_that_money_is_the_county_s(county: Any, page_of: PageOf) -> None:
    grant = make_grant(paid_programme(), serial=3)
    pair = pair_of(grant.person, make_person())
    browser = page_of(Role.TOWNSHIP)
    kept = next(person for person in (pair.first, pair.second) if person != grant.person)
    address = reverse("households:merge_new", args=[pair.pk])
    page = shown(browser.get(address, {"keep": str(kept.pk)}))
    assert "须由区级合并" in page
    assert "960.00" in page
    assert browser.post(address, {"keep": str(kept.pk)}).status_code == 403
    assert not PersonMerge.objects.exists()


def test_what_stands_in_the_way_is_said_before(county: Any, page_of: PageOf) -> None:
    programme = paid_programme()
    people = [make_grant(programme, serial=serial).person for serial in (1, 2)]
    address = reverse("households:merge_new", args=[pair_of(*people).pk])
    browser = page_of(Role.COUNTY)
    assert "须先处理以下事项" in shown(browser.get(address))
    assert browser.post(address).status_code == 422


def test_work_of_today_and_reads(county: Any, page_of: PageOf) -> None:
    pair = pair_of(*two())
    browser = page_of(Role.TOWNSHIP)
    assert "疑似重复登记的人员" in shown(browser.get("/"))
    browser.get(reverse("households:duplicate", args=[pair.pk]))
    read = Read.objects.filter(reason="duplicate").latest("at")
    assert set(read.record_ids) == {pair.first_id, pair.second_id}


def test_nothing_to_compare(county: Any, page_of: PageOf) -> None:
    assert not DuplicatePair.objects.exists()
    assert "未发现疑似重复登记的人员" in shown(page_of(Role.AUDITOR).get(reverse("households:duplicates")))
