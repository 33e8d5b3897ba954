from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EnforcementConfig(AppConfig):
    name = "enforcement"

    def ready(self) -> None:
        from enforcement.policies import may_see_certificates
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
