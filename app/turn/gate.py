"""The gate between the model and the reader: when an answer is judged, and when it is shown.

    buffer    nothing is shown before the whole answer is judged
    window    sentences are held until judged: text streams, and nothing judged bad is shown
    verdict   all is shown at once; at the end it is judged, and taken back if it is bad

Whatever the mode, the whole answer is judged before the turn is stored, and `Draft` then has what
the guardrail leaves of it.

A window is judged with all that comes before it, since a sentence alone may be neither grounded
nor relevant, and a phrase may begin before it. The last whole sentence of a window is judged and
yet held until the next window: so what crosses a border is seen whole before any of it is shown.
Windows grow, because each judgement is billed with all its sources.
"""

from collections.abc import Callable, Iterator
from typing import Literal, Protocol

from app.events import Citation, Guardrail, GuardrailMode, Text
from app.guardrail import Verdict
from app.guardrail.joining import is_irrelevant
from app.guardrail.limits import ANSWER
from app.guardrail.masks import Mask, apply, masks, united
from app.turn.borders import borders
from app.turn.draft import Draft
from app.turn.written import Reading

Judge = Callable[[str], Verdict]
Shown = Iterator[Text | Citation | Guardrail]

FIRST = 240
"""Characters of the first window."""
GROWTH = 2
STEP = 200
MOST = 3_000
"""Characters by which a window may be longer than the one before."""
CONTEXT = 800
"""Characters before a window that are judged with it, of an answer too long to be judged whole."""

_ENDS = frozenset(".!?…。！？\n")  # noqa: RUF001 these signs are meant


class AnswerGate(Protocol):
    """Shows a draft to its reader, as far as that may be."""

    def read(self, part: Text | Citation) -> Shown:
        """What may be shown after this part, which the draft has already."""

    def end(self) -> Shown:
        """What may be shown at the end; and the verdict. Then the draft is as it was judged."""


def gate(mode: GuardrailMode | None, draft: Draft, judge: Judge) -> AnswerGate:
    """The gate of a mode; None is that of a deployment without a guardrail.

    Args:
        judge: the guard's judgement of an answer without its marks.
    """
    match mode:
        case "buffer":
            return BufferGate(draft, judge)
        case "window":
            return WindowGate(draft, judge)
        case _:
            return VerdictGate(draft, judge)


class VerdictGate:
    """Shows all at once, and takes it back where the verdict is bad."""

    def __init__(self, draft: Draft, judge: Judge) -> None:
        self._draft, self._judge = draft, judge

    def read(self, part: Text | Citation) -> Shown:
        yield part

    def end(self) -> Shown:
        yield from self._draft.apply_to_answer(self._judge(self._draft.written.words))


class BufferGate:
    """Shows nothing before the whole answer is judged."""

    def __init__(self, draft: Draft, judge: Judge) -> None:
        self._draft, self._judge = draft, judge

    def read(self, part: Text | Citation) -> Shown:  # noqa: ARG002  # the draft has it
        yield from ()

    def end(self) -> Shown:
        written = self._draft.written
        verdict = self._judge(written.words)
        if not verdict.blocked:
            end = len(written.words)
            yield from Reading(written).go_on(end, masks(written.words, verdict.text))
        yield from self._draft.apply_to_answer(verdict)


class WindowGate:
    """Shows whole sentences that were judged."""

    def __init__(self, draft: Draft, judge: Judge) -> None:
        self._draft, self._judge = draft, judge
        self._written = draft.written
        self._reading = Reading(draft.written)
        self._next = FIRST  # the least length of the words that is judged next
        self._masks: list[Mask] = []
        self._verdicts: list[Verdict] = []  # on the words up to here, together
        self._block: Verdict | None = None

    def read(self, part: Text | Citation) -> Shown:
        if self._block or not isinstance(part, Text) or _ENDS.isdisjoint(part.text):
            return
        words = self._written.words
        if len(words) < self._next:
            return
        places = borders(words, self._reading.end)
        if len(places) > 1 and places[-1] >= self._next:
            yield from self._judge_up_to(places[-1], places[-2])

    def end(self) -> Shown:
        words = self._written.words
        if self._block is None:  # behind the last window there is always a sentence
            yield from self._judge_up_to(len(words), len(words))
        if self._block:
            self._draft.apply(self._block)
            return
        yield from self._reading.go_on(len(words), self._masks)
        yield from self._draft.apply_to_answer(self._whole_verdict())

    def _judge_up_to(self, end: int, shown_end: int) -> Shown:
        """Judge the words up to `end`, and show those up to `shown_end` if they pass."""
        words = self._written.words
        context = 0 if end <= ANSWER else _word_after(words, self._reading.end - CONTEXT)
        verdict = self._judge(words[context:end])
        self._next = min(GROWTH * end + STEP, end + MOST)
        if is_irrelevant(verdict) and end < len(words):  # with what follows it may be relevant
            return
        if verdict.blocked:
            self._block = verdict
            yield from self._draft.report(verdict.events("answer"))
            return
        self._verdicts = [*(self._verdicts if context else ()), verdict]
        self._masks = united(
            (
                *self._masks,
                *(
                    Mask(context + mask.start, context + mask.end, mask.text)
                    for mask in masks(words[context:end], verdict.text)
                ),
            )
        )
        for mask in self._masks:
            if mask.start < shown_end < mask.end:
                shown_end = mask.start
        yield from self._reading.go_on(max(shown_end, self._reading.end), self._masks)

    def _whole_verdict(self) -> Verdict:
        """One verdict on the whole answer, from those on its windows."""
        words = self._written.words
        actions = {verdict.action for verdict in self._verdicts}
        reason = next((each.reason for each in self._verdicts if each.action != "none"), None)
        assessments = tuple(one for each in self._verdicts for one in each.assessments)
        if self._masks:
            return Verdict("masked", apply(words, self._masks), reason, assessments)
        action: Literal["unjudged", "none"] = "unjudged" if "unjudged" in actions else "none"
        return Verdict(action, words, reason, assessments)


def _word_after(words: str, place: int) -> int:
    """The beginning of the first word behind a place."""
    return words.find(" ", max(place, 0)) + 1
