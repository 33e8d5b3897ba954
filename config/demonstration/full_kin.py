"""People and couples of the full county while its file is written."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field

Row = dict[str, str]
"""A row of the resident file by its headers; what is not there is empty."""


@dataclass(slots=True)
class Someone:
    """A person with what kin and household need to know."""

    number: str
    name: str
    surname: str
    born: int
    is_male: bool
    row: Row = field(default_factory=dict)
    father: str = ""
    mother: str = ""
    died_on: datetime.date | None = None


@dataclass(slots=True)
class Couple:
    """A husband and a wife with the children that they have."""

    husband: Someone
    wife: Someone
    village: str
    hukou: str
    children: list[Someone] = field(default_factory=list)
    certificate: Row = field(default_factory=dict)

    @property
    def is_rural(self) -> bool:
        return self.hukou in ("农业", "界定农村居民")
