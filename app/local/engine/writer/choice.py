"""What answers a question, in whichever languages it and the passages are."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from random import Random

from app.local.engine.encoder import TokenEncoder
from app.local.engine.languages import ENGLISH, Language, detect, how_to_in_english, tell
from app.local.engine.store.analysis import terms
from app.local.engine.writer.candidates import candidates
from app.local.engine.writer.candidates.said import Said
from app.local.engine.writer.candidates.siblings import steps
from app.local.engine.writer.english import EnglishChoice
from app.local.engine.writer.inquiry import Draw, Inquiry
from app.local.engine.writer.message.records import Passage
from app.local.engine.writer.multilingual import MultilingualChoice, WordEncoder
from app.local.engine.writer.prompt import Sampling
from app.local.engine.writer.question import Question
from app.local.engine.writer.reading import Answer
from app.local.engine.writer.rewrite import Meaning, understand
from app.local.engine.writer.selection import drawn
from app.local.engine.writer.selection.odds import Odds
from app.local.engine.writer.selection.repetition import Repetition


class Choice:
    """Chooses what is said. Thread-safe.

    Args:
        encoder: compares English texts.
        multilingual: compares texts of other languages, and across languages. Without one they are
            compared as if they were English.
    """

    def __init__(self, encoder: TokenEncoder, multilingual: WordEncoder | None) -> None:
        self._english = EnglishChoice(encoder)
        self._multilingual = MultilingualChoice(multilingual) if multilingual else None

    def of(self, task: Answer, meaning: Meaning, sampling: Sampling, random: Random) -> Said:
        """What makes the answer; no candidates where the passages hold none."""
        said_in = language_of(task)
        texts = [one.text for one in task.passages]
        names = [one.name for one in task.passages]
        possible = [*candidates(texts, names), *steps(Question(meaning.question), texts)]
        if meaning.move == "after":
            return Said(Repetition(meaning, possible).behind())
        draw: Draw = partial(drawn, sampling=sampling, random=random)
        inquiry = Inquiry(meaning, possible, task.passages)
        if self._multilingual is None:
            return self._english.of(inquiry, draw)
        if said_in.code == "en":
            answer = self._english.of(inquiry, draw)
            foreign = [number for number, one in enumerate(texts) if detect(one).code != "en"]
            if answer.candidates or not _may_answer(meaning.question, texts, foreign):
                return answer
            possible = [one for one in possible if one.passage in foreign]
            inquiry = replace(inquiry, candidates=possible)
        elif how_to := how_to_in_english(meaning.question):
            english = [one for one in possible if detect(texts[one.passage]).code == "en"]
            in_english = replace(meaning, question=how_to, language=ENGLISH)
            answer = self._english.of(Inquiry(in_english, english, task.passages), draw)
            if answer.candidates and len(english) == len(possible):
                return answer
        return self._multilingual.of(inquiry, said_in, draw)

    def odds(self, question: str, texts: Sequence[str]) -> Odds | None:
        """The candidates of these passages for the answer to a question, with their scores; None if
        there is none.
        """
        meaning = understand(question, ())
        possible = [
            *candidates(texts, [""] * len(texts)),
            *steps(Question(meaning.question), texts),
        ]
        passages = [Passage(str(number), text) for number, text in enumerate(texts, 1)]
        inquiry = Inquiry(meaning, possible, passages)
        language = tell(question) or ENGLISH
        if language.code == "en" or self._multilingual is None:
            return self._english.odds(inquiry)
        return self._multilingual.odds(inquiry, language)


def _may_answer(question: str, texts: Sequence[str], foreign: Sequence[int]) -> bool:
    """Whether passages in other languages may answer an English question: the first or half of all
    are, or only they have one of its words. Search finds some that are near to nothing else.
    """
    if 0 in foreign or 2 * len(foreign) >= len(texts):
        return bool(foreign)
    held = [frozenset(terms(text)) for text in texts]
    elsewhere = frozenset().union(*(held[n] for n in range(len(texts)) if n not in foreign))
    own = frozenset(terms(question, ENGLISH)) - elsewhere
    return any(not own.isdisjoint(held[number]) for number in foreign)


def language_of(task: Answer) -> Language:
    """The language of a question; of the conversation, if the question is too short to tell."""
    earlier = (turn.text for turn in reversed(task.conversation) if turn.role == "user")
    languages = (tell(text) for text in (task.question, *earlier))
    return next(filter(None, languages), ENGLISH)
