"""The home's record of a stack: its resources, and the properties with which they were made.

CloudFormation has such a record too. A bucket can be found by its name; but only a record tells
whether a guardrail's version was made of the template's present properties. It is written after
each resource, so that the next replay goes on where one was interrupted.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from app.deploy.replay.document import JSON
from app.deploy.replay.scope import PhysicalResource


@dataclass(frozen=True, slots=True)
class Entry:
    """A resource, and the resolved properties with which it was made."""

    type: str
    properties: JSON
    resource: PhysicalResource


class Record:
    """The record, in a file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        content = json.loads(path.read_text()) if path.exists() else {}
        self._entries = {
            name: Entry(entry["type"], entry["properties"], _read(entry["made"]))
            for name, entry in content.items()
        }

    @property
    def entries(self) -> Mapping[str, Entry]:
        """The resources, by their logical ids."""
        return self._entries

    def put(self, logical_id: str, entry: Entry) -> None:
        """Record a resource durably."""
        self._entries[logical_id] = entry
        self._path.parent.mkdir(parents=True, exist_ok=True)
        content = {name: _to_json(entry) for name, entry in self._entries.items()}
        fresh = self._path.with_suffix(".new")
        fresh.write_text(json.dumps(content, indent=1))
        fresh.replace(self._path)


def _read(entry: JSON) -> PhysicalResource:
    return PhysicalResource(
        entry["ref"], entry["attributes"], omission=entry["absent"], note=entry["note"]
    )


def _to_json(entry: Entry) -> JSON:
    """An entry with the names in the file, which are those of older versions."""
    resource = entry.resource
    return {
        "type": entry.type,
        "properties": entry.properties,
        "made": {
            "ref": resource.ref,
            "attributes": resource.attributes,
            "absent": resource.omission,
            "note": resource.note,
        },
    }
