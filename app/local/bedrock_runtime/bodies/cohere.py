"""Cohere: Command R with a conversation and documents, the older Command with one text.

    Command R
    request   {"message": "..", "chat_history": [{"role": "USER", "message": ".."}],
               "preamble": "..", "documents": [{"title": "..", "snippet": ".."}],
               "tools", "tool_results" (see `cohere_tools`),
               "max_tokens", "temperature", "p", "k", "stop_sequences"}
    reply     {"response_id", "generation_id", "text", "citations": [{"start": 0, "end": 9,
               "text": "..", "document_ids": ["doc_0"]}], "finish_reason": "COMPLETE",
               "tool_calls": [{"name", "parameters"}]}
    chunks    by event_type: stream-start, text-generation .., citation-generation ..,
              tool-calls-generation, stream-end with the whole reply

    Command
    request   {"prompt": "..", "max_tokens", "temperature", "p", "k", "stop_sequences", "stream"}
    reply     {"id", "prompt", "generations": [{"id", "text", "finish_reason": "COMPLETE"}]}
    chunks    with "stream": {"text": "..", "is_finished": false} .., {"is_finished": true,
              "finish_reason"}; without, one chunk: the whole reply

https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-cohere-command-r-plus.html
https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-cohere-command.html
"""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field

from app.local.bedrock_runtime.bodies.cohere_tools import (
    Call,
    Result,
    ToolDefinition,
    read_calls,
    read_results,
    read_tools,
    tool_calls,
    turns_of,
)
from app.local.bedrock_runtime.bodies.conversation import conversation, speakers
from app.local.bedrock_runtime.bodies.family import (
    JSON,
    Family,
    InvalidBody,
    Opening,
    Reply,
    Request,
    text_events,
)
from app.local.bedrock_runtime.bodies.schema import (
    Body,
    Count,
    Stops,
    TopK,
    Unit,
    check,
    lacking,
)
from app.local.engine.writer.content import Document
from app.local.engine.writer.prompt import Prompt, Turn

_STOPS = {
    "end": "COMPLETE",
    "length": "MAX_TOKENS",
    "stop": "STOP_SEQUENCE",
    "tool_use": "COMPLETE",
}
_ROLES = {"user": "USER", "assistant": "CHATBOT"}

P = Annotated[float, Field(ge=0.01, le=0.99)]


class HistoryMessage(Body):
    role: Literal["USER", "CHATBOT", "SYSTEM", "TOOL"]
    message: str = ""
    tool_calls: list[Call] | None = None
    tool_results: list[Result] | None = None


class CommandR(Body):
    message: str
    chat_history: list[HistoryMessage] | None = None
    preamble: str = ""
    documents: list[dict[str, str]] | None = None
    max_tokens: Count | None = None
    temperature: Unit | None = None
    p: P | None = None
    k: TopK | None = None
    stop_sequences: Stops | None = None
    prompt_truncation: Literal["OFF", "AUTO_PRESERVE_ORDER"] = "OFF"
    frequency_penalty: Unit | None = None
    presence_penalty: Unit | None = None
    seed: int | None = None
    return_prompt: Annotated[bool, lacking("returns no prompt", False)] = False
    search_queries_only: Annotated[bool, lacking("writes no search queries", False)] = False
    raw_prompting: Annotated[bool, lacking("reads the message as it is", False)] = False
    tools: list[ToolDefinition] | None = None
    tool_results: list[Result] | None = None
    force_single_step: bool | None = None


def read_command_r(body: JSON) -> Request:
    request = check(CommandR, body)
    history = request.chat_history or []
    system = [one.message for one in history if one.role == "SYSTEM"]
    before: list[Turn] = []
    for place, one in enumerate(history):
        if one.role != "SYSTEM":
            before.append(_turn(one, place, before))
    tools = read_tools(request.tools)
    if request.tool_results and not tools:
        raise InvalidBody("tool_results: tools must be specified with the results of tools.")
    return Request.of(
        Prompt(
            conversation(turns_of(before, request.message, request.tool_results)),
            "\n\n".join(filter(None, [request.preamble, *system])),
            tuple(_document(place, one) for place, one in enumerate(request.documents or [])),
            tools,
        ),
        max_tokens=request.max_tokens,
        temperature=request.temperature,
        top_p=request.p,
        top_k=request.k,
        stop=request.stop_sequences or (),
    )


def _turn(one: HistoryMessage, place: int, before: Sequence[Turn]) -> Turn:
    if one.role == "CHATBOT":
        return Turn("assistant", one.message, read_calls(one.tool_calls, place))
    uses = before[-1].tool_uses if before else ()
    results = read_results(one.tool_results or [], uses, f"chat_history.{place}.tool_results")
    return Turn("user", one.message, (), results)


def _document(place: int, fields: dict[str, str]) -> Document:
    text = "\n".join(text for name, text in fields.items() if name not in ("id", "title", "url"))
    return Document(fields.get("id", f"doc_{place}"), text, fields.get("title", ""))


def whole_command_r(reply: Reply) -> JSON:
    question = {"role": "USER", "message": reply.body.get("message", "")}
    calls = _calls(reply)
    citations = _citations(reply)
    cited = {name for one in citations for name in one["document_ids"]}
    documents = ({"id": f"doc_{place}"} | fields for place, fields in enumerate(_documents(reply)))
    return {
        "response_id": f"{reply.id}/response",
        "text": reply.text,
        "generation_id": reply.id,
        "chat_history": [
            *(reply.body.get("chat_history") or []),
            *([question] if question["message"] else []),
            {"role": _ROLES["assistant"], "message": reply.text, **calls},
        ],
        "finish_reason": _STOPS[reply.finish.reason],
        **calls,
    } | (
        {"citations": citations, "documents": [one for one in documents if one["id"] in cited]}
        if citations
        else {}
    )


def _calls(reply: Reply) -> JSON:
    calls = tool_calls(reply.content)
    return {"tool_calls": calls} if calls else {}


def opening_command_r(start: Opening) -> list[JSON]:
    return [{"event_type": "stream-start", "is_finished": False, "generation_id": start.id}]


def piece_command_r(_: Opening, text: str, __: int) -> list[JSON]:
    return [{"event_type": "text-generation", "is_finished": False, "text": text}]


def closing_command_r(reply: Reply) -> list[JSON]:
    chunks: list[JSON] = [
        {"event_type": "citation-generation", "is_finished": False, "citations": [one]}
        for one in _citations(reply)
    ]
    if calls := _calls(reply):
        chunks.append({"event_type": "tool-calls-generation", "is_finished": False, **calls})
    end = {
        "event_type": "stream-end",
        "is_finished": True,
        "finish_reason": _STOPS[reply.finish.reason],
        "response": whole_command_r(reply),
    }
    return [*chunks, end]


def _documents(reply: Reply) -> list[JSON]:
    return reply.body.get("documents") or []


def _citations(reply: Reply) -> list[JSON]:
    """Those of its documents; an answer that was cut off has only the citations of what is left."""
    known = {one.get("id", f"doc_{i}") for i, one in enumerate(_documents(reply))}
    return [
        {
            "start": one.start,
            "end": min(one.end, len(reply.text)),
            "text": reply.text[one.start : one.end],
            "document_ids": list(one.documents),
        }
        for one in reply.citations
        if one.start < len(reply.text) and known.issuperset(one.documents)
    ]


class Command(Body):
    prompt: Annotated[str, Field(min_length=1)]
    max_tokens: Annotated[Count, Field(le=4096)] | None = None
    temperature: Annotated[float, Field(ge=0, le=5)] | None = None
    p: P | None = None
    k: TopK | None = None
    stop_sequences: Stops | None = None
    stream: bool = False
    num_generations: Annotated[int, Field(ge=1, le=5), lacking("writes one answer", 1)] = 1
    return_likelihoods: Annotated[
        Literal["NONE", "GENERATION", "ALL"], lacking("tells no likelihoods", "NONE")
    ] = "NONE"
    truncate: Literal["NONE", "START", "END"] = "END"
    logit_bias: Annotated[JSON | None, lacking("favours no tokens", {})] = None


def read_command(body: JSON) -> Request:
    request = check(Command, body)
    system, turns = speakers(request.prompt, "User", "Chatbot")
    return Request.of(
        Prompt(turns, system),
        max_tokens=request.max_tokens,
        temperature=request.temperature,
        top_p=request.p,
        top_k=request.k,
        stop=request.stop_sequences or (),
    )


def whole_command(reply: Reply) -> JSON:
    reason = _STOPS[reply.finish.reason]
    return {
        "id": reply.id,
        "prompt": reply.body.get("prompt", ""),
        "generations": [{"id": f"{reply.id}-0", "text": reply.text, "finish_reason": reason}],
    }


def piece_command(start: Opening, text: str, _: int) -> list[JSON]:
    return [{"text": text, "is_finished": False}] if start.body.get("stream") else []


def closing_command(reply: Reply) -> list[JSON]:
    if reply.body.get("stream"):
        return [{"is_finished": True, "finish_reason": _STOPS[reply.finish.reason]}]
    return [whole_command(reply)]


COMMAND_R = Family(
    read_command_r,
    whole_command_r,
    opening_command_r,
    text_events(piece_command_r),
    closing_command_r,
    top_k=("k",),
    inert=frozenset({"seed", "frequency_penalty", "presence_penalty", "prompt_truncation"}),
    lacks=frozenset({"documents", "preamble", "search_queries_only", "return_prompt"}),
)
COMMAND = Family(
    read_command,
    whole_command,
    lambda _: [],
    text_events(piece_command),
    closing_command,
    top_k=("k",),
)
