r"""Amazon Titan Text: one text, which may have speakers, `User:` and `Bot:`.

    request   {"inputText": "User: ..\nBot:",
               "textGenerationConfig": {"maxTokenCount", "temperature", "topP", "stopSequences"}}
    reply     {"inputTextTokenCount": 9,
               "results": [{"tokenCount": 4, "outputText": "..", "completionReason": "FINISH"}]}
    chunks    {"outputText", "index": 0, "inputTextTokenCount", "totalOutputTextTokenCount",
               "completionReason"}, the last two null until the last

https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-text.html
"""

from typing import Annotated

from pydantic import Field

from app.local.bedrock_runtime.bodies.conversation import speakers
from app.local.bedrock_runtime.bodies.family import (
    JSON,
    Family,
    Opening,
    Reply,
    Request,
    text_events,
)
from app.local.bedrock_runtime.bodies.schema import (
    CamelBody,
    Count,
    Stops,
    Unit,
    check,
)
from app.local.engine.writer.prompt import Prompt

_STOPS = {"end": "FINISH", "length": "LENGTH", "stop": "STOP_CRITERIA_MET"}


class TextGenerationConfig(CamelBody):
    max_token_count: Annotated[Count, Field(le=8192)] = 512
    temperature: Unit | None = None
    top_p: Unit | None = None
    stop_sequences: Stops | None = None


class TitanText(CamelBody):
    input_text: Annotated[str, Field(min_length=1)]
    text_generation_config: TextGenerationConfig = TextGenerationConfig()


def read(body: JSON) -> Request:
    request = check(TitanText, body)
    system, turns = speakers(request.input_text, "User", "Bot")
    config = request.text_generation_config
    return Request.of(
        Prompt(turns, system),
        max_tokens=config.max_token_count,
        temperature=config.temperature,
        top_p=config.top_p,
        stop=config.stop_sequences or (),
    )


def whole(reply: Reply) -> JSON:
    result = {
        "tokenCount": reply.finish.output_tokens,
        "outputText": reply.text,
        "completionReason": _STOPS[reply.finish.reason],
    }
    return {"inputTextTokenCount": reply.finish.input_tokens, "results": [result]}


def piece(start: Opening, text: str, _: int) -> list[JSON]:
    return [_chunk(text, start.input_tokens, None, None)]


def closing(reply: Reply) -> list[JSON]:
    finish = reply.finish
    return [_chunk("", finish.input_tokens, finish.output_tokens, _STOPS[finish.reason])]


def _chunk(text: str, read: int, written: int | None, reason: str | None) -> JSON:
    return {
        "outputText": text,
        "index": 0,
        "inputTextTokenCount": read,
        "totalOutputTextTokenCount": written,
        "completionReason": reason,
    }


TITAN = Family(read, whole, lambda _: [], text_events(piece), closing)
