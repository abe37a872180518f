"""What a home knows of a stack: which of its resources are there, and of what they were made.

CloudFormation keeps the same. Names tell whether a bucket is there; only a record tells whether the
version of a guardrail is the one that the template means. It is written after each resource, so
that a replay that was interrupted goes on where it was.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from app.deploy.replay.document import JSON
from app.deploy.replay.scope import PhysicalResource


@dataclass(frozen=True, slots=True)
class Entry:
    """A resource that is there, and the resolved properties that it was made of."""

    type: str
    properties: JSON
    resource: PhysicalResource


class Record:
    """The resources of a stack, kept in a file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        stored = json.loads(path.read_text()) if path.exists() else {}
        self._entries = {
            name: Entry(entry["type"], entry["properties"], _read(entry["made"]))
            for name, entry in stored.items()
        }

    @property
    def entries(self) -> Mapping[str, Entry]:
        """The resources, by their logical ids."""
        return self._entries

    def put(self, logical_id: str, entry: Entry) -> None:
        """Keep what is known of a resource; it is in the file when this returns."""
        self._entries[logical_id] = entry
        self._path.parent.mkdir(parents=True, exist_ok=True)
        stored = {name: _written(entry) for name, entry in self._entries.items()}
        fresh = self._path.with_suffix(".new")
        fresh.write_text(json.dumps(stored, indent=1))
        fresh.replace(self._path)


def _read(stored: JSON) -> PhysicalResource:
    return PhysicalResource(
        stored["ref"], stored["attributes"], omission=stored["absent"], note=stored["note"]
    )


def _written(entry: Entry) -> JSON:
    """An entry by the words of the file, which homes of older versions have too."""
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
