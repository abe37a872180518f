"""Guardrails: what a text is judged by.

guardrails   created, shown, changed, deleted; DRAFT, and versions that never change
policies     what a definition may say
reading      what a definition looks for, in one direction
judge        what that finds in texts
assessment   the same, as ApplyGuardrail writes it
"""

from pathlib import Path

from app.local.bedrock.guardrails.guardrails import SCHEMA, describe, find, there
from app.local.control import State
from app.local.wire import JSON

__all__ = ["Guardrails"]


class Guardrails(State):
    """All guardrails of a home; they lie in `home/guard`."""

    def __init__(self, home: Path) -> None:
        super().__init__(home / "guard" / "state.sqlite", SCHEMA)

    def has(self, identifier: str, version: str) -> bool:
        """Whether there is such a version of the guardrail with this id or ARN."""
        with self.transaction() as db:
            return there(db, identifier, version)

    def definition(self, identifier: str, version: str) -> JSON:
        """What GetGuardrail answers.

        Raises:
            ServiceError: ResourceNotFoundException.
        """
        with self.transaction() as db:
            return describe(find(db, identifier, version))
