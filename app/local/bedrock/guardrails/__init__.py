"""Guardrails: what a text is judged by.

    guardrails   created, shown, changed, deleted; DRAFT, and versions that never change
    policies     what a definition may say

A definition is kept here as it was given. Nothing is judged by it in this version: ApplyGuardrail,
and every request that names a guardrail, is refused by name.
"""

from pathlib import Path

from app.local.bedrock.guardrails.guardrails import SCHEMA, there
from app.local.control import State

__all__ = ["Guardrails"]


class Guardrails(State):
    """All guardrails of a home; they lie in `home/guard`."""

    def __init__(self, home: Path) -> None:
        super().__init__(home / "guard" / "state.sqlite", SCHEMA)

    def has(self, identifier: str, version: str) -> bool:
        """Whether there is such a version of the guardrail with this id or ARN."""
        with self.transaction() as db:
            return there(db, identifier, version)
