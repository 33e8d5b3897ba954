from enforcement.models.certificates import OfficerCertificate

__all__ = ["OfficerCertificate"]
