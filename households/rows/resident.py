"""One raw row of a resident file: parsed and true in itself, or refused with every reason at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext_lazy as _

from households.readers.table import Line
from households.rows.facts import (
    NO_ACCOUNT,
    Account,
    read_account,
    read_certificate,
    read_employer,
    read_examination_year,
    read_household_number,
    read_phone,
)
from households.rows.identity import Identity, read_identity, read_name, read_past_day
from households.rows.kin import NO_KIN, read_kin
from households.rows.notes import Notes, RowError, RowWarning
from households.rows.places import FormerVillages, Places, Read
from households.rows.words import (
    DISABILITY_GRADES,
    EMPLOYMENT_STATES,
    FEMALE_RELATIONS,
    HUKOU_TYPES,
    MALE_RELATIONS,
    MARITAL_STATES,
    NOT_STORED,
    RELATIONS,
    refuse_empty,
    refuse_word,
)


@dataclass(frozen=True, slots=True)
class ResidentRow:
    """What one row says about a person, each value of its own type; codes are those of `enums`.

    Texts are empty and other values None where the row says nothing. Numbers and accounts are
    left out of its printed form.
    """

    line: int
    household_number: str
    household_village: str
    hukou_village: str
    residence_village: str
    division_code: str
    relation: str
    name: str
    id_number: str = field(repr=False)
    sex: str
    birth_date: date
    died_on: date | None
    hukou_type: str
    marital_state: str = field(repr=False)
    spouse_number: str = field(repr=False)
    father_number: str = field(repr=False)
    mother_number: str = field(repr=False)
    father_kind: str
    mother_kind: str
    disability_grade: int | None = field(repr=False)
    certificate_number: str
    certificate_issued_on: date | None
    employment_state: str
    retired_on: date | None
    employer_code: str
    examination_year: int | None
    phone: str = field(repr=False)
    bank: str = field(repr=False)
    account: str = field(repr=False)
    warnings: tuple[RowWarning, ...]


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that is not taken in: its line, the name that stood there, and every reason."""

    line: int
    name: str
    errors: tuple[RowError, ...]


class ResidentRows:
    """Reads the rows of one file: for one county, its villages and the day the file speaks for."""

    def __init__(
        self,
        *,
        county: str,
        villages: frozenset[str],
        as_of: date,
        former: FormerVillages | None = None,
    ) -> None:
        self._places = Places(county, villages, former or FormerVillages())
        self._as_of = as_of

    def read(self, line: Line) -> ResidentRow | RefusedRow:
        """Check everything that concerns this row alone. Never raises for what a row contains."""
        (
            household_number, household_village, hukou, residence, relation, name, number, sex, birth,
            hukou_type, marital, spouse, father, mother, kind, father_kind, mother_kind, death, disability,
            certificate_number, certificate_issued, employment, retired, employer, examination, phone, bank,
            account,
        ) = line.cells  # fmt: skip
        notes = Notes()
        as_of = self._as_of
        if line.surplus:
            refuse_surplus(line.surplus, notes)
        household_number = read_household_number(household_number, notes)
        name = read_name(name, notes)
        identity = read_identity(number=number, sex=sex, birth=birth, death=death, as_of=as_of, notes=notes)
        born_on = identity.birth_date if identity else None
        relation_code = _read_relation(relation, identity, notes)
        hukou_code = _required_word("户口性质", hukou_type, HUKOU_TYPES, notes)
        hukou_village, residence_village, house_village, household_number, division_code = self._read_places(
            hukou, residence, household_village, household_number, notes
        )
        kin = NO_KIN
        if spouse or father or mother or kind or father_kind or mother_kind:
            kin = read_kin(
                identity=identity,
                spouse=spouse,
                father=father,
                mother=mother,
                kind=kind,
                father_kind=father_kind,
                mother_kind=mother_kind,
                notes=notes,
            )
        certificate = None
        if certificate_number or certificate_issued:
            certificate = read_certificate(
                number=certificate_number,
                issued=certificate_issued,
                as_of=as_of,
                born_on=born_on,
                notes=notes,
            )
        marital_state = "" if marital in NOT_STORED else _word("婚姻状况", marital, MARITAL_STATES, notes)
        grade = DISABILITY_GRADES.get(disability) if disability else None
        if disability and grade is None:
            refuse_word(notes, "残疾等级", disability, DISABILITY_GRADES)
        employment_state = _word("就业状况", employment, EMPLOYMENT_STATES, notes) if employment else ""
        retired_on = read_past_day("退休日期", retired, as_of=as_of, born_on=born_on, notes=notes)
        employer_code = read_employer(employer, notes)
        examination_year = read_examination_year(examination, as_of=as_of, born_on=born_on, notes=notes)
        phone = read_phone(phone, notes)
        money_to: Account = (
            read_account(bank=bank, account=account, notes=notes) if bank or account else NO_ACCOUNT
        )
        if notes.errors or identity is None:
            return RefusedRow(line.number, name[:60], tuple(notes.errors))
        return ResidentRow(
            line.number,
            household_number,
            house_village,
            hukou_village,
            residence_village,
            division_code,
            relation_code,
            name,
            identity.number,
            identity.sex,
            identity.birth_date,
            identity.died_on,
            hukou_code,
            marital_state,
            kin.spouse,
            kin.father,
            kin.mother,
            kin.father_kind,
            kin.mother_kind,
            grade,
            certificate.number if certificate else "",
            certificate.issued_on if certificate else None,
            employment_state,
            retired_on,
            employer_code,
            examination_year,
            phone,
            money_to.bank,
            money_to.number,
            tuple(notes.warnings),
        )

    def _read_places(
        self, hukou: str, residence: str, household: str, number: str, notes: Notes
    ) -> tuple[str, str, str, str, str]:
        places = self._places
        hukou_village = places.read("户籍地代码", hukou, notes)
        residence_village = places.read("现居住地代码", residence, notes) if residence else hukou_village
        house_village = places.read("户所在村代码", household, notes) if household else hukou_village
        if places.former.ended or places.former.homes:
            home = places.home_of(house_village, number)

            def follow(column: str, code: str) -> Read:
                own = home if code == house_village else None
                return places.followed(column, code, own, self._as_of, notes)

            registered = follow("户籍地代码", hukou_village)
            lives = follow("现居住地代码", residence_village) if residence else registered
            house = follow("户所在村代码", house_village) if household else registered
            house_village, number = places.household(house_village, house, number, home, notes)
            hukou_village, residence_village = registered.then, lives.then
            serving = places.serving(residence=lives.now, hukou=registered.now, household=house_village)
        else:
            serving = places.serving(
                residence=residence_village, hukou=hukou_village, household=house_village
            )
        if serving is None:
            if hukou_village and residence_village and house_village:
                notes.refuse(
                    "现居住地代码",
                    residence or hukou,
                    "outside_county",
                    _(
                        "Neither the hukou nor the home nor the household is in this county. "
                        "Enter the village where the person lives, or leave the row to her own county."
                    ),
                )
            serving = ""
        return hukou_village, residence_village, house_village, number, serving


def _read_relation(text: str, identity: Identity | None, notes: Notes) -> str:
    relation = _required_word("户主关系", text, RELATIONS, notes)
    if identity and (
        (relation in MALE_RELATIONS and identity.sex != "M")
        or (relation in FEMALE_RELATIONS and identity.sex != "F")
    ):
        notes.warn(
            "户主关系",
            text,
            "relation_sex",
            _("The relation to the head and the person's sex do not fit together. Correct one of them."),
        )
    return relation


def _required_word(column: str, text: str, words: Mapping[str, str], notes: Notes) -> str:
    if not text:
        refuse_empty(notes, column)
        return ""
    return _word(column, text, words, notes)


def _word(column: str, text: str, words: Mapping[str, str], notes: Notes) -> str:
    code = words.get(text, "")
    if not code:
        refuse_word(notes, column, text, words)
    return code


def refuse_surplus(surplus: str, notes: Notes) -> None:
    """Refuse a row whose cells a comma too many has moved."""
    notes.refuse(
        "",
        # What moved out of its column may be anything, so nothing of it is shown.
        "*" * min(len(surplus), 10),
        "cells_beyond_header",
        _(
            "The row has more cells than there are column names: a comma inside a cell has moved them. "
            "Put the cell between quotation marks or take the comma out."
        ),
    )
