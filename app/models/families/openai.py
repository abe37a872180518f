"""OpenAI-shaped models: chat completions. gpt-oss, and most open-weight models of others.

    request   {"messages": [{"role": "system", "content": ".."}, {"role": "user", ..}],
               "max_completion_tokens": 1024, "temperature", "top_p", "stop": [".."]}
    reply     {"choices": [{"message": {"content": ".."}, "finish_reason": "stop"}],
               "usage": {"prompt_tokens": 9, "completion_tokens": 4}}
    chunks    {"choices": [{"delta": {"content": ".."}, "finish_reason": null}]}
              {"choices": [{"delta": {}, "finish_reason": "stop"}]}, the last with choices
              {"choices": [], "usage": {..}}, where it comes

Only OpenAI's own models are asked for `max_completion_tokens`; the others know `max_tokens`.
gpt-oss writes its reasoning in front of the answer, within <reasoning> tags.

https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-openai.html
"""

from functools import partial

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
    "stop": "end",
    "length": "length",
    "content_filter": "filtered",
}


def messages(prompt: Prompt) -> list[JSON]:
    """The conversation as chat completions have it, the system prompt first.

    >>> from app.models.prompt import Turn
    >>> messages(Prompt((Turn("user", "Hello"),), system="Be brief."))
    [{'role': 'system', 'content': 'Be brief.'}, {'role': 'user', 'content': 'Hello'}]
    """
    system = [{"role": "system", "content": prompt.system}] if prompt.system else []
    return system + [{"role": turn.role, "content": turn.text} for turn in prompt.alternating()]


def request(prompt: Prompt, limit: str = "max_tokens") -> JSON:
    return {
        "messages": messages(prompt),
        limit: prompt.max_tokens,
        **given(temperature=prompt.temperature, top_p=prompt.top_p, stop=prompt.stop),
    }


def reply(body: JSON) -> Piece:
    choice = body["choices"][0]
    return _piece(body, choice["message"]["content"], _stop(choice), last=True)


def chunk(body: JSON) -> Piece:
    if not body.get("choices"):
        return _piece(body, None, None, last=False)
    choice = body["choices"][0]
    stop = _stop(choice)
    return _piece(body, choice["delta"].get("content"), stop, last=stop is not None)


def _stop(choice: JSON) -> str | None:
    """Bedrock's page on Mistral calls it `stop_reason`."""
    stop: str | None = choice.get("finish_reason") or choice.get("stop_reason")
    return stop


def _piece(body: JSON, content: object, stop: str | None, *, last: bool) -> Piece:
    usage = body.get("usage") or {}
    return Piece(
        text=string(content),
        stop=stop,
        input_tokens=count(usage.get("prompt_tokens")),
        output_tokens=count(usage.get("completion_tokens")),
        last=last,
    )


CHAT = Family("chat completions", request, reply, chunk, STOPS, reasoning=("reasoning", "think"))
OPENAI = Family(
    "openai",
    partial(request, limit="max_completion_tokens"),
    reply,
    chunk,
    STOPS,
    reasoning=("reasoning",),
)
