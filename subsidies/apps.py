from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SubsidiesConfig(AppConfig):
    name = "subsidies"

    def ready(self) -> None:
        """Register the app's reference data, work, navigation and search; one line each, in order."""
        from households.panels import register_panel
        from offices.acts_in_words import register_words
        from offices.reference_data import register_loader
        from offices.work import NavigationEntry, register_navigation, register_search, register_work
        from subsidies import policies
        from subsidies.acts_of_cases import WORDS as ACTS_OF_CASES
        from subsidies.acts_of_money import WORDS as ACTS_OF_MONEY
        from subsidies.case_work import case_work, find_cases
        from subsidies.money_work import money_work
        from subsidies.panels import case_panel
        from subsidies.services.policies import load_policies

        register_loader("policies", load_policies, order=100)
        register_words(ACTS_OF_CASES)
        register_words(ACTS_OF_MONEY)
        register_work(case_work, order=20)
        register_work(money_work, order=25)
        register_search(find_cases)
        register_panel(case_panel, order=20)
        for label, url_name, icon, policy, order in (
            (_("Applications"), "subsidies:application_list", "file-text", policies.may_see_applications, 24),
            (_("Notices"), "subsidies:notice_list", "speakerphone", policies.may_see_applications, 26),
            (_("Grants"), "subsidies:grant_list", "rosette-discount-check", policies.may_see_grants, 28),
            (_("Payments"), "subsidies:batch_list", "cash-banknote", policies.may_see_money, 30),
        ):
            register_navigation(NavigationEntry(label, url_name, icon, policy, order))
