"""Where a home is being served, as a file in it says, for other commands to find.

`<home>/lock` says whether it is true: the processes that serve the home hold it.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from app.deploy.endpoint import StandIn, endpoint_variables
from app.deploy.laptop.home import private
from app.settings import inherited_environment


@dataclass(frozen=True, slots=True)
class Addresses:
    """The addresses of a home that is served, the access key of its stand-in, and its guardrail.

    Attributes:
        application: its URL; empty where the stand-in runs alone.
        guardrail_id: the guardrail that the application applies; empty without one.
        settings: the variables that were set for the application: the names of its resources.
    """

    application: str
    stand_in: str
    access_key_id: str
    secret_access_key: str
    guardrail_id: str
    guardrail_version: str
    settings: Mapping[str, str] = field(default_factory=dict)

    def variables(self) -> dict[str, str]:
        """The variables that lead an AWS client of this environment to the stand-in."""
        stand_in = StandIn(self.stand_in, self.access_key_id, self.secret_access_key)
        return endpoint_variables(stand_in, inherited_environment())


@dataclass(frozen=True, slots=True)
class Record:
    """The content of `running.json`; `stays` is true for a home that `up` or `local` serves."""

    addresses: Addresses
    stays: bool


def read_record(home: Path) -> Record | None:
    try:
        content = json.loads(_file(home).read_text())
        return Record(Addresses(**content["addresses"]), content["stays"])
    except (OSError, ValueError, LookupError, TypeError):
        return None  # there is none yet, or one of another version


def write_record(home: Path, record: Record) -> None:
    with private(_file(home), os.O_TRUNC) as file:
        json.dump({"addresses": asdict(record.addresses), "stays": record.stays}, file)


def remove_record(home: Path) -> None:
    _file(home).unlink(missing_ok=True)


def lock_file(home: Path) -> Path:
    return home / "lock"


def _file(home: Path) -> Path:
    return home / "running.json"
