"""The thoughts of a model that is to reason: a short and true account of what the writer did.

It counts as the thoughts of a model do: among the tokens of the answer, and within its limit.
"""

from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import replace
from hashlib import sha256

from app.local.engine.writer.deltas import Delta, ReasoningDelta
from app.local.engine.writer.limits import Spans, pieces
from app.local.engine.writer.prompt import Sampling, Thinking
from app.local.engine.writer.writing import Written


def answering(sampling: Sampling, thoughts: str, spans: Spans) -> Sampling:
    """How the answer behind the thoughts is to be drawn: within the room that they leave."""
    if sampling.thinking is None:
        return sampling
    room = sampling.max_tokens - len(spans(thoughts))
    return replace(sampling, max_tokens=max(room, 1))


def behind(thoughts: str, written: Written, sampling: Sampling, spans: Spans) -> Written:
    """An answer behind its thoughts; as it is where none are asked for."""
    if sampling.thinking is None:
        return written
    tokens = len(spans(thoughts))
    finish = written.finish
    return Written(
        [*_deltas(thoughts, sampling.thinking), *written.deltas],
        replace(finish, output_tokens=finish.output_tokens + tokens),
        written.citations,
    )


def considered(question: str, labels: Sequence[str], passages: int) -> str:
    """What was looked for, in how many passages, and which of them the answer quotes."""
    weighed = f"I looked for an answer in {passages} passage{'s' * (passages > 1)}."
    sought = f'The question is: "{question}" {weighed}' if question else weighed
    quoted = ", ".join(dict.fromkeys(filter(None, labels)))
    if not labels:
        return f"{sought} None of them answers the question."
    return f"{sought} I quote {f'passage {quoted}' if quoted else 'what answers the question'}."


def _deltas(thoughts: str, thinking: Thinking) -> Iterator[Delta]:
    shown = thoughts if thinking.instead is None else thinking.instead
    for piece in pieces(shown):
        yield ReasoningDelta(piece)
    if thinking.signed:
        yield ReasoningDelta(signature=_signature(thoughts))


def _signature(thoughts: str) -> str:
    """What stands for the proof that a model thought so: it proves nothing here."""
    return b64encode(b"outcrop-stand-in:" + sha256(thoughts.encode()).digest()).decode()
