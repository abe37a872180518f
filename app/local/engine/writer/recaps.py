"""A summary of a conversation, for whoever goes on with it another day: what the user asked, each
question so that it stands alone, and the key sentences of what was answered. No sentence is made
shorter, and none is put into other words.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from app.local import lazy_re as re
from app.local.engine.encoder import TextEncoder
from app.local.engine.text import sentences
from app.local.engine.writer.message.markup import elements
from app.local.engine.writer.prompt import Turn
from app.local.engine.writer.rewrite import rewrite
from app.local.engine.writer.selection.summaries import central
from app.local.engine.writer.small_talk import reply

_SPEAKER = re.compile(r"^(User|Human|Customer|Assistant|Agent|AI): ?", re.MULTILINE)
_USERS = frozenset({"User", "Human", "Customer"})
_BEFORE = 6  # turns that a question may lean on
_MOST = 200  # questions, and sentences of answers, that are compared: the latest
_LONGEST = 400  # characters of a question, or of a sentence of an answer


@dataclass(frozen=True)
class Recap:
    """Sum a conversation up."""

    conversation: tuple[Turn, ...]


def recap_in(text: str) -> Recap | None:
    """The conversation that a message wants summed up; None if it wants none."""
    if "<summary>" not in text:
        return None
    histories = elements(text, ("conversation",))
    if not histories:
        return None
    conversation = tuple(_turns(histories[-1].inner))
    return Recap(conversation) if conversation else None


def _turns(text: str) -> Iterator[Turn]:
    _, *parts = _SPEAKER.split(text)
    for speaker, words in zip(parts[::2], parts[1::2], strict=True):
        yield Turn("user" if speaker in _USERS else "assistant", words.strip())


def sum_up(conversation: Sequence[Turn], encoder: TextEncoder) -> str:
    """The summary, a line for each question and for each sentence."""
    questions, answers = [], []
    for place, turn in enumerate(conversation):
        if turn.role == "assistant":
            answers += [turn.text[start:end] for start, end in sentences(turn.text)]
        elif not reply(turn.text):
            before = conversation[max(0, place - _BEFORE) : place]
            questions.append(rewrite(turn.text.strip()[:_LONGEST], before))
    parts = (
        ("The user asked:", _key(questions, encoder)),
        ("The answers were:", _key(answers, encoder)),
    )
    return "\n\n".join(
        "\n".join((head, *(f"- {one}" for one in key))) for head, key in parts if key
    )


def _key(texts: Sequence[str], encoder: TextEncoder) -> list[str]:
    """The texts that say most of what all say, each once, in their order."""
    lines = dict.fromkeys(" ".join(text.split()) for text in texts)
    short = [one for one in lines if 0 < len(one) <= _LONGEST][-_MOST:]
    if not short:
        return []
    places = central(encoder.encode(short), np.zeros(len(short)))
    return [short[place] for place in places]
