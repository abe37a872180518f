"""Prompts: templates with variables, the model that they are for, and their versions.

    prompts     created, shown, changed, deleted; DRAFT, and versions that never change
    variants    what a definition may say

CreatePrompt --> DRAFT --CreatePromptVersion--> 1, 2 .. --Converse, by the version's ARN--> a model

A prompt is run by bedrock-runtime, which fills in the variables.
"""

from pathlib import Path

from app.local.bedrock_agent.prompts.prompts import SCHEMA, get
from app.local.control import State
from app.local.wire import JSON

__all__ = ["Prompts"]


class Prompts(State):
    """All prompts of a home, in the folder `home/prompts`."""

    def __init__(self, home: Path) -> None:
        super().__init__(home / "prompts" / "state.sqlite", SCHEMA)

    def version(self, arn: str) -> JSON:
        """The version that an ARN names, DRAFT if it names none, as GetPrompt answers it.

        Raises:
            ServiceError: ResourceNotFoundException.
        """
        return self.read(get, {"promptIdentifier": arn})
