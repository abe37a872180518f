"""Input tags: what a guardrail over InvokeModel takes the parts of a prompt for.

    <amazon-bedrock-guardrails-groundingSource_xyz>Quartz is hard.</amazon-bedrock-guardrails-..>

Texts with a qualifier are tagged; Converse has blocks of its own for them. A tag of another suffix
is text, so a document that holds a tag cannot close one: the suffix is drawn for each request.

https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-tagging.html
"""

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import groupby

from app.models.content import Block, Message, Qualifier, Text
from app.models.prompt import Prompt

TAGS: Mapping[Qualifier, str] = {
    "guard_content": "guardContent",
    "grounding_source": "groundingSource",
    "query": "query",
}
SUFFIX_BYTES = 10
"""Of randomness, in 20 hexadecimal digits: as many as a suffix may have."""


def new_suffix() -> str:
    """A suffix for one request, which nobody can guess."""
    return secrets.token_hex(SUFFIX_BYTES)


def tagged(prompt: Prompt, suffix: str) -> Prompt:
    """The prompt with each text that has a qualifier tagged, and joined with the texts beside it.
    Without a suffix there are no tags.
    """
    return replace(prompt, messages=tuple(_tagged(each, suffix) for each in prompt.messages))


def tag(text: Text, suffix: str) -> str:
    """A text in its tags.

    >>> tag(Text("Why?", "query"), "a1")
    '<amazon-bedrock-guardrails-query_a1>Why?</amazon-bedrock-guardrails-query_a1>'
    """
    if not suffix or text.qualifier is None:
        return text.text
    name = f"amazon-bedrock-guardrails-{TAGS[text.qualifier]}_{suffix}"
    return f"<{name}>{text.text}</{name}>"


def _tagged(message: Message, suffix: str) -> Message:
    if not any(isinstance(block, Text) and block.qualifier for block in message.content):
        return message
    return replace(message, content=tuple(_joined(message.content, suffix)))


def _joined(content: tuple[Block, ...], suffix: str) -> Iterator[Block]:
    for is_text, blocks in groupby(content, lambda block: isinstance(block, Text)):
        if is_text:
            yield Text("".join(tag(each, suffix) for each in blocks if isinstance(each, Text)))
        else:
            yield from blocks
