from households.models.accounts import AccountCorrection
from households.models.ambiguous import AmbiguousRow
from households.models.duplicates import DuplicatePair, PersonMerge
from households.models.events import LifeEvent, RowChange
from households.models.facts import (
    Absence,
    BankAccount,
    Disability,
    Employment,
    ExaminationYear,
    Hukou,
    MaritalFact,
    Membership,
    OnlyChildCertificate,
    Parentage,
    Residence,
)
from households.models.headers import HeaderMapping
from households.models.imports import ResidentImport
from households.models.names import NameToken
from households.models.people import Household, Person
from households.models.tasks import RegistryTask

__all__ = [
    "Absence",
    "AccountCorrection",
    "AmbiguousRow",
    "BankAccount",
    "Disability",
    "DuplicatePair",
    "Employment",
    "ExaminationYear",
    "HeaderMapping",
    "Household",
    "Hukou",
    "LifeEvent",
    "MaritalFact",
    "Membership",
    "NameToken",
    "OnlyChildCertificate",
    "Parentage",
    "Person",
    "PersonMerge",
    "RegistryTask",
    "Residence",
    "ResidentImport",
    "RowChange",
]
