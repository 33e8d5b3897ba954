"""Web, worker and commands log in as the application role and as nobody else."""

from __future__ import annotations

import http.client
import time

from config import installation
from tests.browser.installation import Installation


def test_web_worker_and_commands_log_in_as_the_application_role(office: Installation) -> None:
    serving = {installation.role_name(role) for role in ("app", "clinical")}
    caller = http.client.HTTPConnection("127.0.0.1", int(office.environment["HUIMIN_PORT"]), timeout=30)
    caller.request("GET", "/notices/")
    assert caller.getresponse().status == http.client.OK
    caller.close()
    # The worker leaves the database after each task: many short ones, begun once we look.
    office.run(
        "from config.celery import app\n"
        "for _each in range(30):\n"
        "    app.send_task('subsidies.remove_ended_notices', args=['370406'], countdown=3)\n"
    )
    seen: set[tuple[str, str]] = set()
    deadline = time.monotonic() + 60
    while {process for process, _role in seen} < {"web", "worker"} and time.monotonic() < deadline:
        seen |= office.logins()
    assert {process for process, _role in seen} >= {"web", "worker"}, office.told()
    assert {role for _process, role in seen} <= serving
    told = office.run(
        "from django.db import connection; connection.connect(); print(connection.settings_dict['USER'])"
    )
    assert told.split()[-1] == installation.role_name("app")
