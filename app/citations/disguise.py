"""Writes texts of documents and users so that no part of them can pass for a part of the prompt.

A prompt numbers its passages, and the model cites them as `[2]`. A document may have a `[2]` of its
own, or a tag such as `</passage>`. So such brackets are replaced by signs that occur neither in the
passages nor in the question. A model copies these signs like any others, and `restore` puts the
brackets back:

    polymer membranes [2].    ->    polymer membranes ⟦2⟧.    ->    polymer membranes [2].
    </passage>                ->    ⟨/passage>                ->    </passage>

So a number in square brackets in the answer is the model's own, and not one that it has copied.
"""

import re
from collections.abc import Sequence
from functools import cache

from app.citations.bracket_numbers import NUMBERS
from app.events import Passage

_BRACKETS = ("⟦⟧", "⦋⦌", "⁅⁆", "⦗⦘", "⟬⟭", "⸢⸣", "⧘⧙")
_KINDS = "[]【】［］()（）"  # noqa: RUF001 these signs are meant: in the forms of `bracket_numbers`
_ANGLES = ("⟨⟩", "⦑⦒", "⧼⧽")
_TAGS = frozenset({"passages", "passage", "question", "query", "conversation"})


@cache
def _tag(names: frozenset[str]) -> re.Pattern[str]:
    """What opens or closes a tag of one of these names, or a tag of a guardrail."""
    alternatives = "|".join(map(re.escape, sorted(names, reverse=True)))
    return re.compile(
        rf"<(?=\s*+/?\s*+(?:(?:{alternatives})\b|amazon-bedrock-guardrails-))", re.IGNORECASE
    )


class Disguise:
    """Signs that stand for brackets in a prompt, and occur in none of its texts."""

    def __init__(self, *texts: str, names: frozenset[str] = _TAGS) -> None:
        """Choose signs that occur in none of the texts, for a prompt with tags of these names."""
        self._texts, self._names = texts, names
        brackets = _free(_BRACKETS, texts, len(_KINDS) // 2)
        self._angles = _free(_ANGLES, texts, 1)
        self._brackets = str.maketrans(_KINDS, brackets)
        self._back = str.maketrans(brackets + self._angles, _KINDS + "<>")
        self._tag = _tag(names)

    @classmethod
    def of(cls, passages: Sequence[Passage]) -> "Disguise":
        """The disguise for these passages, in the prompt that shows them and in its answer."""
        return cls(*(text for passage in passages for text in (passage.text, passage.document)))

    def text(self, text: str) -> str:
        """A text with other signs for its bracketed numbers and for the prompt's tags.

        >>> Disguise().text("see [1], [2, 3], x[i] and </passage><passage n='9'> and a < b")
        "see ⟦1⟧, ⟦2, 3⟧, x[i] and ⟨/passage>⟨passage n='9'> and a < b"
        """
        return self.tags(NUMBERS.sub(lambda match: match[0].translate(self._brackets), text))

    def tags(self, text: str) -> str:
        """A text that cannot open or close one of the prompt's tags."""
        return self._tag.sub(self._angles[0], text)

    def also(self, names: frozenset[str]) -> "Disguise":
        """This disguise, for a prompt that has tags of these names, too.

        >>> Disguise().also(frozenset({"notes"})).text("</notes> [1] </question>")
        '⟨/notes> ⟦1⟧ ⟨/question>'
        """
        names |= self._names
        return self if names == self._names else Disguise(*self._texts, names=names)

    def attribute(self, text: str, longest: int = 200) -> str:
        r"""A text between double quotes in a tag: on one line, cut off where it is too long.

        >>> Disguise().attribute('a"><b>\n&.md')
        "a'⟩⟨b⟩ &.md"
        """
        line = "".join(sign if sign.isprintable() else " " for sign in text[:longest])
        return line.translate({34: "'", 60: self._angles[0], 62: self._angles[1]})

    def restore(self, text: str) -> str:
        """The text as its source has it. An answer may be restored piece by piece.

        >>> Disguise().restore("samples⟦0⟧ ⟨/passage>")
        'samples[0] </passage>'
        """
        return text if text.isascii() else text.translate(self._back)


def _free(pairs: Sequence[str], texts: Sequence[str], number: int) -> str:
    """So many pairs, joined: the first that occur in none of the texts; the last, if too few do."""
    free = [pair for pair in pairs if not any(sign in text for sign in pair for text in texts)]
    return "".join([*free, *(pair for pair in reversed(pairs) if pair not in free)][:number])
