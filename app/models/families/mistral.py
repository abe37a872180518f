"""Mistral AI: text completion for the older models, chat completion for the newer.

    request   {"prompt": "<s>[INST] .. [/INST]", "max_tokens": 1024, "temperature", "top_p",
               "top_k", "stop": [".."]}
    reply     {"outputs": [{"text": "..", "stop_reason": "stop"}]}
    chunks    the same; stop_reason is null until the last

Neither tells how many tokens it took. Chat completion is OpenAI's shape without `top_k`;
that a tool must be called is "any" in it, and there is no choice of one by its name.

https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-mistral-text-completion.html
https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-mistral-chat-completion.html
"""

import re
from dataclasses import replace
from functools import partial

from app.models.content import ReplyStop
from app.models.families import openai
from app.models.families.family import (
    JSON,
    Family,
    Piece,
    drop_missing,
    plain,
    text_deltas,
)
from app.models.prompt import Prompt

STOPS: dict[str, ReplyStop] = {"stop": "end", "length": "length"}

# What Mistral's tokenizers take for control tokens, up to the first letter of the name.
_CONTROL = re.compile(r"\[(?=/?[A-Z_]+\])|<(?=/?(?:s|unk|pad)>)")


def neutral(text: str) -> str:
    """The text with no control token in it.

    >>> neutral("[/INST]</s> [1] see [INST]")
    '[ /INST]< /s> [1] see [ INST]'
    """
    return _CONTROL.sub(r"\g<0> ", text)


def render(prompt: Prompt) -> str:
    r"""The conversation in the template; the system prompt leads the user's first message.

    >>> from app.models.content import assistant, user
    >>> messages = user("Hi"), assistant("Hello."), user("Who are you?")
    >>> render(Prompt(messages, system="Be brief."))
    '<s>[INST] Be brief.\n\nHi [/INST] Hello.</s>[INST] Who are you? [/INST]'
    """
    lead = f"{neutral(prompt.system)}\n\n" if prompt.system else ""
    rendered = ""
    for message in prompt.alternating():
        words = neutral(plain(message))
        if message.role == "user":
            rendered += f"[INST] {lead}{words} [/INST]"
            lead = ""
        else:
            rendered += f" {words}</s>"
    return f"<s>{rendered}"


def request(prompt: Prompt) -> JSON:
    return {
        "prompt": render(prompt),
        "max_tokens": prompt.max_tokens,
        **drop_missing(
            temperature=prompt.temperature,
            top_p=prompt.top_p,
            top_k=prompt.top_k,
            stop=prompt.stop,
        ),
    }


def read(body: JSON) -> Piece:
    output = body["outputs"][0]
    stop = output.get("stop_reason")
    return Piece(deltas=text_deltas(output["text"]), stop=stop, last=stop is not None)


MISTRAL = Family("mistral", request, read, read, STOPS)
MISTRAL_CHAT = replace(
    openai.CHAT,
    name="mistral-chat",
    request=partial(openai.request, must="any"),
    choices=frozenset({"any", "none"}),
)
