from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    name = "reports"

    def ready(self) -> None:
        """Register the app's schedule, navigation, work and the words of its acts."""
        from households.succession import answer_for, register_barrier
        from offices.acts_in_words import register_words
        from offices.reference_data import register_loader
        from offices.work import (
            NavigationEntry,
            Shortcut,
            register_navigation,
            register_shortcut,
            register_work,
        )
        from reports.models import Edition, Figure, PrintedReport
        from reports.policies import may_see_reports
        from reports.selectors.editions import first_open_day
        from reports.services.schedule import load_schedule
        from reports.work import report_work

        register_navigation(
            NavigationEntry(_("Reports"), "reports:dashboard", "report-analytics", may_see_reports, order=60)
        )
        register_work(report_work, order=60)
        register_barrier(first_open_day)
        answer_for(stays=(Edition, Figure, PrintedReport))
        register_shortcut(
            Shortcut(
                _("Figures of the month"),
                _("Each leads to the rows behind it"),
                "reports:dashboard",
                "report-analytics",
                may_see_reports,
                order=60,
            )
        )

        register_loader("schedules", load_schedule, order=200)
        register_words(
            {
                "reports.summarise": _("Computed the figures of a month"),
                "reports.print_edition": _("Printed an edition"),
            }
        )
