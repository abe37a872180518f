"""AI21 Labs: Jamba with chat completions, the older Jurassic-2 with one text.

    Jamba       OpenAI's shape, with `max_tokens`

    Jurassic-2
    request     {"prompt": "..", "maxTokens": 200, "temperature", "topP", "stopSequences": [".."]}
    reply       {"prompt": {"text": "..", "tokens": [..]},
                 "completions": [{"data": {"text": "..", "tokens": [..]},
                                  "finishReason": {"reason": "endoftext"}}]}
    chunks      none: it does not stream

https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-jamba.html
https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-jurassic2.html
"""

from dataclasses import replace

from app.models.content import ReplyStop
from app.models.families import openai
from app.models.families.family import (
    JSON,
    Family,
    Piece,
    drop_missing,
    text_deltas,
)
from app.models.families.transcript import transcript
from app.models.prompt import Prompt

STOPS: dict[str, ReplyStop] = {
    "endoftext": "end",
    "length": "length",
    "stop": "stop_sequence",
}


def request(prompt: Prompt) -> JSON:
    return {
        "prompt": transcript(prompt, user="User", assistant="Assistant"),
        "maxTokens": prompt.max_tokens,
        **drop_missing(
            temperature=prompt.temperature, topP=prompt.top_p, stopSequences=prompt.stop
        ),
    }


def reply(body: JSON) -> Piece:
    completion = body["completions"][0]
    return Piece(
        deltas=text_deltas(completion["data"]["text"]),
        stop=completion["finishReason"]["reason"],
        input_tokens=_tokens(body["prompt"]),
        output_tokens=_tokens(completion["data"]),
        last=True,
    )


def _tokens(text: JSON) -> int | None:
    """Jurassic-2 sends its tokens, and not how many they are."""
    return len(text["tokens"]) if "tokens" in text else None


JAMBA = replace(openai.CHAT, name="jamba", reasoning=(), choices=frozenset(), schemas=False)
JURASSIC = Family("jurassic-2", request, reply, reply, STOPS)
