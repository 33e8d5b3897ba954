from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HouseholdsConfig(AppConfig):
    name = "households"

    def ready(self) -> None:
        from households.policies import may_see_families
        from households.selectors.search import find_families
        from households.work import registry_work
        from offices.acts_in_words import register_words
        from offices.work import NavigationEntry, register_navigation, register_search, register_work

        register_work(registry_work, order=20)
        register_search(find_families)
        register_navigation(
            NavigationEntry(_("Families"), "households:households", "users-group", may_see_families, 10)
        )
        register_words(
            {
                "households.import_residents": _("Took in a resident file"),
                "households.refuse_import": _("Refused a resident file as a whole"),
                "households.download_remarks": _("Downloaded an import's remarks"),
                "households.show_in_full": _("Showed a masked value in full"),
                "households.open_family_elsewhere": _("Opened a family served by another township"),
                "households.propose_account": _("Entered a bank account"),
                "households.confirm_account": _("Confirmed a bank account"),
                "households.reject_account": _("Rejected a bank account"),
            }
        )
