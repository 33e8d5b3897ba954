from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SubsidiesConfig(AppConfig):
    name = "subsidies"

    def ready(self) -> None:
        """Register the app's reference data, work, navigation and search; one line each, in order."""
        from households.consequences import register_consequence, register_follower, register_leaver
        from households.contradictions import register_toucher, register_witness
        from households.merging import register_mergeable
        from households.panels import (
            register_benefit_lines,
            register_panel,
            register_received,
            register_unit_panel,
        )
        from households.succession import register_succession
        from households.visit_followers import register_visit_followers
        from households.visit_subjects import register_visit_subjects
        from offices.acts_in_words import RecordPlace, register_records, register_words
        from offices.database.known import register_known
        from offices.exports import register_export
        from offices.public_codes import register_public_code
        from offices.reference_data import register_loader
        from offices.work import (
            NavigationEntry,
            Shortcut,
            register_navigation,
            register_search,
            register_shortcut,
            register_work,
        )
        from subsidies import policies
        from subsidies.acts_of_cases import WORDS as ACTS_OF_CASES
        from subsidies.acts_of_debts import WORDS as ACTS_OF_DEBTS
        from subsidies.acts_of_money import WORDS as ACTS_OF_MONEY
        from subsidies.acts_of_policies import WORDS as ACTS_OF_POLICIES
        from subsidies.award_work import award_work
        from subsidies.case_work import case_work, find_cases
        from subsidies.consequences import assess_again, consequences_for_cases, drop_assessments
        from subsidies.debt_exports import DEBT_EXPORT
        from subsidies.debt_work import debt_work
        from subsidies.employer_panel import employer_panel
        from subsidies.known_policies import policies_as_known
        from subsidies.list_work import list_work
        from subsidies.models import PolicyVersion
        from subsidies.money_work import money_work
        from subsidies.panels import benefit_lines, case_panel
        from subsidies.policy_work import policy_work
        from subsidies.proposed_events import applied_after_death, touched_by_events
        from subsidies.received import received_lines
        from subsidies.recovery_work import WORDS as ACTS_OF_RECOVERIES
        from subsidies.recovery_work import recovery_work
        from subsidies.review_work import WORDS as ACTS_OF_REVIEWS
        from subsidies.review_work import review_work
        from subsidies.selectors.rules import benefits_to_explain
        from subsidies.services.appeal_terms import load_appeal_terms
        from subsidies.services.banks import load_banks
        from subsidies.services.bundles import load_bundles
        from subsidies.services.debt_merges import DEBTS_MERGEABLE, drop_lines_of_leavers
        from subsidies.services.debt_register import keep_register
        from subsidies.services.debt_visits import follow_recorded_visit, follow_visit_taken_back
        from subsidies.services.late_knowledge import find_late_by_night, find_late_of_people
        from subsidies.services.letters import load_letter_schedule
        from subsidies.services.merges import MERGEABLE
        from subsidies.services.notices import load_notice_schedule
        from subsidies.services.overdue import load_overdue_schedule
        from subsidies.services.policies import load_policies
        from subsidies.services.public_status import status_for
        from subsidies.services.raises import raise_running_grants
        from subsidies.services.recoveries import load_recovery_schedule
        from subsidies.services.succession import FOLLOWS, KINDS, STAYS, follow_with_cases
        from subsidies.services.sweep_jobs import load_schedule
        from subsidies.sheets import EXPLANATION_SHEET
        from subsidies.sweep_followers import register_sweep_follower

        register_known(PolicyVersion, policies_as_known)
        register_loader("policies", load_policies, order=100)
        register_loader("bundles", load_bundles, order=110)
        register_loader("banks", load_banks, order=110)
        register_loader("terms of appeal", load_appeal_terms, order=110)
        register_loader("letters schedule", load_letter_schedule, order=200)
        register_loader("sweep schedule", load_schedule, order=200)
        register_loader("notices schedule", load_notice_schedule, order=200)
        register_loader("overdue schedule", load_overdue_schedule, order=200)
        register_loader("recoveries schedule", load_recovery_schedule, order=200)
        register_words(ACTS_OF_CASES)
        register_words(ACTS_OF_MONEY)
        register_words(ACTS_OF_DEBTS)
        register_words(ACTS_OF_POLICIES)
        register_records(
            {
                "subsidies.application": RecordPlace("subsidies:application", "file_number"),
                "subsidies.explanationreceipt": RecordPlace("subsidies:receipt", "code"),
                "subsidies.debt": RecordPlace("subsidies:debt", "programme__name_zh"),
                "subsidies.latefinding": RecordPlace("subsidies:late", "grant__application__file_number"),
                "subsidies.decisionletter": RecordPlace("subsidies:decision_letter", "number"),
                "subsidies.appeal": RecordPlace("subsidies:appeal", "number"),
                "subsidies.grant": RecordPlace("subsidies:grant", "application__file_number"),
                "subsidies.reviewitem": RecordPlace(
                    "subsidies:review_item", "grant__application__file_number"
                ),
                "subsidies.recovery": RecordPlace("subsidies:recovery", "number"),
                "subsidies.reviewround": RecordPlace("subsidies:review", "programme__name_zh"),
                "subsidies.suspenseitem": RecordPlace("subsidies:suspense", "number"),
                "subsidies.sealedlist": RecordPlace("subsidies:sealed_list", "programme__name_zh"),
                "subsidies.priorityletter": RecordPlace("subsidies:letter", "number"),
                "subsidies.recognition": RecordPlace("subsidies:recognition", "person__name"),
                "subsidies.goodsitem": RecordPlace("subsidies:goods_item", "name"),
                "subsidies.fundaccount": RecordPlace("subsidies:fund_account", "institution"),
                "subsidies.paymentbatch": RecordPlace("subsidies:batch", "number"),
                "subsidies.policyversion": RecordPlace("subsidies:policy", "programme_id"),
            }
        )
        register_work(case_work, order=20)
        register_work(money_work, order=25)
        register_work(debt_work, order=15)
        register_work(review_work, order=18)
        register_words(ACTS_OF_REVIEWS)
        register_work(recovery_work, order=26)
        register_words(ACTS_OF_RECOVERIES)
        register_export(DEBT_EXPORT)
        register_work(policy_work, order=28)
        register_work(list_work, order=29)
        register_work(award_work, order=29)
        register_search(find_cases)
        register_public_code(status_for)
        register_panel(case_panel, order=20)
        register_unit_panel(employer_panel)
        register_consequence(consequences_for_cases)
        register_toucher(touched_by_events)
        register_witness(applied_after_death)
        register_follower(assess_again)
        register_follower(find_late_of_people)
        register_leaver(drop_assessments)
        register_leaver(drop_lines_of_leavers)
        register_sweep_follower(keep_register)
        register_sweep_follower(raise_running_grants)
        register_sweep_follower(find_late_by_night)
        register_visit_followers(recorded=follow_recorded_visit, taken_back=follow_visit_taken_back)
        register_mergeable(MERGEABLE, order=20)
        register_mergeable(DEBTS_MERGEABLE, order=22)
        register_succession(follow_with_cases, kinds=KINDS, follows=FOLLOWS, stays=STAYS, order=20)
        register_visit_subjects(benefits_to_explain)
        register_benefit_lines(benefit_lines)
        register_received(received_lines)
        register_export(EXPLANATION_SHEET)
        for label, url_name, icon, policy, order in (
            (_("Register of debts"), "subsidies:debt_list", "list-search", policies.may_see_debts, 22),
            (_("Applications"), "subsidies:application_list", "file-text", policies.may_see_applications, 24),
            (_("Honours"), "subsidies:recognition_list", "star", policies.may_see_recognitions, 27),
            (_("Notices"), "subsidies:notice_list", "speakerphone", policies.may_see_applications, 26),
            (_("Grants"), "subsidies:grant_list", "rosette-discount-check", policies.may_see_grants, 28),
            (
                _("Lists for other offices"),
                "subsidies:sealed_list_list",
                "list-check",
                policies.may_see_lists,
                29,
            ),
            (_("Goods of awards"), "subsidies:goods_list", "package", policies.may_see_goods, 31),
            (_("Annual review"), "subsidies:review_list", "calendar-event", policies.may_see_reviews, 29),
            (_("Recoveries"), "subsidies:recovery_list", "arrow-back-up", policies.may_see_recoveries, 32),
            (_("Payments"), "subsidies:batch_list", "cash-banknote", policies.may_see_money, 30),
        ):
            register_navigation(NavigationEntry(label, url_name, icon, policy, order))
        for label, note, url_name, icon, policy, order in (
            (
                _("Families owed"),
                _("Entitled and not yet receiving"),
                "subsidies:debt_list",
                "list-search",
                policies.may_see_debts,
                20,
            ),
            (
                _("Enter an application"),
                _("At the counter, with what the family brought"),
                "subsidies:application_new",
                "file-plus",
                policies.may_enter_applications,
                15,
            ),
            (
                _("Make a batch"),
                _("The grants of a period, for the bank"),
                "subsidies:batch_new",
                "cash-banknote",
                policies.may_make_batches,
                25,
            ),
        ):
            register_shortcut(Shortcut(label, note, url_name, icon, policy, order))
