from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class OfficesConfig(AppConfig):
    name = "offices"

    def ready(self) -> None:
        from offices.database.access import apply_access_after_migrate, prepare_schema
        from offices.reference_data import register_loader
        from offices.services.calendar import load_calendar
        from offices.services.divisions import load_divisions

        # Migration hooks, not model signals: rights follow every migration, in tests too,
        # so that no table is ever without them.
        pre_migrate.connect(prepare_schema, sender=self)
        post_migrate.connect(apply_access_after_migrate, sender=self)
        register_loader("divisions", load_divisions, order=0)
        register_loader("working_days", load_calendar, order=10)
