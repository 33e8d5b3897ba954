"""Pages of health checks."""

from django.urls import path, register_converter

from checkups.views import sessions


class StepConverter:
    """The steps of a booking that a button takes."""

    regex = "cancel|attend|complete"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(StepConverter, "booking_step")

app_name = "checkups"
urlpatterns = [
    path("", sessions.session_list, name="session_list"),
    path("sessions/new/", sessions.session_new, name="session_new"),
    path("sessions/<uuid:session_id>/", sessions.session, name="session"),
    path("sessions/<uuid:session_id>/history/", sessions.session_history, name="session_history"),
    path("sessions/<uuid:session_id>/book/", sessions.booking_new, name="booking_new"),
    path("sessions/<uuid:session_id>/reception/", sessions.reception, name="reception"),
    path("bookings/<uuid:booking_id>/", sessions.booking, name="booking"),
    path("bookings/<uuid:booking_id>/history/", sessions.booking_history, name="booking_history"),
    path("bookings/<uuid:booking_id>/<booking_step:step>/", sessions.booking_step, name="booking_step"),
]
