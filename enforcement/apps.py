from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EnforcementConfig(AppConfig):
    name = "enforcement"

    def ready(self) -> None:
        from enforcement.policies import may_see_certificates
        from offices.acts_in_words import register_words
        from offices.work import NavigationEntry, register_navigation

        register_navigation(
            NavigationEntry(
                _("Officers"),
                "enforcement:certificate_list",
                "id-badge-2",
                may_see_certificates,
                order=60,
            )
        )
        register_words(
            {
                "enforcement.issue_certificate": _("Issued an officer certificate"),
                "enforcement.suspend_certificate": _("Suspended an officer certificate"),
                "enforcement.restore_certificate": _("Restored an officer certificate"),
                "enforcement.withdraw_certificate": _("Withdrew an officer certificate"),
                "enforcement.cancel_certificate": _("Cancelled an officer certificate"),
            }
        )
