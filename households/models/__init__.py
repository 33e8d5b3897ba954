from households.models.accounts import AccountCorrection
from households.models.ambiguous import AmbiguousRow
from households.models.associations import Association, AssociationCount
from households.models.departments import DepartmentFile, EventProposal
from households.models.disputed import DisputedEntry
from households.models.division_changes import (
    DivisionChange,
    DivisionChangeLine,
    DivisionMove,
    FormerPlace,
    SplitChoice,
)
from households.models.duplicates import DuplicatePair, PersonMerge
from households.models.events import LifeEvent, RowChange
from households.models.facts import (
    Absence,
    BankAccount,
    Disability,
    Employment,
    ExaminationYear,
    Hukou,
    InsuranceElsewhere,
    Lodging,
    MaritalFact,
    Membership,
    OnlyChildCertificate,
    Parentage,
    Residence,
)
from households.models.headers import HeaderMapping
from households.models.imports import ResidentImport, TakenRows
from households.models.names import NameToken
from households.models.outreach import OutreachEvent
from households.models.people import Household, Person
from households.models.representations import Representation, Representative
from households.models.staff_identities import StaffIdentity
from households.models.tasks import RegistryTask
from households.models.units import Unit
from households.models.visits import Visit

__all__ = [
    "Absence",
    "AccountCorrection",
    "AmbiguousRow",
    "Association",
    "AssociationCount",
    "BankAccount",
    "DepartmentFile",
    "Disability",
    "DisputedEntry",
    "DivisionChange",
    "DivisionChangeLine",
    "DivisionMove",
    "DuplicatePair",
    "Employment",
    "EventProposal",
    "ExaminationYear",
    "FormerPlace",
    "HeaderMapping",
    "Household",
    "Hukou",
    "InsuranceElsewhere",
    "LifeEvent",
    "Lodging",
    "MaritalFact",
    "Membership",
    "NameToken",
    "OnlyChildCertificate",
    "OutreachEvent",
    "Parentage",
    "Person",
    "PersonMerge",
    "RegistryTask",
    "Representation",
    "Representative",
    "Residence",
    "ResidentImport",
    "RowChange",
    "SplitChoice",
    "StaffIdentity",
    "TakenRows",
    "Unit",
    "Visit",
]
