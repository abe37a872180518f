"""Yes or no in another language than English: whether a sentence plainly decides a question.

    Ist die Pumpe wasserdicht?     Die Pumpe ist nicht wasserdicht.      no
    ¿Admite la bomba agua salada?  La bomba admite agua salada.          yes
    Ist die Pumpe wasserdicht?     Die Pumpe ist nur innen wasserdicht.  (nothing)

As in English, a wrong verdict is worse than none. It is said only if the sentence, with the
headings and the name of its document, holds every term of the question, in the question's order but
for a verb that a question begins with; if a negation stands right before one of them, or, where a
language puts it there, behind or in the verb; and if nothing limits what is said.
"""

from collections.abc import Sequence
from typing import Literal

from app.local import lazy_re as re
from app.local.engine.languages import Language
from app.local.engine.store.analysis import terms
from app.local.engine.writer.candidates import Candidate
from app.local.engine.writer.question import Question

Verdict = Literal["yes", "no"]

_CLAUSES = re.compile(r"[.!?;:\u3002\uff01\uff1f\uff1b\u061f\u061b]\s*|\s[\u2013\u2014-]\s")
_WORD = re.compile(r"[^\W_]+")
_NEAR = 40  # characters behind a negation, in which what it turns over begins


def asks_yes_or_no(question: Question, language: Language) -> bool:
    """Whether yes or no may answer a question."""
    table = language.verdicts
    if not table or table["uncertain"].search(question.text):
        return False
    is_statement = language.verb_first and question.kind == "thing" and question.definition is None
    is_question = question.text.rstrip().endswith("?")  # "La pompa funziona d'inverno?"
    return question.kind == "yes-no" or (is_statement and is_question)


def verdict_of(
    question: Question, language: Language, one: Candidate, name: str = ""
) -> Verdict | None:
    """Whether a sentence in the question's language plainly says yes or no; None if it does not.

    Args:
        one: a sentence, or an item of a list.
        name: of its document.
    """
    if one.block or one.cells or not asks_yes_or_no(question, language):
        return None
    around = frozenset(terms(f"{one.context} {name}", language))
    for clause in _CLAUSES.split(one.text):
        if clause and _is_about(question, language, clause, around):
            return _by_words(question, language, clause)
    return None


def decide(
    question: Question,
    language: Language,
    candidates: Sequence[Candidate],
    places: Sequence[int],
    names: Sequence[str],
) -> tuple[int, Verdict] | None:
    """Of some candidates the first that decides the question, and how; None if none does, or if
    they do not agree.
    """
    verdicts = [
        (place, verdict)
        for place in places
        for one in (candidates[place],)
        if (verdict := verdict_of(question, language, one, names[one.passage]))
    ]
    return verdicts[0] if len({verdict for _, verdict in verdicts}) == 1 else None


def _is_about(question: Question, language: Language, clause: str, around: frozenset[str]) -> bool:
    needs = _needs(question, language)
    # Where no spaces part words, a negation parts what stands together without it.
    own = terms(language.verdicts["negation"].sub("", clause), language)
    held = [term for term in needs if term in own]
    rest = [term for term in needs if term not in own]
    if not held or len(held) < len(rest) or not all(term in around for term in rest):
        return False
    ordered = held[1:] if _begins_with_verb(question, language) and held[0] == needs[0] else held
    places = [own.index(term) for term in ordered]
    return places == sorted(places)


def _needs(question: Question, language: Language) -> tuple[str, ...]:
    """The terms of a question, without what only asks."""
    lead = language.verdicts.get("lead")
    text = lead.sub(" ", question.text) if lead else question.text
    return tuple(dict.fromkeys(terms(text, language)))


def _begins_with_verb(question: Question, language: Language) -> bool:
    """Whether a question begins with a word that says something: "Unterstützt die Pumpe ..?"."""
    if not language.verb_first:
        return False
    words = _WORD.findall(question.text)[:2]
    if words and words[0] in language.particles:
        words = words[1:]
    return bool(words and terms(words[0], language))


def _by_words(question: Question, language: Language, clause: str) -> Verdict | None:
    table = language.verdicts
    if _limits(table["limits"], clause) - _limits(table["limits"], question.text):
        return None
    negations = list(table["negation"].finditer(clause))
    if not negations:
        return "yes"
    if len(negations) > 1:
        return None
    if language.negates_last:
        return "no"
    behind = terms(clause[negations[0].end() :][:_NEAR], language)[:1]
    return "no" if behind and behind[0] in question.terms else None


def _limits(pattern: re.Pattern[str], text: str) -> set[str]:
    return {match[0].lower() for match in pattern.finditer(text)}
