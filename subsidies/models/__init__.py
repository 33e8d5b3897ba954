from subsidies.models.applications import Application, ApplicationStep, Notice, Objection, PublicNotice
from subsidies.models.assessments import Assessment, Sweep
from subsidies.models.batches import Payment, PaymentBatch
from subsidies.models.budget import Appropriation, BudgetLine
from subsidies.models.grants import Grant
from subsidies.models.ledger import LedgerAccount, LedgerEntry, LedgerPosting
from subsidies.models.programmes import PolicyVersion, Programme

__all__ = [
    "Application",
    "ApplicationStep",
    "Appropriation",
    "Assessment",
    "BudgetLine",
    "Grant",
    "LedgerAccount",
    "LedgerEntry",
    "LedgerPosting",
    "Notice",
    "Objection",
    "Payment",
    "PaymentBatch",
    "PolicyVersion",
    "Programme",
    "PublicNotice",
    "Sweep",
]
