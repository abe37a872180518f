"""Amazon Nova: messages-v1, whose messages and events are in Converse's shape.

    request   {"schemaVersion": "messages-v1", "system": [{"text": ".."}],
               "messages": [{"role": "user", "content": [{"text": ".."}]}],
               "inferenceConfig": {"maxTokens": 1024, "temperature", "topP", "topK",
                                   "stopSequences": [".."]},
               "toolConfig": {"tools": [{"toolSpec": {"name", "description", "inputSchema"}}],
                              "toolChoice": {"auto" or "any": {}, or "tool": {"name"}}}}
    reply, chunks    see `converse_shape`; the metadata is the last chunk

https://docs.aws.amazon.com/nova/latest/userguide/complete-request-schema.html
"""

from dataclasses import replace

from app.models.content import KINDS, Document, Image, Text
from app.models.families.converse_shape import (
    DOCUMENTS,
    STOPS,
    base64_text,
    event,
    messages,
    reply,
    tool_configuration,
)
from app.models.families.family import JSON, Family, Piece, drop_missing
from app.models.prompt import Prompt


def request(prompt: Prompt) -> JSON:
    """The body of a request.

    >>> from app.models.content import user
    >>> request(Prompt((user("Hello"),), max_tokens=10, top_k=5))["inferenceConfig"]
    {'maxTokens': 10, 'topK': 5}
    """
    return {
        "schemaVersion": "messages-v1",
        "messages": messages(prompt, base64_text),
        "inferenceConfig": drop_missing(
            maxTokens=prompt.max_tokens,
            temperature=prompt.temperature,
            topP=prompt.top_p,
            topK=prompt.top_k,
            stopSequences=prompt.stop,
        ),
        **drop_missing(
            system=[{"text": prompt.system}] if prompt.system else None,
            toolConfig=tool_configuration(prompt),
        ),
    }


def chunk(body: JSON) -> Piece:
    """One chunk: what comes before the counts have come may still be cut."""
    piece = event(body)
    return replace(piece, last=True) if "metadata" in body else piece


NOVA = Family(
    "nova",
    request,
    reply,
    chunk,
    STOPS,
    blocks=frozenset(KINDS),
    documents=DOCUMENTS,
    results=frozenset({Text, Image, Document}),
    choices=frozenset({"any", "tool"}),
)
