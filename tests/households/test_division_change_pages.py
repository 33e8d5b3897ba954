"""Pages of changes of divisions: prepared, looked at, confirmed by another, and what families' pages say after."""

from __future__ import annotations

import datetime
from collections.abc import Callable

from django.test import Client
from django.urls import reverse

from households.models import DivisionChange, SplitChoice
from households.tasks import do_division_change
from offices.actors import Actor
from offices.enums import Role, SuccessionKind
from tests.factories import make_household, make_person
from tests.households.divisions import FIRST, NEW, OTHER_NEW, SECOND, done

PageOf = Callable[..., Client]
LIST = "/households/divisions/"


def test_merge_is_prepared_and_confirmed_by_another(county: Actor, page_of: PageOf) -> None:
    house = make_household(make_person(village=SECOND), number="17")
    make_household(make_person(village=FIRST), number="17")
    clerk = page_of(Role.COUNTY)
    form = clerk.get(f"{LIST}new/merge/?township=370406101000").content.decode()
    assert FIRST in form
    assert "370406102200" not in form
    said = {
        "effective_on": "2014-01-06",
        "document": "山政发〔2014〕3号",
        "villages": [FIRST, SECOND],
        "new_code": FIRST,
        "new_name": "大前村",
    }
    refused = clerk.post(f"{LIST}new/merge/", {**said, "villages": [FIRST]})
    assert refused.status_code == 422
    assert "大前村" in refused.content.decode(), "what was typed stays"
    answer = clerk.post(f"{LIST}new/merge/", said)
    change = DivisionChange.objects.get()
    assert answer["Location"] == reverse("households:division_change", args=[change.pk])
    page = clerk.get(answer["Location"]).content.decode()
    assert "17-201" in page
    assert "do/confirm" not in page, "who prepared it does not confirm it"
    assert clerk.post(f"{LIST}{change.pk}/do/confirm/").status_code == 422
    reviewer = page_of(Role.COUNTY_REVIEWER)
    assert "大前村" in reviewer.get(f"{LIST}{change.pk}/do/confirm/").content.decode()
    assert reviewer.post(f"{LIST}{change.pk}/do/confirm/").status_code == 302
    change.refresh_from_db()
    do_division_change("370406", str(change.job_id))
    page = reviewer.get(f"{LIST}{change.pk}/").content.decode()
    assert "已执行" in page
    assert "大前村" in reviewer.get(LIST).content.decode()
    assert reviewer.get(f"{LIST}?village={SECOND}&state=applied").context["listing"].total == 1
    assert reviewer.get(f"{LIST}?village=370406103200").context["listing"].total == 0
    assert reviewer.get(f"{LIST}{change.pk}/history/").status_code == 200
    family = reviewer.get(reverse("households:household", args=[house.pk])).content.decode()
    assert "17-201" in family
    assert "户编号 17" in family


def test_split_chooses_by_number_range_and_by_ticks(county: Actor, page_of: PageOf) -> None:
    houses = [make_household(make_person(village=FIRST), number=str(number)) for number in (1, 2, 3, 12, 20)]
    clerk = page_of(Role.COUNTY)
    answer = clerk.post(
        f"{LIST}new/split/",
        {
            "effective_on": "2014-03-01",
            "document": "山政发〔2014〕3号",
            "village": FIRST,
            "code_1": NEW,
            "name_1": "新村",
        },
    )
    address = answer["Location"]
    assert address.endswith("/households/")
    ranged = f"{address}?number_from=3&number_to=12"
    assert clerk.get(ranged).context["listing"].total == 2
    assert clerk.post(ranged, {"new_code": NEW, "which": "shown"}).status_code == 302
    assert set(SplitChoice.objects.values_list("household__number", flat=True)) == {"3", "12"}
    assert clerk.post(address, {"new_code": NEW, "which": "ticked"}).status_code == 422
    clerk.post(address, {"new_code": NEW, "which": "ticked", "household": [str(houses[0].pk), "x"]})
    clerk.post(address, {"new_code": FIRST, "which": "ticked", "household": [str(houses[2].pk)]})
    assert set(SplitChoice.objects.values_list("household__number", flat=True)) == {"1", "12"}
    assert clerk.get(f"{address}?goes_to={NEW}").context["listing"].total == 2
    assert clerk.get(f"{address}?goes_to={FIRST}").context["listing"].total == 3
    assert clerk.get(f"{address}?number_from=x").status_code == 200
    change = DivisionChange.objects.get()
    counted = [row for row in change.preview["counted"] if row["kind"] == "households"]
    assert counted == [{"kind": "households", "from": FIRST, "to": NEW, "count": 2}]


def test_transfer_and_rename_are_prepared_and_withdrawn(county: Actor, page_of: PageOf) -> None:
    clerk = page_of(Role.COUNTY)
    said = {"effective_on": "2014-03-01", "document": "山政发〔2014〕3号"}
    clerk.post(f"{LIST}new/transfer/", {**said, "village": SECOND, "new_code": OTHER_NEW})
    clerk.post(f"{LIST}new/rename/", {**said, "division": "370406101000", "new_name": "新名镇"})
    assert DivisionChange.objects.count() == 2
    refused = clerk.post(f"{LIST}new/transfer/", {**said, "village": FIRST, "new_code": NEW})
    assert refused.status_code == 422
    assert clerk.get(f"{LIST}new/move/").status_code == 404
    change = DivisionChange.objects.get(kind=SuccessionKind.TRANSFER)
    assert clerk.get(f"{LIST}{change.pk}/do/withdraw/").status_code == 200
    assert clerk.post(f"{LIST}{change.pk}/do/withdraw/").status_code == 302
    change.refresh_from_db()
    assert change.state == "withdrawn"
    assert clerk.post(f"{LIST}{change.pk}/do/withdraw/").status_code == 422
    assert clerk.get(f"{LIST}{change.pk}/do/lose/").status_code == 404


def test_family_of_an_old_day_lives_in_the_old_village(county: Actor, page_of: PageOf) -> None:
    house = make_household(make_person(village=SECOND), number="17")
    was = county_name(SECOND)
    done(SuccessionKind.TRANSFER, (SECOND, OTHER_NEW, "西新村"))
    reader = page_of(Role.COUNTY_REVIEWER)
    address = reverse("households:household", args=[house.pk])
    then = reader.get(f"{address}?on=2014-01-05").content.decode()
    assert was in then
    assert "西新村" not in then
    now = reader.get(f"{address}?on=2014-01-06").content.decode()
    assert "西新村" in now
    # Who works on cases of the new township opens the family; the old one has it no more.
    assert page_of(Role.TOWNSHIP, "370406102000").get(address).status_code == 200
    assert page_of(Role.TOWNSHIP, "370406101000").get(address).status_code == 404


def test_pickers_offer_the_villages_of_today(county: Actor, page_of: PageOf) -> None:
    done(SuccessionKind.TRANSFER, (SECOND, OTHER_NEW, "西新村"))
    page = page_of(Role.COUNTY).get("/households/").content.decode()
    assert f'value="{SECOND}"' not in page
    assert f'value="{OTHER_NEW}"' in page
    assert f'value="{SECOND}"' not in page_of(Role.TOWNSHIP).get("/households/arrivals/new/").content.decode()


def county_name(code: str) -> str:
    from offices.selectors.divisions import name_on

    return name_on(code, datetime.date(2014, 1, 1))
