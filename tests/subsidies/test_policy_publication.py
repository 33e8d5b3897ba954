"""Publishing a policy: by a second person, of exactly what was simulated, one after the other in time."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from offices.actors import Actor
from offices.enums import Role
from offices.errors import DomainError, NotAllowed, Stale
from offices.models import Act
from subsidies.enums import PolicyState
from subsidies.models import PolicySimulation, PolicyVersion, Programme
from subsidies.selectors.drafts import first_gap, first_overlap, lacks_of
from subsidies.selectors.policy_differences import differences
from subsidies.selectors.rules import policy_on
from subsidies.services.drafts import change_draft, discard_draft, start_draft, with_rows
from subsidies.services.publication import publish_policy, send_policy_back, submit_policy
from subsidies.services.simulation import MOST_A_DAY, VERB, request_simulation
from tests.conftest import sql
from tests.factories import make_actor
from tests.subsidies.policies import approver, author, draft_of, simulate, submitted

pytestmark = pytest.mark.django_db
D = datetime.date


def changed(draft: PolicyVersion, **parts: Any) -> PolicyVersion:
    return change_draft(actor=author(), draft=draft, revision=draft.revision, **parts)


def refusal(act: Any, **given: Any) -> str:
    with pytest.raises(DomainError) as refused, transaction.atomic():
        act(**given)
    assert str(refused.value)
    return refused.value.code


def test_publication_ends_the_one_before_where_it_begins(county: Actor) -> None:
    version = submitted(from_on=D(2014, 7, 1))
    published = publish_policy(actor=approver(), version=version, revision=version.revision)
    assert published.approved_by_id == approver().staff_id
    assert PolicyVersion.objects.get(programme="NCJF", number=1).to_on == D(2014, 7, 1)
    act = Act.objects.get(verb="subsidies.publish_policy", record_id=version.pk)
    assert (act.by_id, act.detail["follows"]) == (approver().staff_id, 1)
    # It takes effect by itself on its first day.
    for day, number in ((D(2014, 6, 30), 1), (D(2014, 7, 1), 2)):
        policy = policy_on("NCJF", day)
        assert policy is not None
        assert policy.version.number == number


def test_who_wrote_any_part_of_it_does_not_approve_it(county: Actor) -> None:
    draft = draft_of()
    helper = make_actor(Role.COUNTY, name="会签人")
    change_draft(actor=helper, draft=draft, revision=draft.revision, basis_number="〔2014〕9号")
    draft.refresh_from_db()
    simulate(draft)
    version = submit_policy(actor=author(), draft=draft, revision=draft.revision)
    for writer in (author(), helper):
        assert refusal(publish_policy, actor=writer, version=version, revision=version.revision) == (
            "author_approves"
        )
    for who in (author(), helper):
        with pytest.raises(IntegrityError), transaction.atomic():
            sql(
                "UPDATE subsidies_policyversion SET state = 'published', published_at = now(), "
                "approved_by_id = %s WHERE id = %s",
                [who.staff_id, version.pk],
            )
    assert publish_policy(actor=approver(), version=version, revision=version.revision).published_at


@pytest.mark.parametrize(
    "role", [Role.VILLAGE, Role.TOWNSHIP, Role.COUNTY_REVIEWER, Role.FINANCE, Role.AUDITOR, Role.SYSTEM]
)
def test_only_the_county_writes_and_publishes(role: Role, county: Actor) -> None:
    other = county if role is Role.SYSTEM else make_actor(role)
    draft = draft_of("TFSD")
    version = submitted()
    with pytest.raises(NotAllowed):
        start_draft(actor=other, programme=Programme.objects.get(pk="TFSC"))
    for act, given in (
        (change_draft, {"draft": draft, "basis_title": "x"}),
        (discard_draft, {"draft": draft}),
        (submit_policy, {"draft": draft}),
        (send_policy_back, {"version": version, "reason": "x"}),
        (publish_policy, {"version": version}),
    ):
        with pytest.raises(NotAllowed):
            act(actor=other, revision=0, **given)  # type: ignore[operator] # each of them takes these
    if role is not Role.SYSTEM:
        with pytest.raises(NotAllowed):
            request_simulation(actor=other, version=draft, as_of=draft.from_on)


def test_changed_after_it_was_simulated_it_is_simulated_again(county: Actor) -> None:
    draft = draft_of()
    assert refusal(submit_policy, actor=author(), draft=draft, revision=draft.revision) == "simulate_again"
    simulate(draft)
    rows = [*draft.parameters["amount"][:-1], {**draft.parameters["amount"][-1], "value": "1200.00"}]
    draft = changed(draft, parameters=with_rows(draft.parameters, "amount", rows))
    assert refusal(submit_policy, actor=author(), draft=draft, revision=draft.revision) == "simulate_again"
    simulate(draft)
    version = submit_policy(actor=author(), draft=draft, revision=draft.revision)
    # Past every service: what was approved is not what was counted.
    PolicyVersion.objects.filter(pk=version.pk).update(basis_number="另一号")
    version.refresh_from_db()
    assert refusal(publish_policy, actor=approver(), version=version, revision=version.revision) == (
        "simulate_again"
    )


def test_it_begins_after_the_one_before_it(county: Actor) -> None:
    draft = draft_of(from_on=D(2003, 1, 1))
    assert any(lack.part == "basis" for lack in lacks_of(draft))
    assert refusal(request_simulation, actor=author(), version=draft, as_of=D(2014, 1, 1)) == (
        "draft_incomplete"
    )
    assert refusal(submit_policy, actor=author(), draft=draft, revision=draft.revision) == "period_taken"
    first = changed(draft, from_on=D(2004, 1, 1))
    assert refusal(submit_policy, actor=author(), draft=first, revision=first.revision) == "period_taken"
    version = changed(draft_again(first), from_on=D(2014, 7, 1))
    simulate(version)
    version = submit_policy(actor=author(), draft=version, revision=version.revision)
    publish_policy(actor=approver(), version=version, revision=version.revision)
    later = draft_of(from_on=D(2014, 7, 1))
    assert refusal(submit_policy, actor=author(), draft=later, revision=later.revision) == "period_taken"


def draft_again(draft: PolicyVersion) -> PolicyVersion:
    draft.refresh_from_db()
    return draft


def test_nothing_is_published_or_saved_from_a_page_that_is_out_of_date(county: Actor) -> None:
    version = submitted()
    assert refusal(publish_policy, actor=approver(), version=version, revision=version.revision + 1) == (
        "saved_meanwhile_read_again"
    )
    assert refusal(change_draft, actor=author(), draft=version, revision=version.revision) == "no_draft"
    publish_policy(actor=approver(), version=version, revision=version.revision)
    with pytest.raises(Stale):
        publish_policy(actor=approver(), version=version, revision=version.revision)
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        sql("UPDATE subsidies_policyversion SET basis_title = 'x' WHERE id = %s", [version.pk])


def test_one_draft_of_a_programme_is_open_at_a_time(county: Actor) -> None:
    draft = draft_of()
    programme = Programme.objects.get(pk="NCJF")
    assert refusal(start_draft, actor=approver(), programme=programme) == "draft_is_open"
    discard_draft(actor=approver(), draft=draft, revision=draft.revision)
    assert start_draft(actor=approver(), programme=programme).number == 3


def test_shipped_draft_is_copied_and_stays_as_it_is(county: Actor) -> None:
    programme = Programme.objects.create(
        code="NEW",
        name_zh="新项目",
        name_en="New",
        unit="person",
        kind="cash",
        frequency="yearly",
    )
    shipped = PolicyVersion.objects.create(
        programme=programme,
        number=1,
        from_on=D(2009, 1, 1),
        basis_title="随系统提供",
        rule={"all": [{"clause": "age", "age_at_least": {"years": 60}}]},
        is_shipped=True,
        drafted_by_id=county.staff_id,
    )
    assert refusal(change_draft, actor=author(), draft=shipped, revision=0, basis_title="x") == (
        "shipped_version"
    )
    assert refusal(publish_policy, actor=approver(), version=shipped, revision=0) == "shipped_version"
    draft = start_draft(actor=author(), programme=programme)
    assert (draft.number, draft.from_on, draft.rule) == (2, shipped.from_on, shipped.rule)
    assert {lack.part for lack in lacks_of(draft)} == {"amounts", "funding", "notice", "stop"}


def test_all_that_is_missing_is_named_at_once(county: Actor) -> None:
    draft = draft_of()
    draft = changed(
        draft,
        basis_title=" ",
        funding=[{"source": "central", "share": "0.5"}],
        parameters={
            "amount": [{"from": "2015-06-01", "to": None, "value": "960.00", "known": "source"}],
            "born_from": [
                {"from": "2004-01-01", "to": "2014-01-01", "value": "1933-01-01", "known": "source"}
            ],
            "age": [
                {"from": "2004-01-01", "to": None, "value": "60", "known": "source"},
                {"from": "2010-01-01", "to": None, "value": "58", "known": "source"},
            ],
        },
    )
    lacks = lacks_of(draft)
    assert {(lack.part, lack.parameter) for lack in lacks} >= {
        ("basis", ""),
        ("amounts", ""),
        ("parameter", "amount"),
        ("parameter", "born_from"),
        ("parameter", "age"),
        ("parameter", "step_children_count"),
        ("funding", ""),
    }
    assert all(str(lack.text) for lack in lacks)


def test_rule_that_is_none_is_not_saved(county: Actor) -> None:
    draft = draft_of()
    for rule in (
        {"any": []},
        {"all": [{"clause": "x", "unheard_of": {}}]},
        {"all": [{"clause": "x", "not": {"age_at_least": {"years": 49}}}]},
        {"all": [{"clause": "x", "any": [{"declaration_made": {}}]}]},
        {"all": [{"age_at_least": {"years": 60}}]},
    ):
        with pytest.raises(DomainError):
            changed(draft_again(draft), rule=rule)
    assert lacks_of(changed(draft_again(draft), rule={"all": []}))


def test_draft_without_a_benefit_is_not_simulated(county: Actor) -> None:
    draft = draft_of()
    draft = changed(draft, parameters=with_rows(draft.parameters, "amount", []))
    assert refusal(request_simulation, actor=author(), version=draft, as_of=draft.from_on) == (
        "draft_incomplete"
    )
    assert not PolicySimulation.objects.exists()


def test_a_programme_is_counted_only_so_often_in_a_day(county: Actor) -> None:
    draft = draft_of()
    for _one in range(MOST_A_DAY):
        request_simulation(actor=author(), version=draft, as_of=draft.from_on)
    assert refusal(request_simulation, actor=author(), version=draft, as_of=draft.from_on) == (
        "counted_often_enough"
    )
    assert Act.objects.filter(verb=VERB).count() == MOST_A_DAY
    early = draft.from_on - datetime.timedelta(days=1)
    assert refusal(request_simulation, actor=author(), version=draft, as_of=early) == "day_before_the_draft"


def test_differences_are_told_in_sentences(county: Actor) -> None:
    former = PolicyVersion.objects.get(programme="NCJF", number=1)
    draft = draft_of(from_on=D(2014, 7, 1))
    assert differences(former, draft) == []
    rule = {"all": [*draft.rule["all"][1:], {"clause": "holds", "age_at_least": {"years": 55}}]}
    draft = changed(
        draft,
        rule=rule,
        funding=[{"source": "central", "share": "0.6"}, {"source": "county", "share": "0.4"}],
        notice={"days": 5, "calendar": "working", "levels": ["county"]},
        parameters=with_rows(
            draft.parameters,
            "age",
            [
                {"from": "2004-01-01", "to": "2015-01-01", "value": "60", "known": "source"},
                {"from": "2015-01-01", "to": None, "value": "58", "known": "source"},
            ],
        ),
    )
    told = "\n".join(differences(former, draft))
    for words in ("由60改为58", "2015年1月1日", "年满55周岁", "1933-01-01及以后出生", "改为60%", "改为40%"):
        assert words in told
    assert "1933年1月1日" not in told


def test_gaps_and_overlaps_of_dated_rows() -> None:
    def rows(*periods: tuple[str, str | None]) -> list[dict[str, Any]]:
        return [{"from": begins, "to": ends, "value": "1"} for begins, ends in periods]

    start = D(2014, 1, 1)
    assert first_gap([], from_on=start) == start
    assert first_gap(rows(("2004-01-01", None)), from_on=start) is None
    assert first_gap(rows(("2004-01-01", "2015-01-01")), from_on=start) == D(2015, 1, 1)
    assert first_gap(rows(("2014-02-01", None)), from_on=start) == start
    assert first_gap(rows(("2004-01-01", "2010-01-01"), ("2012-01-01", None)), from_on=start) is None
    assert first_overlap(rows(("2004-01-01", None), ("2012-01-01", None))) == D(2012, 1, 1)
    assert first_overlap(rows(("2012-01-01", None), ("2004-01-01", "2012-01-01"))) is None


def test_states_of_a_version_are_moved_by_services_alone(county: Actor) -> None:
    version = submitted()
    assert refusal(send_policy_back, actor=approver(), version=version, revision=version.revision) == (
        "reason_needed"
    )
    back = send_policy_back(actor=approver(), version=version, revision=version.revision, reason="请补充依据")
    assert (back.state, back.sent_back) == (PolicyState.DRAFT, "请补充依据")
    with pytest.raises(Stale):
        publish_policy(actor=approver(), version=back, revision=back.revision)
