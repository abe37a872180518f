"""AI21 Labs: Jamba with chat completions, the older Jurassic-2 with one text.

    Jamba       OpenAI's shape, with `max_tokens`

    Jurassic-2
    request     {"prompt": "..", "maxTokens": 200, "temperature", "topP", "stopSequences"}
    reply       {"id": 1234, "prompt": {"text": "..", "tokens": [..]},
                 "completions": [{"data": {"text": "..", "tokens": [..]},
                                  "finishReason": {"reason": "endoftext"}}]}
    chunks      none: it does not stream

https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-jamba.html
https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-jurassic2.html
"""

from dataclasses import replace
from functools import partial
from typing import Annotated

from pydantic import Field

from app.local.bedrock_runtime.bodies import openai
from app.local.bedrock_runtime.bodies.conversation import speakers
from app.local.bedrock_runtime.bodies.family import (
    JSON,
    Family,
    Reply,
    Request,
)
from app.local.bedrock_runtime.bodies.openai_tools import Choice, FunctionTool, ResponseFormat
from app.local.bedrock_runtime.bodies.schema import (
    Body,
    CamelBody,
    Count,
    Stops,
    Unit,
    check,
    lacking,
)
from app.local.engine.writer.prompt import Prompt
from app.local.engine.writer.writing import Finish

Penalty = JSON | None


class Jamba(Body):
    messages: Annotated[list[openai.Message], Field(min_length=1)]
    max_tokens: Annotated[Count, Field(le=4096)] = 4096
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    top_p: Unit | None = None
    stop: Stops | None = None
    n: Annotated[int, Field(ge=1, le=16), lacking("writes one answer", 1)] = 1
    frequency_penalty: float | None = None
    presence_penalty: float | None = None
    tools: list[FunctionTool] | None = None
    tool_choice: Choice | None = None
    response_format: ResponseFormat | None = None


def read_jamba(body: JSON) -> Request:
    request = check(Jamba, body)
    return Request.of(
        openai.prompt(
            request.messages, request.tools, request.tool_choice, request.response_format
        ),
        max_tokens=request.max_tokens,
        temperature=request.temperature,
        top_p=request.top_p,
        stop=request.stop or (),
    )


class Jurassic(CamelBody):
    prompt: Annotated[str, Field(min_length=1)]
    max_tokens: Annotated[int, Field(ge=0, le=8191)] = 200
    temperature: Unit | None = None
    top_p: Unit | None = None
    stop_sequences: Stops | None = None
    num_results: Annotated[int, Field(ge=1, le=16), lacking("writes one answer", 1)] = 1
    count_penalty: Penalty = None
    presence_penalty: Penalty = None
    frequency_penalty: Penalty = None


def read(body: JSON) -> Request:
    request = check(Jurassic, body)
    system, turns = speakers(request.prompt, "User", "Assistant")
    return Request.of(
        Prompt(turns, system),
        max_tokens=request.max_tokens,
        temperature=request.temperature,
        top_p=request.top_p,
        stop=request.stop_sequences or (),
    )


def whole(reply: Reply) -> JSON:
    return {
        "id": int(reply.id, 36) % 10**9,
        "prompt": _tokens(reply, reply.body.get("prompt", "")),
        "completions": [
            {"data": _tokens(reply, reply.text), "finishReason": _reason(reply.finish)},
        ],
    }


def _tokens(reply: Reply, text: str) -> JSON:
    """A text and its tokens; there are no likelihoods to tell."""
    tokens = [
        {
            "generatedToken": {"token": text[start:end]},
            "topTokens": None,
            "textRange": {"start": start, "end": end},
        }
        for start, end in reply.spans(text)
    ]
    return {"text": text, "tokens": tokens}


def _reason(finish: Finish) -> JSON:
    match finish.reason:
        case "length":
            return {"reason": "length", "length": finish.output_tokens}
        case "stop":
            return {"reason": "stop", "sequence": finish.stop_sequence}
        case _:
            return {"reason": "endoftext"}


_PLAIN = openai.Shape()
JAMBA = replace(
    openai.OPENAI,
    read=read_jamba,
    whole=partial(openai.whole, shape=_PLAIN),
    event=partial(openai.event, shape=_PLAIN),
    more=frozenset(),
)
JURASSIC = Family(read, whole, lambda _: [], lambda *_: [], lambda _: [])
