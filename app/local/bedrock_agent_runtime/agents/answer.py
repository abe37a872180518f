"""The answer of an agent, with the citations of what it quotes from Knowledge Bases."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from app.local.bedrock_agent_runtime.citations import citation
from app.local.engine.writer import Text
from app.local.wire import JSON


@dataclass(frozen=True, slots=True)
class AgentAnswer:
    """A text, and `citations` of its parts; spans count its characters."""

    text: str
    citations: tuple[JSON, ...] = ()

    def rewritten(self, text: str) -> "AgentAnswer":
        """The answer in other words, with the citations of those parts that still stand in it."""
        return AgentAnswer(text, tuple(_standing(text, self.citations)))


def read_answer(content: Sequence[Any], references: Sequence[JSON]) -> AgentAnswer:
    """The text of a reply.

    Args:
        content: its blocks.
        references: the passages that its quotes count.
    """
    text, citations = "", []
    for block in content:
        if not isinstance(block, Text):
            continue
        sources = list(dict.fromkeys(quote.source for quote in block.quotes))
        if sources and block.text:
            passages = [references[source] for source in sources if source < len(references)]
            citations.append(citation(block.text, len(text), passages))
        text += block.text
    return AgentAnswer(text, tuple(citations))


def _standing(text: str, citations: Iterable[JSON]) -> Iterator[JSON]:
    """The citations whose parts stand in a text, one behind the other, with their places there."""
    place = 0
    for each in citations:
        words = each["generatedResponsePart"]["textResponsePart"]["text"]
        start = text.find(words, place)
        if start >= 0 and words:
            place = start + len(words)
            yield citation(words, start, each["retrievedReferences"])
