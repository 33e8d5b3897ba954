"""The questions of the public calculator: plain, few, and none that a rule does not need."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from households.enums import EmploymentState, HukouType, ParentageKind, Sex
from offices.form_renderer import DayField
from offices.models import Division
from subsidies.answers import (
    MOST_CHILDREN,
    Answers,
    ChildAnswer,
    Employer,
    Holder,
    Span,
    Spouse,
    read_span,
)

NOT_SURE = ("", _("Not sure"))
HUKOU_CHOICES = (
    (HukouType.RURAL.value, _("Agricultural (rural)")),
    (HukouType.URBAN.value, _("Non-agricultural (urban)")),
    (HukouType.RESIDENT.value, _("It only says “resident household”")),
    (HukouType.DEFINED_RURAL.value, _("Resident, and a document says rural resident")),
    NOT_SURE,
)
WORK_CHOICES = (
    (EmploymentState.NO_EMPLOYER.value, _("Farming, casual work or no employer")),
    (EmploymentState.EMPLOYED.value, _("Working for an employer")),
    (EmploymentState.PUBLIC.value, _("Working for an office or public institution")),
    (EmploymentState.LAID_OFF.value, _("Laid off")),
    (EmploymentState.RETIRED.value, _("Retired from an employer")),
    NOT_SURE,
)
YES_NO = (("yes", _("Yes")), ("no", _("No")), NOT_SURE)
GRADES = (("0", _("No card")), *((str(grade), _("Grade %(grade)d") % {"grade": grade}) for grade in range(1, 5)), NOT_SURE)  # fmt: skip


class SpanField(forms.CharField):
    """A day as well as somebody knows it: the day, the month, the year, or an age."""

    default_error_messages = {
        "invalid": _("Write the day as 1953-02-01, or only the year (1953), or the age (61)."),
        "in_future": _("This day lies after today. Check the year."),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "widget",
            forms.TextInput(attrs={"inputmode": "text", "autocomplete": "off", "class": "input-day"}),
        )
        kwargs.setdefault("max_length", 20)
        super().__init__(**kwargs)
        self.on: datetime.date | None = None

    def clean(self, value: Any) -> Span | None:  # type: ignore[override] # a span of days, not a text
        text = super().clean(value)
        if not text:
            return None
        if self.on is None:
            raise RuntimeError("the form gives its fields the day of the answer")
        try:
            span = read_span(text, on=self.on)
        except (ValueError, OverflowError) as wrong:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from wrong
        if span.first > self.on:
            raise forms.ValidationError(self.error_messages["in_future"], code="in_future")
        return Span(span.first, min(span.last, self.on))


def _choices(
    label: Any, choices: Sequence[Any], *, required: bool = False, **kwargs: Any
) -> forms.ChoiceField:
    kwargs.setdefault("initial", None if required else "")
    return forms.ChoiceField(
        label=label, choices=choices, required=required, widget=forms.RadioSelect, **kwargs
    )


class _OnDay(forms.Form):
    """A form whose spans of days are reckoned on the day of the answer."""

    def __init__(self, *args: Any, on: datetime.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.on = on
        for field in self.fields.values():
            if isinstance(field, SpanField):
                field.on = on


class ChildForm(_OnDay):
    """One child: what the rules read of it."""

    born = SpanField(label=_("Born on"), help_text=_("The year is enough if you do not know the day."))
    gender = _choices(_("Son or daughter?"), ((Sex.FEMALE.value, _("Daughter")), (Sex.MALE.value, _("Son"))), required=True)  # fmt: skip
    kind = _choices(
        _("Whose child?"),
        (
            (ParentageKind.BIRTH.value, _("Our own")),
            (ParentageKind.ADOPTED.value, _("Adopted")),
            (ParentageKind.STEP.value, _("My husband's or wife's from before")),
        ),
        initial=ParentageKind.BIRTH.value,
    )
    lives = _choices(_("Is the child living?"), (("yes", _("Yes")), ("no", _("No"))), initial="yes")
    died = SpanField(label=_("Died on"), required=False, help_text=_("The year is enough."))
    grade = _choices(_("Does the child have a disability card?"), GRADES, initial="0")
    exam_year = forms.IntegerField(
        label=_("Year of the senior high school entrance examination"),
        required=False,
        min_value=2000,
        max_value=2100,
        widget=forms.NumberInput(attrs={"class": "input-day", "inputmode": "numeric"}),
    )

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        born, died = told.get("born"), told.get("died")
        if told.get("lives") == "no" and born and died and died.last < born.first:
            self.add_error("died", _("The child cannot have died before it was born. Check both days."))
        return told

    def answer(self) -> ChildAnswer:
        """What was answered about the child."""
        told = self.cleaned_data
        is_living = told["lives"] != "no"
        return ChildAnswer(
            born=told["born"],
            sex=told["gender"],
            kind=told["kind"] or ParentageKind.BIRTH.value,
            is_living=is_living,
            died=None if is_living else told["died"],
            grade=int(told["grade"]) if told["grade"] else None,
            examination_year=told["exam_year"],
        )


class CalculatorForm(_OnDay):
    """The questions about the asker and her spouse; `kids` are the forms of the children.

    A question about a spouse or child who is not there is not read, whatever stands in it.
    """

    born = SpanField(
        label=_("When were you born?"),
        help_text=_("For example 1953-02-01. If you only know the year or the age, write 1953 or 61."),
    )
    gender = _choices(_("Are you a woman or a man?"), ((Sex.FEMALE.value, _("A woman")), (Sex.MALE.value, _("A man"))), required=True)  # fmt: skip
    hukou = _choices(_("What kind is your hukou?"), HUKOU_CHOICES, help_text=_("It stands on the first page of the household register."))  # fmt: skip
    partner = _choices(_("Do you have a husband or wife who is living?"), Spouse.choices)
    partner_born = SpanField(label=_("When was he or she born?"), required=False)
    partner_hukou = _choices(_("What kind is his or her hukou?"), HUKOU_CHOICES)
    kids = _choices(
        _("How many children have you had or adopted? Count those who have died too."),
        [(str(count), str(count)) for count in range(MOST_CHILDREN + 1)],
        required=True,
    )
    certificate = _choices(_("Do you have an only-child certificate?"), Holder.choices)
    work = _choices(_("What is your work?"), WORK_CHOICES)
    employer = _choices(_("Whom do you work for, or did before?"), Employer.choices)
    retired = DayField(label=_("When did you retire?"), required=False)
    medical = _choices(_("Do you have medical insurance as a worker, or in another county?"), YES_NO)
    pension = _choices(_("Do you pay into, or draw, a workers' pension?"), YES_NO)
    township = forms.ModelChoiceField(
        label=_("Where do you live?"),
        queryset=Division.objects.none(),
        required=False,
        empty_label=_("I would rather not say"),
        help_text=_("Only to name the office to go to."),
    )

    def __init__(self, told: QueryDict | None, *, on: datetime.date) -> None:
        super().__init__(told, on=on)
        self.fields["township"].queryset = Division.objects.townships()  # type: ignore[attr-defined] # a model choice
        self.children = [
            ChildForm(told, on=on, prefix=f"kid{number}") for number in range(1, MOST_CHILDREN + 1)
        ]

    def is_valid(self) -> bool:
        # Every child is looked at, so that all that is to be put right is said at once.
        wrong = [kid for kid in self.told_children() if not kid.is_valid()]
        return super().is_valid() and not wrong

    def told_children(self) -> list[ChildForm]:
        """The forms of as many children as were named."""
        if not self.is_bound or "kids" in self.errors:
            return []
        return self.children[: int(self.cleaned_data["kids"])]

    def answers(self) -> Answers:
        """What was answered. The form is valid."""
        told = self.cleaned_data
        spouse = Spouse(told["partner"])
        lives = spouse is Spouse.LIVES
        works = told["work"] not in ("", EmploymentState.NO_EMPLOYER)
        return Answers(
            born=told["born"],
            sex=told["gender"],
            hukou=told["hukou"],
            spouse=spouse,
            spouse_born=told["partner_born"] if lives else None,
            spouse_hukou=told["partner_hukou"] if lives else "",
            kids=tuple(kid.answer() for kid in self.told_children()),
            certificate=Holder(told["certificate"]),
            work=told["work"],
            employer=Employer(told["employer"]) if works else Employer.UNKNOWN,
            retired=told["retired"] if told["work"] == EmploymentState.RETIRED else None,
            has_medical=_yes(told.get("medical", "")),
            has_pension=_yes(told.get("pension", "")),
        )


def _yes(word: str) -> bool | None:
    return {"yes": True, "no": False}.get(word)
