"""What a vector store costs in a month in which nobody asks anything.

The one table of it: the stack prints a row when it is synthesized, `outcrop doctor --aws` before it
is deployed. List prices of us-east-1 in US dollars, without tax, free tier and other Regions'
surcharges; nothing fetches them, so AWS's price list has the last word. Everything that is paid by
use (storage, requests, tokens) comes on top.

    >>> str(monthly_floor("opensearch-serverless"))
    '$175.20 a month: 1 OCU (half for indexing, half for search) at $0.24 an hour'
    >>> str(monthly_floor("s3-vectors", production=True))
    '$0.00 a month: storage and requests only'
"""

from collections.abc import Mapping
from dataclasses import dataclass

from app.errors import InvalidRequest

HOURS = 730  # a month, as AWS's own calculator counts


@dataclass(frozen=True, slots=True)
class Floor:
    """The least that a month costs: so many of a thing that is paid by the hour.

    Attributes:
        units: how many of it run day and night.
        hourly: dollars for one of it for one hour.
        of: what it is.
        fixed: dollars a month that are not paid by the hour.
    """

    units: float
    hourly: float
    of: str
    fixed: float = 0

    @property
    def dollars(self) -> float:
        """Dollars a month."""
        return self.units * self.hourly * HOURS + self.fixed

    def __str__(self) -> str:
        rate = f"{self.units:g} {self.of} at ${self.hourly:g} an hour" if self.units else self.of
        return f"${self.dollars:.2f} a month: {rate}"


_DISK = 20 * 0.122  # 20 GB of gp3 for one node, dollars a month
_SECRET = 0.40  # Secrets Manager keeps the database's password

# vector store, generation -> (for a trial, for production)
FLOORS: Mapping[tuple[str, str], tuple[Floor, Floor]] = {
    ("opensearch-serverless", "classic"): (
        Floor(1, 0.24, "OCU (half for indexing, half for search)"),
        Floor(2, 0.24, "OCU (half for indexing, half for search, both with a standby)"),
    ),
    ("opensearch-serverless", "nextgen"): (
        Floor(0, 0.24, "no OCU while idle; the first question waits 10 to 30 s for one"),
        Floor(0, 0.24, "no OCU while idle; the first question waits 10 to 30 s for one"),
    ),
    ("opensearch-managed", ""): (
        Floor(1, 0.036, "t3.small.search with 20 GB", fixed=_DISK),
        Floor(2, 0.167, "r7g.large.search with 20 GB each", fixed=2 * _DISK),
    ),
    ("s3-vectors", ""): (
        Floor(0, 0, "storage and requests only"),
        Floor(0, 0, "storage and requests only"),
    ),
    ("aurora", ""): (
        Floor(0, 0.12, "no ACU while paused; a secret and storage", fixed=_SECRET),
        Floor(0.5, 0.12, "ACU, never paused; a secret and storage", fixed=_SECRET),
    ),
    ("managed", ""): (
        Floor(0, 0, "storage and requests only; Bedrock keeps the vectors"),
        Floor(0, 0, "storage and requests only; Bedrock keeps the vectors"),
    ),
}
VECTOR_STORES = tuple(dict.fromkeys(store for store, _ in FLOORS))


def monthly_floor(
    vector_store: str, *, generation: str = "classic", production: bool = False
) -> Floor:
    """The least that a vector store costs in a month.

    Args:
        generation: of OpenSearch Serverless; the other stores have none.

    Raises:
        InvalidRequest: there is no such store, or no such generation of it.
    """
    serverless = vector_store == "opensearch-serverless"
    try:
        return FLOORS[vector_store, generation if serverless else ""][production]
    except KeyError:
        known = ", ".join(" ".join(key).strip() for key in FLOORS)
        asked = f"{vector_store} {generation}" if serverless else vector_store
        raise InvalidRequest(
            f"vector_store: there is no {asked!r}; there are {known}.", field="vector_store"
        ) from None
