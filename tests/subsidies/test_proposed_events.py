"""What benefits say of proposed events by sets is what they say of one of them."""

from __future__ import annotations

import datetime

import pytest

from households.consequences import consequences_of
from households.contradictions import contradictions_of, touched_by
from households.enums import EventKind, MaritalState, ParentRole
from households.models import MaritalFact, Parentage, Person
from households.selectors.proposals import looks_at
from offices.actors import Actor
from offices.enums import Role
from subsidies.models import Grant
from tests.factories import OTHER_VILLAGE, VILLAGE, make_actor, make_person
from tests.households.departments import death_of, only, report
from tests.subsidies.cases import enter, make_office, rules_say
from tests.subsidies.money import citizen_number, make_grant, paid_programme

pytestmark = pytest.mark.django_db
DAY = datetime.date(2013, 12, 31)


@pytest.fixture
def people(county: Actor, monkeypatch: pytest.MonkeyPatch) -> list[Person]:
    """A grantee, her child, his wife who is granted elsewhere, an applicant, one whose grant ended, nobody."""
    programme = paid_programme("MONEY")
    mother = make_grant(programme, serial=1).person
    far = make_grant(programme, serial=2, village=OTHER_VILLAGE).person
    ended = make_grant(programme, serial=3)
    Grant.objects.filter(pk=ended.pk).update(to_on="2013-12-01")
    child, husband, nobody = (make_person(name=name, born="1980-01-01") for name in ("王强", "赵大", "无名"))
    Parentage.objects.create(person=child, parent=mother, role=ParentRole.MOTHER, division_code=VILLAGE)
    MaritalFact.objects.create(person=husband, state=MaritalState.MARRIED, spouse=far, division_code=VILLAGE)
    rules_say(monkeypatch)
    return [mother, child, husband, enter(make_office()).person, ended.person, nobody]


@pytest.mark.parametrize("kind", EventKind)
@pytest.mark.parametrize("day", [datetime.date(2013, 11, 1), DAY])
def test_whom_it_touches_is_who_has_consequences(
    people: list[Person], kind: EventKind, day: datetime.date
) -> None:
    clerk = make_actor(Role.TOWNSHIP)
    told = {
        person.pk
        for person in people
        if consequences_of(actor=clerk, kind=kind, person=person, happened_on=day)
    }
    assert touched_by(kind=kind, days={person.pk: day for person in people}) == told
    for person in people:
        assert touched_by(kind=kind, days={person.pk: day}) == told & {person.pk}


def test_who_applied_after_the_day_of_death_speaks_against_it(
    county: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules_say(monkeypatch)
    case = enter(make_office())
    before = {case.person_id: case.entered_on - datetime.timedelta(days=1)}
    assert len(contradictions_of(kind=EventKind.DEATH, days=before)[case.person_id]) == 1
    assert not contradictions_of(kind=EventKind.DEATH, days={case.person_id: case.entered_on})
    assert not contradictions_of(kind=EventKind.HUKOU, days=before)
    proposal = only(report(make_actor(Role.TOWNSHIP), [death_of(case.person, "2013-12-30")]))
    look = looks_at([proposal])[proposal.pk]
    assert look.is_touched
    assert any("2014年1月6日" in str(sentence) for sentence in look.against)
    assert not look.is_harmless


def test_what_touches_a_benefit_is_not_entered_together(county: Actor) -> None:
    grant = make_grant(paid_programme("MONEY"))
    lone = make_person(name="赵一", number=citizen_number(9))
    clerk = make_actor(Role.TOWNSHIP)
    looks = [
        looks_at([one])[one.pk]
        for one in (only(report(clerk, [death_of(p, "2013-12-30")])) for p in (grant.person, lone))
    ]
    assert [look.is_harmless for look in looks] == [False, True]
