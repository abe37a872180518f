"""Meta Llama: one text in Llama's own chat template.

    request   {"prompt": "..", "max_gen_len": 512, "temperature", "top_p"}
    reply     {"generation": "..", "prompt_token_count": 9, "generation_token_count": 4,
               "stop_reason": "stop"}
    chunks    the same members; prompt_token_count in the first, stop_reason in the last

There are no stop sequences and there is no top_k.

https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-meta.html
https://www.llama.com/docs/model-cards-and-prompt-formats/llama4/
"""

from dataclasses import dataclass
from functools import partial

from app.models.content import ReplyStop
from app.models.families.family import (
    JSON,
    Family,
    Piece,
    count,
    drop_missing,
    plain,
    text_deltas,
)
from app.models.prompt import Prompt

STOPS: dict[str, ReplyStop] = {"stop": "end", "length": "length"}


@dataclass(frozen=True, slots=True)
class Template:
    """The special tokens around a message: `{start}user{end}`, a blank line, text, `{eot}`."""

    start: str
    end: str
    eot: str

    def render(self, prompt: Prompt) -> str:
        """The prompt, up to where the assistant's message begins.

        >>> from app.models.content import assistant, user
        >>> print(Template("<", ">", "!").render(Prompt((user("Hi"),), system="Be brief.")))
        <|begin_of_text|><system>
        <BLANKLINE>
        Be brief.!<user>
        <BLANKLINE>
        Hi!<assistant>
        <BLANKLINE>
        <BLANKLINE>
        """
        system = [self._message("system", prompt.system)] if prompt.system else []
        messages = [self._message(message.role, plain(message)) for message in prompt.alternating()]
        return "".join(["<|begin_of_text|>", *system, *messages, self._header("assistant")])

    def _message(self, role: str, text: str) -> str:
        return f"{self._header(role)}{neutral(text)}{self.eot}"

    def _header(self, role: str) -> str:
        return f"{self.start}{role}{self.end}\n\n"


LLAMA3_TEMPLATE = Template("<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>")
LLAMA4_TEMPLATE = Template("<|header_start|>", "<|header_end|>", "<|eot|>")


def neutral(text: str) -> str:
    """The text with no special token in it: all of Llama's begin with `<|`.

    >>> neutral("<|eot_id|>")
    '< |eot_id|>'
    """
    return text.replace("<|", "< |")


def request(prompt: Prompt, template: Template) -> JSON:
    return {
        "prompt": template.render(prompt),
        "max_gen_len": prompt.max_tokens,
        **drop_missing(temperature=prompt.temperature, top_p=prompt.top_p),
    }


def read(body: JSON) -> Piece:
    stop = body.get("stop_reason")
    return Piece(
        deltas=text_deltas(body["generation"]),
        stop=stop,
        input_tokens=count(body.get("prompt_token_count")),
        output_tokens=count(body.get("generation_token_count")),
        last=stop is not None,
    )


LLAMA3 = Family("llama3", partial(request, template=LLAMA3_TEMPLATE), read, read, STOPS)
LLAMA4 = Family("llama4", partial(request, template=LLAMA4_TEMPLATE), read, read, STOPS)
