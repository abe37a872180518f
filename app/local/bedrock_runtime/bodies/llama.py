"""Meta Llama: one text in Llama's own chat template.

    request   {"prompt": "<|begin_of_text|><|start_header_id|>user<|end_header_id|> ..",
               "max_gen_len": 512, "temperature", "top_p"}
    reply     {"generation": "..", "prompt_token_count": 9, "generation_token_count": 4,
               "stop_reason": "stop"}
    chunks    the same members; prompt_token_count in the first, stop_reason in the last

https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-meta.html
"""

from typing import Annotated

from pydantic import Field

from app.local.bedrock_runtime.bodies.family import (
    JSON,
    Family,
    Opening,
    Reply,
    Request,
    text_events,
)
from app.local.bedrock_runtime.bodies.schema import (
    Body,
    Count,
    Unit,
    check,
    lacking,
)
from app.local.bedrock_runtime.bodies.templates import headers

_STOPS = {"end": "stop", "length": "length", "stop": "stop", "tool_use": "stop"}


class Llama(Body):
    prompt: Annotated[str, Field(min_length=1)]
    max_gen_len: Annotated[Count, Field(le=8192)] = 512
    temperature: Unit | None = None
    top_p: Unit | None = None
    images: Annotated[list[str] | None, lacking("sees no images in this body", [])] = None


def read(body: JSON) -> Request:
    request = check(Llama, body)
    return Request.of(
        headers(request.prompt),
        max_tokens=request.max_gen_len,
        temperature=request.temperature,
        top_p=request.top_p,
    )


def whole(reply: Reply) -> JSON:
    finish = reply.finish
    return _chunk(reply.text, finish.input_tokens, finish.output_tokens, _STOPS[finish.reason])


def opening(start: Opening) -> list[JSON]:
    return [_chunk("", start.input_tokens, 0, None)]


def piece(_: Opening, text: str, written: int) -> list[JSON]:
    return [_chunk(text, None, written, None)]


def closing(reply: Reply) -> list[JSON]:
    return [_chunk("", None, reply.finish.output_tokens, _STOPS[reply.finish.reason])]


def _chunk(text: str, read: int | None, written: int, stop: str | None) -> JSON:
    return {
        "generation": text,
        "prompt_token_count": read,
        "generation_token_count": written,
        "stop_reason": stop,
    }


LLAMA = Family(read, whole, opening, text_events(piece), closing)
