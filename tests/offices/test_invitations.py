"""How the first administrators come in: a link that is good once."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from offices.database.context import open_context
from offices.enums import Role
from offices.errors import DomainError, NotAllowed
from offices.models import Act, RoleGrant, Staff
from offices.services.invitations import accept_invitation, invite_again, invite_staff
from tests.factories import TOWNSHIP, VILLAGE, make_actor

pytestmark = pytest.mark.django_db

PASSWORD = "清泉石上流二零一四年元月"


def _invite(username: str = "zhao", role: str = "security-admin", **options: Any) -> dict[str, Any]:
    out = StringIO()
    call_command("invite", username, "--role", role, "--json", stdout=out, **options)
    answer: dict[str, Any] = json.loads(out.getvalue())
    return answer


def _path(answer: dict[str, Any]) -> str:
    return urlsplit(answer["link"]).path


def test_invited_administrator_sets_a_password_and_signs_in(client: Client) -> None:
    began = timezone.now()
    path = _path(_invite())
    assert "zhao" in client.get(path).content.decode()
    answer = client.post(path, {"new_password1": PASSWORD, "new_password2": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/")
    assert client.post("/accounts/login/", {"login": "zhao", "password": PASSWORD}).status_code == 302
    assert client.get("/").status_code == 200
    with open_context(scope="370406"):
        verbs = list(
            Act.objects.filter(verb__startswith="offices.", at__gte=began)
            .order_by("at", "id")
            .values_list("verb", flat=True)
        )
    assert verbs == [
        "offices.grant_role", "offices.invite", "offices.accept_invitation", "offices.sign_in",
    ]  # fmt: skip


def test_link_is_good_once(client: Client) -> None:
    path = _path(_invite())
    client.post(path, {"new_password1": PASSWORD, "new_password2": PASSWORD})
    assert client.get(path).status_code == 404
    again = client.post(
        path, {"new_password1": "另一个够长的新密码2014年", "new_password2": "另一个够长的新密码2014年"}
    )
    assert again.status_code == 404
    with open_context(scope=""):
        assert Staff.objects.get(username="zhao").check_password(PASSWORD)


def test_new_link_ends_the_former_one(client: Client) -> None:
    former, new = _path(_invite()), _path(_invite())
    assert client.get(former).status_code == 404
    assert client.get(new).status_code == 200
    with open_context(scope=""):
        assert RoleGrant.objects.filter(staff__username="zhao").count() == 1


def test_link_of_another_account_opens_nothing(client: Client) -> None:
    first, second = _path(_invite("zhao")), _path(_invite("qian"))
    token = second.rstrip("/").rpartition("/")[2]
    mixed = f"{first.rstrip('/').rpartition('/')[0]}/{token}/"
    assert client.get(mixed).status_code == 404


def test_weak_or_mistyped_password_is_refused(client: Client) -> None:
    path = _path(_invite())
    assert client.post(path, {"new_password1": "short", "new_password2": "short"}).status_code == 422
    assert client.post(path, {"new_password1": PASSWORD, "new_password2": "x"}).status_code == 422
    assert client.get(path).status_code == 200


def test_who_forgot_the_password_gets_a_link_and_the_former_one_holds_no_more(client: Client) -> None:
    client.post(_path(_invite()), {"new_password1": PASSWORD, "new_password2": PASSWORD})
    client.post("/accounts/login/", {"login": "zhao", "password": PASSWORD})
    assert client.get("/").status_code == 200
    out = StringIO()
    call_command("invite", "zhao", "--again", "--json", stdout=out)
    assert client.get("/").status_code == 302
    client.post("/accounts/login/", {"login": "zhao", "password": PASSWORD})
    assert client.get("/").status_code == 302
    path, new = _path(json.loads(out.getvalue())), "空山新雨后天气晚来秋2014"
    client.post(path, {"new_password1": new, "new_password2": new})
    client.post("/accounts/login/", {"login": "zhao", "password": new})
    assert client.get("/").status_code == 200


def test_nobody_else_renews_an_account() -> None:
    for actor, code in (
        (make_actor(Role.COUNTY), "not_allowed"),
        (make_actor(Role.SECURITY_ADMIN), "no_such_account"),
    ):
        with open_context(actor=actor), pytest.raises(DomainError) as refused:
            invite_again(actor=actor, username="nobody")
        assert refused.value.code == code


def test_account_in_use_is_not_invited() -> None:
    with pytest.raises(SystemExit) as end:
        _invite("township", role="security-admin")
    assert end.value.code == 1


@pytest.mark.parametrize(
    ("role", "division", "code"),
    [
        (Role.VILLAGE, "370406", "division_of_another_level"),
        (Role.TOWNSHIP, VILLAGE, "division_of_another_level"),
        (Role.SECURITY_ADMIN, TOWNSHIP, "division_of_another_level"),
        (Role.VILLAGE, "37040", "unknown_division"),
        (Role.VILLAGE, "370406999999", "unknown_division"),
    ],
)
def test_role_belongs_to_a_division_of_its_level(role: Role, division: str, code: str) -> None:
    with (
        open_context(actor=make_actor(Role.SECURITY_ADMIN)) as context,
        pytest.raises(DomainError) as refused,
    ):
        assert context.actor is not None
        invite_staff(actor=context.actor, username="zhao", name="", role=role, division=division)
    assert refused.value.code == code


def test_only_the_security_administrator_and_the_installation_invite() -> None:
    actor = make_actor(Role.COUNTY)
    with open_context(actor=actor), pytest.raises(NotAllowed):
        invite_staff(actor=actor, username="zhao", name="", role=Role.VILLAGE, division=VILLAGE)
    actor = make_actor(Role.SECURITY_ADMIN)
    with open_context(actor=actor):
        assert invite_staff(actor=actor, username="zhao", name="", role=Role.VILLAGE, division=VILLAGE)


def test_user_name_with_spaces_is_refused() -> None:
    actor = make_actor(Role.SECURITY_ADMIN)
    with open_context(actor=actor), pytest.raises(DomainError) as refused:
        invite_staff(actor=actor, username="zhao li", name="", role=Role.VILLAGE, division=VILLAGE)
    assert refused.value.code == "bad_username"


def test_invitation_that_ended_meanwhile_sets_no_password() -> None:
    actor = make_actor(Role.SECURITY_ADMIN)
    with open_context(actor=actor):
        link = invite_staff(actor=actor, username="zhao", name="", role=Role.VILLAGE, division=VILLAGE)
        *_rest, staff_id, token, _end = link.split("/")
        accept_invitation(staff_id=Staff.objects.get(username="zhao").pk, token=token, password=PASSWORD)
        with pytest.raises(DomainError) as refused:
            accept_invitation(staff_id=Staff.objects.get(pk=staff_id).pk, token=token, password=PASSWORD)
    assert refused.value.code == "invitation_ended"


def test_unknown_role_is_wrong_usage() -> None:
    with pytest.raises(CommandError):
        _invite(role="system")
