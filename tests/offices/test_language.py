"""Chinese by default, English by switch."""

from __future__ import annotations

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db
SIGN_IN = "/accounts/login/"


def test_page_is_chinese_whatever_the_browser_prefers(client: Client) -> None:
    answer = client.get(SIGN_IN, headers={"accept-language": "en-US,en;q=0.9"})
    assert 'lang="zh-Hans"' in answer.content.decode()
    assert answer["Content-Language"] == "zh-hans"


def test_switch_gives_english_and_keeps_the_page(client: Client) -> None:
    answer = client.post("/i18n/setlang/", {"language": "en", "next": SIGN_IN})
    assert (answer.status_code, answer["Location"]) == (302, SIGN_IN)
    assert 'lang="en"' in client.get(SIGN_IN).content.decode()
    client.post("/i18n/setlang/", {"language": "tlh", "next": SIGN_IN})
    assert client.get(SIGN_IN).status_code == 200
