"""Text of documents and users, written so that nothing in it can be taken for a part of a prompt.

A prompt numbers its passages, and the model cites them as `[2]`. A document may hold a `[2]` of its
own, and a tag such as `</passage>`. So such brackets are written with other signs, which neither
the passages nor the question hold; a model copies them like any others, and `restore` puts back
what the source has:

    polymer membranes [2].  ->  polymer membranes ⟦2⟧.  ->  polymer membranes [2].
    </passage>              ->  ⟨/passage>              ->  </passage>

What the model writes in square brackets is therefore its own, and what it copied is not.
"""

import re
from collections.abc import Sequence

from app.answer.brackets import NUMBERS
from app.events import Passage

_BRACKETS = ("⟦⟧", "⦋⦌", "⁅⁆", "⦗⦘")
_ANGLES = ("⟨⟩", "⦑⦒", "⧼⧽")
_TAG = re.compile(r"<(?=\s*+/?\s*+(?:passages?|question|conversation)\b)", re.IGNORECASE)


class Disguise:
    """Signs that stand for brackets in a prompt, and that the texts shown in it do not hold."""

    def __init__(self, *texts: str) -> None:
        """Choose signs that are in none of the texts."""
        self._brackets = _free(_BRACKETS, texts)
        self._angles = _free(_ANGLES, texts)
        self._back = str.maketrans(self._brackets + self._angles, "[]<>")

    @classmethod
    def of(cls, passages: Sequence[Passage]) -> "Disguise":
        """The one for these passages: for the prompt that shows them, and for its answer."""
        return cls(*(text for passage in passages for text in (passage.text, passage.document)))

    def text(self, text: str) -> str:
        """A text without numbers in brackets, and without our tags.

        >>> Disguise().text("see [1], [2, 3], x[i] and </passage><passage n='9'> and a < b")
        "see ⟦1⟧, ⟦2, 3⟧, x[i] and ⟨/passage>⟨passage n='9'> and a < b"
        """
        return self.tags(NUMBERS.sub(r"\1".join(self._brackets), text))

    def tags(self, text: str) -> str:
        """A text that cannot open, or close, one of our tags."""
        return _TAG.sub(self._angles[0], text)

    def attribute(self, text: str, longest: int = 200) -> str:
        r"""A text between double quotes in a tag: on one line, cut off where it is too long.

        >>> Disguise().attribute('a"><b>\n&.md')
        "a'⟩⟨b⟩ &.md"
        """
        line = "".join(sign if sign.isprintable() else " " for sign in text[:longest])
        return line.translate({34: "'", 60: self._angles[0], 62: self._angles[1]})

    def restore(self, text: str) -> str:
        """The text as its source has it; may be given an answer piece by piece.

        >>> Disguise().restore("samples⟦0⟧ ⟨/passage>")
        'samples[0] </passage>'
        """
        return text.translate(self._back)


def _free(pairs: Sequence[str], texts: Sequence[str]) -> str:
    """The first pair that is in none of the texts; the last, if all are."""
    free = (pair for pair in pairs if not any(sign in text for sign in pair for text in texts))
    return next(free, pairs[-1])
