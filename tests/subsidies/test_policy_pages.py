"""A county changes a programme on pages: she sees whom it touches before a second person publishes it."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from offices.actors import Actor
from offices.enums import Role
from offices.models import Act, Job
from subsidies.enums import PolicyState
from subsidies.models import Assessment, PolicySimulation, PolicyVersion, Programme
from subsidies.predicates import VOCABULARY
from subsidies.rule_editing import parts_of, write_path
from subsidies.selectors.rules import PolicyOnDay, policy_on
from subsidies.services import policies
from subsidies.services.sweep import sweep
from subsidies.tasks import run_simulation
from tests.factories import make_actor
from tests.households.registry import SAMPLE, bring
from tests.subsidies.policies import COUNTY, approver, author, desk, draft_of, rows_typed, submitted

pytestmark = pytest.mark.django_db
FROM = datetime.date(2014, 7, 1)
AMOUNTS = (
    ("2004-01-01", "2009-01-01", "600.00"),
    ("2009-01-01", "2012-01-01", "720.00"),
    ("2012-01-01", "", "960.00"),
)


def saved(browser: Client, draft: PolicyVersion, part: str, **typed: Any) -> PolicyVersion:
    """Fill in a part of a draft; it is saved."""
    answer = browser.post(f"/subsidies/policies/{draft.pk}/{part}", {"revision": draft.revision, **typed})
    assert answer.status_code == 302, answer.content.decode()
    draft.refresh_from_db()
    return draft


def refused(browser: Client, draft: PolicyVersion, part: str, **typed: Any) -> str:
    """Fill in a part of a draft; it is refused, and the page comes back."""
    answer = browser.post(f"/subsidies/policies/{draft.pk}/{part}", {"revision": draft.revision, **typed})
    assert answer.status_code == 422
    return answer.content.decode()


def test_county_changes_an_amount_and_sees_whom_it_touches_before_it_is_published(
    county: Actor, moved_to: Callable[[str], None]
) -> None:
    bring(county, SAMPLE)
    before = policy_on("NCJF", datetime.date(2014, 1, 6))
    assert before is not None
    writer, second = desk(author()), desk(approver())
    assert "/subsidies/programmes/NCJF/draft/" in writer.get("/subsidies/programmes/NCJF/").content.decode()
    begun = writer.post("/subsidies/programmes/NCJF/draft/")
    draft = PolicyVersion.objects.get(programme="NCJF", state=PolicyState.DRAFT)
    assert begun.url == f"/subsidies/policies/{draft.pk}/"
    assert (draft.rule, draft.parameters) == (before.version.rule, before.version.parameters)

    draft = saved(
        writer,
        draft,
        "basis/",
        basis_title="关于提高奖励扶助标准的通知",
        basis_number="鲁财社〔2014〕9号",
        from_on="2014年7月1日",
    )
    draft = saved(writer, draft, "values/amount/", **rows_typed(*AMOUNTS, ("2014-07-01", "", "1200")))
    assert draft.parameters["amount"][-2:] == [
        {"from": "2012-01-01", "to": "2014-07-01", "value": "960.00", "known": "source"},
        {"from": "2014-07-01", "to": None, "value": "1200.00", "known": "source"},
    ]
    page = writer.get(f"/subsidies/policies/{draft.pk}/")
    assert not page.context["lacks"]
    (_basis, change) = page.context["differences"]
    assert "960.00" in change
    assert "1,200.00" in change
    assert "2014年7月1日" in change
    assert "尚未模拟测算" in page.content.decode()

    asked = writer.post(
        f"/subsidies/policies/{draft.pk}/simulate/", {"revision": draft.revision, "as_of": "2014-07-01"}
    )
    job = Job.objects.get(kind="subsidies.run_simulation")
    assert writer.get(asked.url).status_code == 200
    run_simulation(COUNTY, str(job.pk))
    run_simulation(COUNTY, str(job.pk))
    assert writer.get(asked.url).url == f"/subsidies/policies/{draft.pk}/#simulation"
    kept = PolicySimulation.objects.get()
    total = kept.counts["total"]
    assert total["before"] == total["after"] == total["raised"] > 100
    assert (total["gained"], total["lost"], total["lowered"]) == (0, 0, 0)
    assert Decimal(total["money_after"]) == 1200 * total["after"]
    page = writer.get(f"/subsidies/policies/{draft.pk}/")
    assert f"{1200 * total['after']:,}.00" in page.content.decode()
    assert not page.context["is_outdated"]
    told = [*kept.counts["rows"], kept.counts["rest"]] if kept.counts["rest"] else kept.counts["rows"]
    assert sum(row["raised"] for row in told) == total["raised"]
    assert not any(0 < row[name] < 5 for row in told for name in ("before", "after", "raised"))

    draft = saved(writer, draft, "submit/")
    assert draft.state == PolicyState.SUBMITTED
    assert "改</textarea>" in refused(writer, draft, "basis/", basis_title="改", from_on="2014-07-01")
    assert (
        writer.post(f"/subsidies/policies/{draft.pk}/publish/", {"revision": draft.revision}).status_code
        == 422
    )
    waiting = second.get("/").content.decode()
    assert f"/subsidies/policies/{draft.pk}/" in waiting
    page = second.get(f"/subsidies/policies/{draft.pk}/publish/")
    assert "1,200.00" in page.content.decode()
    draft = saved(second, draft, "publish/")
    assert draft.state == PolicyState.PUBLISHED
    before.version.refresh_from_db()
    assert before.version.to_on == FROM
    verbs = set(Act.objects.filter(record_id=draft.pk).values_list("verb", flat=True))
    assert {
        f"subsidies.{verb}" for verb in ("start_policy", "simulate_policy", "submit_policy", "publish_policy")
    } <= verbs

    village = desk(make_actor(Role.VILLAGE))
    assert "1,200.00" in village.get(f"/subsidies/policies/{draft.pk}/").content.decode()
    for day, amount in (("2014-06-30", "960.00"), ("2014-07-01", "1200.00")):
        moved_to(day)
        sweep(actor=county, as_of=datetime.date.fromisoformat(day))
        found = Assessment.objects.filter(programme="NCJF", sweep__as_of=day, standing="owed")
        assert set(found.values_list("annual_amount", flat=True)) == {Decimal(amount)}


def test_townships_read_published_versions_only(county: Actor) -> None:
    draft = draft_of()
    published = PolicyVersion.objects.get(programme="NCJF", number=1)
    for role in (Role.VILLAGE, Role.TOWNSHIP, Role.COUNTY_REVIEWER, Role.FINANCE):
        browser = desk(make_actor(role))
        assert browser.get(f"/subsidies/policies/{draft.pk}/").status_code == 404
        assert browser.get(f"/subsidies/policies/{published.pk}/").status_code == 200
        assert str(draft.pk) not in browser.get("/subsidies/programmes/NCJF/").content.decode()
    assert desk(make_actor(Role.AUDITOR)).get(f"/subsidies/policies/{draft.pk}/").status_code == 200


def test_later_save_of_two_is_refused_and_keeps_what_was_typed(county: Actor) -> None:
    draft = draft_of()
    first, second = desk(author()), desk(approver())
    opened = draft.revision
    saved(first, draft, "basis/", basis_title="甲稿", from_on="2015-01-01")
    draft.revision = opened
    text = refused(second, draft, "basis/", basis_title="乙稿", from_on="2015-02-01")
    assert "乙稿" in text
    assert "2015-02-01" in text
    text = refused(second, draft, "values/amount/", **rows_typed(("2015-01-01", "", "1300")))
    assert 'value="1300"' in text
    draft.refresh_from_db()
    assert draft.basis_title == "甲稿"


def test_rows_that_cannot_be_are_named_and_kept(county: Actor) -> None:
    draft = draft_of()
    writer = desk(author())
    for rows in (
        (("2015-01-01", "", "-5"),),
        (("never", "", "900"),),
        (("2015-01-01", "2014-01-01", "900"),),
        (("2015-01-01", "", ""),),
        (("2015-01-01", "2016-01-01", "900"), ("2015-06-01", "", "950")),
    ):
        text = refused(writer, draft, "values/amount/", **rows_typed(*rows))
        assert "error-summary" in text
    more = writer.post(
        f"/subsidies/policies/{draft.pk}/values/amount/",
        {"revision": draft.revision, **rows_typed(("2015-01-01", "", "900")), "more": "1"},
    )
    assert more.status_code == 200
    assert 'name="row1-value"' in more.content.decode()
    assert 'value="900"' in more.content.decode()
    assert "error-summary" not in more.content.decode()
    before = draft.parameters
    draft.refresh_from_db()
    assert draft.parameters == before
    condition = f"/subsidies/policies/{draft.pk}/conditions/1/"
    text = writer.post(condition, {"revision": draft.revision, "by_years": "="}).content.decode()
    assert "error-summary" in text
    follows = {"revision": draft.revision, "by_years": "age"}
    assert writer.post(condition, follows).status_code == 302
    draft.refresh_from_db()
    assert draft.rule["all"][1]["age_at_least"] == {"years": {"parameter": "age"}}
    draft = saved(
        writer, draft, "values/documents/", **rows_typed(("2015-01-01", "", ["identity_card", "bank_book"]))
    )
    assert draft.parameters["documents"][0]["value"] == "identity_card,bank_book"
    draft = saved(writer, draft, "values/spouse_hukou_asked/", **rows_typed(("2004-01-01", "", "no")))
    refused(writer, draft, "values/age/", **rows_typed(("2004-01-01", "", "12")))
    draft = saved(writer, draft, "values/age/", **rows_typed(("2004-01-01", "", "58")))
    draft = saved(writer, draft, "values/days_grant/", **rows_typed(("2015-01-01", "", "3")))
    draft = saved(writer, draft, "values/days_grant/", **rows_typed(("", "", "")))
    assert "days_grant" not in draft.parameters
    assert writer.get(f"/subsidies/policies/{draft.pk}/values/nonsense/").status_code == 404


@pytest.mark.parametrize("code", sorted(set(VOCABULARY) - {"living"}))
def test_every_condition_of_the_vocabulary_can_be_stated_and_changed(code: str, county: Actor) -> None:
    kinds = VOCABULARY[code].kinds
    draft = draft_of("NCJF" if kinds is None else Programme.objects.filter(kind__in=kinds)[0].pk)
    writer = desk(author())
    address = f"/subsidies/policies/{draft.pk}/conditions/top/add/?condition={code}"
    form = writer.get(address).context["form"]
    typed: dict[str, Any] = {"revision": draft.revision}
    for name, kind in VOCABULARY[code].parameters.items():
        field = form.fields[f"value_{name}"]
        choices = [choice for choice, _label in getattr(field, "choices", [])]
        least = getattr(kind, "least", None)
        is_many = hasattr(kind, "known")
        typed[f"value_{name}"] = choices if is_many else (choices or [least or "1990-01-01"])[0]
        if least is not None:
            typed[f"value_{name}"] = least
        typed[f"by_{name}"] = "="
    answer = writer.post(address, typed)
    assert answer.status_code == 302, answer.content.decode()
    draft.refresh_from_db()
    (clause,) = (part for part in draft.rule["all"][-1:])
    assert code in clause
    path = len(draft.rule["all"]) - 1
    shown = writer.get(f"/subsidies/policies/{draft.pk}/").context["parts"][path]
    assert shown.text
    assert not shown.problem
    assert VOCABULARY[code](**clause[code]).sentence() == shown.text
    opened = writer.get(f"/subsidies/policies/{draft.pk}/conditions/{path}/")
    assert opened.status_code == 200
    typed["revision"] = draft.revision
    again = {**typed, **{f"by_{name}": "+" for name in VOCABULARY[code].parameters}}
    assert writer.post(f"/subsidies/policies/{draft.pk}/conditions/{path}/", again).status_code == 302
    draft.refresh_from_db()
    for value in draft.rule["all"][path][code].values():
        assert draft.parameters[value["parameter"]][0]["from"] == draft.from_on.isoformat()
    assert not writer.get(f"/subsidies/policies/{draft.pk}/").context["parts"][path].problem


SHIPPED = sorted(
    json.loads(path.read_text())["programme"]["code"] for path in policies.SHIPPED.glob("*.json")
)


@pytest.mark.parametrize("code", SHIPPED)
def test_every_shipped_programme_can_be_opened_and_saved_as_it_is(code: str, county: Actor) -> None:
    draft = draft_of(code)
    writer = desk(author())
    page = writer.get(f"/subsidies/policies/{draft.pk}/")
    assert not [part for part in page.context["parts"] if part.problem]
    for parameter in page.context["parameters"]:
        name = parameter["name"]
        address = f"/subsidies/policies/{draft.pk}/values/{name}/"
        forms = writer.get(address).context["values"].forms
        rows = [[form[field].value() for field in ("from_on", "to_on", "value", "known")] for form in forms]
        typed = {"revision": draft.revision, "rows": str(len(rows))}
        for number, row in enumerate(rows):
            for field, value in zip(("from_on", "to_on", "value", "known"), row, strict=True):
                typed[f"row{number}-{field}"] = "" if value is None else value
        before = draft.parameters[name]
        if any(row["value"] == "0.00" for row in before):
            assert writer.post(address, typed).status_code == 422  # the county states the amount
            continue
        assert writer.post(address, typed).status_code == 302, name
        draft.refresh_from_db()
        assert draft.parameters[name] == before, name
    for path in _leaves(draft.rule, ()):
        answer = writer.get(f"/subsidies/policies/{draft.pk}/conditions/{write_path(path)}/")
        form = answer.context["form"]
        typed = {
            name: value or "=" if name.startswith("by_") else value
            for name, value in ((name, form[name].value()) for name in form.fields)
            if name.startswith("by_") or value is not None
        }
        before_it = PolicyOnDay(draft, draft.from_on).rule
        assert writer.post(answer.request["PATH_INFO"], typed).status_code == 302, path
        draft.refresh_from_db()
        assert PolicyOnDay(draft, draft.from_on).rule == before_it


def _leaves(node: Any, path: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    parts = parts_of(node)
    if not parts:
        yield path
    for place, part in enumerate(parts):
        yield from _leaves(part, (*path, place))


def test_conditions_are_grouped_turned_moved_and_taken_out(county: Actor) -> None:
    draft = draft_of("TFSD")
    writer = desk(author())

    def step(path: str, word: str) -> list[Any]:
        answer = writer.post(
            f"/subsidies/policies/{draft.pk}/conditions/{path}/{word}/", {"revision": draft.revision}
        )
        assert answer.status_code == 302
        draft.refresh_from_db()
        return list(draft.rule["all"])

    names = [clause["clause"] for clause in draft.rule["all"]]
    moved = step("1", "up")
    assert [clause["clause"] for clause in moved[:2]] == [names[1], names[0]]
    draft = saved(
        writer,
        draft,
        "conditions/top/add/?condition=hukou_type_in",
        value_types=["rural", "defined_rural"],
        by_types="=",
    )
    last = str(len(draft.rule["all"]) - 1)
    assert "not" in step(last, "negate")[-1]
    assert "hukou_type_in" in step(f"{last}-0", "negate")[-1]["not"]["not"]
    assert "hukou_type_in" in step(last, "negate")[-1]["not"]
    grouped = step(last, "any")[-1]
    assert set(grouped) == {"clause", "any"}
    draft = saved(
        writer, draft, f"conditions/{last}/add/?condition=age_at_least", value_years="70", by_years="="
    )
    text = writer.get(f"/subsidies/policies/{draft.pk}/").content.decode()
    assert re.search("70", text)
    draft = saved(writer, draft, f"conditions/{last}/", operator="all")
    assert len(draft.rule["all"][-1]["all"]) == 2
    # An age is never asked for by its opposite, however the request comes.
    before = draft.rule
    step(f"{last}-1", "negate")
    assert draft.rule == before
    step(f"{last}-1", "remove")
    assert len(step(f"{last}-0", "remove")) == int(last)
    # What is asked when applying is a clause of its own.
    choices = writer.get(f"/subsidies/policies/{draft.pk}/conditions/3/add/").context["choices"]
    assert not [choice for choice in choices if choice["is_application"]]
    for path in ("99", "0-0", "x"):
        assert writer.get(f"/subsidies/policies/{draft.pk}/conditions/{path}/").status_code == 404


def test_shares_are_exactly_one_hundred(county: Actor) -> None:
    draft = draft_of()
    writer = desk(author())
    assert 'value="50"' in writer.get(f"/subsidies/policies/{draft.pk}/funding/").content.decode()
    text = refused(writer, draft, "funding/", central="50", county="49.99")
    assert "99.99" in text
    assert 'value="49.99"' in text
    draft = saved(writer, draft, "funding/", central="66.67", county="33.33", city="")
    assert draft.funding == [
        {"source": "central", "share": "0.6667"},
        {"source": "county", "share": "0.3333"},
    ]
    draft = saved(writer, draft, "notice/", days="5", calendar="working", levels=["village"])
    assert draft.notice == {"days": 5, "calendar": "working", "levels": ["village"]}
    refused(writer, draft, "notice/", days="0", calendar="moon")


def test_version_that_was_submitted_goes_back_with_a_reason(county: Actor) -> None:
    version = submitted(basis_title="通知")
    second = desk(approver())
    refused(second, version, "send-back/", reason="")
    version = saved(second, version, "send-back/", reason="文号写错了，请核对。")
    assert version.state == PolicyState.DRAFT
    writer = desk(author())
    assert "文号写错了，请核对。" in writer.get(f"/subsidies/policies/{version.pk}/").content.decode()
    assert f"/subsidies/policies/{version.pk}/" in writer.get("/").content.decode()
    version = saved(writer, version, "submit/")
    assert version.sent_back == ""
    assert saved(writer, version, "take-back/").state == PolicyState.DRAFT
    assert saved(writer, version, "discard/").state == PolicyState.DISCARDED
    again = writer.post("/subsidies/programmes/NCJF/draft/")
    assert PolicyVersion.objects.get(programme="NCJF", state=PolicyState.DRAFT).number == 3
    assert writer.post("/subsidies/programmes/NCJF/draft/").url == again.url
