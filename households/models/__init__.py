from households.models.accounts import AccountCorrection
from households.models.facts import (
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
from households.models.imports import ResidentImport
from households.models.people import Household, Person
from households.models.tasks import RegistryTask

__all__ = [
    "AccountCorrection",
    "BankAccount",
    "Disability",
    "Employment",
    "ExaminationYear",
    "Household",
    "Hukou",
    "MaritalFact",
    "Membership",
    "OnlyChildCertificate",
    "Parentage",
    "Person",
    "RegistryTask",
    "Residence",
    "ResidentImport",
]
