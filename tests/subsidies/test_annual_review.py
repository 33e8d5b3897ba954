"""The annual review: a frozen roster, one proposes and another decides, nothing stops by itself."""

from __future__ import annotations

import datetime
import hashlib
import re
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from households.enums import VisitNext, VisitPurpose, VisitResult
from households.services.own_family import keep_identity
from households.services.visits import record_visit
from offices import clock
from offices.enums import Role
from offices.errors import DomainError, NotAllowed, Stale
from offices.models import Act, Staff
from subsidies.enums import (
    Frequency,
    GrantState,
    ReviewMethod,
    ReviewReason,
    ReviewResult,
    ReviewState,
    ReviewTold,
    SampleFinding,
    StopReason,
    StopRule,
)
from subsidies.models import Grant, ReviewItem, ReviewRound
from subsidies.selectors.annual_reviews import arithmetic_of, drawn
from subsidies.services.annual_reviews import check_again, draw_sample, open_review
from subsidies.services.grants import suspend_grant
from subsidies.services.review_results import (
    decide_all_green,
    decide_result,
    propose_all_green,
    propose_result,
    record_finding,
    record_told,
    send_review_back,
)
from tests.factories import make_actor, make_household
from tests.subsidies.money import citizen_number, make_grant, paid_programme

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("county")]
CITY_PAPER = "枣人口发〔2014〕3号"
ALWAYS = [{"from": "2009-01-01", "to": None, "value": "yes", "known": "source"}]


def opened(*grants: Grant) -> ReviewRound:
    return open_review(
        actor=make_actor(Role.COUNTY),
        programme=grants[0].programme,
        year=clock.today().year,
        due_on=clock.today() + datetime.timedelta(days=60),
        document="山人口字〔2014〕2号",
    )


def seen(grant: Grant) -> None:
    record_visit(
        actor=make_actor(Role.VILLAGE),
        household=make_household(grant.person),
        purpose=VisitPurpose.DELIVER,
        result=VisitResult.TOLD,
        visited_on=clock.today(),
        next_step=VisitNext.NONE,
        next_on=None,
    )


def propose(item: ReviewItem, result: ReviewResult, **fields: Any) -> ReviewItem:
    return propose_result(
        actor=fields.pop("actor", None) or make_actor(Role.VILLAGE),
        item=item,
        method=fields.pop("method", ReviewMethod.DECLARATION),
        result=result,
        **fields,
    )


def test_the_roster_is_frozen_and_checked_against_the_registers() -> None:
    programme = paid_programme()
    dead, green, held = (make_grant(programme, serial=serial) for serial in (1, 2, 3))
    dead.person.died_on = clock.today()
    dead.person.save(update_fields=["died_on"])
    seen(green)
    suspend_grant(grant=held, actor=make_actor(Role.COUNTY))
    review = opened(dead, green, held)
    found = {item.grant_id: item.reasons for item in review.items.all()}
    assert found == {
        dead.pk: [ReviewReason.DIED, ReviewReason.NOT_SEEN],
        green.pk: [],
        held.pk: [ReviewReason.SUSPENDED, ReviewReason.NOT_SEEN],
    }
    assert review.count == 3
    with pytest.raises(DomainError) as again:
        opened(dead)
    assert again.value.code == "review_opened_already"
    late = make_grant(programme, serial=4)
    with pytest.raises(IntegrityError, match="roster of a review"), transaction.atomic():
        ReviewItem.objects.create(round=review, grant=late, division_code=late.division_code)
    seen(held)
    assert check_again(actor=make_actor(Role.COUNTY), round=review) == 1
    assert review.items.get(grant=held).reasons == [ReviewReason.SUSPENDED]
    assert Grant.objects.get(pk=dead.pk).state == GrantState.LIVE, "nothing stops by itself"


def test_one_proposes_another_decides_and_a_stop_is_the_county_s_and_told() -> None:
    grant = make_grant(paid_programme())
    item = opened(grant).items.get()
    item = propose(item, ReviewResult.STOP, stop_reason=StopReason.MOVED, event_on=clock.today())
    with pytest.raises(NotAllowed):
        decide_result(actor=make_actor(Role.TOWNSHIP_REVIEWER), item=item, proposal=item.proposal)
    with pytest.raises(IntegrityError, match="review_is_decided_by_another_person"), transaction.atomic():
        ReviewItem.objects.filter(pk=item.pk).update(
            state=ReviewState.DECIDED, decided_by=item.proposed_by, decided_on=clock.today()
        )
    done = decide_result(actor=make_actor(Role.COUNTY), item=item, proposal=item.proposal)
    grant.refresh_from_db()
    assert (grant.state, grant.stop_reason, done.state) == ("stopped", StopReason.MOVED, ReviewState.DECIDED)
    assert ReviewItem.objects.to_tell().get() == done
    record_told(actor=make_actor(Role.VILLAGE), item=done, how=ReviewTold.IN_PERSON)
    with pytest.raises(Stale):
        record_told(actor=make_actor(Role.VILLAGE), item=done, how=ReviewTold.POST)
    with pytest.raises(IntegrityError, match="what was decided stays"), transaction.atomic():
        ReviewItem.objects.filter(pk=done.pk).update(
            result=ReviewResult.SUSPEND, stop_reason="", event_on=None
        )


def test_what_does_not_fit_is_refused_and_what_was_wrong_is_sent_back() -> None:
    item = opened(make_grant(paid_programme())).items.get()
    for result, fields, code in (
        (ReviewResult.RESUME, {}, "review_result"),
        (ReviewResult.STOP, {}, "review_stop"),
        (ReviewResult.CONTINUE, {"method": ReviewMethod.VISIT}, "no_visit"),
        (ReviewResult.CONTINUE, {"method": ReviewMethod.PRECHECK}, "precheck_not_enough"),
    ):
        with pytest.raises(DomainError) as refused:
            propose(item, result, **fields)
        assert refused.value.code == code
    item = propose(item, ReviewResult.CONTINUE)
    back = send_review_back(actor=make_actor(Role.TOWNSHIP_REVIEWER), item=item, proposal=item.proposal)
    assert (back.state, back.method, back.proposed_by) == (ReviewState.OPEN, "", None)


def test_nobody_decides_what_was_proposed_after_she_looked() -> None:
    grant = make_grant(paid_programme())
    shown = propose(opened(grant).items.get(), ReviewResult.CONTINUE)
    county = make_actor(Role.COUNTY)
    back = send_review_back(actor=county, item=shown, proposal=shown.proposal)
    changed = propose(back, ReviewResult.STOP, stop_reason=StopReason.MOVED, event_on=clock.today())
    for act in (decide_result, send_review_back):
        with pytest.raises(Stale) as refused:
            act(actor=county, item=changed, proposal=shown.proposal)
        assert refused.value.code == "proposal_changed"
    grant.refresh_from_db()
    assert grant.state == GrantState.LIVE
    assert decide_result(actor=county, item=changed, proposal=changed.proposal).state == ReviewState.DECIDED


def test_registers_alone_are_enough_where_the_policy_says_so() -> None:
    programme = paid_programme(parameters={"review_by_precheck": ALWAYS})
    green, own, unseen = (make_grant(programme, serial=serial) for serial in (1, 2, 3))
    seen(green)
    seen(own)
    village, reviewer = make_actor(Role.VILLAGE), make_actor(Role.TOWNSHIP_REVIEWER)
    keep_identity(
        actor=make_actor(Role.SECURITY_ADMIN),
        staff=Staff.objects.get(pk=village.staff_id),
        number=citizen_number(2),
    )
    review = opened(green, own, unseen)
    assert propose_all_green(actor=village, round=review) == 1
    assert decide_all_green(actor=reviewer, round=review) == 1
    assert review.items.get(grant=green).state == ReviewState.DECIDED
    assert set(review.items.waiting().values_list("grant", flat=True)) == {own.pk, unseen.pk}
    with pytest.raises(DomainError) as refused:
        propose(review.items.get(grant=own), ReviewResult.CONTINUE, actor=village)
    assert refused.value.code == "own_family"


def test_a_suspension_takes_nothing_away_and_the_arithmetic_says_so() -> None:
    programme = paid_programme(frequency=Frequency.MONTHLY, stop_rule=StopRule.END_OF_MONTH)
    grant = make_grant(programme, amount="4080.00", from_on="2013-11-01")
    today = datetime.date(2014, 2, 10)
    going = arithmetic_of(grant, result=ReviewResult.RESUME, event_on=None, today=today)
    assert [line.period for line in going.lines] == ["2013-11", "2013-12", "2014-01", "2014-02"]
    assert str(going.unpaid_amount) == "1360.00"
    stopped = arithmetic_of(grant, result=ReviewResult.STOP, event_on=datetime.date(2013, 12, 5), today=today)
    assert (stopped.last_day, str(stopped.unpaid_amount)) == (datetime.date(2013, 12, 31), "680.00")


def test_the_sample_is_drawn_by_the_city_s_seed_and_anybody_draws_it_again() -> None:
    programme = paid_programme()
    grants = [make_grant(programme, serial=serial) for serial in range(1, 22)]
    review = opened(*grants)
    county, seed = make_actor(Role.COUNTY), " 福彩3D 2014006期 518 "
    assert draw_sample(actor=county, round=review, seed=seed, document=CITY_PAPER) == 2
    chosen = set(
        review.items.filter(is_sampled=True).values_list("grant__application__file_number", flat=True)
    )
    numbers = [grant.application.file_number for grant in grants]
    by_hand = sorted(
        numbers, key=lambda one: hashlib.sha256(f"福彩3D 2014006期 518|{one}".encode()).hexdigest()
    )
    assert (
        chosen == set(by_hand[:2]) == set(drawn(seed="福彩3D 2014006期 518", file_numbers=numbers, percent=5))
    )
    review.refresh_from_db()
    assert review.roster_sha256 == hashlib.sha256("\n".join(sorted(numbers)).encode()).hexdigest()
    with pytest.raises(Stale):
        draw_sample(actor=county, round=review, seed="2", document=CITY_PAPER)
    with pytest.raises(IntegrityError, match="roster and sample"), transaction.atomic():
        ReviewRound.objects.filter(pk=review.pk).update(sample_seed="3")
    item = review.items.filter(is_sampled=True)[0]
    judged = record_finding(actor=make_actor(Role.COUNTY_REVIEWER), item=item, finding=SampleFinding.RIGHT)
    assert judged.finding == SampleFinding.RIGHT
    with pytest.raises(Stale):
        record_finding(actor=make_actor(Role.COUNTY_REVIEWER), item=item, finding=SampleFinding.WRONG)


def test_a_sample_rests_on_the_paper_in_which_the_city_named_its_seed() -> None:
    review = opened(make_grant(paid_programme()))
    with pytest.raises(DomainError) as refused:
        draw_sample(actor=make_actor(Role.COUNTY), round=review, seed="518", document=" ")
    assert refused.value.code == "sample_document"
    review.refresh_from_db()
    assert review.sample_seed == ""
    draw_sample(actor=make_actor(Role.COUNTY), round=review, seed="518", document=CITY_PAPER)
    review.refresh_from_db()
    assert review.sample_document == CITY_PAPER
    act = Act.objects.of_record(review).get(verb="subsidies.draw_review_sample")
    assert (act.detail["seed"], act.detail["document"]) == ("518", CITY_PAPER)
    with pytest.raises(IntegrityError, match="roster and sample"), transaction.atomic():
        ReviewRound.objects.filter(pk=review.pk).update(sample_document="别的文件")


def test_nothing_is_drawn_before_the_seed_is_recorded() -> None:
    """Not even by whoever writes past the services: nobody joins a sample but whom its seed draws."""
    programme = paid_programme()
    review = opened(*[make_grant(programme, serial=serial) for serial in range(1, 22)])
    wanted = review.items.order_by("grant__application__file_number")[0]

    def add(item: ReviewItem) -> None:
        with transaction.atomic():
            ReviewItem.objects.filter(pk=item.pk).update(is_sampled=True)

    with pytest.raises(IntegrityError, match="whom its seed draws"):
        add(wanted)
    draw_sample(actor=make_actor(Role.COUNTY), round=review, seed="518", document=CITY_PAPER)
    assert review.items.filter(is_sampled=True).count() == 2
    with pytest.raises(IntegrityError, match="whom its seed draws"):
        add(review.items.filter(is_sampled=False)[0])
    other = opened(make_grant(paid_programme("OTHER"), serial=30))
    with transaction.atomic():
        ReviewRound.objects.filter(pk=other.pk).update(
            sample_seed="1",
            sample_percent=5,
            sample_document=CITY_PAPER,
            sampled_on=clock.today(),
            sampled_by=make_actor(Role.COUNTY).staff_id,
        )
    with pytest.raises(IntegrityError, match="whom its seed draws"), transaction.atomic():
        ReviewItem.objects.filter(round__in=[review.pk, other.pk]).update(is_sampled=True)


@pytest.mark.page
def test_the_county_draws_on_a_page_and_the_paper_stands_beside_the_seed(page_of: Any) -> None:
    review = opened(make_grant(paid_programme()))
    county = page_of(Role.COUNTY)
    step = reverse("subsidies:review_do", args=[review.pk, "sample"])
    refused = county.post(step, {"seed": "福彩3D 518", "percent": "5", "document": " "})
    assert refused.status_code == 422
    assert "福彩3D 518" in refused.content.decode(), "what was typed is forgotten"
    assert county.post(step, {"seed": "518", "percent": "5", "document": CITY_PAPER}).status_code == 302
    shown = county.get(reverse("subsidies:review", args=[review.pk])).content.decode()
    assert CITY_PAPER in shown
    again = county.post(step, {"seed": "519", "percent": "5", "document": CITY_PAPER})
    assert again.status_code == 422
    assert "已经抽取" in again.content.decode() or "已抽" in again.content.decode()


@pytest.mark.page
def test_a_village_proposes_on_a_page_and_the_county_suspends(page_of: Any) -> None:
    grant = make_grant(paid_programme())
    item = opened(grant).items.get()
    village = page_of(Role.VILLAGE)
    listed = village.get(
        reverse("subsidies:review_items", args=[item.round_id]) + "?state=open&look=not_seen"
    )
    assert grant.person.name in listed.content.decode()
    step = reverse("subsidies:review_item_step", args=[item.pk, "propose"])
    refused = village.post(step, {"method": "visit", "result": "suspend"})
    assert refused.status_code == 422
    assert "请先登记上门服务" in refused.content.decode()
    assert village.post(step, {"method": "declared", "result": "suspend"}).status_code == 302
    county, decide = page_of(Role.COUNTY), reverse("subsidies:review_item_step", args=[item.pk, "decide"])
    told = county.post(decide, {"proposal": "declared||continue"}, follow=True).content.decode()
    assert "该项意见已有变更" in told
    shown = re.search(r'name="proposal" value="([^"]+)"', county.get(decide).content.decode())
    assert shown
    county.post(decide, {"proposal": shown[1]})
    grant.refresh_from_db()
    assert grant.state == GrantState.SUSPENDED
    notice = page_of(Role.VILLAGE).get(reverse("subsidies:review_notice", args=[item.pk])).content.decode()
    assert "恢复发放时一并补发" in notice
    assert "年审" in page_of(Role.COUNTY).get(reverse("subsidies:grant", args=[grant.pk])).content.decode()
