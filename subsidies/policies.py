"""Who may do what with programmes, cases and money: pure functions of the actor."""

from __future__ import annotations

from offices.actors import Actor
from offices.enums import Role
from offices.pages import roles
from subsidies.enums import ApplicationState, LateDecision, NoticeLevel, Step
from subsidies.models.programmes import READERS_OF_DRAFTS

# Entitlement -------------------------------------------------------------------------------
may_see_entitlement = roles(
    Role.VILLAGE,
    Role.TOWNSHIP,
    Role.TOWNSHIP_REVIEWER,
    Role.COUNTY_REVIEWER,
    Role.COUNTY,
    Role.AUDITOR,
)
may_see_programmes = roles(
    Role.VILLAGE,
    Role.TOWNSHIP,
    Role.TOWNSHIP_REVIEWER,
    Role.COUNTY_REVIEWER,
    Role.COUNTY,
    Role.FINANCE,
    Role.CASHIER,
    Role.AUDITOR,
)
may_sweep = roles(
    Role.VILLAGE,
    Role.TOWNSHIP,
    Role.TOWNSHIP_REVIEWER,
    Role.COUNTY_REVIEWER,
    Role.COUNTY,
    Role.SYSTEM,
)
"""Whoever works from the list of the owed may have it made anew: it changes nobody's case."""
may_export_entitled = roles(Role.COUNTY_REVIEWER, Role.COUNTY, Role.AUDITOR, Role.SYSTEM)
may_publish_policies = roles(Role.COUNTY)
may_change_bundles = roles(Role.COUNTY)
may_see_drafts = roles(*READERS_OF_DRAFTS)
may_simulate_policies = roles(Role.COUNTY, Role.SYSTEM)
"""The installation may try a value (manage.py simulate): it counts, and publishes nothing."""

# Applications and grants -------------------------------------------------------------------
may_see_applications = roles(
    Role.VILLAGE,
    Role.TOWNSHIP,
    Role.TOWNSHIP_REVIEWER,
    Role.COUNTY_REVIEWER,
    Role.COUNTY,
    Role.AUDITOR,
)
may_see_grants = roles(
    Role.VILLAGE,
    Role.TOWNSHIP,
    Role.TOWNSHIP_REVIEWER,
    Role.COUNTY_REVIEWER,
    Role.COUNTY,
    Role.FINANCE,
    Role.AUDITOR,
)
may_enter_applications = roles(Role.VILLAGE, Role.TOWNSHIP)
"""The counters: any of them takes an application, completes its papers, records what the family says."""
may_take_steps = roles(Role.VILLAGE, Role.TOWNSHIP_REVIEWER, Role.COUNTY_REVIEWER, Role.COUNTY)
may_stop_grants = roles(Role.COUNTY)
may_record_objections = roles(Role.VILLAGE, Role.TOWNSHIP, Role.COUNTY)
may_answer_objections = roles(Role.TOWNSHIP_REVIEWER, Role.COUNTY_REVIEWER, Role.COUNTY)

STEP_ROLES: dict[str, frozenset[Role]] = {
    Step.ENTRY: frozenset({Role.VILLAGE, Role.TOWNSHIP}),
    Step.VILLAGE_REVIEW: frozenset({Role.VILLAGE}),
    Step.TOWNSHIP_REVIEW: frozenset({Role.TOWNSHIP_REVIEWER}),
    Step.COUNTY_REVIEW: frozenset({Role.COUNTY_REVIEWER}),
    Step.COUNTY_CONFIRMATION: frozenset({Role.COUNTY_REVIEWER}),
    Step.GRANT: frozenset({Role.COUNTY}),
}
STEPS_WITH_CERTIFICATE = frozenset(
    {Step.VILLAGE_REVIEW, Step.TOWNSHIP_REVIEW, Step.COUNTY_REVIEW, Step.COUNTY_CONFIRMATION}
)
"""Whoever reviews or confirms holds a valid officer certificate on that day."""

REFUSAL_STEPS: dict[str, Step] = {
    ApplicationState.ENTERED: Step.TOWNSHIP_REVIEW,
    ApplicationState.VILLAGE_REVIEWED: Step.TOWNSHIP_REVIEW,
    ApplicationState.TOWNSHIP_REVIEWED: Step.COUNTY_CONFIRMATION,
    ApplicationState.COUNTY_REVIEWED: Step.COUNTY_CONFIRMATION,
    ApplicationState.COUNTY_CONFIRMED: Step.GRANT,
}
"""Who may refuse is who takes this step: a village gives its opinion, it refuses nobody."""

ANSWER_ROLES: dict[str, Role] = {
    NoticeLevel.VILLAGE: Role.TOWNSHIP_REVIEWER,
    NoticeLevel.TOWNSHIP: Role.COUNTY_REVIEWER,
    NoticeLevel.COUNTY: Role.COUNTY,
}
"""An objection is answered one level above the notice it speaks of."""


def may_take(actor: Actor, *, step: str, division_code: str) -> bool:
    """Whether the role takes this step for a family of the division."""
    return actor.role in STEP_ROLES[step] and actor.covers(division_code)


def may_answer(actor: Actor, *, level: str, division_code: str) -> bool:
    """Whether the role answers an objection to a notice of the level in the division."""
    return actor.role == ANSWER_ROLES[level] and actor.covers(division_code)


# Money -------------------------------------------------------------------------------------
may_see_money = roles(Role.FINANCE, Role.CASHIER, Role.COUNTY, Role.AUDITOR)
may_set_budget = roles(Role.FINANCE)
may_make_batches = roles(Role.FINANCE)
may_approve_batches = roles(Role.COUNTY)
may_send_batches = roles(Role.CASHIER)
may_work_on_batches = roles(Role.FINANCE, Role.COUNTY, Role.CASHIER)
may_read_answers = roles(Role.CASHIER, Role.SYSTEM)
may_close_batches = roles(Role.FINANCE, Role.CASHIER, Role.SYSTEM)
"""Closing decides nothing: the four totals are equal to the cent, or the batch stays open."""
may_discard_batches = roles(Role.FINANCE, Role.COUNTY)
may_see_returns = roles(
    Role.VILLAGE,
    Role.TOWNSHIP,
    Role.TOWNSHIP_REVIEWER,
    Role.FINANCE,
    Role.CASHIER,
    Role.COUNTY,
    Role.AUDITOR,
)

# Register of debts, late knowledge -----------------------------------------------------------
may_see_debts = may_see_entitlement
may_record_debt_acts = roles(Role.VILLAGE, Role.TOWNSHIP)
"""Who goes to the families says what came of it."""
may_see_late = roles(
    Role.TOWNSHIP,
    Role.TOWNSHIP_REVIEWER,
    Role.COUNTY_REVIEWER,
    Role.COUNTY,
    Role.FINANCE,
    Role.AUDITOR,
)
may_decide_late = roles(Role.TOWNSHIP_REVIEWER, Role.COUNTY)
"""The township may leave lawful payments as they are; whatever else is to follow, the county decides."""
LATE_DECISIONS: dict[str, frozenset[LateDecision]] = {
    Role.TOWNSHIP_REVIEWER: frozenset({LateDecision.LEAVE}),
    Role.COUNTY: frozenset(LateDecision),
}

# Explanations ------------------------------------------------------------------------------
may_keep_explanations = roles(
    Role.VILLAGE,
    Role.TOWNSHIP,
    Role.TOWNSHIP_REVIEWER,
    Role.COUNTY_REVIEWER,
    Role.COUNTY,
    Role.AUDITOR,
    Role.SYSTEM,
)
"""Whoever may see an explanation may give it on paper; a decision keeps its own."""

# Books -------------------------------------------------------------------------------------
may_decide_transfers = roles(Role.COUNTY)
may_record_suspense = roles(Role.CASHIER)
"""Who has the bank's slip in hand."""
may_clear_suspense = roles(Role.FINANCE)
may_close_books = roles(Role.FINANCE)

# Parameters of the way ----------------------------------------------------------------------
may_set_confirmations = roles(Role.COUNTY)
"""From which amount on two county reviewers confirm."""
may_raise_overdue = roles(Role.SYSTEM)
RAISED_TO: dict[str, Role] = {"township": Role.TOWNSHIP_REVIEWER, "county": Role.COUNTY}
"""On whose work of today stands what was raised to a level."""

# Premiums on behalf -------------------------------------------------------------------------
may_enter_fund_accounts = roles(Role.FINANCE)
may_decide_fund_accounts = roles(Role.COUNTY)

# Lists for other offices, priority letters ----------------------------------------------------
may_see_lists = roles(Role.COUNTY_REVIEWER, Role.COUNTY, Role.AUDITOR)
may_freeze_lists = roles(Role.COUNTY_REVIEWER)
may_seal_lists = roles(Role.COUNTY)
may_send_lists = roles(Role.COUNTY_REVIEWER, Role.COUNTY)
may_see_letters = may_see_applications
may_issue_letters = roles(Role.TOWNSHIP_REVIEWER, Role.COUNTY_REVIEWER)

# Awards and honours ---------------------------------------------------------------------------
may_nominate = roles(Role.VILLAGE, Role.TOWNSHIP)
may_see_recognitions = may_see_applications
may_confirm_recognitions = roles(Role.COUNTY)
may_see_goods = roles(Role.TOWNSHIP, Role.COUNTY, Role.FINANCE, Role.AUDITOR)
may_keep_goods = roles(Role.COUNTY)
may_hand_out_goods = roles(Role.TOWNSHIP, Role.COUNTY)
# Letters and appeals -------------------------------------------------------------------------
may_deliver_letters = roles(Role.VILLAGE, Role.TOWNSHIP, Role.COUNTY)
"""Who goes to the family, or posts the letter."""
may_print_letters = roles(Role.SYSTEM)
may_set_appeal_terms = roles(Role.COUNTY)
may_receive_appeals = roles(Role.VILLAGE, Role.TOWNSHIP, Role.COUNTY)
"""Any counter takes an appeal, whatever it is about and however late it comes."""
may_decide_appeals = roles(Role.COUNTY_REVIEWER, Role.COUNTY)
may_carry_out_appeals = roles(Role.COUNTY)
# Annual review ------------------------------------------------------------------------------
may_see_reviews = may_see_applications
may_open_reviews = roles(Role.COUNTY)
"""Opens a year's review of a programme, and draws the city's sample with the seed that the city names."""
may_propose_reviews = roles(Role.VILLAGE, Role.TOWNSHIP)
"""Who sees the families says what follows; another decides."""
may_decide_reviews = roles(Role.TOWNSHIP_REVIEWER, Role.COUNTY)
"""That a grant goes on; what changes one, the county alone decides (may_stop_grants)."""
may_record_samples = roles(Role.COUNTY_REVIEWER)
# Recovery -----------------------------------------------------------------------------------
may_see_recoveries = roles(
    Role.VILLAGE,
    Role.TOWNSHIP,
    Role.TOWNSHIP_REVIEWER,
    Role.COUNTY_REVIEWER,
    Role.COUNTY,
    Role.FINANCE,
    Role.CASHIER,
    Role.AUDITOR,
)
may_propose_recoveries = roles(Role.TOWNSHIP_REVIEWER, Role.COUNTY_REVIEWER, Role.COUNTY)
"""Who reviews finds that something was paid on false documents, or twice; the county alone decides."""
may_hear_families = roles(Role.VILLAGE, Role.TOWNSHIP, Role.COUNTY)
"""Who goes to the family tells it what is held against it, and writes down what it says."""
may_decide_recoveries = roles(Role.COUNTY)
may_bring_recoveries_into_force = roles(Role.SYSTEM)
may_agree_plans = roles(Role.TOWNSHIP, Role.COUNTY)
may_record_recovery_money = roles(Role.CASHIER)
"""Who has the bank's slip in hand."""
may_propose_waivers = roles(Role.COUNTY_REVIEWER, Role.COUNTY)
may_decide_waivers = roles(Role.COUNTY)
# Lists ------------------------------------------------------------------------------------------
LISTED_STEPS = (
    Step.ENTRY,
    Step.VILLAGE_REVIEW,
    Step.TOWNSHIP_REVIEW,
    Step.COUNTY_CONFIRMATION,
    Step.GRANT,
)
"""Steps that many cases take together; what two reviewers are asked for stays a single act."""
may_act_by_list = roles(
    Role.VILLAGE, Role.TOWNSHIP, Role.TOWNSHIP_REVIEWER, Role.COUNTY_REVIEWER, Role.COUNTY
)
may_issue_listed_letters = roles(Role.TOWNSHIP, Role.COUNTY)
"""Whoever a family asks for the letter of a grant that was made by list."""
