from checkups.clinical.models.booked_people import BookedPerson

__all__ = ["BookedPerson"]
