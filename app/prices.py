"""The monthly cost of a stack without any questions.

The stack prints its vector store's row when it is synthesized, and `outcrop doctor --aws` before it
is deployed. List prices of us-east-1 in US dollars, without tax, free tier and other Regions'
surcharges. They are not fetched, so AWS's price list takes precedence. Everything that is billed by
use (storage, requests, tokens) comes on top.

    >>> str(monthly_floor("opensearch-serverless"))
    '$182.50 a month: 1 OCU (half for indexing, half for search) at $0.24 an hour, and an endpoint'
    >>> str(monthly_floor("s3-vectors", production=True))
    '$0.00 a month: storage and requests only'
"""

from collections.abc import Mapping
from dataclasses import dataclass

from app.errors import InvalidRequest

HOURS = 730  # a month, as in AWS's own calculator


@dataclass(frozen=True, slots=True)
class Floor:
    """The least monthly cost of a store: a number of units that are billed by the hour.

    Attributes:
        units: the number of units that always run.
        hourly: dollars for one unit for one hour.
        unit: the name of a unit; for a store without units, what is billed instead.
        fixed: dollars a month for further resources, which `extra` names.
    """

    units: float
    hourly: float
    unit: str
    fixed: float = 0
    extra: str = ""

    @property
    def dollars(self) -> float:
        """Dollars a month."""
        return self.units * self.hourly * HOURS + self.fixed

    def __str__(self) -> str:
        rate = (
            f"{self.units:g} {self.unit} at ${self.hourly:g} an hour" if self.units else self.unit
        )
        extra = f", and {self.extra}" if self.extra else ""
        return f"${self.dollars:.2f} a month: {rate}{extra}"


_ENDPOINT = 0.01 * HOURS  # in one zone of the network that the index function runs in
_DISK = 20 * 0.122  # 20 GB of gp3 for one node
_SECRET = 0.40  # in Secrets Manager: the database's password

_NEXTGEN = Floor(0, 0.24, "no OCU while idle, 10 to 30 s to wake", _ENDPOINT, "an endpoint")
_BY_USE = Floor(0, 0, "storage and requests only")

# vector store, generation -> (for a trial, for production)
FLOORS: Mapping[tuple[str, str], tuple[Floor, Floor]] = {
    ("opensearch-serverless", "classic"): (
        Floor(1, 0.24, "OCU (half for indexing, half for search)", _ENDPOINT, "an endpoint"),
        Floor(2, 0.24, "OCU (as for a trial, with a standby of each)", _ENDPOINT, "an endpoint"),
    ),
    ("opensearch-serverless", "nextgen"): (_NEXTGEN, _NEXTGEN),
    ("opensearch-managed", ""): (
        Floor(2, 0.036, "t3.small.search", 2 * _DISK, "20 GB each"),
        Floor(2, 0.167, "r7g.large.search", 2 * _DISK, "20 GB each"),
    ),
    ("s3-vectors", ""): (_BY_USE, _BY_USE),
    ("aurora", ""): (
        Floor(0, 0.12, "no ACU while paused", _SECRET, "a secret"),
        Floor(0.5, 0.12, "ACU, never paused", _SECRET, "a secret"),
    ),
    ("managed", ""): (_BY_USE, _BY_USE),
}
VECTOR_STORES = tuple(dict.fromkeys(store for store, _ in FLOORS))

EVERY_STACK: Mapping[str, float] = {
    "a web ACL with five rules": 10.00,
    "a KMS key": 1.00,
    "seven alarms": 0.70,
}
"""Resources of every stack beside its vector store, in dollars a month."""


PAGE: Mapping[str, float] = {
    "the page's rule of the web ACL": 1.00,
    "the page's secret": 0.40,
}
"""Beside these, of a stack with the page from CloudFront, which itself is billed by use."""


def monthly_floor(
    vector_store: str, *, generation: str = "classic", production: bool = False
) -> Floor:
    """The least monthly cost of a vector store.

    Args:
        generation: of OpenSearch Serverless; the other stores have none.

    Raises:
        InvalidRequest: there is no such store, or no such generation of it.
    """
    serverless = vector_store == "opensearch-serverless"
    try:
        return FLOORS[vector_store, generation if serverless else ""][production]
    except KeyError:
        stores = ", ".join(" ".join(key).strip() for key in FLOORS)
        choice = f"{vector_store} {generation}" if serverless else vector_store
        raise InvalidRequest(
            f"vector_store: there is no {choice!r}; there are {stores}.", field="vector_store"
        ) from None
