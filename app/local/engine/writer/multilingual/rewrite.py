"""A follow-up in another language than English, made a question that stands alone. By rule.

    Wie schnell dreht sich die Pumpe?
    Wo steht sie?              ->  Wo steht die Pumpe?
    Und die Ventile?           ->  Wie schnell dreht sich die Ventile?
    Warum?                     ->  Wie schnell dreht sich die Pumpe, und warum?
    ¿Dónde está?               ->  ¿Dónde está la bomba?

The grammar may suffer: it is a search that reads the question. A question that names something of
its own stands alone, and stays as it is.
"""

from itertools import pairwise

from app.local import lazy_re as re
from app.local.engine.languages import Language
from app.local.engine.store.analysis import terms
from app.local.engine.writer.rewrite.ellipsis import Completion
from app.local.engine.writer.rewrite.moves import ENDS, Move

_WORD = re.compile(r"[^\W_]+")
_THIN = 1  # words of its own that a follow-up may have
_THIN_SIGNS = 2  # the same, in signs of a script without spaces
_LONGEST_FRAGMENT = 40  # characters


def alone(question: str, last: Completion, language: Language, move: Move | None) -> Completion:
    """The question, given the one before it."""
    rules = language.follow_ups
    topic = topic_of(last.core, language)
    if not topic:
        return Completion(question, question)
    words = question.strip(ENDS)
    bare = _bare(words, language)
    if bare or move or language.moves["joined"].fullmatch(words):
        fragment = (bare or words).lower()
        joined = rules["reason"].format(last=last.core.rstrip(ENDS), fragment=fragment)
        return Completion(joined, last.core)
    text = _of_another(words, last.core, topic, language) or _with_topic(question, topic, language)
    return Completion(text, text)


def is_unclear(question: str, language: Language) -> bool:
    """Whether nothing tells what a first turn is about."""
    return bool(_bare(question.strip(ENDS), language))


def _bare(words: str, language: Language) -> str:
    """A turn that is a question word and no more: "Und warum?" is "warum"; else empty."""
    rules = language.follow_ups
    bare = re.fullmatch(rf"{rules['lead']}*({rules['bare']})", words, re.IGNORECASE)
    return bare[1] if bare else ""


def _of_another(words: str, last_question: str, topic: str, language: Language) -> str:
    """The last question, asked of what this one names: "Und die Ventile?"; empty if it names more
    than that.
    """
    about = re.fullmatch(language.follow_ups["about"], words, re.IGNORECASE)
    if about is None or not _asks_nothing(words, language):
        about = language.moves["too"].fullmatch(words)
    fragment = next(filter(None, about.groups()), "").strip() if about else ""
    if not fragment or len(fragment) > _LONGEST_FRAGMENT:
        return ""
    if fragment.split()[0].lower() in language.follow_ups.get("prepositions", "").split():
        return f"{last_question.rstrip(ENDS)} {fragment}?"
    return last_question.replace(topic, fragment)


def _with_topic(question: str, topic: str, language: Language) -> str:
    """The question with its pronoun named, or about the topic if it has nothing of its own."""
    words = question.strip(ENDS)
    if _names_something(words, language):
        return question
    pronoun = re.compile(language.follow_ups["pronoun"], re.IGNORECASE)
    if match := pronoun.search(question):
        space = " " if match[0].startswith("-") else ""
        return f"{question[: match.start()]}{space}{topic}{question[match.end() :]}"
    if _is_thin(words, language):
        return language.follow_ups["topic"].format(question=question.rstrip(ENDS), topic=topic)
    return question


def topic_of(question: str, language: Language) -> str:
    """What a question is about: its first noun phrase, as far as that can be told."""
    if language.code == "ko" or not language.spaced:
        return _before_particle(question, language)
    determiners = frozenset(language.follow_ups.get("determiners", "").split())
    of_words = frozenset(language.follow_ups.get("of", "").split())
    tokens = list(_WORD.finditer(question))
    lower = [token[0].lower() for token in tokens]
    if language.code not in ("pl", "ru", "tr", "ar"):
        for place, word in enumerate(lower[:-1]):
            if word in determiners and lower[place + 1] not in language.function_words:
                end = _noun(tokens, lower, place + 1, language)
                while (after := _of(lower, end, of_words, determiners, language)) is not None:
                    end = _noun(tokens, lower, after, language)
                return question[tokens[place].start() : tokens[end].end()]
    own = [token[0] for token in tokens if token[0].lower() not in language.function_words]
    return " ".join(own)


def _noun(tokens: "list[re.Match[str]]", lower: list[str], place: int, language: Language) -> int:
    """The noun of a phrase: its first word; in German the first with a capital."""
    if language.code != "de":
        return place
    for other in range(place, min(place + 3, len(tokens))):
        if tokens[other][0][0].isupper() or lower[other] in language.function_words:
            return other if tokens[other][0][0].isupper() else place
    return place


def _of(
    lower: list[str],
    end: int,
    of_words: frozenset[str],
    determiners: frozenset[str],
    language: Language,
) -> int | None:
    """Where the noun after "of", or "of the", stands, if the phrase goes on so."""
    place = end + 1
    if place >= len(lower) or lower[place] not in of_words:
        return None
    place += 1
    if place < len(lower) and lower[place] in determiners:
        place += 1
    if place < len(lower) and lower[place] not in language.function_words:
        return place
    return None


def _before_particle(question: str, language: Language) -> str:
    """What stands before the first particle or function word."""
    text = question.strip(ENDS)
    if language.code == "ja":
        head = re.split("[はがをのにで、]", text, maxsplit=1)[0]
    elif language.code == "ko":
        match = re.match(r"(.+?)(?:은|는|이|가|을|를|의|에서|에)(?= |$)", text)
        head = match[1] if match else text.split(" ")[0]
    else:
        longest = sorted(language.function_words, key=lambda word: (-len(word), word))
        parts = re.split("|".join(map(re.escape, longest)), text)
        head = next(filter(None, (part.strip() for part in parts)), "")
    return head if terms(head, language) else ""


def _asks_nothing(words: str, language: Language) -> bool:
    """Whether no question word or pronoun is in it: it is a fragment."""
    rules = language.follow_ups
    asks = re.search(rules["bare"], words, re.IGNORECASE)
    return asks is None and re.search(rules["pronoun"], words, re.IGNORECASE) is None


def _names_something(words: str, language: Language) -> bool:
    """Whether it has a noun phrase of its own."""
    if language.code == "ja":
        without = re.sub(language.follow_ups["pronoun"], "", words)
        return bool(re.search(r"[\u4e00-\u9fff\u30a1-\u30ff\w](?:は|が|の)", without))
    if not language.spaced or language.code == "ko":
        return False
    determiners = frozenset(language.follow_ups.get("determiners", "").split())
    tokens = _WORD.findall(words)
    pairs = pairwise(tokens)
    if language.code == "de":
        return any(word[0].isupper() for word in tokens[1:])
    return any(
        first.lower() in determiners and second.lower() not in language.function_words
        for first, second in pairs
    )


def _is_thin(words: str, language: Language) -> bool:
    if not language.spaced:
        return sum(map(len, filter(_is_word, terms(words, language)))) <= _THIN_SIGNS
    own = [word for word in _WORD.findall(words) if word.lower() not in language.function_words]
    return len(own) <= _THIN


def _is_word(term: str) -> bool:
    return len(term) > 1
