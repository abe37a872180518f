"""Requests and tools of public sets: bfcl (function calling) and metatool (which of 199 tools)."""

import json
from dataclasses import dataclass
from typing import Any

from app.local.engine.writer import Tool
from tests.quality import CORPORA

BFCL = CORPORA / "bfcl"
METATOOL = CORPORA / "metatool"


@dataclass(frozen=True)
class Asked:
    """A request, the tools that are offered, and the one that fits; "" where none does.

    Attributes:
        arguments: of each parameter the values that are right; "" among them where it may be
            left out.
    """

    request: str
    tools: tuple[Tool, ...]
    name: str
    arguments: dict[str, list[Any]]


def bfcl(name: str) -> list[Asked]:
    """`multiple`, `simple_python` or `irrelevance`."""
    rows = [json.loads(line) for line in (BFCL / f"{name}.jsonl").read_text().splitlines()]
    return [
        Asked(
            row["messages"][0][-1]["content"],
            tuple(Tool(f["name"], f["description"], f["parameters"]) for f in row["functions"]),
            row["gold_tools"][0] if row["gold_tools"] else "",
            next(iter(row["gold_calls"][0].values())) if row["gold_calls"] else {},
        )
        for row in rows
    ]


def metatool() -> list[Asked]:
    described = json.loads((METATOOL / "tools.json").read_text())
    tools = tuple(Tool(name, text, {"type": "object"}) for name, text in described.items())
    lines = (METATOOL / "single_tool_public.jsonl").read_text().splitlines()
    return [Asked(row["query"], tools, row["tool"], {}) for row in map(json.loads, lines)]
