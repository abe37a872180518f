"""A stand-in with Prompt management and a scripted model over one home, and clients of it."""

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from uuid import uuid4

from app.local import bedrock_runtime
from app.local.bedrock import foundation_models, guardrail_handlers
from app.local.bedrock.guardrails import Guardrails
from app.local.bedrock.guardrails.judge import GuardrailJudge
from app.local.bedrock_agent import prompt_handlers
from app.local.bedrock_agent.prompts import Prompts
from app.local.wire import JSON, Call
from tests.local.bedrock_runtime.scripted import TODAY, Scripted
from tests.local.engines import engine_of
from tests.wire_server import serving

if TYPE_CHECKING:
    from mypy_boto3_bedrock_agent import AgentsforBedrockClient

NOVA = "amazon.nova-lite-v1:0"
PLAYLIST = "Make me a {{genre}} playlist of {{number}} songs."


class Library:
    """Prompts of one home, behind HTTP, and what runs them."""

    def __init__(self, home: Path) -> None:
        self._exits = ExitStack()
        self.home = home
        self.scripted = Scripted()

    def __enter__(self) -> Self:
        self.prompts = Prompts(self.home)
        self._exits.callback(self.prompts.close)
        guardrails = Guardrails(self.home)
        self._exits.callback(guardrails.close)
        engine = engine_of(writer=self.scripted)
        self.handlers = prompt_handlers.handlers(self.prompts)
        runtime = bedrock_runtime.handlers(
            engine,
            foundation_models,
            lambda: TODAY,
            judge=GuardrailJudge(guardrails, engine.guard),
            prompts=self.prompts,
        )
        self.server = self._exits.enter_context(
            serving(
                {
                    "bedrock": guardrail_handlers.handlers(guardrails),
                    "bedrock-agent": self.handlers,
                    "bedrock-runtime": runtime,
                }
            )
        )
        self.client: AgentsforBedrockClient = self.server.client("bedrock-agent")
        self.runtime: Any = self.server.client("bedrock-runtime")
        return self

    def __exit__(self, *error: object) -> None:
        self._exits.close()

    def call(self, operation: str, **params: Any) -> JSON:
        """An operation, without HTTP."""
        return self.handlers[operation](Call("bedrock-agent", operation, params, {}, "request"))

    def prompt(self, *variants: Any, **params: Any) -> str:
        """A prompt of its own for a test; its id."""
        return self.client.create_prompt(**definition(*variants, **params))["id"]

    def version(self, *variants: Any) -> str:
        """A version of a prompt of its own for a test; its ARN."""
        prompt = self.prompt(*variants)
        return self.client.create_prompt_version(promptIdentifier=prompt)["arn"]


def definition(*variants: Any, **params: Any) -> Any:
    """What CreatePrompt is given: without variants, one of text."""
    variants = variants or (text(),)
    first = variants[0]["name"]
    given = {"name": f"prompt-{uuid4()}", "variants": list(variants), "defaultVariant": first}
    return {name: value for name, value in (given | params).items() if value is not None}


def text(template: str = PLAYLIST, variables: Any = None, **members: Any) -> Any:
    """A variant whose template is a text."""
    configuration: Any = {"text": template}
    if variables is not None:
        configuration["inputVariables"] = [{"name": name} for name in variables]
    return _variant("TEXT", {"text": configuration}, members)


def chat(*messages: Any, template: Any = None, **members: Any) -> Any:
    """A variant whose template is a chat: messages by turns, the user's first.

    Args:
        template: further members of the template, such as `system`.
    """
    roles = ("user", "assistant")
    turns = [
        {"role": roles[number % 2], "content": [{"text": one}] if isinstance(one, str) else one}
        for number, one in enumerate(messages)
    ]
    return _variant("CHAT", {"chat": {"messages": turns, **(template or {})}}, members)


def _variant(kind: str, configuration: Any, members: Any) -> Any:
    given = {
        "name": "default",
        "templateType": kind,
        "templateConfiguration": configuration,
        "modelId": NOVA,
        **members,
    }
    return {name: value for name, value in given.items() if value is not None}
