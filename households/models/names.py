from __future__ import annotations

from typing import ClassVar

from django.db import models

from offices.actors import Actor
from offices.database.access import HISTORY, Access
from offices.fields import DivisionCodeField


class NameTokenQuerySet(models.QuerySet["NameToken"]):
    """Tokens by place."""

    def visible_to(self, actor: Actor) -> NameTokenQuerySet:
        return self.filter(division_code__gte=actor.scope, division_code__lt=actor.scope + "~")


class NameToken(models.Model):
    """A piece of a person's name by which the search box finds her: characters, pinyin or initials.

    Serves the finding of whoever stands at the counter; holds nothing but what her name and village
    say, and goes with her row. Written by the triggers of the person's table alone, so that no door
    can forget it. `rank` is 0 for the whole name, 2 for its beginning and 4 for a part of it, and
    one more for the dead: the key is the order in which a clerk reads the list, within a township.
    """

    access: ClassVar[Access] = HISTORY

    pk = models.CompositePrimaryKey("token", "township_code", "rank", "name_sort", "person")
    township_code = models.CharField(max_length=9, db_collation="C")
    token = models.CharField(max_length=60, db_collation="C")
    rank = models.PositiveSmallIntegerField()
    name_sort = models.CharField(max_length=200, db_collation="C")
    # Without a constraint or an index of its own: the triggers keep it true and know the whole key, and
    # with some ten million rows either would take longer than all else of a county's import.
    person = models.ForeignKey(
        "households.Person",
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="name_tokens",
    )
    division_code = DivisionCodeField()

    objects = NameTokenQuerySet.as_manager()

    def __str__(self) -> str:
        return self.token
