"""The reasoning that some models, such as gpt-oss, write within tags before their answer."""

from app.models.content import BlockEnd, Delta, ReasoningDelta, TextDelta


class ReasoningTags:
    r"""Tells the text of a reply apart, piece by piece, into reasoning and answer.

    White space before the answer is dropped. Only tags before the answer mean reasoning: in the
    answer itself they are words.

    >>> tags = ReasoningTags(("reasoning",))
    >>> for text in ("<reaso", "ning>Hm, hm, hm.</reasoning>", "\n", "Yes. <b>"):
    ...     print(tags.add(text))
    ()
    (ReasoningDelta(text='Hm, hm, hm.', signature=None, redacted=None), BlockEnd())
    ()
    (TextDelta(text='Yes. <b>'),)
    """

    def __init__(self, tags: tuple[str, ...]) -> None:
        self._tags = tags
        self._held = ""
        self._closing: str | None = None  # the tag that ends the reasoning that we are in
        self._answering = False

    def add(self, text: str) -> tuple[Delta, ...]:
        """What the next piece of text adds; what may be part of a tag is held until that shows."""
        if self._answering:
            return (TextDelta(text),) if text else ()
        self._held += text
        deltas: list[Delta] = []
        while self._closing or self._opens():
            before, closing, after = self._held.partition(self._closing or "")
            if not closing:
                end = len(self._held) - _overlap(self._held, self._closing or "")
                reasoning, self._held = self._held[:end], self._held[end:]
                return (*deltas, *_reasoning(reasoning))
            deltas += (*_reasoning(before), BlockEnd())
            self._held, self._closing = after, None
        if any(f"<{tag}>".startswith(self._held) for tag in self._tags):
            return tuple(deltas)
        return (*deltas, *self.rest())

    def rest(self) -> tuple[Delta, ...]:
        """What is held, at the end: reasoning that never ended is no answer."""
        held, self._held = self._held, ""
        if self._closing:
            return _reasoning(held)
        self._answering = self._answering or bool(held)
        return (TextDelta(held),) if held else ()

    def _opens(self) -> bool:
        """Step into the reasoning that the held text begins with, if it does."""
        self._held = self._held.lstrip()
        for tag in self._tags:
            if self._held.startswith(f"<{tag}>"):
                self._held = self._held.removeprefix(f"<{tag}>")
                self._closing = f"</{tag}>"
                return True
        return False


def _reasoning(text: str) -> tuple[Delta, ...]:
    return (ReasoningDelta(text),) if text else ()


def _overlap(text: str, tag: str) -> int:
    """How many characters at the end of the text may be the beginning of the tag.

    >>> _overlap("and so on </reas", "</reasoning>"), _overlap("and so on", "</reasoning>")
    (6, 0)
    """
    longest = min(len(text), len(tag) - 1)
    return next((n for n in range(longest, 0, -1) if text.endswith(tag[:n])), 0)
