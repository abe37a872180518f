"""The sources as sentences that can be looked up by their words.

Only a few sentences are read closely and encoded: those that share most with a claim. They are
chosen by the beginnings of their words, so that a long source costs little.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import log

from app.local import lazy_re as re
from app.local.engine.guard.grounding.claims import plain_text
from app.local.engine.guard.grounding.statement import LONGEST_WORD, Statement, read
from app.local.engine.languages import Language, detect
from app.local.engine.store.unspaced import UNSPACED
from app.local.engine.text import FENCE, sentences

LONGEST = 100_000  # characters of all sources, as Bedrock limits them
LONGEST_SENTENCE = 600  # characters that are read of one
_LONGEST_HEADER = 400  # characters
MOST = 14  # sentences that a claim is held against
_SHORTEST = 4  # characters of a sentence in which Markdown is looked for
_NEIGHBOURS = 2  # sentences before and behind one that tell what it is about
_BEGINNING = 5  # characters by which words are looked up
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, eq=False)
class Sentence:
    """A sentence of a source.

    Attributes:
        text: without its Markdown.
        place: among the sentences of all sources.
        source: which source it is of.
        header: the header of the table that it is a row of.
        heading: the place of the heading that it stands under; its own place under none.
    """

    text: str
    place: int
    source: int
    said_in: Language
    header: str
    heading: int

    @cached_property
    def statement(self) -> Statement:
        return read(f"{self.header} {self.text}" if self.header else self.text, self.said_in)


class SourceSentences:
    """The sentences of all sources."""

    def __init__(self, texts: Sequence[str]) -> None:
        """Cut the sources into sentences. What is beyond the longest length is not read."""
        self.sentences: list[Sentence] = []
        self._places: defaultdict[str, list[int]] = defaultdict(list)  # of sentences, by key
        self._running: list[str] = []
        room = LONGEST
        for number, text in enumerate(texts):
            begin = len(self.sentences)
            self._add(text[:room], number)
            self._running.append(_running(" ".join(one.text for one in self.sentences[begin:])))
            room -= min(room, len(text))

    def _add(self, text: str, source: int) -> None:
        said_in = detect(text)
        above, header, fenced, heading = "", "", False, -1
        for start, end in sentences(text):
            line = text[start:end]
            if FENCE.match(line):
                fenced = not fenced
                continue
            if line.startswith("|"):
                if set(line) <= set("|-: +="):
                    header = above[:_LONGEST_HEADER]
                    continue
            else:
                header = ""
            above = line
            words = line if fenced or len(line) < _SHORTEST else plain_text(line)
            for begin in range(0, len(words), LONGEST_SENTENCE):
                part = words[begin : begin + LONGEST_SENTENCE]
                place = len(self.sentences)
                if line.startswith("#") and not fenced:
                    heading = place
                under = place if heading < 0 else heading
                self.sentences.append(Sentence(part, place, source, said_in, header, under))
                for key in keys(part):
                    self._places[key].append(place)

    def candidates(self, claim: str, most: int = MOST) -> list[Sentence]:
        """The sentences that share most with a claim, best first, and those beside the best."""
        scores: defaultdict[int, float] = defaultdict(float)
        count = len(self.sentences)
        shared = {key: self._places[key] for key in keys(claim) if key in self._places}
        for places in shared.values():
            worth = log(1 + count / len(places))
            for place in places:
                scores[place] += worth
        order = sorted(scores, key=lambda place: (-scores[place], place))
        chosen = dict.fromkeys(order[: most - 4])
        for key in sorted(shared, key=lambda one: len(shared[one])):
            if len(chosen) >= most:
                break
            chosen.setdefault(max(shared[key], key=lambda place: scores[place]))
        return [self.sentences[place] for place in chosen]

    def quotes(self, claim: str) -> bool:
        """Whether a claim stands in a source word by word."""
        words = _running(claim)
        return any(words in one for one in self._running)

    def around(self, sentence: Sentence) -> list[Sentence]:
        """The sentences of the same source that stand beside one, and the heading above it."""
        place = sentence.place
        beside = self.sentences[max(0, place - _NEIGHBOURS) : place + _NEIGHBOURS + 1]
        beside.append(self.sentences[sentence.heading])
        return [one for one in beside if one.source == sentence.source and one.place != place]


def _running(text: str) -> str:
    """A text's words as they follow one another, to be searched for in another's."""
    return f" {' '.join(_WORD.findall(text.casefold()))} "


def keys(text: str) -> set[str]:
    """What a text is looked up by: the beginnings of its words, and pairs of signs.

    >>> sorted(keys("The rotations of 3 pumps"))
    ['3', 'of', 'pumps', 'rotat', 'the']
    """
    result: set[str] = set()
    for word in _WORD.findall(text.casefold()):
        if word.isascii() or not UNSPACED.search(word):
            result.add(word[:_BEGINNING])
        else:
            signs = word[: LONGEST_WORD * 4]
            result.update(signs[place : place + 2] for place in range(len(signs) - 1))
    return result
