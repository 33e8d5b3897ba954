"""The figures of a year: what each counts, beside what only looks like it, and how they are compared."""

from __future__ import annotations

import datetime
import json
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command

from households.models import ExaminationYear
from offices.actors import Actor
from offices.clock import held
from offices.enums import Role
from reports.catalogue import ANNUAL
from reports.published import compared, published_figures
from reports.selectors.annual import figures_of_year
from reports.selectors.figures import Value
from subsidies.enums import GoodsMoveKind, GrantState, RecognitionKind, RecognitionState, StopReason
from subsidies.models import Grant, Nomination, PaymentBatch, Programme, Recognition, SealedList
from subsidies.services.bank_answers import import_answer
from subsidies.services.fund_accounts import confirm_fund_account, propose_fund_account
from subsidies.services.goods import add_goods, hand_out_goods, move_goods
from subsidies.services.grants import stop_grant
from subsidies.services.premium_answers import import_fund_answer, import_transfer_answer
from subsidies.services.sealed_lists import freeze_list, freeze_supplement, seal_list
from tests.factories import OTHER_TOWNSHIP, OTHER_VILLAGE, TOWNSHIP, VILLAGE, make_actor, make_household
from tests.reports.month import grant
from tests.subsidies.drafts import publish_drafts
from tests.subsidies.money import answer_to, file_of, fund, make_counters, sent_batch
from tests.subsidies.premiums import fund_says

pytestmark = pytest.mark.django_db
DECEMBER, JANUARY = datetime.date(2013, 12, 20), datetime.date(2014, 1, 6)


def programme(code: str) -> Programme:
    return Programme.objects.get(pk=code)


def pay(code: str, *, on: datetime.date = DECEMBER, period: str = "2013", returned: str = "") -> PaymentBatch:
    """Everybody due for the period is paid on a day, but who bears the name of `returned`."""
    with held(on):
        batch = sent_batch(programme(code), period)
        serials = batch.payments.filter(payee_name=returned).values_list("serial", flat=True)
        content = answer_to(file_of(batch), dict.fromkeys(serials, "03"))
        return import_answer(actor=make_counters().cashier, batch=batch, content=content).batch


def figure(code: str, *, year: int = 2013, scope: str = "370406") -> Value:
    return figures_of_year(year, scope=scope)[code]


def test_rewards_are_what_arrived_in_the_year_for_the_programmes_of_the_bundle(county: Actor) -> None:
    publish_drafts("SNJL")
    for code in ("DSJL", "SNJL", "NCJF"):
        fund(programme(code), year=2013)
    grant(programme=programme("DSJL"), amount="120.00")
    grant(programme=programme("DSJL"), amount="120.00", name="退票")
    grant(programme=programme("SNJL"), amount="500.00", village=OTHER_VILLAGE)
    grant(programme=programme("NCJF"))
    pay("DSJL", returned="退票")
    pay("SNJL", on=JANUARY)
    pay("NCJF")
    assert figure("four_rewards_paid") == Decimal("120.00")
    assert figure("four_rewards_paid", year=2014) == Decimal("500.00")
    assert figure("four_rewards_paid", year=2014, scope=TOWNSHIP[:9]) == 0
    assert figure("four_rewards_paid", year=2014, scope=OTHER_TOWNSHIP[:9]) == Decimal("500.00")


def test_waivers_are_the_premiums_that_the_funds_took_in(county: Actor) -> None:
    publish_drafts("MXNH")
    people = make_counters()
    for name in ("甲", "乙", "丙"):
        grant("2014-01-01", programme=programme("MXNH"), amount="90.00", account=None, name=name)
    fund(programme("MXNH"), year=2013)
    account = propose_fund_account(
        actor=people.finance,
        programme=programme("MXNH"),
        institution="山亭区新型农村合作医疗管理办公室",
        bank="山亭农村信用社",
        account="370406000011112222",
        document="山合管办〔2013〕5号",
    )
    confirm_fund_account(actor=people.county, account=account)
    with held(DECEMBER):
        batch = sent_batch(programme("MXNH"), "2014")
        assert figure("fee_waivers_paid") == 0
        import_transfer_answer(actor=people.cashier, batch=batch, content=answer_to(file_of(batch)))
    # The year paid counts, not the year covered; whom the fund did not take in was not paid for.
    import_fund_answer(actor=people.cashier, batch=batch, content=fund_says(batch, {2: "22"}))
    assert (figure("fee_waivers_paid"), figure("fee_waivers_paid", year=2014)) == (Decimal("180.00"), 0)


def test_recipients_hold_the_reward_assistance_on_the_last_day(county: Actor) -> None:
    reward = programme("NCJF")
    grant(programme=reward)
    grant(programme=reward, state=GrantState.SUSPENDED)
    grant("2012-01-01", "2014-01-01", programme=reward, village=OTHER_VILLAGE)
    grant("2012-01-01", "2013-12-31", programme=reward)
    grant("2014-01-01", programme=reward)
    grant(programme=programme("DSJL"))
    assert figure("reward_assistance_recipients") == 3
    assert figure("reward_assistance_recipients", scope=OTHER_TOWNSHIP[:9]) == 1


def test_a_household_with_two_lump_sums_is_one_household(county: Actor) -> None:
    publish_drafts("DSYL")
    lump, amount = programme("DSYL"), "10866.60"
    fund(lump, year=2013)
    wife, husband, alone = (grant(programme=lump, amount=amount) for _each in range(3))
    make_household(wife.person, (husband.person, "spouse"))
    returned = grant(programme=lump, amount=amount, name="退票")
    make_household(returned.person, (alone.person, "other"))
    pay("DSYL", returned="退票")
    late = grant(programme=lump, amount=amount)
    pay("DSYL", on=JANUARY)
    assert late.payments.get().paid_on == JANUARY
    assert figure("lump_sum_pension_households") == 2
    assert figure("lump_sum_pension_paid") == Decimal("32599.80")


def test_examinees_are_those_on_the_sealed_list_and_its_supplements(county: Actor) -> None:
    publish_drafts("ZKJF")
    exam = programme("ZKJF")
    reviewer, sealer = make_actor(Role.COUNTY_REVIEWER), make_actor(Role.COUNTY)

    def examinee(year: int, village: str = VILLAGE) -> Grant:
        made = grant(programme=exam, amount="0", account=None, village=village)
        ExaminationYear.objects.create(person=made.person, year=year, division_code=village)
        return made

    stopped, *_others = [examinee(2013), examinee(2013), examinee(2013, OTHER_VILLAGE), examinee(2014)]
    frozen = freeze_list(actor=reviewer, programme=exam, year=2013)
    assert figure("exam_bonus_students") == 0
    first = seal_list(actor=sealer, sealed_list=frozen)
    assert figure("exam_bonus_students") == 3
    stop_grant(grant=stopped, reason=StopReason.OTHER, event_on=DECEMBER, actor=sealer)
    supplement = freeze_supplement(actor=reviewer, first=first, reason="核对")
    seal_list(actor=sealer, sealed_list=supplement)
    assert SealedList.objects.sealed().count() == 2
    assert figure("exam_bonus_students") == 2
    assert figure("exam_bonus_students", scope=OTHER_TOWNSHIP[:9]) == 1
    assert figure("exam_bonus_students", year=2014) == 0


def test_model_families_and_what_they_received_in_money_and_goods(county: Actor) -> None:
    award = programme("MFXJ")
    fund(award, year=2013)
    sealer = make_actor(Role.COUNTY)

    def family(from_on: str = "2013-01-01", **fields: str) -> Grant:
        made = grant(from_on, programme=award, amount="1500.00", **fields)
        Nomination.objects.create(
            application=made.application,
            programme=award,
            household=make_household(made.person),
            year=made.from_on.year,
            reasons=["cares"],
            division_code=made.division_code,
        )
        return made

    first, returned, next_year = family(), family(name="退票"), family("2014-01-01")
    family("2013-06-01", to_on="2013-06-01")
    pay("MFXJ", returned="退票")
    item = add_goods(actor=sealer, name="棉被", unit="床", unit_value=Decimal("250.00"))
    move_goods(
        actor=sealer,
        item=item,
        kind=GoodsMoveKind.RECEIVED,
        quantity=10,
        moved_on=DECEMBER,
        document="入库单1号",
    )
    move_goods(
        actor=sealer, item=item, kind=GoodsMoveKind.LOST, quantity=1, moved_on=DECEMBER, document="报损1号"
    )
    for made, quantity, day in ((first, 2, DECEMBER), (returned, 1, JANUARY), (next_year, 3, JANUARY)):
        hand_out_goods(
            actor=make_actor(Role.TOWNSHIP),
            grant=made,
            item=item,
            quantity=quantity,
            moved_on=day,
            signed_by="王",
        )
    assert (figure("model_families"), figure("model_families", year=2014)) == (2, 1)
    assert figure("model_families_value") == Decimal("2000.00")
    assert figure("model_families_value", year=2014) == Decimal("1000.00")


def test_honours_are_the_confirmed_ones_of_the_year(county: Actor) -> None:
    someone, other = grant().person, grant(village=OTHER_VILLAGE).person
    nominator, decider = make_actor(Role.VILLAGE), make_actor(Role.COUNTY)
    confirmed, nominated = RecognitionState.CONFIRMED, RecognitionState.NOMINATED
    daughter, mother = RecognitionKind.DAUGHTER_IN_LAW, RecognitionKind.MOTHER_IN_LAW
    person = RecognitionKind.PERSON
    for number, (who, kind, year, state) in enumerate(
        (
            (someone, daughter, 2013, confirmed),
            (someone, mother, 2013, confirmed),
            (other, daughter, 2013, nominated),
            (other, mother, 2012, confirmed),
            (other, person, 2013, confirmed),
            (someone, person, 2013, RecognitionState.REJECTED),
        )
    ):
        is_confirmed = state == confirmed
        Recognition.objects.create(
            kind=kind,
            person=who,
            year=year,
            reasons=["cares"],
            present=["甲", "乙", "丙"],
            state=state,
            nominated_by_id=nominator.staff_id,
            nominated_on=DECEMBER,
            decided_by_id=decider.staff_id if state != nominated else None,
            decided_on=JANUARY if state != nominated else None,
            number=f"荣{number}号" if is_confirmed else "",
            code=f"CODE{number}" if is_confirmed else "",
            digest="0" * 64 if is_confirmed else "",
            division_code=who.division_code,
        )
    assert (figure("in_laws_honoured"), figure("individuals_honoured")) == (1, 1)
    assert figure("individuals_honoured", scope=TOWNSHIP[:9]) == 0


def test_the_command_prints_every_annual_figure(county: Actor) -> None:
    told = StringIO()
    call_command(
        "figures", "--kind", "annual", "--period", "2013", "--division", "370406", "--json", stdout=told
    )
    answer = json.loads(told.getvalue())
    assert set(answer["figures"]) == {definition.code for definition in ANNUAL}
    assert (answer["edition"], answer["state"]) == (None, "computed")
    assert answer["figures"]["four_rewards_paid"] == "0.00"
    assert answer["figures"]["model_families"] == 0


def test_the_catalogue_has_the_words_of_the_published_table() -> None:
    published = {figure.code: figure for figure in published_figures(2013)}
    assert len(published) == 23
    for definition in ANNUAL:
        figure = published[definition.code]
        assert (definition.name_zh, definition.name_en, definition.unit) == (
            figure.name_zh,
            figure.name_en,
            figure.unit,
        )
    assert not published_figures(2012)


@pytest.mark.parametrize(
    ("code", "computed", "agrees"),
    [
        ("lump_sum_pension_paid", Decimal("651996.00"), True),
        ("lump_sum_pension_paid", Decimal("651499.99"), False),
        ("lump_sum_pension_paid", Decimal("652500.00"), False),
        ("reward_assistance_recipients", 625, True),
        ("reward_assistance_recipients", 626, False),
        ("in_laws_honoured", 460, True),
        ("in_laws_honoured", 459, False),
        ("in_laws_honoured", 1000, True),
    ],
)
def test_a_figure_agrees_as_it_was_published(code: str, computed: Value, agrees: bool) -> None:
    (line,) = [one for one in compared(published_figures(2013), {code: computed}) if one.computed is not None]
    assert (line.published.code, line.agrees) == (code, agrees)
    assert not any(one.agrees for one in compared(published_figures(2013), {}))
