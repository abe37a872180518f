"""How many of the well-known prompts the writer reads, and of their kin."""

from collections.abc import Iterator, Mapping

from tests.local.engine.writer.kin import KIN
from tests.local.engine.writer.templates import WELL_KNOWN, Template, misread
from tests.tables import Table


def run() -> Iterator[Table]:
    rows = [("well-known templates", _read(WELL_KNOWN)), ("their kin", _read(KIN))]
    missed = [name for name, one in {**WELL_KNOWN, **KIN}.items() if misread(one)]
    yield Table("Prompts", ("prompts", "read"), rows, [f"Missed: {name}" for name in missed])


def _read(templates: Mapping[str, Template]) -> str:
    count = sum(not misread(one) for one in templates.values())
    return f"{count} of {len(templates)}"
