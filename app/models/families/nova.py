"""Amazon Nova: messages-v1.

    request   {"schemaVersion": "messages-v1", "system": [{"text": ".."}],
               "messages": [{"role": "user", "content": [{"text": ".."}]}],
               "inferenceConfig": {"maxTokens": 1024, "temperature", "topP", "topK",
                                   "stopSequences": [".."]}}
    reply     {"output": {"message": {"role": "assistant", "content": [{"text": ".."}]}},
               "stopReason": "end_turn", "usage": {"inputTokens": 9, "outputTokens": 4}}
    chunks    {"messageStart": {"role": "assistant"}}
              {"contentBlockDelta": {"delta": {"text": ".."}, "contentBlockIndex": 0}}
              {"contentBlockStop": {"contentBlockIndex": 0}}
              {"messageStop": {"stopReason": "end_turn"}}
              {"metadata": {"usage": {"inputTokens": 9, "outputTokens": 4}}}, the last

https://docs.aws.amazon.com/nova/latest/userguide/complete-request-schema.html
"""

from app.events import StopReason
from app.models.families.family import (
    JSON,
    Family,
    Piece,
    count,
    given,
    string,
)
from app.models.prompt import Prompt

STOPS: dict[str, StopReason] = {
    "end_turn": "end",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "stop_sequence": "stop_sequence",
    "content_filtered": "filtered",
}


def request(prompt: Prompt) -> JSON:
    """The body of a request.

    >>> from app.models.prompt import Turn
    >>> request(Prompt((Turn("user", "Hello"),), max_tokens=10, top_k=5))["inferenceConfig"]
    {'maxTokens': 10, 'topK': 5}
    """
    return {
        "schemaVersion": "messages-v1",
        "messages": [
            {"role": turn.role, "content": [{"text": turn.text}]} for turn in prompt.alternating()
        ],
        "inferenceConfig": given(
            maxTokens=prompt.max_tokens,
            temperature=prompt.temperature,
            topP=prompt.top_p,
            topK=prompt.top_k,
            stopSequences=prompt.stop,
        ),
        **given(system=[{"text": prompt.system}] if prompt.system else None),
    }


def reply(body: JSON) -> Piece:
    blocks = body["output"]["message"]["content"]
    return Piece(
        text="".join(string(block.get("text")) for block in blocks),
        stop=body["stopReason"],
        input_tokens=count(body.get("usage", {}).get("inputTokens")),
        output_tokens=count(body.get("usage", {}).get("outputTokens")),
        last=True,
    )


def chunk(body: JSON) -> Piece:
    match body:
        case {"contentBlockDelta": {"delta": delta}}:
            return Piece(text=string(delta.get("text")))
        case {"messageStop": {"stopReason": stop}}:
            return Piece(stop=stop)
        case {"metadata": {"usage": usage}}:
            return Piece(
                input_tokens=count(usage["inputTokens"]),
                output_tokens=count(usage["outputTokens"]),
                last=True,
            )
        case _:
            return Piece()


NOVA = Family("nova", request, reply, chunk, STOPS)
