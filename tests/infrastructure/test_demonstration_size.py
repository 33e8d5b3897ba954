"""A demonstration too small to have a case in every state is refused before anything is made."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from config.demonstration.county import LEAST_RESIDENTS
from script import serving


@pytest.mark.parametrize("few", ["0", "-5", str(LEAST_RESIDENTS - 1)])
def test_demonstration_too_small_is_wrong_usage(few: str) -> None:
    with pytest.raises(CommandError, match=f"at least {LEAST_RESIDENTS}"):
        call_command("demo", f"--residents={few}")
    with pytest.raises(SystemExit) as end:
        serving.main([f"--residents={few}"])
    assert end.value.code == 2


def test_server_and_command_agree_on_the_least() -> None:
    assert serving._LEAST_RESIDENTS == LEAST_RESIDENTS
