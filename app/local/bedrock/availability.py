"""Where a model can be called, and by which names: `availability.json`.

    sets          Regions that many rows name, by a name of their own
    geographies   how ids of inference profiles begin; `to` are the Regions that a profile of this
                  geography hands requests to, beside the one that it is called in
    models        a row for models that are called in the same way
        ON_DEMAND the Regions that take the bare id
        us, eu..  the Regions that take the inference profile of this geography
        to        where a geography's profile of these models hands requests to, if elsewhere

A snapshot of November 2026, of what ListFoundationModels and ListInferenceProfiles say in each
Region. LEGACY models that older customers still call have the profiles that they had. Models that
have no row, the last of a family that has gone, are called by their bare id in every Region.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

GLOBAL = "global"


@dataclass(frozen=True)
class Availability:
    """Where one model can be called.

    Attributes:
        on_demand: the Regions that take its bare id; None for all of them.
        profiles: by geography, the Regions that take its inference profile.
        destinations: by geography, the Regions that its profile hands requests to.
    """

    on_demand: frozenset[str] | None
    profiles: Mapping[str, frozenset[str]]
    destinations: Mapping[str, tuple[str, ...]]

    def inference(self, region: str) -> tuple[str, ...]:
        """How it can be called in a Region, as ListFoundationModels says it; not at all: empty."""
        on_demand = self.on_demand is None or region in self.on_demand
        through_profile = any(region in regions for regions in self.profiles.values())
        return ("ON_DEMAND",) * on_demand + ("INFERENCE_PROFILE",) * through_profile

    def takes_profile(self, geography: str, region: str) -> bool:
        """Whether a Region takes the inference profile of a geography."""
        return region in self.profiles.get(geography, ())

    def reaches(self, geography: str, region: str) -> tuple[str, ...]:
        """The Regions that a profile hands requests to. "" is any commercial Region."""
        if geography == GLOBAL:
            return (region, "")
        return tuple(sorted({region, *self.destinations[geography]}))


EVERYWHERE = Availability(None, {}, {})


def availability(model: str) -> Availability:
    """Where a foundation model can be called, by its id."""
    return _rows().get(model, EVERYWHERE)


def geographies() -> Mapping[str, str]:
    """How ids of inference profiles begin, and how their names do.

    >>> geographies()["us-gov"]
    'US-GOV'
    """
    return {name: row["name"] for name, row in _table()["geographies"].items()}


def partition(region: str) -> str:
    """The partition of a Region, as ARNs have it.

    >>> partition("us-gov-west-1"), partition("eu-west-1")
    ('aws-us-gov', 'aws')
    """
    return next((name for start, name in _PARTITIONS if region.startswith(start)), "aws")


_PARTITIONS = (("us-gov-", "aws-us-gov"), ("cn-", "aws-cn"))


@cache
def _table() -> Any:
    return json.loads(Path(__file__).with_suffix(".json").read_text())


@cache
def _rows() -> Mapping[str, Availability]:
    table = _table()
    return {model: _availability(row, table) for row in table["models"] for model in row["models"]}


def _availability(row: Mapping[str, Any], table: Any) -> Availability:
    profiles = {name: row[name] for name in table["geographies"] if name in row}
    destinations = {name: table["geographies"][name]["to"] for name in profiles}
    return Availability(
        on_demand=frozenset(_regions(row.get("ON_DEMAND", ""), table)),
        profiles={name: frozenset(_regions(text, table)) for name, text in profiles.items()},
        destinations={
            name: tuple(text.split()) for name, text in (destinations | row.get("to", {})).items()
        },
    )


def _regions(text: str, table: Any) -> Iterator[str]:
    for name in text.split():
        yield from table["sets"].get(name, name).split()
