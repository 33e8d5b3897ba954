"""The annual review of thousands of grants is opened by a worker: once, whole, refused in words."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from offices.database.context import keep_context, open_context
from offices.enums import JobState, Role
from offices.models import Job, RoleGrant
from offices.services.staff import system_actor
from subsidies import tasks
from subsidies.models import Programme, ReviewRound
from subsidies.selectors.review_jobs import REVIEW_TASK
from tests.subsidies.money import make_grant, paid_programme
from tests.subsidies.test_batch_jobs import in_county

pytestmark = pytest.mark.django_db(transaction=True)
Pages = Callable[..., Client]


@pytest.fixture
def programme(monkeypatch: pytest.MonkeyPatch) -> Programme:
    """Two grants are running; they count as thousands."""
    monkeypatch.setattr("subsidies.selectors.review_jobs.AT_ONCE", 1)
    monkeypatch.setattr("offices.services.jobs.current_app.send_task", lambda name, args: None)
    with keep_context():
        system = system_actor()
    with open_context(actor=system):
        programme = paid_programme()
        for serial in (1, 2):
            make_grant(programme, serial=serial)
    return programme


def asked(county: Client, programme: Programme, **fields: str) -> str:
    """The county opens the review; the address of the page that follows it."""
    wanted = {"programme": programme.pk, "year": "2013", "due_on": "2014-03-31", "document": "年审通知1号"}
    sent = county.post("/subsidies/annual-reviews/new/", {**wanted, **fields})
    assert sent.status_code == 302
    address: str = sent["Location"]
    assert "/jobs/" in address
    return address


def at_work(url: str) -> None:
    """The worker takes the job of a page's address in hand."""
    tasks.open_review("370406", url.rstrip("/").rpartition("/")[2])


def test_a_large_review_is_opened_once_by_a_worker(programme: Programme, page_of: Pages) -> None:
    county = page_of(Role.COUNTY)
    url = asked(county, programme)
    assert asked(county, programme) == url  # asked for twice, opened once
    assert county.get(url).status_code == 200
    assert url in county.get("/subsidies/annual-reviews/").content.decode()
    at_work(url)
    at_work(url)  # the message comes twice
    with in_county():
        review = ReviewRound.objects.get()
        assert (review.count, review.items.count(), review.document) == (2, 2, "年审通知1号")
    assert str(review.pk) in county.get(url)["Location"]


def test_a_review_that_is_open_already_is_refused_in_words(programme: Programme, page_of: Pages) -> None:
    county = page_of(Role.COUNTY)
    at_work(asked(county, programme))
    again = asked(county, programme)
    at_work(again)
    with in_county():
        message = Job.objects.get(kind=REVIEW_TASK, state=JobState.FAILED).message
        assert ReviewRound.objects.count() == 1
    assert message in county.get(again).content.decode()
    assert message in county.get("/subsidies/annual-reviews/").content.decode()  # also for who left the page
    early = {"programme": programme.pk, "year": "2013", "due_on": "2014-01-01", "document": "年审通知1号"}
    assert county.post("/subsidies/annual-reviews/new/", early).status_code == 422  # known beforehand


def test_who_no_longer_holds_the_role_has_no_review_opened(programme: Programme, page_of: Pages) -> None:
    url = asked(page_of(Role.COUNTY), programme)
    with in_county():
        RoleGrant.objects.filter(role=Role.COUNTY).update(to_on="2014-01-01")
    at_work(url)
    with in_county():
        assert not ReviewRound.objects.exists()
        assert Job.objects.get(kind=REVIEW_TASK).state == JobState.FAILED
