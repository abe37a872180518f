"""A follow-up, made a question that is understood without the conversation. By rule, not by model.

    How hard is quartz?  It is 7 on the Mohs scale.
    And where is it found?            ->  And where is quartz found?
    What about talc?                  ->  How hard is talc?
    Why?                              ->  How hard is quartz, and why?
    What is the default?              ->  What is the default of quartz?
    Tell me more                      ->  How hard is quartz?  (`move` is "more")

A pronoun is named. A fragment takes the place of its like in the last question, or is added to it.
A question with nothing of its own is one about the topic. Any other stands alone already, and is
returned as it is. `ellipsis` completes what English leaves out; other languages have rules of their
own (`multilingual.rewrite`). Small talk changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from app.local.engine.languages import ENGLISH, Language, languages, tell
from app.local.engine.store.analysis import terms
from app.local.engine.writer import small_talk
from app.local.engine.writer.multilingual.rewrite import alone, is_unclear
from app.local.engine.writer.prompt import Turn
from app.local.engine.writer.rewrite.ellipsis import Completion, complete, is_fragment
from app.local.engine.writer.rewrite.moves import ENDS, Move, move_of
from app.local.engine.writer.rewrite.ordinals import counts, named_by_place


@dataclass(frozen=True)
class Meaning:
    """What a turn asks for, as far as the conversation tells.

    Attributes:
        turn: as it was put.
        question: the same, so that it stands alone.
        language: of the turn, or else of the conversation.
        move: what it asks of the conversation itself, if it does.
        last: the question before, which stands alone; empty in a first turn.
        fresh: the terms of that question which the one before it has not.
        answers: what was answered so far, the last behind.
        is_whole: whether the turn stands alone as it was put.
        is_unclear: whether nothing tells what it is about.
    """

    turn: str
    question: str
    language: Language
    move: Move | None = None
    last: str = ""
    fresh: frozenset[str] = frozenset()
    answers: tuple[str, ...] = ()
    is_whole: bool = True
    is_unclear: bool = False


def rewrite(question: str, conversation: Sequence[Turn]) -> str:
    """The question with everything in it named.

    >>> said = (Turn("user", "How hard is quartz?"), Turn("assistant", "It is 7."))
    >>> rewrite("Where is it found?", said), rewrite("What about talc?", said)
    ('Where is quartz found?', 'How hard is talc?')
    >>> rewrite("What is DynamoDB and how does it scale?", said)
    'What is DynamoDB and how does it scale?'
    """
    return understand(question, conversation).question


def understand(question: str, conversation: Sequence[Turn]) -> Meaning:
    """What the last turn of a conversation asks for.

    >>> said = (Turn("user", "How hard is quartz?"), Turn("assistant", "It is 7."))
    >>> understand("more", said).move, understand("Why?", ()).is_unclear
    ('more', True)
    """
    last = before = Completion("", "")
    answers: list[str] = []
    language = ENGLISH
    for turn in conversation:
        if turn.role == "assistant":
            answers.append(turn.text)
        elif not small_talk.reply(turn.text):
            text = turn.text.strip()
            now, language, move = _stand(text, last, _told(answers), language)
            if last.text or not (move or _is_unclear(text, language)):
                before, last = (before, last) if now is last else (last, now)
    if small_talk.reply(question):
        return Meaning(question, question, language, last=last.text, answers=tuple(answers))
    fresh = frozenset(terms(last.text)) - frozenset(terms(before.text))
    now, language, move = _stand(question, last, _told(answers), language)
    whole = now.text == question and move is None
    unclear = not last.text and (move is not None or _is_unclear(question, language))
    if language is ENGLISH and counts(question):
        unclear = named_by_place(question, last.core, _told(answers)) is None
    return Meaning(
        question, now.text, language, move, last.text, fresh, tuple(answers), whole, unclear
    )


def about_conversation(meaning: Meaning, abstention: str) -> str | None:
    """What is replied to a turn that no passage can answer: it is asked back what it is about, or
    wants to know whether the last answer is sure. None if it asks for something else.

    Args:
        abstention: what is said in English where the passages hold no answer.

    >>> about_conversation(understand("And for talc?", ()), "")
    'What do you mean by "And for talc"? Please name what you ask about.'
    """
    replies = meaning.language.replies
    if meaning.is_unclear:
        return replies["unclear"].format(meaning.turn.strip(ENDS))
    if meaning.move == "sure":
        last = "".join(meaning.answers[-1:])
        nothing = filter(None, (abstention, meaning.language.says.get("abstention")))
        return replies["unsure" if last.endswith(tuple(nothing)) else "sure"]
    return None


def _stand(
    question: str, last: Completion, answer: str, language: Language
) -> tuple[Completion, Language, Move | None]:
    """A turn that stands alone, its language, and its move, given the question before and its
    answer.
    """
    said_in, move = tell(question) or language, None
    if called := move_of(question, language, said_in):
        move, said_in = called
        if last.text and move != "code":
            return last, said_in, move
    if not last.text:
        return Completion(question, question), said_in, move
    if said_in.follow_ups:
        return alone(question, last, said_in, move), said_in, move
    return complete(question, last, answer, move), said_in, move


def _told(answers: Sequence[str]) -> str:
    """The last answer; nothing, where it was none: "it" is nothing that an abstention names."""
    last = "".join(answers[-1:])
    return "" if any(last.endswith(text) for text in _abstentions()) else last


@cache
def _abstentions() -> tuple[str, ...]:
    says = (one.says.get("abstention") for one in languages().values())
    return ("The documents do not say.", *filter(None, says))


def _is_unclear(question: str, language: Language) -> bool:
    """Whether a first turn leans on something that was not said."""
    if language.follow_ups:
        return is_unclear(question, language)
    return is_fragment(question) or (not terms(question) and bool(question.strip(ENDS)))
