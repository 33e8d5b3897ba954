"""The facts a rule may read, and no others (docs: domain, 'Facts a rule may use').

Each fact lies in one relation of relations.py. A rule cannot name a fact that is not here:
there is none about pregnancies, contraception, permits, or a marriage that was not entered into.
"""

from __future__ import annotations

from enum import Enum


class Fact(Enum):
    """A fact and the relation that holds it."""

    LIFE = ("life", "subject")
    BIRTH_DATE = ("birth_date", "subject")
    SEX = ("sex", "subject")
    HUKOU = ("hukou", "hukou")
    MARRIAGE = ("marriage", "spouse")
    SPOUSE_BIRTH_DATE = ("spouse_birth_date", "spouse")
    SPOUSE_HUKOU = ("spouse_hukou", "spouse_hukou")
    CHILDREN = ("children", "children")
    CHILDREN_DIED = ("children_died", "children")
    CHILDREN_OVER_TIME = ("children_over_time", "children")
    CHILD_DISABILITY = ("child_disability", "children")
    CERTIFICATE = ("certificate", "certificate")
    OTHER_PARENT = ("other_parent", "co_parents")
    HOUSEHOLD = ("household", "household")
    PARENTS = ("parents", "parents")
    EMPLOYMENT = ("employment", "employment")
    RETIREMENT = ("retirement", "employment")
    EXAMINATION_YEAR = ("examination_year", "examination")
    INSURED_ELSEWHERE = ("insured_elsewhere", "insurance")

    def __init__(self, code: str, relation: str) -> None:
        self.code = code
        self.relation = relation
