from django.apps import AppConfig


class SubsidiesConfig(AppConfig):
    name = "subsidies"

    def ready(self) -> None:
        """Register the app's reference data, work, navigation and search; one line each, in order."""
        from offices.reference_data import register_loader
        from subsidies.services.policies import load_policies

        register_loader("policies", load_policies, order=100)
