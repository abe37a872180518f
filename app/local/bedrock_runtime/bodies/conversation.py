"""Turns, out of what a body has in their place: messages, or one text with speakers in it."""

from collections.abc import Collection, Iterable, Sequence
from itertools import groupby

from app.local import lazy_re as re
from app.local.bedrock_runtime.bodies.family import JSON, InvalidBody
from app.local.engine.writer.prompt import Turn

MUST_END = (
    "A conversation must end with a user message. Try again with a conversation that ends with a "
    "user message."
)


def conversation(turns: Iterable[Turn]) -> tuple[Turn, ...]:
    """The turns, checked: the user begins, and speaks last or what comes last begins the answer.
    Those of one side are made one.
    """
    joined = tuple(_joined(list(group)) for _, group in groupby(turns, key=lambda turn: turn.role))
    if not joined or joined[0].role != "user":
        raise InvalidBody(
            "A conversation must start with a user message. Try again with a conversation that "
            "starts with a user message."
        )
    if joined[-1].role != "user" and (joined[-1].tool_uses or not joined[-1].text):
        raise InvalidBody(MUST_END)
    return joined


def _joined(turns: Sequence[Turn]) -> Turn:
    """Turns of one side as one."""
    return Turn(
        turns[0].role,
        "\n\n".join(turn.text for turn in turns if turn.text),
        tuple(use for turn in turns for use in turn.tool_uses),
        tuple(result for turn in turns for result in turn.tool_results),
        tuple(image for turn in turns for image in turn.images),
        tuple(document for turn in turns for document in turn.documents),
    )


def text_of(blocks: Sequence[JSON], where: str, apart: Collection[str] = ()) -> str:
    """The text of a message. Where a cache may begin says nothing, and is passed over; so is what
    is read `apart` from the text.

    Raises:
        InvalidBody: naming the block that is not text.
    """
    texts = []
    for place, block in enumerate(blocks):
        kind = block.get("type") or next(iter(block), "nothing")
        if kind == "text" and isinstance(block.get("text"), str):
            texts.append(block["text"])
        elif kind != "cachePoint" and kind not in apart:
            raise InvalidBody(
                f"{where}.content.{place}: the stand-in reads no block of the kind [{kind}] here. "
                "Leave the block out, or put its text in a block of text."
            )
    return "\n".join(texts)


def speakers(text: str, users: str, assistants: str) -> tuple[str, tuple[Turn, ...]]:
    r"""A text with speakers, as a system prompt and turns; without them, all one turn.

    >>> speakers("Be brief.\n\nUser: Hi\nBot: Hello.\nUser: Who are you?\nBot:", "User", "Bot")[0]
    'Be brief.'
    """
    names = rf"^[ \t]*({users}|{assistants})[ \t]*:[ \t]*"
    lead, *parts = re.split(names, text, flags=re.MULTILINE)
    turns = [
        Turn("user" if re.fullmatch(users, name) else "assistant", words.strip())
        for name, words in zip(parts[::2], parts[1::2], strict=True)
    ]
    if turns and turns[-1] == Turn("assistant", ""):
        return lead.strip(), conversation(turns[:-1])
    return "", (Turn("user", text.strip()),)
