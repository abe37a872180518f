"""What a pronoun in a question stands for, by rule: what the question before was about."""

from collections.abc import Iterable, Sequence

from app.local import lazy_re as re
from app.local.engine.store.analysis import terms
from app.local.engine.writer.question import is_calendar
from app.local.engine.writer.question.phrases import Phrase, phrases

_PRONOUN = re.compile(
    r"\b(?P<word>it|its|they|them|their|these|those|this|that|he|him|she|her|his)\b"
    r"(?!-| (?:that|who|which)\b)"
    # "shows that the tank is empty": this `that` joins a clause
    r"(?!(?<=\bthat) (?:the|an?|my|our|your|his|her|their|its|it|i|we|you|they|he|she|there)\b)"
    r"(?P<noun> (?!(?:is|are|was|were|do|does|did|can|could|will|would|has|have|had|be|not|work"
    r"|mean|to|in|on|at|for|with|and|or|by|from|of|as)\b)[a-z]{3,})?",
    re.IGNORECASE,
)
_PREDICATE = re.compile(
    r"^\W*(?:(?:and|but|so|or|ok|then)\W+){0,2}(?:is|are|was|were|isn't|aren't)"
    r" (?:that|this|these|those) (?:not )?(?:\w+ ){0,2}\w+\W*$",
    re.IGNORECASE,
)
# "Is it possible to ..", "How long does it take to ..": this `it` stands for what comes after.
_EXPLETIVE = re.compile(
    r"\bit (?:true|possible|necessary|required|safe|worth|better|best|ok|okay|recommended|allowed"
    r"|advisable|(?:(?:take|cost|matter)s?|make sense)(?: (?!(?:to|it|them)\b)\w+){0,3} to)\b",
    re.IGNORECASE,
)
_WHO_DOES = re.compile(r"^\W*(?:(?:and|but|so|then)\W+)?who [a-z]+\W*$", re.IGNORECASE)
_PERSONAL = frozenset({"he", "him", "she", "her", "his"})
_VERDICTS = frozenset({"yes", "no"})
_POSSESSIVE = frozenset({"its", "their", "his", "her"})
_MANY = frozenset({"they", "them", "their", "these", "those"})
_ONE_THING = frozenset({"it", "its", "this", "that"})
_DEMONSTRATIVE = frozenset({"this", "that", "these", "those"})
_PERSON = re.compile(
    r"(?<!\w)(?<!\w['-])[A-Z][\w'-]++(?: (?:[A-Z][\w'.-]*|van|von|de|der|al|bin|of)){0,5}"
    r" [A-Z][\w'-]+\b"
)
_QUESTION_WORD = re.compile(
    r"^(?:(?:is|are|was|were|do|does|did|can|could|has|have|had|will|would|when|where|who|what|which"
    r"|why|how|in|on|and|the|by|after|before) )+",
    re.IGNORECASE,
)
_JOINS = re.compile(r" (of|in|for|on|at) ")
_AUXILIARY = re.compile(r"\b(?:do|does|did)\s+$", re.IGNORECASE)
_LONGEST_WORD = 8  # characters, of those that may stand before a phrase
_NEEDED = re.compile(  # "Which gasket does the flange need?": the gasket is talked about
    r"^\W*(?:which|what) (?P<thing>[\w-]+(?: (?!do\b|does\b|did\b)[\w-]+){0,2}) "
    r"(?:do|does|did|should|must|can) [^?]{1,60} "
    r"(?:need|take|require|want|buy|order|recommend|get)\W*$",
    re.IGNORECASE,
)
_WITH = re.compile(r"\b(?:with|using|via)\s+$", re.IGNORECASE)
_BEHIND = re.compile(r"\b(?:in|on|at|to|from|by|as|into|for|under|with|how)\s+$", re.IGNORECASE)
# "Which Python does it require?": what is asked for is not what requires it.
_OF_SOMETHING_ELSE = re.compile(
    r"^\W*(?:(?:and|but|so|or|ok|then)\W+)?(?:which|what|how (?:many|much)) "
    r"(?:(?!(?:and|or|is|are|was|were|how|does|do|did) )[\w.+#/-]+ ){1,4}"
    r"(?:do|does|did|can|could|will|would|should|has|have|had|may|must)\s+$",
    re.IGNORECASE,
)
_MARK = re.compile(r"(?<!\s)\s*+\[\d{1,3}\]")
_SHORT_ANSWER = 15  # words
_DEED_BEFORE = re.compile(
    r"\b(?:i|we|you|one|they|he|she|people|to)\s+(?:\w+ly\s+)?[a-z]+\s+$", re.IGNORECASE
)
_INDEFINITE = re.compile(r"^an? ", re.IGNORECASE)


def name_pronouns(question: str, last_question: str, last_answer: str) -> str:
    """The question with its first pronoun named, unless it is named in the question itself; behind
    a person's, the next one as well.

    >>> name_pronouns("Can it be changed?", "What is the limit in AWS Lambda?", "900 seconds.")
    'Can the limit in AWS Lambda be changed?'
    >>> name_pronouns("When did he patent it?", "Who made the lamp?", "Thomas Edison made it.")
    'When did Thomas Edison patent the lamp?'

    Args:
        last_question: the question before.
        last_answer: its answer.
    """
    pronoun = _PRONOUN.search(question)
    if pronoun is None or _EXPLETIVE.match(question, pronoun.start()):
        return question
    before, after = question[: pronoun.start()], question[pronoun.end() :]
    word = pronoun["word"].lower()
    named = None
    if not _has_antecedent(before):
        named = _done_to(before, last_answer) or _meant(word, last_question, last_answer)
    if named is None:
        return question
    thing = _PRONOUN.search(after) if word in _PERSONAL else None
    if thing and thing["word"].lower() not in _PERSONAL:
        other = _meant(thing["word"].lower(), last_question, last_answer)
        if other:
            after = f"{after[: thing.start()]}{_named(thing, other)}{after[thing.end() :]}"
    return f"{before}{_named(pronoun, named)}{after}"


def judges(question: str) -> bool:
    """Whether it judges what was said as a whole: "Is that safe?"."""
    return bool(_PREDICATE.match(question))


def topic(candidates: Iterable[Phrase]) -> Phrase | None:
    """What a question is about: its last name, else its last phrase, a determined one first."""
    return max(candidates, key=lambda one: (one.name, one.determined, one.start), default=None)


def _has_antecedent(before: str) -> bool:
    """Whether something before the pronoun may be what it stands for, or a clause's head."""
    before = _DEED_BEFORE.sub("", before)  # "How often do I water them?": "water" is no thing
    if _OF_SOMETHING_ELSE.match(before) or _WHO_DOES.match(before):
        return False
    candidates = phrases(before)
    head = before.rstrip().endswith(("those", "these", *(phrase.text for phrase in candidates)))
    return head or any(phrase.determined or phrase.name for phrase in candidates)


def _meant(word: str, last_question: str, last_answer: str) -> str | None:
    if word in _PERSONAL:
        people = _people(last_question) or _people(last_answer)
        if people:
            return people[-1]
    if word in _MANY:
        plural = [one for one in phrases(last_question) if one.plural]
        several = (
            (_several(phrases(last_question)), last_question),
            (plural[:1], last_question),
            (_several(phrases(last_answer)), last_answer),
        )
        topics, text = next((one for one in several if one[0]), ([], ""))
        if about := topic(topics):
            words = _INDEFINITE.sub("the ", text[_beginning(about, topics, text) : about.end])
            return words if about.determined or about.name else f"the {words}"
    about = antecedent(last_question)
    if about and about.plural and not about.name and word in _ONE_THING:
        one_thing = [one for one in phrases(last_question) if one.name or not one.plural]
        about = topic(one_thing)
    if about and is_calendar(about.text.split()[-1]):
        about = _done_then(last_answer)
        return about.text if about else None
    if about is None:
        return None
    named, text = phrases(last_question), last_question
    start, end = _beginning(about, named, text), _end(about, named, text)
    return _INDEFINITE.sub("the ", text[start:end])


def _done_to(before: str, answer: str) -> str | None:
    """What the answer says is done to something, where a question asks of the same deed.

    >>> _done_to("How long do I have to hold ", "Hold the small button for a moment.")
    'the small button'
    """
    verb = _DEED_BEFORE.search(before)
    if verb is None:
        return None
    word = re.escape(verb[0].split()[-1])
    done = re.search(rf"\b{word}(?:s|ed|ing)? (?=(?:the|an?) )", answer, re.IGNORECASE)
    candidates = phrases(answer) if done else []
    return next((one.text for one in candidates if done and one.start == done.end()), None)


def _done_then(answer: str) -> Phrase | None:
    """What happens at a time that was asked about, where a short answer tells it: "it" is never
    that time itself.
    """
    words = _MARK.sub("", answer)
    things = [one for one in phrases(words) if not is_calendar(one.text.split()[-1])]
    return topic(things) if len(words.split()) <= _SHORT_ANSWER else None


def _people(text: str) -> list[str]:
    """The names of people, as far as capitals tell; no word of a question is a part of one."""
    names = (_QUESTION_WORD.sub("", name) for name in _PERSON.findall(text))
    return [name for name in names if " " in name]


def antecedent(question: str) -> Phrase | None:
    """What "it" stands for behind a question: what does something in it; else what it is done with;
    else a name, or a determined phrase, that no preposition stands before.

    >>> [str(one and one.text) for one in map(antecedent, (
    ...     "Which versions does orjson support?", "How do I deploy Outcrop to AWS?"))]
    ['orjson', 'Outcrop']
    """
    candidates = phrases(question)
    if needed := _NEEDED.match(question):
        return next((one for one in candidates if one.start == needed.start("thing")), None)
    word_before = {
        one: question[max(0, one.start - _LONGEST_WORD) : one.start] for one in candidates
    }
    for before in (_AUXILIARY, _WITH):
        for one, word in word_before.items():
            if before.search(word):
                return one
    free = [one for one, word in word_before.items() if not _BEHIND.search(word)]
    return topic(free or candidates)


def _several(candidates: Iterable[Phrase]) -> list[Phrase]:
    return [
        phrase
        for phrase in candidates
        if phrase.plural
        and (phrase.determined or phrase.name)
        and phrase.text.lower() not in _VERDICTS
    ]


def _beginning(about: Phrase, topics: Sequence[Phrase], text: str) -> int:
    """Where the topic begins with what it belongs to: "the limit in AWS Lambda" is one topic."""
    owners = (one for one in topics if one.determined and one.end < about.start)
    joined = (one.start for one in owners if _JOINS.fullmatch(text[one.end : about.start]))
    return min(joined, default=about.start)


def _end(about: Phrase, topics: Sequence[Phrase], text: str) -> int:
    """Where the topic ends with what it belongs to."""
    if not about.determined:
        return about.end
    end = about.end
    for one in topics:
        if one.start > end and _JOINS.fullmatch(text[end : one.start]):
            end = one.end
    return end


def _named(pronoun: re.Match[str], antecedent: str) -> str:
    word, noun = pronoun["word"].lower(), pronoun["noun"] or ""
    if word in _DEMONSTRATIVE and noun:
        known = set(terms(noun)) <= set(terms(antecedent))
        return antecedent if known else f"the{noun} of {antecedent}"
    if word in _POSSESSIVE and noun:
        return f"{antecedent}'{'' if antecedent.endswith('s') else 's'}{noun}"
    return f"{antecedent}{noun}"
