"""A prompt as a request of chat completions, the dialect of Ollama, llama.cpp and vLLM."""

from base64 import b64encode
from collections.abc import Iterator
from typing import Any

from app.local.engine.writer.content import Document, Image
from app.local.engine.writer.prompt import Prompt, Sampling, Tool, Turn

JSON = dict[str, Any]

_EFFORTS = (("low", 2048), ("medium", 8192))  # the most tokens of thought of each


def chat_completion(prompt: Prompt, sampling: Sampling) -> JSON:
    """The body of a request, but for the model's name."""
    parameters = {
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "top_k": sampling.top_k,
        "stop": list(sampling.stop) or None,
        "reasoning_effort": sampling.effort or _effort(sampling),
    }
    return {
        "messages": list(_messages(prompt)),
        **_tools(prompt),
        **_response_format(prompt.output_schema),
        "max_tokens": sampling.max_tokens,
        "stream": True,
        "stream_options": {"include_usage": True},
        **{name: value for name, value in parameters.items() if value is not None},
    }


def _effort(sampling: Sampling) -> str | None:
    """The effort that a budget of tokens amounts to."""
    if sampling.thinking is None or sampling.thinking.budget is None:
        return None
    return next((name for name, most in _EFFORTS if sampling.thinking.budget <= most), "high")


def _messages(prompt: Prompt) -> Iterator[JSON]:
    """The conversation as chat completions have it: a tool's result is a message of its own."""
    documents = map(_document, prompt.documents)
    if system := "\n\n".join(filter(None, [prompt.system, *documents])):
        yield {"role": "system", "content": system}
    for turn in prompt.turns:
        for result in turn.tool_results:
            text = "\n\n".join(filter(None, (result.text, *map(_document, result.documents))))
            text = f"The tool failed: {text}" if result.failed else text
            yield {"role": "tool", "tool_call_id": result.id, "content": text}
        if turn.text or turn.all_images or turn.documents or not turn.tool_results:
            yield {"role": turn.role, "content": _content(turn), **_calls(turn)}


def _content(turn: Turn) -> str | list[JSON]:
    """A text, or with images a list. An image of a tool's result has its place here only."""
    images = [
        {"type": "image_url", "image_url": {"url": _data_url(image)}} for image in turn.all_images
    ]
    text = "\n\n".join(filter(None, [*map(_document, turn.documents), turn.text]))
    texts = [{"type": "text", "text": text}] if text else []
    return [*images, *texts] if images else text


def _document(document: Document) -> str:
    return "\n".join(
        filter(
            None,
            ["<document>", document.title, document.about, document.text, "</document>"],
        )
    )


def _data_url(image: Image) -> str:
    return f"data:image/{image.format};base64,{b64encode(image.data).decode()}"


def _calls(turn: Turn) -> JSON:
    calls = [
        {"id": use.id, "type": "function", "function": {"name": use.name, "arguments": use.input}}
        for use in turn.tool_uses
    ]
    return {"tool_calls": calls} if calls else {}


def _tools(prompt: Prompt) -> JSON:
    """The members of a request that say which tools there are, and whether one must be used."""
    if not prompt.tools:
        return {}
    choice: Any = {
        "auto": "auto",
        "any": "required",
        "none": "none",
        "tool": {"type": "function", "function": {"name": prompt.tool_choice.name}},
    }[prompt.tool_choice.kind]
    return {
        "tools": [{"type": "function", "function": _function(tool)} for tool in prompt.tools],
        "tool_choice": choice,
        **({} if prompt.tool_choice.parallel else {"parallel_tool_calls": False}),
    }


def _function(tool: Tool) -> JSON:
    strict = {"strict": True} if tool.strict else {}
    named = {"name": tool.name, "description": tool.description}
    return {**named, "parameters": tool.input_schema, **strict}


def _response_format(schema: JSON | None) -> JSON:
    """The member of a request that holds the answer to a schema. One of any object is a mode."""
    if schema is None:
        return {}
    if schema == {"type": "object"}:
        return {"response_format": {"type": "json_object"}}
    form = {"name": "answer", "schema": schema, "strict": True}
    return {"response_format": {"type": "json_schema", "json_schema": form}}
