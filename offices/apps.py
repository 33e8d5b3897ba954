from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class OfficesConfig(AppConfig):
    name = "offices"

    def ready(self) -> None:
        from offices.database.access import apply_access_after_migrate, prepare_schema
        from offices.database.known import drop_views_before_migrate, make_views_after_migrate
        from offices.export_work import export_work
        from offices.pages import anybody
        from offices.policies import may_open_exports, may_read_acts, may_see_staff
        from offices.reference_data import register_loader
        from offices.services.calendar import load_calendar
        from offices.services.divisions import load_divisions
        from offices.services.exports import load_schedule as load_export_schedule
        from offices.services.jobs import load_schedule
        from offices.work import (
            NavigationEntry,
            Shortcut,
            register_navigation,
            register_shortcut,
            register_work,
        )

        # Migration hooks, not model signals: rights follow every migration, in tests too,
        # so that no table is ever without them.
        pre_migrate.connect(prepare_schema, sender=self)
        pre_migrate.connect(drop_views_before_migrate, sender=self)
        post_migrate.connect(apply_access_after_migrate, sender=self)
        post_migrate.connect(make_views_after_migrate, sender=self)
        register_loader("divisions", load_divisions, order=0)
        register_loader("working_days", load_calendar, order=10)
        register_loader("unfinished jobs schedule", load_schedule, order=200)
        register_loader("exported files schedule", load_export_schedule, order=200)
        register_work(export_work, order=80)
        register_navigation(NavigationEntry(_("My work today"), "home", "home", policy=anybody, order=0))
        register_navigation(
            NavigationEntry(_("Staff and audit"), "staff_list", "users", policy=may_see_staff, order=90)
        )
        for label, note, url_name, icon, policy, order in (
            (
                _("Audit trail"),
                _("Who did what, when and from where"),
                "act_list",
                "history",
                may_read_acts,
                80,
            ),
            (
                _("Exported files"),
                _("What left as a file, who took it and what for"),
                "export_list",
                "file-export",
                may_open_exports,
                85,
            ),
            (_("Staff and roles"), _("Who may do what where"), "staff_list", "users", may_see_staff, 90),
        ):
            register_shortcut(Shortcut(label, note, url_name, icon, policy, order))
