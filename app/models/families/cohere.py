"""Cohere: Command R with a conversation, the older Command with one text.

    Command R
    request   {"message": "..", "chat_history": [{"role": "USER", "message": ".."}],
               "preamble": "..", "max_tokens": 1024, "temperature", "p", "k",
               "stop_sequences": [".."]}
    reply     {"text": "..", "finish_reason": "COMPLETE",
               "meta": {"billed_units": {"input_tokens": 9, "output_tokens": 4}} at times}
    chunks    by event_type: stream-start, text-generation (text),
              stream-end (finish_reason, and the whole reply over again)

    Command
    request   {"prompt": "..", "max_tokens": 20, "temperature", "p", "k",
               "stop_sequences": [".."], "stream": true where the answer is streamed}
    reply     {"generations": [{"text": "..", "finish_reason": "COMPLETE"}]}
    chunks    {"text": "..", "is_finished": false}, at last {"is_finished": true, "finish_reason"}

https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-cohere-command-r-plus.html
https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-cohere-command.html
"""

from app.models.content import Delta, ReplyStop
from app.models.families.family import (
    JSON,
    Family,
    Piece,
    count,
    drop_missing,
    plain,
    string,
    text_deltas,
)
from app.models.families.transcript import transcript
from app.models.prompt import Prompt

STOPS: dict[str, ReplyStop] = {
    "COMPLETE": "end",
    "MAX_TOKENS": "length",
    "ERROR_LIMIT": "length",
    "STOP_SEQUENCE": "stop_sequence",
    "ERROR_TOXIC": "filtered",
}
_ROLES = {"user": "USER", "assistant": "CHATBOT"}


def command_r_request(prompt: Prompt) -> JSON:
    """The body of a request: the last message, and the others as its history.

    >>> from app.models.content import assistant, user
    >>> messages = user("Hi"), assistant("Hello."), user("Who are you?")
    >>> body = command_r_request(Prompt(messages))
    >>> body["message"], [earlier["role"] for earlier in body["chat_history"]]
    ('Who are you?', ['USER', 'CHATBOT'])
    """
    *history, last = prompt.alternating()
    return {
        "message": plain(last),
        "chat_history": [
            {"role": _ROLES[message.role], "message": plain(message)} for message in history
        ],
        **drop_missing(preamble=prompt.system or None),
        **_inference(prompt),
    }


def command_r_reply(body: JSON) -> Piece:
    return _command_r(body, text_deltas(body["text"]))


def command_r_chunk(body: JSON) -> Piece:
    match body["event_type"]:
        case "text-generation":
            return Piece(deltas=text_deltas(body["text"]))
        case "stream-end":
            return _command_r(body.get("response", {}) | body, ())
        case _:
            return Piece()


def _command_r(body: JSON, deltas: tuple[Delta, ...]) -> Piece:
    billed = body.get("meta", {}).get("billed_units", {})
    return Piece(
        deltas=deltas,
        stop=_stop(body),
        input_tokens=count(billed.get("input_tokens")),
        output_tokens=count(billed.get("output_tokens")),
        last=True,
    )


def command_request(prompt: Prompt) -> JSON:
    return {
        "prompt": transcript(prompt, user="User", assistant="Chatbot"),
        **_inference(prompt),
    }


def command_reply(body: JSON) -> Piece:
    generation = body["generations"][0]
    return Piece(deltas=text_deltas(generation["text"]), stop=_stop(generation), last=True)


def command_chunk(body: JSON) -> Piece:
    if body["is_finished"]:
        return Piece(stop=_stop(body), last=True)
    return Piece(deltas=text_deltas(body["text"]))


def _inference(prompt: Prompt) -> JSON:
    return drop_missing(
        max_tokens=prompt.max_tokens,
        temperature=prompt.temperature,
        p=prompt.top_p,
        k=prompt.top_k,
        stop_sequences=prompt.stop,
    )


def _stop(body: JSON) -> str:
    """The page writes the reasons in lower case, the service in upper."""
    return string(body["finish_reason"]).upper()


COMMAND_R = Family("command-r", command_r_request, command_r_reply, command_r_chunk, STOPS)
COMMAND = Family(
    "command", command_request, command_reply, command_chunk, STOPS, streamed={"stream": True}
)
