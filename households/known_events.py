"""Events as they were known at a moment: one that has been taken back since still stood."""

from __future__ import annotations

from households.enums import EventState
from households.models import LifeEvent
from households.services.events.taking_back import TAKEN_BACK
from offices.database.known import AT, columns_of
from offices.models import Act


def events_as_known(schema: str) -> str:
    """Events recorded by then; an event's only change is that it is taken back, which is an act with its instant."""
    table, acts = (f'{schema}."{model._meta.db_table}"' for model in (LifeEvent, Act))
    state = f"""CASE WHEN event.state = '{EventState.TAKEN_BACK.value}' AND NOT EXISTS (
            SELECT FROM {acts} act
             WHERE act.record_type = '{LifeEvent._meta.label_lower}' AND act.record_id = event.id
               AND act.verb = '{TAKEN_BACK}' AND act.at < {AT}
        ) THEN '{EventState.RECORDED.value}' ELSE event.state END AS state"""
    told = ", ".join(state if name == '"state"' else f"event.{name}" for name in columns_of(LifeEvent))
    return f"SELECT {told} FROM {table} event WHERE event.recorded_at < {AT}"
