"""Lists of thousands of cases are a worker's: asked for on a page, taken once, refused in words."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from households.models import Hukou
from offices.database.context import keep_context, open_context
from offices.enums import JobState, Role
from offices.models import Job, RoleGrant
from offices.services.staff import system_actor
from subsidies import tasks
from subsidies.enums import ApplicationState
from subsidies.models import Application, ListedAct, Programme
from subsidies.selectors.list_jobs import LIST_TASK
from tests.factories import VILLAGE
from tests.subsidies.cases import PRESENT, make_office
from tests.subsidies.listing import SHEET, assess, premium, villagers
from tests.subsidies.test_batch_jobs import in_county

pytestmark = pytest.mark.django_db(transaction=True)
Pages = Callable[..., Client]


@pytest.fixture
def programme(monkeypatch: pytest.MonkeyPatch) -> Programme:
    """Two families who are owed; they count as thousands."""
    monkeypatch.setattr("subsidies.selectors.list_jobs.AT_ONCE", 1)
    monkeypatch.setattr("offices.services.jobs.current_app.send_task", lambda name, args: None)
    with keep_context():
        system = system_actor()
    with open_context(actor=system):
        make_office()
        programme = premium()
        villagers(2)
        assess(programme)
    return programme


def page_for(step: str, programme: Programme) -> str:
    return f"/subsidies/applications/lists/{step}/new/?programme={programme.pk}&place={VILLAGE}"


def at_work(url: str) -> None:
    """The worker takes the job of a page's address in hand."""
    tasks.act_by_list("370406", url.rstrip("/").rpartition("/")[2])


def entered(counter: Client, programme: Programme) -> str:
    """The counter brings the sheet; the address of the page that follows it."""
    sent = counter.post(page_for("entry", programme), {"declaration_document": SHEET})
    assert sent.status_code == 302
    address: str = sent["Location"]
    assert "/jobs/" in address
    return address


def test_a_long_list_is_taken_once_by_a_worker(programme: Programme, page_of: Pages) -> None:
    counter = page_of(Role.TOWNSHIP)
    asked = entered(counter, programme)
    assert entered(counter, programme) == asked  # asked for twice, taken once
    assert counter.get(asked).status_code == 200
    assert asked in counter.get(page_for("entry", programme)).content.decode()
    assert asked in counter.get("/").content.decode()  # where she finds it again
    with in_county():
        assert not ListedAct.objects.exists()
    at_work(asked)
    at_work(asked)  # the message comes twice
    own = counter.get(asked)["Location"]
    assert "按名册办理完毕，共2件。" in counter.get(own).content.decode()
    with in_county():
        act = ListedAct.objects.get()
        assert (act.taken, str(act.pk) in own) == (2, True)
        assert Application.objects.count() == 2

    village = page_of(Role.VILLAGE)
    review = page_for("village_review", programme)
    asked = village.post(review, {"opinion": "属实", "present": "\n".join(PRESENT)})["Location"]
    with in_county():
        kept = str(Job.objects.filter(kind=LIST_TASK, finished_at=None).get().result)
        assert not [name for name in PRESENT if name in kept]  # a job holds no person
    at_work(asked)
    with in_county():
        assert set(Application.objects.values_list("state", flat=True)) == {ApplicationState.VILLAGE_REVIEWED}
        assert ListedAct.objects.get(step="village_review").present == list(PRESENT)
        assert all("told" not in job.result for job in Job.objects.filter(kind=LIST_TASK))


def test_a_very_long_list_is_looked_through_by_a_worker_first(
    programme: Programme, page_of: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("subsidies.selectors.list_jobs.LOOKED_AT_ONCE", 1)
    with in_county():
        Hukou.objects.filter(person__name="王甲").update(hukou_type="urban")
    counter, entry = page_of(Role.TOWNSHIP), page_for("entry", programme)
    page = counter.get(entry).content.decode()
    assert "本环节现有2件" in page
    assert "declaration_document" not in page
    asked = counter.post(entry, {"look": "1"})["Location"]
    assert counter.post(entry, {"look": "1"})["Location"] == asked
    at_work(asked)
    with in_county():
        assert not Application.objects.exists()
    page = counter.get(counter.get(asked)["Location"]).content.decode()
    assert "办理1件" in page
    assert "今日已不符合条件" in page
    at_work(entered(counter, programme))
    with in_county():
        assert ListedAct.objects.get().left_behind == {"not_entitled": 1}
    assert (
        "办理1件" not in counter.get(entry).content.decode()
    )  # what was found before the act is no longer told


def test_what_the_worker_refuses_is_told_in_words(programme: Programme, page_of: Pages) -> None:
    at_work(entered(page_of(Role.TOWNSHIP), programme))
    village = page_of(Role.VILLAGE)
    review = page_for("village_review", programme)
    asked = village.post(review, {"opinion": "属实", "present": "一人"})["Location"]
    at_work(asked)
    with in_county():
        message = Job.objects.filter(kind=LIST_TASK).first().message
        assert set(Application.objects.values_list("state", flat=True)) == {ApplicationState.ENTERED}
    assert message
    assert message in village.get(asked).content.decode()
    assert message in village.get(review).content.decode()  # also for who left the page


def test_a_worker_that_is_killed_leaves_nothing_and_the_next_takes_the_list(
    programme: Programme, page_of: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = entered(page_of(Role.TOWNSHIP), programme)

    class Killed(BaseException):
        pass

    def killed(**_given: object) -> None:
        raise Killed

    with monkeypatch.context() as death, pytest.raises(Killed):
        death.setattr("subsidies.services.list_jobs.end_asked_job", killed)
        at_work(asked)
    with in_county():
        assert not Application.objects.exists()
        assert Job.objects.get(kind=LIST_TASK).state == JobState.RUNNING
    at_work(asked)
    with in_county():
        assert Application.objects.count() == 2


def test_who_no_longer_holds_the_role_has_no_list_taken(programme: Programme, page_of: Pages) -> None:
    asked = entered(page_of(Role.TOWNSHIP), programme)
    with in_county():
        RoleGrant.objects.filter(role=Role.TOWNSHIP).update(to_on="2014-01-01")
    at_work(asked)
    with in_county():
        assert not Application.objects.exists()
        assert Job.objects.get(kind=LIST_TASK).state == JobState.FAILED
