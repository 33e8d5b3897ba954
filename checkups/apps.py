from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CheckupsConfig(AppConfig):
    name = "checkups"

    def ready(self) -> None:
        from checkups.policies import may_book, may_open_session, may_see_sessions
        from checkups.services.bookings import load_schedule
        from checkups.services.succession import FOLLOWS, KINDS, STAYS, follow_with_bookings
        from checkups.work import find_bookings, receptions
        from households.succession import register_succession
        from offices.acts_in_words import register_words
        from offices.reference_data import register_loader
        from offices.work import (
            NavigationEntry,
            Shortcut,
            register_navigation,
            register_search,
            register_shortcut,
            register_work,
        )

        register_loader("checkups schedule", load_schedule, order=200)
        register_navigation(
            NavigationEntry(
                _("Health checks"), "checkups:session_list", "stethoscope", policy=may_see_sessions, order=40
            )
        )
        register_work(receptions, order=40)
        register_succession(follow_with_bookings, kinds=KINDS, follows=FOLLOWS, stays=STAYS, order=30)
        register_search(find_bookings)
        for label, note, url_name, icon, policy in (
            (
                _("Book a health check"),
                _("Choose a day with free places, print the slip"),
                "checkups:session_list",
                "calendar-plus",
                may_book,
            ),
            (
                _("Open a session"),
                _("A day, a time and how many places"),
                "checkups:session_new",
                "calendar-event",
                may_open_session,
            ),
        ):
            register_shortcut(Shortcut(label, note, url_name, icon, policy, order=40))
        register_words(
            {
                "checkups.open_session": _("Opened a health-check session"),
                "checkups.book_place": _("Gave a place in a health-check session"),
                "checkups.cancel_booking": _("Closed a booking"),
                "checkups.record_attendance": _("Recorded that somebody came"),
                "checkups.complete_booking": _("Recorded a completed health check"),
            }
        )
