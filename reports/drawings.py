"""The charts of reports: the same in the page and on paper, on paper without addresses."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from offices.charts import Chart, Mark, Series, ranked_bars
from reports.selectors.tables import QualificationLine
from subsidies.models import Programme

Address = Callable[[QualificationLine], str]


def closing_by_township(
    programme: Programme, lines: Sequence[QualificationLine], address: Address = lambda _line: ""
) -> Chart | None:
    """Who holds the programme's benefit at the end of the month, by township in the order of the list."""
    townships = [line for line in lines if not line.place.is_total]
    if len(townships) < 2:
        return None
    marks = [Mark(_whole(line), address(line)) for line in townships]
    return ranked_bars(
        chart_id=f"closing-{programme.pk.lower()}",
        title=_("%(programme)s: in force at the end of the month, by township")
        % {"programme": programme.name},
        labels=[line.place.name for line in townships],
        series=Series(pgettext("report", "Closing"), marks),
        label_title=pgettext("report", "Place"),
    )


def _whole(line: QualificationLine) -> int:
    value = line.values["closing"]
    return value if isinstance(value, int) else 0
