"""What a check of a home or an account finds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found.

    Attributes:
        check: what was looked at.
        well: whether it is as it should be; None where that cannot be known from here.
        found: what was found.
        mend: what to do, or what to bear in mind.
    """

    check: str
    well: bool | None
    found: str
    mend: str | None = None
