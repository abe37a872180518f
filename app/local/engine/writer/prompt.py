"""What a model is asked, and how it is to write."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, Literal

from app.local.engine.writer.content import Document, Image, ToolResult, ToolUse


@dataclass(frozen=True)
class Turn:
    """What one side said.

    Attributes:
        role: whose turn it is.
        text: its text, all blocks of it.
        tool_uses: the calls that the assistant asked for behind its text.
        tool_results: what the calls of the turn before answered; the user's text comes behind them.
        images: what is shown beside the text.
        documents: documents and search results beside the text.
    """

    role: Literal["user", "assistant"]
    text: str
    tool_uses: tuple[ToolUse, ...] = ()
    tool_results: tuple[ToolResult, ...] = ()
    images: tuple[Image, ...] = ()
    documents: tuple[Document, ...] = ()

    @property
    def all_images(self) -> tuple[Image, ...]:
        """Its images, and before them those of the results of tools."""
        shown = chain.from_iterable(result.images for result in self.tool_results)
        return (*shown, *self.images)


@dataclass(frozen=True)
class Tool:
    """A tool that the model may ask for.

    Attributes:
        input_schema: the JSON Schema of its parameters.
        strict: whether the parameters have to keep to the schema to the letter.
    """

    name: str
    description: str
    input_schema: dict[str, Any]
    strict: bool = False


@dataclass(frozen=True)
class ToolChoice:
    """Whether the model may ask for a tool ("auto"), must ("any"), must for `name` ("tool"), or may
    not ("none"). Without `parallel` it asks for one at most.
    """

    kind: Literal["auto", "any", "tool", "none"] = "auto"
    name: str = ""
    parallel: bool = True


@dataclass(frozen=True)
class Prompt:
    """A conversation that ends with what is asked now.

    Attributes:
        turns: oldest first.
        system: what the model is told about its task, apart from the conversation.
        documents: passages that stand apart from the text; they are cited apart from it, too.
        tools: what the model may ask for.
        tool_choice: whether it may or must.
        output_schema: the JSON Schema of the answer, which is JSON then; None where it is text.
    """

    turns: tuple[Turn, ...]
    system: str = ""
    documents: tuple[Document, ...] = ()
    tools: tuple[Tool, ...] = ()
    tool_choice: ToolChoice = ToolChoice()
    output_schema: dict[str, Any] | None = None

    @property
    def prefill(self) -> str:
        """How the answer begins already: what an assistant says who speaks last."""
        last = self.turns[-1]
        return last.text if last.role == "assistant" else ""

    def unbegun(self) -> "Prompt":
        """The same without the beginning of the answer."""
        return replace(self, turns=self.turns[:-1]) if self.prefill else self

    @property
    def all_documents(self) -> tuple[Document, ...]:
        """Its documents, and those of its turns, in order."""
        return (*self.documents, *(one for turn in self.turns for one in turn.documents))

    @property
    def texts(self) -> tuple[str, ...]:
        """All of its texts, as they are counted."""
        documents = (
            text for one in self.all_documents for text in (one.title, one.about, one.text)
        )
        tools = (
            text
            for tool in self.tools
            for text in (tool.name, tool.description, json.dumps(tool.input_schema))
        )
        output = [json.dumps(self.output_schema)] if self.output_schema is not None else []
        turns = chain.from_iterable(map(_texts, self.turns))
        return (self.system, *turns, *documents, *tools, *output)


def _texts(turn: Turn) -> Iterator[str]:
    yield turn.text
    for use in turn.tool_uses:
        yield from (use.name, use.input)
    for result in turn.tool_results:
        yield result.text


@dataclass(frozen=True)
class Thinking:
    """That a model is to reason before it answers.

    Attributes:
        kind: up to a budget, or as far as it finds it worth while.
        budget: the most tokens of its thoughts.
        signed: whether a signature proves that they are the model's.
        instead: what is shown in place of the thoughts; None where they are shown.
    """

    kind: Literal["enabled", "adaptive"]
    budget: int | None = None
    signed: bool = False
    instead: str | None = None


@dataclass(frozen=True)
class Sampling:
    """How an answer is drawn. What is None is left to the model.

    Attributes:
        temperature: 0 for the likeliest answer, more for variety. The stand-in's own is 0.
        top_p: draw among the likeliest that together have this probability.
        top_k: draw among this many likeliest.
        max_tokens: the longest answer, in tokens.
        stop: texts that end the answer, and are not part of it.
        effort: how long a model that reasons may do so: "low", "medium", "high", ...
        thinking: that it is to reason, and whether its thoughts are shown.
    """

    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    max_tokens: int = 4096
    stop: tuple[str, ...] = ()
    effort: str | None = None
    thinking: Thinking | None = None
