"""Thirty thousand payments while the worker, the database and the web are killed: the totals are right, the work ends."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from config import installation
from config.installation import REPOSITORY
from script import embedded, processes, provisioning
from script.keys import create_keys
from tests.template import environment_of, manage

LINES = 30_000
MONTHLY = Decimal("80.00")
RETURNED = 300
_LONGEST = 600.0

PEOPLE = f"""
import json
from django.conf import settings
from django.test import Client
from benchmarks.batch_people import make_grants, make_payers
from offices.database.context import open_context
from offices.models import Staff
from subsidies.models import Bank
payers = make_payers()
programme = make_grants(payers, count={LINES})
with open_context(actor=payers.cashier):
    Bank.objects.update(rows_a_file={LINES})
    client = Client()
    client.force_login(Staff.objects.get(pk=payers.cashier.staff_id), settings.AUTHENTICATION_BACKENDS[0])
print(json.dumps({{"programme": programme.pk, "session": client.cookies[settings.SESSION_COOKIE_NAME].value}}))
"""
ASK = """
from offices.database.context import open_context
from offices.models import Staff
from offices.services.staff import actors_of
from offices import clock
from subsidies.models import PaymentBatch, Programme
from subsidies.services.batch_jobs import request_making, request_step
with open_context(county="370406", scope="370406"):
    (actor,) = actors_of(Staff.objects.get(username="bench-{role}"), on=clock.today())
with open_context(actor=actor):
    if "{step}" == "make":
        request_making(actor=actor, programme=Programme.objects.get(pk="{programme}"), period="2013-01")
    else:
        request_step(actor=actor, batch=PaymentBatch.objects.get(), step="{step}")
"""
ANSWER = f"""
from offices.database.context import open_context
from subsidies.models import PaymentBatch
from tests.subsidies.money import answer_to, file_of
with open_context(county="370406", scope="370406"):
    content = file_of(PaymentBatch.objects.get())
open({{out!r}}, "wb").write(answer_to(content, dict.fromkeys(range(1, {RETURNED} + 1), "01")))
"""
CLOSE = """
from offices.database.context import open_context
from offices.models import Staff
from offices.services.staff import actors_of
from offices import clock
from subsidies.models import PaymentBatch
from subsidies.selectors.verification import find_in_ledger
from subsidies.services.closing import close_batch
with open_context(county="370406", scope="370406"):
    (actor,) = actors_of(Staff.objects.get(username="bench-finance"), on=clock.today())
with open_context(actor=actor):
    close_batch(actor=actor, batch=PaymentBatch.objects.get())
    print(find_in_ledger())
"""


class Served:
    """An installation of its own: its processes can be killed and started again."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.port = 0
        self.environment = environment_of(
            installation.database_address("app").name, home, port=1, day="2014-01-06"
        )
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def run(self, code: str) -> str:
        return manage(self.environment, "shell", "--no-imports", "-c", code)

    def start(self, name: str, *words: str) -> None:
        with (self.home / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                [sys.executable, "-W", "ignore", "-m", *words],
                cwd=REPOSITORY,
                env={**self.environment, "PGAPPNAME": name},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def start_worker(self) -> None:
        self.start("worker", "celery", "--quiet", "--app", "config", "worker", "--loglevel", "WARNING",
                   "--concurrency", "1", "--without-gossip", "--without-mingle", "--without-heartbeat")  # fmt: skip

    def start_web(self) -> None:
        bound = self.home / "web.sock"
        self.start("web", "gunicorn", "config.wsgi", "--bind", f"unix:{bound}", "--workers", "1",
                   "--worker-class", "gthread", "--threads", "2", "--no-control-socket")  # fmt: skip
        until(lambda: bound.exists() and self.ask("GET", "/healthz") == http.client.OK)

    def kill(self, name: str) -> None:
        """The process and its children, at once: nothing of theirs is tidied up."""
        process = self.running.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> int:
        caller = _Local(str(self.home / "web.sock"))
        with contextlib.closing(caller):
            try:
                caller.request(method, path, body=body, headers={"Host": "127.0.0.1", **headers})
                return caller.getresponse().status
            except (OSError, http.client.HTTPException):
                return 0

    def owner(self) -> dict[str, Any]:
        at = installation.database_address("owner")
        return {"host": at.host, "port": at.port, "user": at.user, "password": at.password, "dbname": at.name}

    def sql(self, statement: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(**self.owner(), autocommit=True) as connection:
            connection.execute("SET search_path = county_370406, public")
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    @contextlib.contextmanager
    def held(self, table: str = "offices_act") -> Iterator[None]:
        """Nobody writes into a table meanwhile; of acts, a step stops after its thousands of rows and before its end."""
        with psycopg.connect(**self.owner()) as connection:
            connection.execute("SET search_path = county_370406, public")
            connection.execute(f"LOCK TABLE {table} IN SHARE MODE")
            yield
            with contextlib.suppress(psycopg.OperationalError):  # the database may have died meanwhile
                connection.rollback()

    def waits(self, table: str = "offices_act") -> bool:
        """Somebody waits for leave to write into a table: of acts, a step that has come to its end."""
        return bool(
            self.sql(
                f"SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%{table}%' "
                "AND application_name IN ('worker', 'web')"
            )
        )

    def is_quiet(self) -> bool:
        """No session of an ended process works on."""
        return not self.sql(
            "SELECT 1 FROM pg_stat_activity WHERE application_name IN ('worker', 'web') AND state = 'active'"
        )

    def jobs(self) -> list[str]:
        return [state for (state,) in self.sql("SELECT state FROM offices_job ORDER BY requested_at")]

    def have_resumed(self) -> None:
        """As the schedule does after a minute: jobs that nobody works on are queued again."""
        self.sql(
            "UPDATE offices_job SET requested_at = requested_at - interval '2 minutes' WHERE finished_at IS NULL"
        )
        self.run("from offices.tasks import resume_jobs; resume_jobs('370406')")


class _Local(http.client.HTTPConnection):
    def __init__(self, path: str) -> None:
        super().__init__("127.0.0.1", timeout=_LONGEST)
        self.path = path

    def connect(self) -> None:
        import socket

        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(_LONGEST)
        self.sock.connect(self.path)


def until(happens: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _LONGEST
    while not happens():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.fixture
def served(home: Path) -> Iterator[Served]:
    """Servers of its own; where HUIMIN_TEST_HOME has their data with everything but cases, they begin with that."""
    made = os.environ.get("HUIMIN_TEST_HOME")
    if made:
        subprocess.run(["cp", "--archive", f"{made}/.", home], check=True)
    with embedded.servers_up():
        create_keys()
        provisioning.provision()
        served = Served(home)
        if not made:
            manage(
                {**served.environment, "HUIMIN_DATABASE_ROLE": "owner"}, "migrate", "--no-input", "-v", "0"
            )
            manage(served.environment, "load_reference")
        try:
            yield served
        finally:
            for name in list(served.running):
                served.kill(name)


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_thirty_thousand_payments_are_right_whatever_is_killed(served: Served) -> None:
    known = json.loads(served.run(PEOPLE))
    programme = known["programme"]

    # The worker dies while it writes the lines: there is no batch, and the next worker makes it.
    served.start_worker()
    with served.held():
        served.run(ASK.format(role="finance", step="make", programme=programme))
        until(served.waits)
        served.kill("worker")
    until(served.is_quiet)
    assert served.sql("SELECT count(*) FROM subsidies_payment") == [(0,)]
    assert served.jobs() == ["running"]
    served.start_worker()
    served.have_resumed()
    until(lambda: served.jobs() == ["done"])
    assert served.sql("SELECT count, total_amount FROM subsidies_paymentbatch") == [(LINES, LINES * MONTHLY)]

    # The database dies while the money is drawn: nothing is drawn, and the worker tries again by itself.
    with served.held():
        served.run(ASK.format(role="county", step="approve", programme=programme))
        until(served.waits)
        postmaster = embedded.cluster().running_pid()
        assert postmaster
        os.kill(postmaster, signal.SIGKILL)
        processes.wait_until_gone(postmaster, 10)
    embedded.keep_up()
    assert served.sql("SELECT state FROM subsidies_paymentbatch") == [("made",)]
    until(lambda: served.jobs() == ["done", "done"])
    served.run(ASK.format(role="cashier", step="send", programme=programme))
    until(lambda: served.jobs() == ["done"] * 3)
    assert served.sql("SELECT state FROM subsidies_paymentbatch") == [("sent",)]

    # The web dies while it takes the answer in: nobody works on it, and the cashier brings it again.
    answer = served.home / "answer.txt"
    served.run(ANSWER.format(out=str(answer)))
    served.start_web()
    with served.held("offices_job"), _brought(served, answer, known["session"]):
        until(lambda: served.waits("offices_job"))
        served.kill("web")
    until(served.is_quiet)
    assert served.jobs() == ["done"] * 3
    served.start_web()

    # The worker dies while it books the answer: nothing is booked, and the next worker books it.
    with served.held():
        assert _bring(served, answer, known["session"]) == http.client.FOUND
        until(served.waits)
        served.kill("worker")
    until(served.is_quiet)
    assert served.sql("SELECT DISTINCT state FROM subsidies_payment") == [("sent",)]
    assert served.jobs() == ["done", "done", "done", "running"]
    served.start_worker()
    served.have_resumed()
    until(lambda: served.jobs() == ["done"] * 4)
    assert served.sql("SELECT count(*) FROM offices_storedfile") == [(0,)]

    assert served.run(CLOSE) == "[]\n"
    paid = LINES - RETURNED
    assert served.sql("SELECT state, count(*), sum(amount) FROM subsidies_payment GROUP BY 1 ORDER BY 1") == [
        ("paid", paid, paid * MONTHLY),
        ("returned", RETURNED, RETURNED * MONTHLY),
    ]
    assert served.sql("SELECT sum(balance) FROM subsidies_ledgeraccount WHERE kind = 'paid'") == [
        (paid * MONTHLY,)
    ]
    assert served.sql("SELECT sum(balance) FROM subsidies_ledgeraccount WHERE kind = 'in_transit'") == [(0,)]
    assert served.sql("SELECT state FROM subsidies_paymentbatch") == [("closed",)]


def _bring(served: Served, answer: Path, session: str) -> int:
    """The cashier sends the bank's file by the page; the status, 0 when nobody answers."""
    ((batch,),) = served.sql("SELECT id FROM subsidies_paymentbatch")
    token = secrets.token_hex(16)
    with answer.open("rb") as file:
        body = encode_multipart(
            BOUNDARY, {"csrfmiddlewaretoken": token, "paid_on": "2014-01-06", "file": file}
        )
    return served.ask(
        "POST",
        f"/subsidies/batches/{batch}/answer/",
        body,
        **{"Content-Type": MULTIPART_CONTENT, "Cookie": f"sessionid={session}; csrftoken={token}"},
    )


@contextlib.contextmanager
def _brought(served: Served, answer: Path, session: str) -> Iterator[None]:
    """The file is on its way while the block runs."""
    import threading

    sender = threading.Thread(target=_bring, args=(served, answer, session))
    sender.start()
    try:
        yield
    finally:
        sender.join()
