from checkups.clinical.models import BookedPerson
from checkups.models.bookings import Booking, CheckupSession, Station

__all__ = ["BookedPerson", "Booking", "CheckupSession", "Station"]
