from offices.models.acts import Act, Read
from offices.models.calendar import BusinessDay, WorkingDay
from offices.models.divisions import Division, DivisionSuccession
from offices.models.exports import Export
from offices.models.jobs import Job, StoredFile
from offices.models.numbers import NumberSeries
from offices.models.staff import RoleGrant, Staff
from offices.models.verification import Verification

__all__ = [
    "Act",
    "BusinessDay",
    "Division",
    "DivisionSuccession",
    "Export",
    "Job",
    "NumberSeries",
    "Read",
    "RoleGrant",
    "Staff",
    "StoredFile",
    "Verification",
    "WorkingDay",
]
