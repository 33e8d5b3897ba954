from django.apps import AppConfig
from django.conf import settings


class ConfigConfig(AppConfig):
    """The top of the product: the demonstration county and the installation's own commands."""

    name = "config"

    def ready(self) -> None:
        from config.demonstration.accounts import load_accounts
        from offices.reference_data import register_loader

        if settings.HUIMIN_DEMO:
            register_loader("demonstration_accounts", load_accounts, order=500)
