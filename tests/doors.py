"""Who may what, one line an address, as the offices divide their work (not as the code happens to answer)."""

from __future__ import annotations

from dataclasses import dataclass

from offices.enums import Role
from tests.factories import OTHER_TOWNSHIP, OTHER_VILLAGE

# Roles ----------------------------------------------------------------------------------------
VILLAGE, COUNTER, TOWN = Role.VILLAGE, Role.TOWNSHIP, Role.TOWNSHIP_REVIEWER
REVIEWER, COUNTY = Role.COUNTY_REVIEWER, Role.COUNTY
FINANCE, CASHIER, CLINIC, AUDITOR = Role.FINANCE, Role.CASHIER, Role.CLINICIAN, Role.AUDITOR
SYSTEM, SECURITY, AUDIT = Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN
PEOPLE = tuple(role for role in Role if role is not Role.SYSTEM)

EVERYBODY = frozenset(PEOPLE)
COUNTERS = frozenset({VILLAGE, COUNTER})  # who meets families and enters what they say
LOCAL = COUNTERS | {TOWN}  # whose scope is less than the county
FIELD = LOCAL | {REVIEWER, COUNTY}  # who works on cases
CASES = FIELD | {AUDITOR}
MONEY = frozenset({FINANCE, CASHIER, COUNTY, AUDITOR})
REPORTS = frozenset({COUNTER, TOWN, REVIEWER, COUNTY, FINANCE, AUDITOR})
OUTREACH = frozenset({COUNTER, COUNTY})  # who enters events and units
ACCOUNTS = FIELD | {FINANCE}  # who enters accounts and who confirms them
LISTS = frozenset({REVIEWER, COUNTY, AUDITOR})  # who sees lists for other offices
DRAFTS = frozenset({COUNTY, AUDITOR})  # who reads policies before they are published
TWICE = frozenset({COUNTER, REVIEWER, COUNTY, AUDITOR})  # who sees people that are recorded twice
REPORTED = frozenset({COUNTER, COUNTY, AUDITOR})  # who sees what other departments report
ELSEWHERE = {VILLAGE: OTHER_VILLAGE, COUNTER: OTHER_TOWNSHIP, TOWN: OTHER_TOWNSHIP}


@dataclass(frozen=True)
class Door:
    """An address: which row it is tried on, how it may be called, and by whom.

    `asks` is G (shows), P (takes a form) or both. `row` names a kind of tests/rows. `is_county`:
    the row belongs to the county and is seen from every township. `acts`: an empty form is the act
    itself (a confirmation, a download), so only a refusal must leave no trace. `only`: of those who
    may open the page, those who find this very row; to the others it is 404.
    """

    name: str
    asks: str
    roles: frozenset[Role]
    row: str = ""
    is_county: bool = False
    acts: bool = False
    only: frozenset[Role] | None = None

    def __str__(self) -> str:
        return f"{self.name}-{self.row.replace(' ', '_')}" if self.row else self.name


DOORS = (
    # What every role shares
    Door("home", "G", EVERYBODY),
    Door("search", "G", EVERYBODY),
    Door("gallery", "G", EVERYBODY),
    Door("switch_role", "P", EVERYBODY),
    Door("move_business_day", "P", EVERYBODY),
    Door("stay_signed_in", "P", EVERYBODY),
    # Staff and the trail: the three administrators, the county, the auditor
    Door("staff_list", "G", frozenset({COUNTY, AUDITOR, SYSTEM, SECURITY, AUDIT})),
    Door(
        "staff_history",
        "G",
        frozenset({COUNTY, AUDITOR, SYSTEM, SECURITY, AUDIT}),
        "account of staff",
        is_county=True,
    ),
    Door("act_list", "G", frozenset({AUDITOR, AUDIT})),
    # What left as a file: everybody her own, the county and the auditors everybody's; the file its maker's
    Door("export_list", "G", CASES | {AUDIT}),
    Door("export", "G", CASES | {AUDIT}, "export", only=frozenset({COUNTER, COUNTY, AUDITOR, AUDIT})),
    Door("export_file", "P", CASES | {AUDIT}, "export", acts=True, only=frozenset({COUNTER})),
    # Families: who works on cases; administrators, money and clinic see none
    Door("households:households", "G", CASES),
    Door("households:household", "G", CASES, "household"),
    Door("households:household", "G", CASES, "household of a day"),
    Door("households:household_history", "G", CASES, "household"),
    # Life events: whoever meets the family enters and takes back
    Door("households:person_event", "GP", COUNTERS, "person who died"),
    Door("households:person_event", "GP", COUNTERS, "person who moves"),
    Door("households:person_event", "GP", COUNTERS, "person entered wrongly"),
    Door("households:person_event", "GP", COUNTERS, "person with a parent"),
    Door("households:person_event", "GP", COUNTERS, "person who comes back"),
    Door("households:household_event", "GP", COUNTERS, "household with a birth"),
    Door("households:household_event", "GP", COUNTERS, "household with a head"),
    Door("households:arrival_new", "GP", COUNTERS),
    Door("households:event_take_back", "GP", COUNTERS, "event", acts=True),
    Door("households:person", "G", CASES, "person"),
    Door("households:person_history", "G", CASES, "person"),
    Door("households:show_number", "GP", FIELD, "number of a person"),
    Door("households:elsewhere", "GP", frozenset({COUNTER})),
    # Who stands for somebody: entered at a counter, confirmed by another; finance sees whom money goes to
    Door("households:representations", "G", CASES | {FINANCE}),
    Door("households:representation_new", "GP", COUNTERS, "person to stand for"),
    Door("households:representation", "G", CASES | {FINANCE}, "who stands for somebody"),
    Door("households:representation_history", "G", CASES | {FINANCE}, "who stands for somebody"),
    Door("households:representation_paper", "G", CASES | {FINANCE}, "who stands for somebody"),
    Door(
        "households:representation_step",
        "GP",
        frozenset({TOWN, REVIEWER, COUNTY}),
        "agent to confirm",
        acts=True,
    ),
    Door("households:representation_step", "GP", FIELD, "agent to reject"),
    Door("households:representation_step", "GP", FIELD, "guardian to end"),
    Door("households:representative_account", "GP", ACCOUNTS, "guardian who is paid"),
    # Who stands behind an account: one's own once, others' by the security administrator
    Door("households:own_identity", "GP", EVERYBODY),
    Door("households:staff_identities", "G", frozenset({SECURITY})),
    Door("households:staff_identity", "GP", frozenset({SECURITY}), "account of staff", is_county=True),
    Door("households:tasks", "G", CASES),
    Door("households:ambiguous_rows", "GP", COUNTERS, "row that fits several"),
    Door("households:disputed_entries", "GP", COUNTERS, "file that says otherwise"),
    # Visits: whoever goes to the families records them
    Door("households:visits", "G", CASES),
    Door("households:visit_new", "GP", COUNTERS, "family to visit"),
    Door("households:visit_take_back", "GP", COUNTERS, "visit", acts=True),
    Door("households:visit_settle", "P", COUNTERS, "visit", acts=True),
    Door("households:visit_history", "G", CASES, "visit"),
    # Events, units: entered by township and county
    Door("households:outreach_events", "G", CASES),
    Door("households:outreach_counts", "G", CASES),
    Door("households:outreach_event_new", "GP", OUTREACH),
    Door("households:outreach_event", "G", CASES, "outreach event"),
    Door("households:outreach_event_correct", "GP", OUTREACH, "outreach event"),
    Door("households:outreach_event_take_back", "GP", OUTREACH, "outreach event", acts=True),
    Door("households:outreach_event_history", "G", CASES, "outreach event"),
    Door("households:units", "G", CASES),
    Door("households:unit_unrecorded", "G", CASES),
    Door("households:unit_new", "GP", OUTREACH),
    Door("households:unit", "G", CASES, "unit"),
    Door("households:unit", "G", CASES, "compound"),
    Door("households:unit_history", "G", CASES, "unit"),
    Door("households:unit_change", "GP", OUTREACH, "unit"),
    Door("households:unit_phone", "GP", FIELD, "compound"),
    Door("households:lodging_new", "GP", OUTREACH, "compound"),
    Door("households:lodging_end", "GP", OUTREACH, "lodging"),
    Door("households:migrants", "G", CASES),
    # Associations: partners of the whole county, recorded by the county
    Door("households:associations", "G", CASES),
    Door("households:association_new", "GP", frozenset({COUNTY})),
    Door("households:association", "G", CASES, "association", is_county=True),
    Door("households:association_count", "GP", frozenset({COUNTY}), "association", is_county=True),
    Door("households:association_change", "GP", frozenset({COUNTY}), "association", is_county=True),
    Door("households:association_history", "G", CASES, "association", is_county=True),
    Door("households:association_phone", "GP", FIELD, "association", is_county=True),
    # What one sees one may take out, for a purpose
    Door("households:export", "GP", CASES, "list to export", is_county=True),
    Door("households:household_print", "GP", CASES, "household"),
    Door("households:person_print", "GP", CASES, "person"),
    # Accounts: entered by one, confirmed by another
    Door("households:account_list", "G", ACCOUNTS),
    Door("households:accounts", "GP", ACCOUNTS, "person"),
    Door(
        "households:account_decide",
        "P",
        ACCOUNTS - {VILLAGE, COUNTER},
        "account to confirm",
        acts=True,
    ),
    Door("households:account_decide", "P", ACCOUNTS - {VILLAGE}, "account to reject", acts=True),
    # People recorded twice: the township within it, the county for all; others look
    Door("households:duplicates", "G", TWICE),
    Door("households:duplicate", "G", TWICE, "pair"),
    Door("households:duplicate_history", "G", TWICE, "pair"),
    Door("households:duplicate_decide", "P", frozenset({COUNTER, COUNTY}), "pair to decide", acts=True),
    Door("households:merge_new", "GP", frozenset({COUNTER, COUNTY}), "pair"),
    Door("households:merges", "G", TWICE),
    Door("households:merge", "G", TWICE, "merge"),
    Door("households:merge_undo", "GP", frozenset({COUNTER, COUNTY}), "merge", acts=True),
    # Changes of divisions: prepared by the county, confirmed by another of it
    Door("households:division_changes", "G", frozenset({REVIEWER, COUNTY, AUDITOR})),
    Door("households:division_change_new", "GP", frozenset({COUNTY}), "kind of change", is_county=True),
    Door(
        "households:division_change",
        "G",
        frozenset({REVIEWER, COUNTY, AUDITOR}),
        "change of divisions",
        is_county=True,
    ),
    Door(
        "households:division_change_history",
        "G",
        frozenset({REVIEWER, COUNTY, AUDITOR}),
        "change of divisions",
        is_county=True,
    ),
    Door(
        "households:division_change_households",
        "GP",
        frozenset({COUNTY}),
        "change of divisions",
        is_county=True,
    ),
    Door(
        "households:division_change_step",
        "GP",
        frozenset({REVIEWER, COUNTY}),
        "change to confirm",
        is_county=True,
        acts=True,
    ),
    Door(
        "households:division_change_step",
        "GP",
        frozenset({COUNTY}),
        "change to withdraw",
        is_county=True,
        acts=True,
    ),
    Door("households:division_change_step", "GP", frozenset({COUNTY}), "change to count", is_county=True),
    # Resident files
    Door("households:imports", "G", frozenset({COUNTER, COUNTY, AUDITOR})),
    Door("households:import_new", "GP", frozenset({COUNTER, COUNTY})),
    Door("households:import", "G", frozenset({COUNTER, COUNTY, AUDITOR}), "import"),
    Door("households:import_history", "G", frozenset({COUNTER, COUNTY, AUDITOR}), "import"),
    Door("households:import_headers", "GP", frozenset({COUNTER, COUNTY}), "import to assign"),
    Door("households:import_step", "GP", frozenset({COUNTER, COUNTY}), "import to take back", acts=True),
    Door("households:import_step", "GP", frozenset({COUNTER, COUNTY}), "import to cancel", acts=True),
    Door("households:import_remarks", "P", frozenset({COUNTER, COUNTY, AUDITOR}), "error file", acts=True),
    # Lists of other departments: brought by township and county, each row decided by the township it is of
    Door("households:department_files", "G", REPORTED),
    Door("households:department_file_new", "GP", frozenset({COUNTER, COUNTY})),
    Door("households:department_file", "G", REPORTED, "department's list"),
    Door("households:department_history", "G", REPORTED, "department's list"),
    Door("households:department_columns", "GP", frozenset({COUNTER, COUNTY}), "list to assign"),
    Door("households:department_step", "GP", frozenset({COUNTER, COUNTY}), "list to withdraw", acts=True),
    Door("households:department_rows", "P", REPORTED, "rows that mean nobody", acts=True),
    Door("households:proposals", "G", REPORTED),
    Door("households:proposals_confirm", "P", frozenset({COUNTER})),
    Door("households:proposal", "G", REPORTED, "report"),
    Door("households:proposal", "G", REPORTED, "report about several"),
    Door("households:proposal_history", "G", REPORTED, "report"),
    Door("households:proposal_step", "P", frozenset({COUNTER}), "report to confirm"),
    Door("households:proposal_step", "P", frozenset({COUNTER, COUNTY}), "report to decline"),
    Door("households:proposal_step", "P", frozenset({COUNTER, COUNTY}), "report to choose for"),
    # Entitlement
    Door("subsidies:landing", "G", CASES | MONEY),
    Door("subsidies:programme_list", "G", CASES | MONEY),
    Door("subsidies:programme", "G", CASES | MONEY, "programme", is_county=True),
    Door("subsidies:bundle_history", "G", CASES | MONEY, "bundle", is_county=True),
    Door("subsidies:bundle", "GP", frozenset({COUNTY}), "bundle", is_county=True),
    Door("subsidies:owed_list", "G", CASES),
    Door("subsidies:explanation", "G", CASES, "person and programme"),
    Door("subsidies:explanation_print", "GP", CASES, "person and programme"),
    Door("subsidies:receipt", "G", CASES, "explanation that was given"),
    Door("subsidies:entitlement_periods", "G", CASES, "person and programme"),
    # The register of debts: who goes to the families writes; late knowledge: the township reviewer and the county
    Door("subsidies:debt_list", "G", CASES),
    Door("subsidies:debt_export", "GP", CASES),
    Door("subsidies:take_up", "G", CASES),
    Door("subsidies:debt", "G", CASES, "debt"),
    Door("subsidies:debt_history", "G", CASES, "debt"),
    Door("subsidies:debt_deed", "P", COUNTERS, "debt to tell", acts=True),
    Door("subsidies:debt_deed", "P", COUNTERS, "debt to decline", acts=True),
    Door("subsidies:deed_take_back", "P", COUNTERS, "entry of a debt", acts=True),
    Door("subsidies:late_list", "G", (CASES - {VILLAGE}) | {FINANCE}),
    Door("subsidies:late", "G", (CASES - {VILLAGE}) | {FINANCE}, "late finding"),
    Door("subsidies:late_history", "G", (CASES - {VILLAGE}) | {FINANCE}, "late finding"),
    Door("subsidies:late_decide", "GP", frozenset({TOWN, COUNTY}), "late finding"),
    Door("subsidies:sweep_now", "P", FIELD, acts=True),
    Door("subsidies:sweep_job", "G", FIELD, "assessment that runs", only=frozenset({COUNTER})),
    # Policies: the county writes and approves, the auditor reads drafts too, townships what is published
    Door("subsidies:programme_new", "GP", frozenset({COUNTY})),
    Door("subsidies:policy_new", "P", frozenset({COUNTY}), "programme", is_county=True, acts=True),
    Door("subsidies:policy", "G", CASES | MONEY, "published policy", is_county=True),
    Door("subsidies:policy", "G", CASES | MONEY, "draft of a policy", is_county=True, only=DRAFTS),
    Door("subsidies:policy_history", "G", CASES | MONEY, "published policy", is_county=True),
    Door("subsidies:policy_basis", "GP", frozenset({COUNTY}), "draft of a policy", is_county=True),
    Door("subsidies:policy_programme", "GP", frozenset({COUNTY}), "draft of a new programme", is_county=True),
    Door("subsidies:policy_notice", "GP", frozenset({COUNTY}), "draft of a policy", is_county=True),
    Door("subsidies:policy_funding", "GP", frozenset({COUNTY}), "draft of a policy", is_county=True),
    Door("subsidies:policy_stop_rule", "GP", frozenset({COUNTY}), "draft of a policy", is_county=True),
    Door("subsidies:policy_parameter", "GP", frozenset({COUNTY}), "value of a draft", is_county=True),
    Door("subsidies:policy_condition", "GP", frozenset({COUNTY}), "condition of a draft", is_county=True),
    Door("subsidies:policy_condition", "GP", frozenset({COUNTY}), "group of a draft", is_county=True),
    Door("subsidies:policy_condition_new", "GP", frozenset({COUNTY}), "condition to add", is_county=True),
    Door("subsidies:policy_condition_new", "GP", frozenset({COUNTY}), "condition chosen", is_county=True),
    Door("subsidies:policy_condition_step", "P", frozenset({COUNTY}), "condition to move", is_county=True),
    Door("subsidies:policy_simulate", "GP", frozenset({COUNTY}), "draft of a policy", is_county=True),
    Door("subsidies:policy_simulation", "G", frozenset({COUNTY}), "simulation that runs", is_county=True),
    Door("subsidies:policy_step", "GP", frozenset({COUNTY}), "policy to submit", is_county=True),
    Door("subsidies:policy_step", "GP", frozenset({COUNTY}), "policy to approve", is_county=True),
    Door("subsidies:policy_step", "GP", frozenset({COUNTY}), "policy to send back", is_county=True),
    # How many confirm: the county's parameter
    Door("subsidies:confirmation_bands", "G", CASES | MONEY),
    Door("subsidies:confirmation_band_new", "GP", frozenset({COUNTY})),
    Door("subsidies:confirmation_band_history", "G", CASES | MONEY, "band", is_county=True),
    Door("subsidies:confirmation_band_end", "GP", frozenset({COUNTY}), "band", is_county=True),
    # Applications: each step is one role's
    Door("subsidies:application_list", "G", CASES),
    Door("subsidies:application_new", "GP", COUNTERS),
    Door("subsidies:application_new", "GP", COUNTERS, "applicant"),
    Door("subsidies:application", "G", CASES, "application"),
    Door("subsidies:application_history", "G", CASES, "application"),
    Door("subsidies:application_slip", "G", CASES, "application"),
    Door("subsidies:application_slip_file", "G", CASES, "application"),
    Door("subsidies:application_index", "G", CASES, "application with a letter"),
    Door("subsidies:application_index_file", "G", CASES, "application with a letter"),
    Door("subsidies:application_documents", "GP", COUNTERS, "application that lacks papers"),
    Door("subsidies:application_withdraw", "GP", COUNTERS, "application", acts=True),
    Door("subsidies:scan_new", "GP", COUNTERS, "application"),
    Door("subsidies:scan", "G", CASES, "scanned paper"),
    Door("subsidies:scan_remove", "GP", COUNTERS, "scanned paper", acts=True),
    Door("subsidies:application_review", "GP", frozenset({VILLAGE}), "application"),
    Door("subsidies:application_review", "GP", frozenset({TOWN}), "application in its notice"),
    Door("subsidies:application_missing", "GP", frozenset({VILLAGE}), "application"),
    Door("subsidies:application_refuse", "GP", frozenset({TOWN}), "application"),
    Door("subsidies:application_refuse", "GP", frozenset({COUNTY}), "application that is confirmed"),
    Door(
        "subsidies:application_grant", "GP", frozenset({COUNTY}), "application that is confirmed", acts=True
    ),
    # Steps by list: whoever takes the step of one case; the list is of the place where it was drawn up
    Door("subsidies:listed_new", "GP", COUNTERS, "list to enter", is_county=True),
    Door("subsidies:listed_new", "GP", frozenset({VILLAGE}), "list for the village", is_county=True),
    Door("subsidies:listed_new", "GP", frozenset({TOWN}), "list for the township", is_county=True),
    Door("subsidies:listed_new", "GP", frozenset({REVIEWER}), "list to confirm", is_county=True),
    Door("subsidies:listed_new", "GP", frozenset({COUNTY}), "list to grant", is_county=True),
    Door("subsidies:listed_job", "G", FIELD, "list that is worked on", only=frozenset({COUNTER})),
    Door("subsidies:listed_act", "G", CASES, "act by list"),
    Door("subsidies:application", "G", CASES, "application by list"),
    Door("subsidies:application_history", "G", CASES, "application by list"),
    Door("subsidies:grant", "G", CASES | {FINANCE}, "grant by list"),
    Door("subsidies:grant_letter", "P", frozenset({COUNTER, COUNTY}), "grant by list", acts=True),
    # Notices and objections: answered one level above the notice
    Door("subsidies:notice_list", "G", CASES),
    Door("subsidies:notice_sheet", "G", CASES, "board"),
    Door("subsidies:objection_new", "GP", COUNTERS | {COUNTY}, "notice"),
    Door("subsidies:objection_list", "G", CASES),
    Door("subsidies:objection_answer", "GP", frozenset({TOWN}), "objection"),
    # Grants
    Door("subsidies:grant_list", "G", CASES | {FINANCE}),
    Door("subsidies:raise_list", "G", CASES | {FINANCE}),
    Door("subsidies:grant", "G", CASES | {FINANCE}, "grant"),
    Door("subsidies:grant_history", "G", CASES | {FINANCE}, "grant"),
    Door("subsidies:grant_stop", "GP", frozenset({COUNTY}), "grant"),
    Door("subsidies:grant_switch", "GP", frozenset({COUNTY}), "grant to suspend", acts=True),
    # Letters of decision and appeals: any counter delivers and takes in, the county decides
    Door("subsidies:decision_letter_list", "G", CASES),
    Door("subsidies:decision_letter", "G", CASES, "decision_letter"),
    Door("subsidies:decision_letter_file", "G", CASES, "decision_letter"),
    Door("subsidies:decision_letter_receipt", "G", CASES, "decision_letter"),
    Door("subsidies:decision_letter_history", "G", CASES, "decision_letter"),
    Door("subsidies:decision_letter_deliver", "GP", COUNTERS | {COUNTY}, "decision_letter"),
    Door("subsidies:delivery_take_back", "GP", COUNTERS | {COUNTY}, "delivery", acts=True),
    Door("subsidies:appeal_new", "GP", COUNTERS | {COUNTY}, "decision_letter"),
    Door("subsidies:appeal_list", "G", CASES),
    Door("subsidies:appeal", "G", CASES, "appeal"),
    Door("subsidies:appeal_history", "G", CASES, "appeal"),
    Door("subsidies:appeal_decide", "GP", frozenset({REVIEWER, COUNTY}), "appeal to decide"),
    Door("subsidies:appeal_step", "GP", frozenset({REVIEWER, COUNTY}), "appeal to accept", acts=True),
    Door("subsidies:appeal_step", "GP", frozenset({REVIEWER, COUNTY}), "appeal not to accept"),
    Door("subsidies:appeal_step", "GP", frozenset({REVIEWER, COUNTY}), "appeal to put off"),
    Door("subsidies:appeal_step", "GP", COUNTERS | {COUNTY}, "appeal to withdraw", acts=True),
    Door("subsidies:appeal_step", "GP", frozenset({COUNTY}), "appeal to carry out", acts=True),
    Door("subsidies:appeal_terms", "G", CASES | MONEY),
    Door("subsidies:appeal_terms_new", "GP", frozenset({COUNTY})),
    # Annual review: the county opens it, who sees the families proposes, another decides
    Door("subsidies:review_list", "G", CASES),
    Door("subsidies:review_new", "GP", frozenset({COUNTY})),
    Door("subsidies:review_job", "G", frozenset({COUNTY}), "annual review that is being opened"),
    Door("subsidies:review", "G", CASES, "annual review", is_county=True),
    Door("subsidies:review_history", "G", CASES, "annual review", is_county=True),
    Door("subsidies:review_items", "G", CASES, "annual review", is_county=True),
    Door(
        "subsidies:review_do", "GP", frozenset({COUNTY}), "annual review to check", is_county=True, acts=True
    ),
    Door("subsidies:review_do", "GP", frozenset({COUNTY}), "annual review to sample", is_county=True),
    Door("subsidies:review_item", "G", CASES, "grant under review"),
    Door("subsidies:review_item_history", "G", CASES, "grant under review"),
    Door("subsidies:review_notice", "G", CASES, "family to tell"),
    Door("subsidies:review_item_step", "GP", COUNTERS, "grant under review to propose"),
    Door(
        "subsidies:review_item_step",
        "GP",
        frozenset({TOWN, COUNTY}),
        "grant under review to decide",
        acts=True,
    ),
    Door("subsidies:review_item_step", "GP", COUNTERS, "family that is told"),
    Door("subsidies:review_item_step", "GP", frozenset({REVIEWER}), "grant under review to judge"),
    # Money: one makes, one approves, one sends
    # Recovery: reviewers propose, the counters hear, the county decides, the cashier takes money in
    Door("subsidies:recovery_list", "G", CASES | MONEY),
    Door("subsidies:recovery_new", "GP", frozenset({TOWN, REVIEWER, COUNTY}), "grant with recoveries"),
    Door("subsidies:recovery", "G", CASES | MONEY, "recovery"),
    Door("subsidies:recovery_history", "G", CASES | MONEY, "recovery"),
    Door("subsidies:recovery_notice", "G", CASES | MONEY, "recovery"),
    Door("subsidies:recovery_step", "GP", COUNTERS | {COUNTY}, "recovery to tell of"),
    Door("subsidies:recovery_step", "GP", COUNTERS | {COUNTY}, "recovery to hear"),
    Door("subsidies:recovery_step", "GP", COUNTERS | {COUNTY}, "recovery unanswered", acts=True),
    Door("subsidies:recovery_step", "GP", frozenset({COUNTY}), "recovery to decide"),
    Door("subsidies:recovery_step", "GP", frozenset({COUNTY}), "recovery that is dropped"),
    Door("subsidies:recovery_step", "GP", OUTREACH, "recovery with instalments"),
    Door("subsidies:recovery_step", "GP", frozenset({CASHIER}), "recovery paid back"),
    Door("subsidies:recovery_step", "GP", frozenset({CASHIER}), "recovery paid too much"),
    Door("subsidies:recovery_step", "GP", frozenset({REVIEWER, COUNTY}), "recovery to waive"),
    Door("subsidies:recovery_step", "GP", frozenset({COUNTY}), "waiver to confirm", acts=True),
    Door("subsidies:recovery_step", "GP", frozenset({COUNTY}), "waiver to reject", acts=True),
    Door("subsidies:budget", "G", MONEY),
    Door("subsidies:budget_line", "G", MONEY, "budget line", is_county=True),
    Door("subsidies:budget_line_history", "G", MONEY, "budget line", is_county=True),
    Door("subsidies:budget_line_new", "GP", frozenset({FINANCE})),
    Door("subsidies:budget_line_raise", "GP", frozenset({FINANCE}), "budget line", is_county=True),
    Door("subsidies:appropriation_new", "GP", frozenset({FINANCE}), "budget line", is_county=True),
    Door("subsidies:appropriation", "G", MONEY, "appropriation", is_county=True),
    # Money moves between lines by two people
    Door("subsidies:transfer_list", "G", MONEY),
    Door("subsidies:transfer_new", "GP", frozenset({FINANCE}), "budget line", is_county=True),
    Door(
        "subsidies:transfer_step", "GP", frozenset({COUNTY}), "transfer to confirm", is_county=True, acts=True
    ),
    Door(
        "subsidies:transfer_step", "GP", frozenset({COUNTY}), "transfer to reject", is_county=True, acts=True
    ),
    # The books: whoever sees money follows it; finance closes, the cashier records what matches no line
    Door("subsidies:ledger", "G", MONEY),
    Door("subsidies:entry_list", "G", MONEY),
    Door("subsidies:entry", "G", MONEY, "entry of an approval", is_county=True),
    Door("subsidies:payment", "G", MONEY, "payment"),
    Door("subsidies:books_close", "GP", frozenset({FINANCE})),
    Door("subsidies:suspense_list", "G", MONEY),
    Door("subsidies:suspense_new", "GP", frozenset({CASHIER})),
    Door("subsidies:suspense", "G", MONEY, "suspense", is_county=True),
    Door("subsidies:suspense_history", "G", MONEY, "suspense", is_county=True),
    Door("subsidies:suspense_clear", "GP", frozenset({FINANCE}), "suspense", is_county=True),
    Door("subsidies:batch_list", "G", MONEY),
    Door("subsidies:batch_new", "GP", frozenset({FINANCE})),
    Door(
        "subsidies:batch_job",
        "G",
        frozenset({FINANCE, COUNTY, CASHIER}),
        "batch that is being made",
        only=frozenset({FINANCE}),
    ),
    Door("subsidies:batch", "G", MONEY, "batch"),
    Door("subsidies:batch_history", "G", MONEY, "batch"),
    Door("subsidies:batch_left_out", "G", MONEY, "batch"),
    Door("subsidies:batch_answer", "GP", frozenset({CASHIER}), "batch"),
    Door("subsidies:batch_file", "P", frozenset({CASHIER}), "bank file", acts=True),
    Door("subsidies:batch_step", "GP", frozenset({COUNTY}), "batch to approve", acts=True),
    Door("subsidies:batch_step", "GP", frozenset({CASHIER}), "batch to send", acts=True),
    Door("subsidies:batch_step", "GP", frozenset({FINANCE, CASHIER}), "batch to close", acts=True),
    Door("subsidies:batch_step", "GP", frozenset({FINANCE, COUNTY}), "batch to discard"),
    # Premiums on behalf: finance enters the fund's account, the county confirms, the cashier reads what comes back
    Door("subsidies:batch", "G", MONEY, "batch of premiums"),
    Door("subsidies:premium_transfer_answer", "GP", frozenset({CASHIER}), "batch of premiums"),
    Door("subsidies:premium_fund_answer", "GP", frozenset({CASHIER}), "batch of premiums"),
    Door("subsidies:premium_refund_new", "GP", frozenset({CASHIER}), "batch of premiums"),
    Door("subsidies:fund_account_list", "G", MONEY),
    Door("subsidies:fund_account_new", "GP", frozenset({FINANCE})),
    Door("subsidies:fund_account", "G", MONEY, "account of a fund"),
    Door("subsidies:fund_account_history", "G", MONEY, "account of a fund"),
    Door("subsidies:fund_account_step", "GP", frozenset({COUNTY}), "account of a fund to confirm", acts=True),
    Door("subsidies:fund_account_step", "GP", frozenset({COUNTY}), "account of a fund to reject", acts=True),
    # Lists for other offices: a reviewer freezes, the county seals; letters are issued by reviewers
    Door("subsidies:sealed_list_list", "G", LISTS),
    Door("subsidies:sealed_list_new", "GP", frozenset({REVIEWER})),
    Door("subsidies:sealed_list", "G", LISTS, "sealed list"),
    Door("subsidies:sealed_list_history", "G", LISTS, "sealed list"),
    Door("subsidies:sealed_list_sheet", "G", LISTS, "sealed list"),
    Door("subsidies:sealed_list_file", "P", frozenset({REVIEWER, COUNTY}), "sealed list", acts=True),
    Door("subsidies:sealed_list_supplement", "GP", frozenset({REVIEWER}), "sealed list"),
    Door("subsidies:sealed_list_step", "GP", frozenset({COUNTY}), "list to seal", acts=True),
    Door("subsidies:sealed_list_step", "GP", frozenset({REVIEWER, COUNTY}), "list to discard", acts=True),
    Door("subsidies:sealed_list_step", "GP", frozenset({REVIEWER, COUNTY}), "list to hand over"),
    Door("subsidies:letter_list", "G", CASES),
    Door("subsidies:letter", "G", CASES, "letter"),
    Door("subsidies:letter_history", "G", CASES, "letter"),
    Door("subsidies:letter_file", "G", CASES, "letter"),
    Door("subsidies:letter_withdraw", "GP", frozenset({TOWN, REVIEWER}), "letter"),
    Door("subsidies:letter_new", "GP", frozenset({TOWN, REVIEWER}), "family with priority"),
    # Awards, goods, honours: the counters nominate and hand out, the county confirms and keeps the stock
    Door("subsidies:nomination_new", "GP", COUNTERS, "person to nominate"),
    Door("subsidies:goods_hand_out", "GP", frozenset({COUNTER, COUNTY}), "award"),
    Door("subsidies:award_certificate", "G", CASES | {FINANCE}, "award"),
    Door("subsidies:goods_list", "G", frozenset({COUNTER, COUNTY, FINANCE, AUDITOR})),
    Door("subsidies:goods_new", "GP", frozenset({COUNTY})),
    Door("subsidies:goods_item", "GP", frozenset({COUNTY}), "goods"),
    Door("subsidies:goods_item_history", "G", frozenset({COUNTY}), "goods"),
    Door("subsidies:recognition_list", "G", CASES),
    Door("subsidies:recognition_new", "GP", COUNTERS, "person to nominate"),
    Door("subsidies:recognition", "G", CASES, "honour"),
    Door("subsidies:recognition_history", "G", CASES, "honour"),
    Door("subsidies:recognition_certificate", "G", CASES, "honour"),
    Door("subsidies:recognition_step", "GP", frozenset({COUNTY}), "honour to confirm", acts=True),
    Door("subsidies:recognition_step", "GP", frozenset({COUNTY}), "honour to reject", acts=True),
    Door("subsidies:return_list", "G", LOCAL | MONEY),
    # Check-ups: the counter gives a number, the station alone sees a name
    Door("checkups:session_list", "G", FIELD | {CLINIC}),
    Door("checkups:session", "G", FIELD | {CLINIC}, "session", is_county=True),
    Door("checkups:session_history", "G", FIELD | {CLINIC}, "session", is_county=True),
    Door("checkups:session_new", "GP", frozenset({CLINIC, COUNTY})),
    Door("checkups:booking_new", "GP", COUNTERS, "session", is_county=True),
    Door("checkups:reception", "G", frozenset({CLINIC}), "session", is_county=True),
    # The number was given at the township's counter: the village's sees its own
    Door("checkups:booking", "G", FIELD | {CLINIC}, "booking", only=FIELD - {VILLAGE} | {CLINIC}),
    Door("checkups:booking_history", "G", FIELD | {CLINIC}, "booking", only=FIELD - {VILLAGE} | {CLINIC}),
    Door(
        "checkups:booking_step",
        "GP",
        COUNTERS | {CLINIC},
        "booking to cancel",
        acts=True,
        only=frozenset({COUNTER, CLINIC}),
    ),
    Door(
        "checkups:booking_step",
        "P",
        frozenset({CLINIC, VILLAGE}),
        "booking of who comes",
        acts=True,
        only=frozenset({CLINIC}),
    ),
    # Officer certificates are shown to everybody
    Door("enforcement:certificate_list", "G", EVERYBODY),
    Door("enforcement:certificate", "G", EVERYBODY, "certificate", is_county=True),
    Door("enforcement:certificate_history", "G", EVERYBODY, "certificate", is_county=True),
    Door("enforcement:certificate_new", "GP", frozenset({COUNTY, SECURITY})),
    Door(
        "enforcement:certificate_change",
        "GP",
        frozenset({COUNTY, SECURITY}),
        "certificate to suspend",
        is_county=True,
    ),
    # Reports
    Door("reports:dashboard", "G", REPORTS),
    Door("reports:month_summarise", "P", frozenset({COUNTY}), "month", is_county=True, acts=True),
    Door("reports:grant_rows", "G", REPORTS, "month", is_county=True),
    Door("reports:payment_rows", "G", REPORTS, "month", is_county=True),
    Door("reports:edition_list", "G", REPORTS),
    Door("reports:edition", "G", REPORTS, "edition"),
    Door("reports:edition_history", "G", REPORTS, "edition"),
    Door("reports:edition_print", "P", REPORTS, "edition"),
    Door("reports:print", "G", REPORTS, "print that runs"),
    Door("reports:print_file", "G", REPORTS, "print"),
)
