from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EnforcementConfig(AppConfig):
    name = "enforcement"

    def ready(self) -> None:
        from enforcement.policies import may_issue_certificates, may_see_certificates
        from enforcement.services.succession import FOLLOWS, KINDS, follow_with_certificates
        from enforcement.work import certificate_work
        from households.succession import register_succession
        from offices.acts_in_words import register_words
        from offices.work import (
            NavigationEntry,
            Shortcut,
            register_navigation,
            register_shortcut,
            register_work,
        )

        register_navigation(
            NavigationEntry(
                _("Officers"),
                "enforcement:certificate_list",
                "id-badge-2",
                may_see_certificates,
                order=60,
            )
        )
        register_work(certificate_work, order=50)
        register_succession(follow_with_certificates, kinds=KINDS, follows=FOLLOWS, order=40)
        register_shortcut(
            Shortcut(
                _("Issue a certificate"),
                _("For an officer who passed the examination"),
                "enforcement:certificate_new",
                "certificate",
                may_issue_certificates,
                order=50,
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
