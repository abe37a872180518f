"""The model of a turn. Each call is fitted to the model's limits, and metered."""

from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from app.meter import Account
from app.models import Completion, Delta, Model, Prompt, converse, invocation
from app.models.calls import GuardrailConfiguration
from app.models.estimate import most_tokens

if TYPE_CHECKING:
    from mypy_boto3_bedrock_runtime import BedrockRuntimeClient


@dataclass(frozen=True, slots=True)
class TurnModel:
    """A model for one turn, called for one principal.

    Attributes:
        max_tokens: the longest reply that the settings allow.
    """

    runtime: "BedrockRuntimeClient"
    model: Model
    account: Account
    max_tokens: int

    def rewrite(self, prompt: Prompt) -> Completion:
        """Call the model for a question that stands alone, and wait for the whole reply."""
        prompt = self._fit(prompt)
        with self.account.call(self.model.id, "rewrite", most_tokens(prompt)) as call:
            completion = invocation.invoke(self.runtime, self.model, prompt, observe=call.observe)
            call.observe(completion.usage)
        return completion

    def answer(
        self, prompt: Prompt, guardrail: GuardrailConfiguration | None = None
    ) -> Generator[Delta | Completion, None, None]:
        """Call the model for an answer, and yield it as it is written; its Completion comes last.

        Args:
            guardrail: one that the call carries, so that Bedrock judges the answer itself.

        Closing the generator closes the connection to the model.
        """
        prompt = self._fit(prompt)
        with self.account.call(self.model.id, "answer", most_tokens(prompt)) as call:
            stream = invocation.stream(
                self.runtime, self.model, prompt, guardrail=guardrail, observe=call.observe
            )
            del prompt  # it holds every passage, and a reply may last for minutes
            with closing(stream) as reply:
                for part in reply:
                    if isinstance(part, Completion):
                        call.observe(part.usage)
                    yield part

    def reply(self, prompt: Prompt) -> Generator[Delta | Completion, None, None]:
        """Call the model for its next reply, which may call tools (ConverseStream), and yield it as
        it is written; its Completion comes last.
        """
        prompt = self._fit(prompt)
        with self.account.call(self.model.id, "agent", most_tokens(prompt)) as call:
            stream = converse.stream(self.runtime, self.model, prompt, observe=call.observe)
            with closing(stream) as reply:
                for part in reply:
                    if isinstance(part, Completion):
                        call.observe(part.usage)
                    yield part

    def _fit(self, prompt: Prompt) -> Prompt:
        """The prompt without the parameters that the model does not take. They are Outcrop's
        own.
        """
        facts = self.model.facts
        longest = min(prompt.max_tokens, self.max_tokens)
        return replace(
            prompt,
            max_tokens=min(longest, facts.output or longest),
            temperature=prompt.temperature if "temperature" in facts.takes else None,
        )
