"""An answer, held to the request: to its longest length in tokens, and to the texts that end it."""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence

from app.local import lazy_re as re
from app.local.engine.writer.prompt import Sampling
from app.local.engine.writer.writing import Finish, StopReason

_MOST_OF_A_SIGN = 4  # tokens; a Korean syllable is three

Spans = Callable[[str], list[tuple[int, int]]]


def pieces(text: str) -> Iterator[str]:
    """The text in small pieces: words, each with the white space before it.

    >>> list(pieces("Quartz is hard [1]."))
    ['Quartz', ' is', ' hard', ' [1].']
    """
    return (match.group() for match in re.finditer(r"\s*\S+|\s+$", text))


def limited(
    source: Iterable[str], sampling: Sampling, spans: Spans, input_tokens: int
) -> Generator[str, None, Finish]:
    """Pass the pieces on until the answer is long enough, or says one of the texts that end it.

    What may be the beginning of such a text is held back until it is clear whether it is.

    Args:
        spans: the tokenizer: the characters of every token of a text. As the pieces are cut at
            white space, they have together the tokens of the whole.
    """
    text, sent = "", 0
    reason: StopReason = "end"
    stop = None
    for piece, cut in _shortened(source, sampling.max_tokens, spans):
        text += piece
        reason = "length" if cut else reason
        if match := _first(sampling.stop, text[sent:]):
            stop, place = match
            text, reason = text[: sent + place], "stop"
            break
        settled = len(text) - _held(sampling.stop, text[sent:])
        if settled > sent:
            yield text[sent:settled]
            sent = settled
    tokens = spans(text)[: sampling.max_tokens]  # a word that is cut may be more tokens than whole
    text = text[: tokens[-1][1]] if stop and len(tokens) == sampling.max_tokens else text
    if text[sent:]:
        yield text[sent:]
    return Finish(reason, input_tokens, len(tokens), stop)


def _shortened(source: Iterable[str], room: int, spans: Spans) -> Iterator[tuple[str, bool]]:
    """The pieces that there is room for, and of each whether it had to be cut. They are counted
    once they might be too long.
    """
    uncounted = ""
    for piece in source:
        if _MOST_OF_A_SIGN * (len(uncounted) + len(piece)) <= room:
            uncounted += piece
            yield piece, False
            continue
        room -= len(spans(uncounted))
        uncounted = ""
        tokens = spans(piece)
        if len(tokens) > room:
            yield piece[: tokens[room - 1][1]] if room else "", True
            return
        room -= len(tokens)
        yield piece, False


def _first(stops: Sequence[str], text: str) -> tuple[str, int] | None:
    """The stop sequence that is complete first, and where it begins.

    >>> _first(("END", "N"), "THE END")
    ('N', 5)
    """
    matches = [(text.find(stop), stop) for stop in stops if stop in text]
    place, stop = min(matches, key=lambda one: one[0] + len(one[1]), default=(-1, ""))
    return (stop, place) if matches else None


def _held(stops: Sequence[str], text: str) -> int:
    """How many of the last characters may be the beginning of a stop sequence.

    >>> _held(("END", "NO"), "THE EN")
    2
    """
    lengths = (n for stop in stops for n in range(len(stop) - 1, 0, -1) if text.endswith(stop[:n]))
    return max(lengths, default=0)
