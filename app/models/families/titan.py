r"""Amazon Titan Text, which Amazon Nova replaced.

    request   {"inputText": "User: ..\nBot:",
               "textGenerationConfig": {"maxTokenCount": 512, "temperature", "topP",
                                        "stopSequences": [".."]}}
    reply     {"inputTextTokenCount": 9,
               "results": [{"tokenCount": 4, "outputText": "..", "completionReason": "FINISH"}]}
    chunks    {"outputText": "..", "index": 0, "inputTextTokenCount": 9,
               "totalOutputTextTokenCount": 4, "completionReason": null until the last}

The page has FINISHED where the service says FINISH.

https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-text.html
"""

from app.models.content import ReplyStop
from app.models.families.family import (
    JSON,
    Family,
    Piece,
    count,
    drop_missing,
    text_deltas,
)
from app.models.families.transcript import transcript
from app.models.prompt import Prompt

STOPS: dict[str, ReplyStop] = {
    "FINISH": "end",
    "FINISHED": "end",
    "LENGTH": "length",
    "STOP_CRITERIA_MET": "stop_sequence",
    "CONTENT_FILTERED": "filtered",
}


def request(prompt: Prompt) -> JSON:
    return {
        "inputText": transcript(prompt, user="User", assistant="Bot"),
        "textGenerationConfig": drop_missing(
            maxTokenCount=prompt.max_tokens,
            temperature=prompt.temperature,
            topP=prompt.top_p,
            stopSequences=prompt.stop,
        ),
    }


def reply(body: JSON) -> Piece:
    result = body["results"][0]
    return Piece(
        deltas=text_deltas(result["outputText"]),
        stop=result["completionReason"],
        input_tokens=count(body.get("inputTextTokenCount")),
        output_tokens=count(result.get("tokenCount")),
        last=True,
    )


def chunk(body: JSON) -> Piece:
    stop = body.get("completionReason")
    return Piece(
        deltas=text_deltas(body["outputText"]),
        stop=stop,
        input_tokens=count(body.get("inputTextTokenCount")),
        output_tokens=count(body.get("totalOutputTextTokenCount")),
        last=stop is not None,
    )


TITAN = Family("titan", request, reply, chunk, STOPS)
