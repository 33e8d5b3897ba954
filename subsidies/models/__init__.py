from subsidies.models.annual_reviews import ReviewItem, ReviewRound
from subsidies.models.applications import Application, ApplicationStep, Notice, Objection, PublicNotice
from subsidies.models.assessments import Assessment, Sweep
from subsidies.models.bank_files import BankAnswer, BankFile
from subsidies.models.banks import Bank
from subsidies.models.batches import LeftOut, Payment, PaymentBatch
from subsidies.models.books import ClosedPeriod, SuspenseItem
from subsidies.models.budget import Appropriation, BudgetChange, BudgetLine
from subsidies.models.bundles import Bundle
from subsidies.models.calculator import CalculatorDay
from subsidies.models.confirmations import ConfirmationBand
from subsidies.models.debts import Debt, DebtAct
from subsidies.models.grants import Grant
from subsidies.models.late import LateFinding
from subsidies.models.ledger import LedgerAccount, LedgerEntry, LedgerPosting
from subsidies.models.overdue import Overdue
from subsidies.models.programmes import PolicyVersion, Programme
from subsidies.models.public_status import PublicStatus
from subsidies.models.receipts import ExplanationReceipt
from subsidies.models.scans import Scan
from subsidies.models.simulations import PolicySimulation

__all__ = [
    "Application",
    "ApplicationStep",
    "Appropriation",
    "Assessment",
    "Bank",
    "BankAnswer",
    "BankFile",
    "BudgetChange",
    "BudgetLine",
    "Bundle",
    "CalculatorDay",
    "ClosedPeriod",
    "ConfirmationBand",
    "Debt",
    "DebtAct",
    "ExplanationReceipt",
    "Grant",
    "LateFinding",
    "LedgerAccount",
    "LedgerEntry",
    "LedgerPosting",
    "LeftOut",
    "Notice",
    "Objection",
    "Overdue",
    "Payment",
    "PaymentBatch",
    "PolicySimulation",
    "PolicyVersion",
    "Programme",
    "PublicNotice",
    "PublicStatus",
    "ReviewItem",
    "ReviewRound",
    "Scan",
    "SuspenseItem",
    "Sweep",
]
