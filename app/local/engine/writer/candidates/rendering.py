"""Candidates -> Markdown: what an answer says, with the marks of what it quotes."""

from collections.abc import Sequence

from app.local.engine.writer.candidates import Candidate
from app.local.engine.writer.message.records import Passage

_WIDE = "。！？｡।॥؟۔።။។៕"  # noqa: RUF001 these signs are meant


def marks(mark: str, one: Candidate, passages: Sequence[Passage]) -> str:
    """The mark of a candidate's passage, and of the one that it ends in."""
    places = [one.passage, *([] if one.ends_in is None else [one.ends_in])]
    return "".join(mark.format(passages[place].label) for place in places)


def render(one: Candidate, mark: str | None) -> str:
    """What is said of a candidate: a sentence, or a block behind what leads in to it."""
    if not one.block:
        return _marked(f"{one.lead}: {one.text}" if one.lead else one.text, mark)
    if not one.lead:
        return f"{mark}\n\n{one.block}" if mark else one.block
    lead = one.lead.rstrip(".\u2026 ") if one.lead.endswith(("..", "\u2026")) else one.lead
    lead = lead if lead[-1] in f".!?:\uff1a{_WIDE}" else f"{lead}:"
    if mark and one.untold and one.kind == "code":
        # A heading may stand over several blocks, and the passage may not hold its document's name:
        # the code tells the place.
        return f"{lead}\n\n{one.block}\n\n{mark}"
    return f"{_marked(lead, mark)}\n\n{one.block}"


def _marked(sentence: str, mark: str | None) -> str:
    """A sentence, ended as sentences are, its mark inside.

    >>> _marked("Quartz is hard.", "[1]"), _marked("Layers: 5", "[2]"), _marked("Kinds:", None)
    ('Quartz is hard [1].', 'Layers: 5 [2].', 'Kinds:')
    >>> _marked("水泵在地下室。", "[1]"), _marked("ปั๊มอยู่ที่นี่", "[1]")
    ('水泵在地下室 [1]。', 'ปั๊มอยู่ที่นี่ [1]')
    """
    words = sentence.rstrip(f".!?:\u2026 {_WIDE}")
    ending = sentence[len(words) :].strip()
    stop = ending if ending and ending[0] in f"!?:{_WIDE}" else _stop(words)
    return f"{words} {mark}{stop}" if mark else f"{words}{stop}"


def _stop(words: str) -> str:
    """The stop of a sentence that has none of its own, in its script."""
    last = words[-1:]
    if "\u3041" <= last <= "\u9fff":
        return "。"
    return "" if "\u0e01" <= last <= "\u0ecd" else "."
