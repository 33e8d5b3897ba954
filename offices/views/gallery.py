"""The gallery: every shared component in every state, on one page, with invented samples."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from offices.charts import Mark, Series, bar_chart, donut_chart, line_chart, ranked_bars, sparkline
from offices.enums import JobState
from offices.form_renderer import DayField
from offices.listing import Column, make_listing
from offices.pages import anybody, page
from offices.tones import Tone
from offices.work import WorkItem

COLUMNS = (
    Column(_("Name"), key="name", order=("name",)),
    Column(_("Identity number")),
    Column(_("Village"), key="village", order=("village",)),
    Column(_("State")),
    Column(_("Amount (yuan)"), key="amount", order=("amount",), kind="number"),
    Column("", kind="actions"),
)
TOWNSHIPS = ("城头镇", "徐庄镇", "店子镇", "水泉镇", "桑村镇", "西集镇", "冯卯镇", "凫城镇", "北庄镇")


@dataclass(frozen=True, slots=True)
class SampleRow:
    name: str
    identity_number: str
    village: str
    state: str | Promise
    tone: Tone
    amount: Decimal


@dataclass(slots=True)
class SampleJob:
    """Looks like a job of `offices.models`."""

    state: str
    steps_done: int = 0
    steps_total: int | None = None
    message: str | Promise = ""
    percent: int | None = field(init=False)

    def __post_init__(self) -> None:
        self.percent = self.steps_done * 100 // self.steps_total if self.steps_total else None

    def get_state_display(self) -> str:
        return str(JobState(self.state).label)


class SampleForm(forms.Form):
    """One field of every kind."""

    name = forms.CharField(label=_("Name"), max_length=20)
    identity_number = forms.CharField(
        label=_("Identity number"), help_text=_("18 characters, as on the card; the last may be X.")
    )
    born_on = DayField(label=_("Birth date"))
    hukou = forms.ChoiceField(
        label=_("Hukou type"), choices=[("", _("Choose")), ("rural", _("Rural")), ("urban", _("Urban"))]
    )
    paid_to = forms.ChoiceField(
        label=_("Paid to"),
        choices=[("own", _("Her own account")), ("spouse", _("The spouse's account"))],
        widget=forms.RadioSelect,
        initial="own",
    )
    documents = forms.MultipleChoiceField(
        label=_("Documents seen"),
        choices=[("card", _("Identity card")), ("book", _("Household register")), ("bank", _("Bank book"))],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    remark = forms.CharField(label=_("Remark"), widget=forms.Textarea(attrs={"rows": 3}), required=False)
    scan = forms.FileField(label=_("Scan"), required=False, help_text=_("PDF or picture, up to 10 MB"))
    has_agreed = forms.BooleanField(label=_("The applicant has read the notice of purpose."))


class SampleFilters(forms.Form):
    """Filters that stand in the address."""

    name = forms.CharField(label=_("Name"), required=False)
    township = forms.ChoiceField(
        label=_("Township"), required=False, choices=[("", _("All")), *((name, name) for name in TOWNSHIPS)]
    )
    born_after = DayField(label=_("Born after"), required=False, help_text="")


@page(anybody)
@require_GET
def gallery(request: HttpRequest) -> HttpResponse:
    """Every component in every state."""
    filters = SampleFilters(request.GET) if request.GET else SampleFilters()
    wrong = {
        "name": "王秀兰",
        "identity_number": "37040619530201",
        "born_on": "1953年2月30日",
        "paid_to": "own",
    }
    here = reverse("gallery")
    return render(
        request,
        "gallery.html",
        {
            "waits": _waits(),
            "tones": [(tone.value, _tone_words()[tone]) for tone in Tone],
            "filters": filters,
            "listing": make_listing(
                query=request.GET,
                rows=_rows(),
                columns=COLUMNS,
                default_sort="name",
                filters=filters,
                per_page=10,
            ),
            "nothing": make_listing(query=request.GET, rows=[], columns=COLUMNS),
            "nothing_matches": make_listing(
                query=request.GET, rows=[], columns=COLUMNS, filters=SampleFilters({"name": "𠮷"})
            ),
            "form": SampleForm(auto_id="empty_%s"),
            "wrong_form": SampleForm(wrong, auto_id="wrong_%s"),
            "steps": _steps(),
            "refused_steps": _refused_steps(),
            "history": _history(),
            "work": _work(here),
            "sheet": _sheet(here),
            "tabs": [
                SimpleNamespace(label=_("Family"), url=here, active=True, count=None),
                SimpleNamespace(label=_("Benefits"), url=here, active=False, count=2),
                SimpleNamespace(label=_("History"), url=here, active=False, count=0),
            ],
            "jobs": [
                SampleJob("waiting"),
                SampleJob("running", 640),
                SampleJob("running", 12_400, 20_000),
                SampleJob("done", 1507, 1507),
                SampleJob(
                    "failed", 300, 1507, _("The file ends in the middle of a row. Save it again and repeat.")
                ),
                SampleJob("cancelled", 300, 1507),
            ],
            "spark": sparkline(
                title=_("Paid, last twelve months"), values=[3, 4, 4, 6, 5, 7, 9, 8, 8, 10, 11, 14]
            ),
            "charts": _charts(here),
        },
    )


def _tone_words() -> dict[Tone, str | Promise]:
    return {
        Tone.NEUTRAL: _("Draft"),
        Tone.WAITING: _("Waiting"),
        Tone.ACTIVE: _("Under review"),
        Tone.GOOD: _("Granted"),
        Tone.ATTENTION: _("Documents missing"),
        Tone.BAD: _("Refused"),
        Tone.ENDED: _("Ended"),
    }


def _rows() -> list[SampleRow]:
    names = ("王秀兰", "孙桂英", "李𠮷祥", "曾庆云", "单玉梅", "买买提·艾力", "解长河", "仇淑芬")
    villages = ("城头村", "东岭村", "西岭村", "大官庄村")
    tones = list(Tone)
    words = _tone_words()
    return [
        SampleRow(
            name=names[index % len(names)],
            identity_number=f"370406195{index % 4}0201{1000 + index}",
            village=villages[index % len(villages)],
            state=words[tones[index % len(tones)]],
            tone=tones[index % len(tones)],
            amount=Decimal(960) + index * Decimal("37.50"),
        )
        for index in range(43)
    ]


def _steps() -> list[SimpleNamespace]:
    labels = (
        (_("Application"), "done", "孙桂英", datetime.date(2013, 12, 2)),
        (_("Village review"), "done", "张建国", datetime.date(2013, 12, 5)),
        (_("Village notice"), "done", None, datetime.date(2013, 12, 13)),
        (_("Township review"), "current", "李明", None),
        (_("Township notice"), "waiting", None, None),
        (_("County confirmation"), "waiting", None, None),
        (_("Grant"), "waiting", None, None),
    )
    return [SimpleNamespace(label=label, state=state, who=who, on=on) for label, state, who, on in labels]


def _refused_steps() -> list[SimpleNamespace]:
    return [
        SimpleNamespace(label=_("Application"), state="done", on=datetime.date(2013, 12, 2)),
        SimpleNamespace(label=_("Village review"), state="skipped", note=_("Applied at the county counter")),
        SimpleNamespace(
            label=_("Township review"), state="refused", who="李明", on=datetime.date(2013, 12, 20)
        ),
    ]


def _history() -> list[SimpleNamespace]:
    china = datetime.timezone(datetime.timedelta(hours=8))
    return [
        SimpleNamespace(
            what=_("Application returned: documents are missing"),
            who="李明",
            role=_("Township reviewer"),
            at=datetime.datetime(2014, 1, 6, 10, 24, tzinfo=china),
            tone="attention",
        ),
        SimpleNamespace(
            what=_("Bank account corrected"),
            who="王秀兰",
            role=_("Township counter"),
            at=datetime.datetime(2014, 1, 3, 15, 4, tzinfo=china),
            from_address="10.4.6.21",
            changes=[
                SimpleNamespace(label=_("Account"), before="***************4471", after="***************0986")
            ],
        ),
        SimpleNamespace(
            what=_("Village review passed"),
            who="张建国",
            role=_("Village specialist"),
            at=datetime.datetime(2013, 12, 5, 9, 0, tzinfo=china),
            tone="good",
        ),
    ]


def _work(here: str) -> list[WorkItem]:
    return [
        WorkItem(
            title=str(_("Applications to review")),
            count=14,
            url=here,
            icon="file-check",
            is_overdue=True,
            note=str(_("oldest since 2 December")),
        ),
        WorkItem(
            title=str(_("Families owed and not yet receiving")), count=1203, url=here, icon="heart-handshake"
        ),
        WorkItem(title=str(_("Bank returns to correct")), count=0, url=here, icon="building-bank"),
    ]


def _sheet(here: str) -> list[SimpleNamespace]:
    return [
        SimpleNamespace(label=_("Name"), value="王秀兰"),
        SimpleNamespace(label=_("Birth date"), value="1953-02-01", note=_("60 years old")),
        SimpleNamespace(label=_("Village"), value="城头镇城头村", url=here),
        SimpleNamespace(label=_("Hukou type"), value=_("Rural")),
    ]


def _charts(here: str) -> list[Any]:
    months = [f"{number}月" for number in range(1, 13)]
    paid = (42, 38, 51, 60, 58, 75, 71, 80, 94, 88, 102, 140)
    owed = (90, 92, 81, 77, 70, 66, 61, 55, 40, 38, 30, 12)
    counts = (96, 83, 77, 71, 64, 58, 44, 31, 12)
    shares = [
        Series(str(words), [Mark(value, here) for value in values])
        for words, values in (
            (_("Central"), (310, 320, 335, 350)),
            (_("Province"), (120, 124, 131, 140)),
            (_("County"), (90, 95, 102, 96)),
        )
    ]
    return [
        bar_chart(
            chart_id="chart-paid",
            title=_("Families paid by month, 2013"),
            labels=months,
            series=[Series(_("Paid"), [Mark(value, here) for value in paid])],
            label_title=_("Month"),
        ),
        line_chart(
            chart_id="chart-owed",
            title=_("Owed and paid, 2013"),
            labels=months,
            series=[
                Series(_("Paid"), [Mark(value, here) for value in paid]),
                Series(_("Owed"), [Mark(value, here) for value in owed]),
            ],
            label_title=_("Month"),
        ),
        bar_chart(
            chart_id="chart-sources",
            title=_("Money by source, thousand yuan"),
            labels=["2010", "2011", "2012", "2013"],
            series=shares,
            is_stacked=True,
            label_title=_("Year"),
        ),
        bar_chart(
            chart_id="chart-grouped",
            title=_("Money by source, side by side"),
            labels=["2010", "2011", "2012", "2013"],
            series=shares,
            label_title=_("Year"),
        ),
        ranked_bars(
            chart_id="chart-townships",
            title=_("Days from application to money, by township"),
            labels=TOWNSHIPS,
            series=Series(_("Days"), [Mark(value, here) for value in counts]),
            label_title=_("Township"),
        ),
        donut_chart(
            chart_id="chart-states",
            title=_("Applications by state"),
            labels=[_("Granted"), _("Under review"), _("Documents missing"), _("Refused")],
            series=Series(_("Applications"), [Mark(value, here) for value in (412, 96, 31, 8)]),
            label_title=_("State"),
        ),
    ]


def _waits() -> list[SimpleNamespace]:
    """Days to the account: of many families, of one, of those who still wait, and where nobody does."""
    return [
        SimpleNamespace(count=count, median=median, longest=longest, waiting=waiting, waiting_longest=so_far)
        for count, median, longest, waiting, so_far in (
            (212, 17, 46, 9, 12),
            (1, 17, 17, 0, None),
            (0, None, None, 3, 8),
            (0, None, None, 0, None),
        )
    ]
