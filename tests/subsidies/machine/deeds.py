"""How somebody does something: to the end, refused, or cut off; and what each of these must leave behind."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

from django.db import OperationalError, connection, models, transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from households.models import Person
from offices.actors import Actor
from offices.database.context import open_context
from offices.errors import DomainError
from tests.conftest import sql
from tests.subsidies.machine import what_holds
from tests.subsidies.machine.world import FAMILIES, World

Deed = tuple[Actor, Callable[[], Any]]


class Killed(OperationalError):
    """The worker or its session ends here."""


def between(**chosen: Any) -> Any:
    """A rule after which the office does some of its work, whatever was disturbed before."""

    def decorate(disturb: Callable[..., None]) -> Any:
        def disturb_and_work(self: Deeds, work: list[int], **words: Any) -> None:
            disturb(self, **words)
            for choice in work:
                self.office_works(choice)

        disturb_and_work.__name__ = disturb.__name__
        return rule(work=st.lists(st.integers(0, 9999), min_size=1, max_size=5), **chosen)(disturb_and_work)

    return decorate


class Deeds(RuleBasedStateMachine):
    """Each rule is a deed of somebody's; what it may do to the books is the same for all."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        self.office, self.money = self.world.office, self.world.money
        self.last: Deed | None = None
        self.opened: dict[Any, models.Model] = {}
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.look()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    def office_works(self, choice: int, *, killed_at: int = 0) -> None:
        raise NotImplementedError

    def does(self, actor: Actor, deed: Callable[[], Any], *, killed_at: int = 0) -> None:
        before, left = self.seen, killed_at

        def dies(execute: Any, *call: Any) -> Any:
            nonlocal left
            left -= 1
            if left == 0:
                raise Killed
            return execute(*call)

        is_done = False
        try:
            with transaction.atomic(), open_context(actor=actor):
                with connection.execute_wrapper(dies) if killed_at else contextlib.nullcontext():
                    deed()
                sql("SET CONSTRAINTS ALL IMMEDIATE")
                sql("SET CONSTRAINTS ALL DEFERRED")
            is_done = True
        except DomainError as refusal:
            assert str(refusal), "a refusal says what to do"
            assert refusal.code != "being_paid_already", "nothing is selected that the database refuses"
        except Killed:
            pass
        if not is_done:
            assert what_holds.everything() == before, "what was refused or cut off left nothing"
            return
        self.last = (actor, deed)
        batches, sent, arrears, rights = self.batches, self.sent, self.arrears, self.rights
        self.look()
        after = self.seen
        is_recorded = int(after["offices_act"]) > int(before["offices_act"])
        assert is_recorded or after == before, "every act is recorded"
        assert all(int(after[table]) >= int(before[table]) for table in what_holds.KEPT), "nothing is lost"
        what_holds.books_hold()
        what_holds.nobody_is_worse_off(rights, self.rights)
        if len(self.arrears) > len(arrears):
            what_holds.new_arrears_are_right(arrears)
        made, gone = list(set(self.batches) - set(batches)), list(set(self.sent) - set(sent))
        if made:
            what_holds.new_lines_are_right(made)
        if gone:
            what_holds.sent_lines_are_right(gone)
        self.holds(before, made, gone)

    def holds(self, before: what_holds.Seen, made: what_holds.Keys, sent: what_holds.Keys) -> None:
        """What else holds after a deed that was done; `made` and `sent`: its batches."""

    def look(self) -> None:
        """Everything as it is now."""
        self.seen = what_holds.everything()
        self.batches, self.sent = what_holds.batches_now(), what_holds.sent_now()
        self.arrears = what_holds.arrears_now()
        self.rights = what_holds.rights_now()

    def pick(self, found: models.QuerySet[Any], choice: int, *, is_stale: bool = False) -> Any:
        """One of the records; stale: as it was when a browser first opened it."""
        count = found.count()
        record = found.order_by("pk")[choice % count] if count else None
        if record is None:
            return None
        first = self.opened.setdefault(record.pk, record)
        return first if is_stale else record

    def pick_mostly(self, found: models.QuerySet[Any], choice: int, **usual: Any) -> Any:
        """A stale one of those that are `usual`, else of all."""
        some = found.filter(**usual)
        return self.pick(some if choice % 3 and some.exists() else found, choice, is_stale=True)

    def person(self, choice: int) -> Person:
        return Person.objects.get(pk=self.world.people[choice % FAMILIES].pk)
