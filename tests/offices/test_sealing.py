"""Digests are what the standard says, so that another program with the key finds the same."""

from __future__ import annotations

import base64
import hmac
import json
from pathlib import Path

import pytest
from django.conf import settings

from offices.sealing import Purpose, digest


@pytest.mark.parametrize("clear", ["", "370406195302010015", "王秀英", "x" * 500])
def test_digest_is_hmac_sha_256_under_the_purpose(clear: str) -> None:
    key = base64.b64decode(json.loads(Path(settings.HUIMIN_KEYS_FILE).read_text())["digest_key"])
    assert digest(clear, Purpose.PHONE) == hmac.digest(key, f"phone\0{clear}".encode(), "sha256")
