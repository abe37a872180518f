"""The finding of a check of a home or an account."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check.

    Attributes:
        check: the subject of the check.
        well: whether it is as it should be; None if that cannot be known from here.
        found: the observation.
        mend: the remedy, or advice.
    """

    check: str
    well: bool | None
    found: str
    mend: str | None = None
