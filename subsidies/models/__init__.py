from subsidies.models.annual_reviews import ReviewItem, ReviewRound
from subsidies.models.appeal_terms import AppealTerms
from subsidies.models.appeals import Appeal, Arrear
from subsidies.models.applications import Application, ApplicationStep, Notice, Objection, PublicNotice
from subsidies.models.assessments import Assessment, Sweep
from subsidies.models.awards import GoodsItem, GoodsMove, Nomination, Recognition
from subsidies.models.bank_files import BankAnswer, BankFile
from subsidies.models.banks import Bank
from subsidies.models.batches import LeftOut, Payment, PaymentBatch
from subsidies.models.books import ClosedPeriod, SuspenseItem
from subsidies.models.budget import Appropriation, BudgetChange, BudgetLine
from subsidies.models.bundles import Bundle
from subsidies.models.calculator import CalculatorDay
from subsidies.models.confirmations import ConfirmationBand
from subsidies.models.debts import Debt, DebtAct
from subsidies.models.grant_amounts import GrantAmount
from subsidies.models.grants import Grant
from subsidies.models.late import LateFinding
from subsidies.models.ledger import LedgerAccount, LedgerEntry, LedgerPosting
from subsidies.models.letters import DecisionLetter, LetterDelivery
from subsidies.models.listed_acts import ListedAct
from subsidies.models.overdue import Overdue
from subsidies.models.premiums import (
    FundAccount,
    PremiumRefund,
    PremiumRefusal,
    PremiumTransfer,
    PublicPremium,
)
from subsidies.models.priority_letters import PriorityLetter
from subsidies.models.programmes import PolicyVersion, Programme
from subsidies.models.public_status import PublicStatus
from subsidies.models.receipts import ExplanationReceipt
from subsidies.models.recoveries import Recovery, RecoveryLine
from subsidies.models.recovery_money import (
    RecoveryInstalment,
    RecoveryPlan,
    RecoveryReceipt,
    RecoveryRefund,
    RecoveryWaiver,
)
from subsidies.models.scans import Scan
from subsidies.models.sealed_lists import SealedList, SealedListEntry
from subsidies.models.simulations import PolicySimulation

__all__ = [
    "Appeal",
    "AppealTerms",
    "Application",
    "ApplicationStep",
    "Appropriation",
    "Arrear",
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
    "DecisionLetter",
    "ExplanationReceipt",
    "FundAccount",
    "GoodsItem",
    "GoodsMove",
    "Grant",
    "GrantAmount",
    "LateFinding",
    "LedgerAccount",
    "LedgerEntry",
    "LedgerPosting",
    "LeftOut",
    "LetterDelivery",
    "ListedAct",
    "Nomination",
    "Notice",
    "Objection",
    "Overdue",
    "Payment",
    "PaymentBatch",
    "PolicySimulation",
    "PolicyVersion",
    "PremiumRefund",
    "PremiumRefusal",
    "PremiumTransfer",
    "PriorityLetter",
    "Programme",
    "PublicNotice",
    "PublicPremium",
    "PublicStatus",
    "Recognition",
    "Recovery",
    "RecoveryInstalment",
    "RecoveryLine",
    "RecoveryPlan",
    "RecoveryReceipt",
    "RecoveryRefund",
    "RecoveryWaiver",
    "ReviewItem",
    "ReviewRound",
    "Scan",
    "SealedList",
    "SealedListEntry",
    "SuspenseItem",
    "Sweep",
]
