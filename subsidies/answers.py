"""What somebody answers at the public calculator: held while the answer is made, and nowhere else."""

from __future__ import annotations

import calendar
import datetime
import re
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

MOST_CHILDREN = 6
_DIGITS = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})?")
_WHOLE = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?")
_MONTH = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})月?")
_YEAR = re.compile(r"([0-9]{4})年?")
_AGE = re.compile(r"([0-9]{1,3})(?:周?岁)?")


@dataclass(frozen=True, slots=True)
class Span:
    """A day that is known, or the first and the last day that it can be."""

    first: datetime.date
    last: datetime.date

    @property
    def is_exact(self) -> bool:
        """Whether the day itself is known."""
        return self.first == self.last


def read_span(text: str, *, on: datetime.date) -> Span:
    """A day, a month, a year, or an age in whole years on a day. Raises ValueError."""
    plain = "".join(text.split())
    if found := _WHOLE.fullmatch(plain) or _MONTH.fullmatch(plain) or _DIGITS.fullmatch(plain):
        year, month, *days = (int(part) for part in found.groups() if part)
        if days:
            exact = datetime.date(year, month, days[0])
            return Span(exact, exact)
        first = datetime.date(year, month, 1)
        return Span(first, first.replace(day=calendar.monthrange(year, month)[1]))
    if found := _YEAR.fullmatch(plain):
        year = int(found[1])
        return Span(datetime.date(year, 1, 1), datetime.date(year, 12, 31))
    if found := _AGE.fullmatch(plain):
        years = int(found[1])
        return Span(
            _years_before(on, years + 1) + datetime.timedelta(days=1),
            _years_before(on, years),
        )
    raise ValueError(f"not a day: {text!r}")


def _years_before(day: datetime.date, years: int) -> datetime.date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return datetime.date(day.year - years, 2, 28)


class Spouse(models.TextChoices):
    """Whether there is a spouse who lives; nothing else is asked."""

    LIVES = "lives", _("Yes")
    NONE = "none", _("No")
    UNKNOWN = "", _("Not sure")


class Holder(models.TextChoices):
    """In whose name the only-child certificate is."""

    OWN = "own", _("Yes, in my name")
    SPOUSE = "spouse", _("Yes, in my husband's or wife's name")
    NOBODY = "nobody", _("No")
    UNKNOWN = "", _("Not sure")


class Employer(models.TextChoices):
    """Whose worker somebody is or was."""

    ENTERPRISE = "enterprise", _("An enterprise")
    PUBLIC = "public", _("An office, a school, a hospital or another public institution")
    UNKNOWN = "", _("Not sure, or none")


class Question(models.TextChoices):
    """The questions that may stay open, named as the answer names what to find out."""

    BORN = "born", _("the exact day of your birth")
    HUKOU = "hukou", _("the kind of your hukou (it stands in the household register)")
    SPOUSE = "spouse", _("whether your husband or wife is living")
    SPOUSE_BORN = "spouse_born", _("your husband's or wife's day of birth")
    SPOUSE_HUKOU = "spouse_hukou", _("the kind of your husband's or wife's hukou")
    CHILD_BORN = "child_born", _("the exact days on which the children were born")
    CHILD_DIED = "child_died", _("the day on which the child died")
    GRADE = "grade", _("the grade on the child's disability card")
    CERTIFICATE = "certificate", _("whether there is an only-child certificate, and in whose name")
    WORK = "work", _("your work: the document of the employer or of being laid off")
    EMPLOYER = "employer", _("for whom you work or worked")
    RETIRED = "retired", _("the day of your retirement")
    MEDICAL = "medical", _("whether you have workers' medical insurance")
    PENSION = "pension", _("whether you have a workers' pension")


@dataclass(frozen=True, slots=True)
class ChildAnswer:
    """A child born to or adopted by her, or her spouse's; `grade` 0: none; None: not known."""

    born: Span
    sex: str
    kind: str
    is_living: bool = True
    died: Span | None = None
    grade: int | None = 0
    examination_year: int | None = None


@dataclass(frozen=True, slots=True)
class Answers:
    """Everything that was answered; an empty text or None is a question left open."""

    born: Span
    sex: str
    hukou: str = ""
    spouse: Spouse = Spouse.UNKNOWN
    spouse_born: Span | None = None
    spouse_hukou: str = ""
    kids: tuple[ChildAnswer, ...] = ()
    certificate: Holder = Holder.UNKNOWN
    work: str = ""
    employer: Employer = Employer.UNKNOWN
    retired: datetime.date | None = None
    has_medical: bool | None = None
    has_pension: bool | None = None

    @property
    def open_questions(self) -> frozenset[Question]:
        """The questions whose answers are not known, or not exactly."""
        lives = self.spouse is Spouse.LIVES
        dead = [kid for kid in self.kids if not kid.is_living]
        is_open = {
            Question.BORN: not self.born.is_exact,
            Question.HUKOU: not self.hukou,
            Question.SPOUSE: self.spouse is Spouse.UNKNOWN,
            Question.SPOUSE_BORN: lives and not (self.spouse_born and self.spouse_born.is_exact),
            Question.SPOUSE_HUKOU: lives and not self.spouse_hukou,
            Question.CHILD_BORN: not all(kid.born.is_exact for kid in self.kids),
            Question.CHILD_DIED: not all(kid.died and kid.died.is_exact for kid in dead),
            Question.GRADE: any(kid.is_living and kid.grade is None for kid in self.kids),
            Question.CERTIFICATE: self.certificate is Holder.UNKNOWN,
            Question.WORK: not self.work,
            Question.EMPLOYER: self.employer is Employer.UNKNOWN,
            Question.RETIRED: self.work == "retired" and self.retired is None,
            Question.MEDICAL: self.has_medical is None,
            Question.PENSION: self.has_pension is None,
        }
        return frozenset(question for question, open_now in is_open.items() if open_now)
