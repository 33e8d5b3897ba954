"""A county enters a programme of its own: what it is, its first draft, and what of it stays once published."""

from __future__ import annotations

import datetime
from contextlib import nullcontext
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from offices.actors import Actor
from offices.enums import Role
from offices.errors import DomainError, NotAllowed
from offices.models import Act
from subsidies.case_forms import ProgrammeChoice
from subsidies.enums import Frequency, PolicyState, ProgrammeKind, Unit
from subsidies.models import PolicyVersion, Programme
from subsidies.money_forms import paid_programmes
from subsidies.predicates import RuleError
from subsidies.selectors.catalogue import programmes_listed
from subsidies.selectors.drafts import content_digest, lacks_of
from subsidies.selectors.needs import may_state
from subsidies.services.drafts import discard_draft, start_draft
from subsidies.services.policies import check_policy, load_policies
from subsidies.services.programmes import correct_programme, enter_programme
from subsidies.services.publication import publish_policy, submit_policy
from subsidies.services.sweep import count_standings, sweep
from tests.conftest import as_owner, sql
from tests.factories import make_actor
from tests.subsidies.new_programmes import TERMS, completed, dated, entered, published, terms
from tests.subsidies.policies import approver, author, simulate

pytestmark = pytest.mark.django_db
DAY = datetime.date(2014, 1, 6)
HELPER = "协助人"


def refusal(act: Any, **given: Any) -> str:
    with pytest.raises(DomainError) as refused, transaction.atomic():
        act(**given)
    assert str(refused.value)
    return refused.value.code


def listed(role: Role) -> set[str]:
    return {row.programme.pk for row in programmes_listed(DAY, actor=make_actor(role))}


# Entering ------------------------------------------------------------------------------------


def test_a_programme_begins_with_its_first_draft_and_is_seen_where_drafts_are(county: Actor) -> None:
    draft = entered()
    programme = Programme.objects.get(pk="GLWW")
    assert (draft.programme, draft.number, draft.state) == (programme, 1, PolicyState.DRAFT)
    assert (programme.name_zh, programme.name_en, programme.is_posted) == (TERMS.name_zh, TERMS.name_en, True)
    assert Programme.objects.last() == programme
    assert draft.authors == [author().staff_id]
    act = Act.objects.get(verb="subsidies.enter_programme")
    assert (act.by_id, act.role, act.record_id) == (author().staff_id, Role.COUNTY, draft.pk)
    assert act.detail["programme"] == "GLWW"
    assert act.detail["kind"] == ProgrammeKind.CASH
    for role in Role.COUNTY, Role.AUDITOR:
        assert "GLWW" in listed(role)
    for role in Role.VILLAGE, Role.TOWNSHIP, Role.COUNTY_REVIEWER, Role.FINANCE:
        assert "GLWW" not in listed(role)
    assert "GLWW" not in count_standings(sweep(actor=county, as_of=DAY))
    assert programme not in paid_programmes()
    assert programme not in ProgrammeChoice().fields["programme"].queryset  # type: ignore[attr-defined] # a model choice


@pytest.mark.parametrize("code", ["A", "ABCDEFGHI", "abcd", "AB-1", "双女", ""])
def test_a_code_is_two_to_eight_capital_letters_or_digits(county: Actor, code: str) -> None:
    assert refusal(enter_programme, actor=author(), code=code, terms=TERMS) == "programme_code"


def test_a_code_that_is_taken_is_refused_whether_it_is_published_or_being_written(county: Actor) -> None:
    entered()
    for code in ("NCJF", "YXFX", "GLWW"):
        assert refusal(enter_programme, actor=approver(), code=code, terms=TERMS) == "code_taken"
    assert Programme.objects.get(pk="NCJF").name_zh != TERMS.name_zh


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"kind": ProgrammeKind.CASH, "frequency": Frequency.ON_REQUEST}, "frequency_of_kind"),
        ({"kind": ProgrammeKind.PREMIUM, "frequency": Frequency.MONTHLY}, "frequency_of_kind"),
        ({"kind": ProgrammeKind.POINTS, "frequency": Frequency.ONCE}, "frequency_of_kind"),
        ({"kind": ProgrammeKind.AWARD, "frequency": Frequency.MONTHLY}, "frequency_of_kind"),
        ({"kind": ProgrammeKind.LETTER, "frequency": Frequency.YEARLY}, "frequency_of_kind"),
        ({"kind": ProgrammeKind.POINTS, "unit": Unit.HOUSEHOLD}, "points_of_household"),
        ({"kind": ProgrammeKind.LETTER, "is_posted": True}, "letter_is_posted"),
    ],
)
def test_a_benefit_that_could_not_be_given_is_refused(
    county: Actor, changed: dict[str, Any], code: str
) -> None:
    assert refusal(enter_programme, actor=author(), code="NEW", terms=terms(**changed)) == code
    assert not Programme.objects.filter(pk="NEW").exists()
    draft = entered()
    given = {"draft": draft, "revision": draft.revision, "terms": terms(**changed)}
    assert refusal(correct_programme, actor=author(), **given) == code


@pytest.mark.parametrize("role", [role for role in Role if role != Role.COUNTY])
def test_the_county_alone_enters_and_corrects(county: Actor, role: Role) -> None:
    draft = entered()
    with pytest.raises(NotAllowed):
        enter_programme(actor=make_actor(role), code="NEW", terms=TERMS)
    with pytest.raises(NotAllowed):
        correct_programme(actor=make_actor(role), draft=draft, revision=draft.revision, terms=TERMS)


# What each kind needs --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "begins_with", "lacks"),
    [
        ({}, [], {"basis", "amounts", "conditions", "notice", "funding", "stop"}),
        ({"is_posted": False}, [], {"basis", "amounts", "conditions", "funding", "stop"}),
        (
            {"unit": Unit.HOUSEHOLD},
            ["payee_of_family"],
            {"basis", "amounts", "notice", "funding", "stop"},
        ),
        (
            {"kind": ProgrammeKind.PREMIUM},
            [],
            {"basis", "amounts", "conditions", "notice", "funding", "stop"},
        ),
        ({"kind": ProgrammeKind.POINTS}, [], {"basis", "conditions", "parameter", "notice", "stop"}),
        (
            {"kind": ProgrammeKind.AWARD, "unit": Unit.HOUSEHOLD},
            ["chosen_by_nomination"],
            {"basis", "amounts", "notice", "funding", "stop"},
        ),
        ({"kind": ProgrammeKind.LETTER, "unit": Unit.HOUSEHOLD}, ["payee_of_family"], {"basis", "stop"}),
    ],
)
def test_a_first_draft_begins_with_what_its_kind_needs_and_names_what_is_missing(
    county: Actor, changed: dict[str, Any], begins_with: list[str], lacks: set[str]
) -> None:
    draft = entered(**changed)
    assert [word for part in draft.rule["all"] for word in part if word != "clause"] == begins_with
    assert {lack.part for lack in lacks_of(draft)} == lacks
    assert refusal(submit_policy, actor=author(), draft=draft, revision=0) == "draft_incomplete"


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"is_posted": False, "frequency": Frequency.MONTHLY},
        {"frequency": Frequency.ONCE},
        {"unit": Unit.HOUSEHOLD},
        {"kind": ProgrammeKind.PREMIUM},
        {"kind": ProgrammeKind.POINTS},
        {"kind": ProgrammeKind.AWARD, "unit": Unit.HOUSEHOLD},
        {"kind": ProgrammeKind.LETTER, "unit": Unit.HOUSEHOLD},
    ],
)
def test_every_kind_is_published_by_a_second_person_once_it_is_whole(
    county: Actor, changed: dict[str, Any]
) -> None:
    version = published(**changed)
    assert version.state == PolicyState.PUBLISHED
    assert version.approved_by_id == approver().staff_id
    assert "GLWW" in listed(Role.VILLAGE)
    assert "GLWW" in count_standings(sweep(actor=county, as_of=DAY))


def test_a_family_s_benefit_is_not_published_without_who_receives_for_it(county: Actor) -> None:
    draft = completed(entered(unit=Unit.HOUSEHOLD))
    without = {"all": draft.rule["all"][1:]}
    one_of_two = {"all": [{"clause": "either", "any": draft.rule["all"][:1]}, *without["all"]]}
    for rule in (without, one_of_two):
        draft.rule = {"all": [{**part} for part in rule["all"]]}
        for part in draft.rule["all"]:
            for inner in part.get("any", ()):
                inner.pop("clause", None)
        assert [lack.part for lack in lacks_of(draft)] == ["conditions"]
        with pytest.raises(RuleError) as refused:
            check_policy(draft)
        assert refused.value.code == "no_payee"


def test_a_points_list_says_how_many_points_on_every_day(county: Actor) -> None:
    draft = completed(entered(kind=ProgrammeKind.POINTS))
    draft.parameters = {"points": [{**draft.parameters["points"][0], "to": "2015-01-01"}]}
    (lack,) = lacks_of(draft)
    assert (lack.part, lack.parameter) == ("parameter", "points")
    with pytest.raises(RuleError) as refused:
        check_policy(draft)
    assert refused.value.code == "parameter_without_value"


def test_what_gives_no_money_states_none(county: Actor) -> None:
    draft = completed(entered(kind=ProgrammeKind.LETTER))
    assert lacks_of(draft) == []
    draft.parameters = {"amount": dated("500.00")}
    assert [lack.part for lack in lacks_of(draft)] == ["amounts"]
    for kind, offered in ((ProgrammeKind.LETTER, False), (ProgrammeKind.CASH, True)):
        draft.programme.kind = kind
        assert may_state(draft.programme, "amount") is offered
        assert may_state(draft.programme, "documents")
        assert not may_state(draft.programme, "points")


def test_a_condition_of_another_kind_is_named(county: Actor) -> None:
    draft = completed(entered())
    draft.rule = {"all": [*draft.rule["all"], {"clause": "chosen", "chosen_by_nomination": {}}]}
    assert [lack.part for lack in lacks_of(draft)] == ["conditions"]
    with pytest.raises(RuleError) as refused:
        check_policy(draft)
    assert refused.value.code == "not_for_this_kind"


# Correcting ------------------------------------------------------------------------------------


def test_what_is_corrected_is_counted_anew_and_its_author_does_not_approve_it(county: Actor) -> None:
    draft = completed(entered())
    simulate(draft)
    digest, helper = content_digest(draft), make_actor(Role.COUNTY, name=HELPER)
    correct_programme(
        actor=helper, draft=draft, revision=draft.revision, terms=terms(frequency=Frequency.ONCE)
    )
    draft = PolicyVersion.objects.select_related("programme").get(pk=draft.pk)
    assert draft.programme.frequency == Frequency.ONCE
    assert content_digest(draft) != digest
    act = Act.objects.get(verb="subsidies.correct_programme")
    assert (act.detail["before"], act.detail["after"]) == ({"frequency": "yearly"}, {"frequency": "once"})
    given = {"actor": author(), "draft": draft, "revision": draft.revision}
    assert refusal(submit_policy, **given) == "simulate_again"
    simulate(draft)
    submit_policy(**given)
    version = {"version": draft, "revision": draft.revision}
    assert refusal(publish_policy, actor=helper, **version) == "author_approves"
    assert publish_policy(actor=approver(), **version).state == PolicyState.PUBLISHED


def test_nothing_is_corrected_over_another_s_save_nor_while_somebody_reads_it(county: Actor) -> None:
    draft = completed(entered())
    corrected = terms(name_zh="新名称")
    assert refusal(correct_programme, actor=author(), draft=draft, revision=0, terms=corrected) == (
        "saved_meanwhile"
    )
    correct_programme(actor=author(), draft=draft, revision=draft.revision, terms=TERMS)
    assert not Act.objects.filter(verb="subsidies.correct_programme").exists(), "nothing was corrected"
    simulate(draft)
    submit_policy(actor=author(), draft=draft, revision=draft.revision)
    given = {"draft": draft, "revision": draft.revision, "terms": corrected}
    assert refusal(correct_programme, actor=author(), **given) == "no_draft"


def test_once_published_what_it_is_stays_also_for_the_owner_of_the_database(county: Actor) -> None:
    published()
    draft = start_draft(actor=author(), programme=Programme.objects.get(pk="GLWW"))
    given = {"draft": draft, "revision": draft.revision, "terms": terms(unit=Unit.HOUSEHOLD)}
    assert refusal(correct_programme, actor=author(), **given) == "programme_stands"
    changes = (
        "unit = 'household'",
        "kind = 'award'",
        "frequency = 'once'",
        "is_posted = false",
    )
    for change in changes:
        for who in nullcontext, as_owner:
            with who(), pytest.raises(IntegrityError, match="stays as it is"), transaction.atomic():
                sql(f"UPDATE subsidies_programme SET {change} WHERE code = 'GLWW'")
    sql("UPDATE subsidies_programme SET name_zh = '改名' WHERE code = 'GLWW'")
    sql("UPDATE subsidies_programme SET unit = 'household' WHERE code = 'NCTB'")


@pytest.mark.parametrize(
    "fields", ["kind = 'letter'", "frequency = 'request'", "kind = 'points', unit = 'household'"]
)
def test_the_database_knows_how_often_a_kind_can_be_given(county: Actor, fields: str) -> None:
    entered()
    with pytest.raises(IntegrityError, match="programme_is_given_as_its_kind_can_be"), transaction.atomic():
        sql(f"UPDATE subsidies_programme SET {fields} WHERE code = 'GLWW'")


def test_loading_again_leaves_what_the_county_corrected_or_entered(county: Actor) -> None:
    draft = start_draft(actor=author(), programme=Programme.objects.get(pk="NCTB"))
    corrected = terms(name_zh="本县提标")
    correct_programme(actor=author(), draft=draft, revision=draft.revision, terms=corrected)
    load_policies(actor=county, county="370406")
    assert Programme.objects.get(pk="NCTB").name_zh == "本县提标"


# Discarding --------------------------------------------------------------------------------------


def test_a_new_programme_goes_with_its_only_draft_and_its_code_is_free_again(county: Actor) -> None:
    draft = entered()
    discard_draft(actor=approver(), draft=draft, revision=draft.revision)
    assert "GLWW" not in listed(Role.COUNTY)
    again = enter_programme(actor=approver(), code="GLWW", terms=terms(name_zh="另一项目", frequency="once"))
    assert (again.number, again.programme.name_zh, again.programme.frequency) == (2, "另一项目", "once")
    assert PolicyVersion.objects.get(pk=draft.pk).state == PolicyState.DISCARDED
    assert "GLWW" in listed(Role.COUNTY)


def test_a_published_programme_stays_when_a_later_draft_is_discarded(county: Actor) -> None:
    version = published()
    draft = start_draft(actor=author(), programme=version.programme)
    discard_draft(actor=author(), draft=draft, revision=draft.revision)
    assert "GLWW" in listed(Role.TOWNSHIP)
    assert refusal(enter_programme, actor=author(), code="GLWW", terms=TERMS) == "code_taken"
