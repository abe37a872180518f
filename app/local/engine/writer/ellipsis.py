"""What an English follow-up leaves out, taken from the question before.

How do I add a watermark with pypdf?
Can I do it with an image?        ->  Can I add a watermark with pypdf with an image?
Show me the code                  ->  How do I add a watermark with pypdf?
Is that slow?                     ->  How do I add a watermark with pypdf, and is that slow?
Does qpdf have one too?           ->  Does qpdf have a watermark?
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.local.engine.store.analysis import terms
from app.local.engine.writer.moves import Move
from app.local.engine.writer.phrases import Phrase, phrases
from app.local.engine.writer.pronouns import judges, name_pronouns, topic

_LEAD = r"^\s*+(?P<lead>(?:(?:and|but|or|so|ok|okay|then|also|thanks)\b[,.]?\s++){0,5})"
_WHAT_ABOUT = re.compile(_LEAD + r"(?:what|how) about (?P<fragment>[^?]++)\??\s*+$", re.I)
_TOO = re.compile(
    _LEAD + r"(?:(?:(?:is|are|does|do|did|has|have|can|was|were) )?(?:it|that|this|they|the same) "
    r"(?:also |too )?(?:the same |true |work |hold |possible |apply )?(?:for|with|in|on|of|to) )?"
    r"(?P<fragment>[^?,]{1,60}?),? (?:too|as well|also)\s*+\??\s*+$",
    re.IGNORECASE,
)
_BARE_WH = re.compile(
    _LEAD + r"(?P<fragment>(?:since |until |by )?(?:why|when|where|how|who|which)"
    r"(?: not| so| much| many| long| often| far| exactly| else| one| ones)?)\s*+\??\s*+$",
    re.I,
)
_CLAUSE = re.compile(
    r"\b(what|which|who|whom|whose|when|where|why|how|is|are|was|were|am|do|does|did|can|could|will"
    r"|would|should|has|have|had|may|might|must|tell|explain|describe|list|show|give|name|i|we|you"
    r"|please)\b",
    re.I,
)
_FRAGMENT = re.compile(_LEAD + r"(?P<fragment>[^?]++)\??\s*+$", re.I)
_LONGEST_FRAGMENT = 8  # words, behind "and" or with a preposition
_LONGEST_BARE_FRAGMENT = 3
_PREPOSITION = re.compile(r"(in|on|for|with|at|from|by|under|without|as|to|during)\b", re.I)
_TELL = re.compile(r"\W*(tell|explain|say|more|go on)\b", re.IGNORECASE)
_COURTESY = re.compile(
    r"\W*(thanks?|ok(ay)?|yes|no|great|cool|hi|hello|bye)\b[\w\s]{0,12}\W*$", re.I
)
_INSTEAD = re.compile(r"\b(?:instead|otherwise|else|alternatively|rather)\b", re.IGNORECASE)
# What is done: behind "How do I", "Can users", "How to", "How long does it take to".
_DEED = re.compile(
    r"\b(?:(?:do|does|did|can|could|should|must|may|might|would|will|shall) (?:i|we|you|one|they|it"
    r"|people|users|someone)(?: (?:have|need|want|take) to)?|how to|(?:takes?|took|wants?|needs?"
    r"|have|like|possible|allowed|able|necessary|required|way|command|code|steps)(?: \w+)? to) "
    r"(?P<deed>(?!takes?\b|have to\b|need to\b)[a-z][^?]{0,200}+)$",
    re.IGNORECASE,
)
_DO_IT = re.compile(
    r"\b(?:do|doing|done)(?: it| that| this| so| the same)(?: again)?\b(?! (?:mean|work|look))",
    re.IGNORECASE,
)
_ONE = re.compile(
    r"(?P<article>\ban? (?:[\w-]+ ){0,2}|\b(?:have|has|had|get|need|use|want|with|without|support"
    r"|make|made|delete|create|add|offer|provide|remove|is there|find|choose) )"
    r"one\b(?! (?:of|more|or|day|hour|time|that)\b)(?P<too> too| as well| also)?",
    re.IGNORECASE,
)
_DETERMINER = re.compile(r"^(?:an?|the|my|our|your|this|that|each|every|any) ", re.IGNORECASE)


@dataclass(frozen=True)
class Completion:
    """A question that stands alone, and `core`: the same without what was joined to it."""

    text: str
    core: str


def complete(question: str, last: Completion, answer: str, move: Move | None) -> Completion:
    """The question, given the one before it and its answer."""
    if not _CLAUSE.search(last.core) or _COURTESY.match(question):
        return Completion(question, question)
    if move == "code":
        return _code(last)
    if too := _too(question):
        return _whole(_replace(too["fragment"].strip(" ."), last.core))
    if bare := _BARE_WH.match(question):
        return _joined(last, bare["fragment"])
    if judges(question):
        return _joined(last, question)
    deed = _deed(last.core)
    if deed and (do := _DO_IT.search(question)):
        return _whole(f"{question[: do.start()]}{deed}{question[do.end() :]}")
    named = _name_one(question, last.core) or name_pronouns(question, last.core, answer)
    if named != question:
        return _whole(named)
    if about := _WHAT_ABOUT.match(question) or _fragment(question):
        return _whole(_replace(about["fragment"].strip(" ."), last.core))
    if _INSTEAD.search(question) and len(terms(question)) <= 3:
        return _joined(last, question)
    return _whole(_name_topic(question, last.core))


def is_fragment(question: str) -> bool:
    """Whether a turn begins as if something had been said before it: "And for layers?"."""
    match = _WHAT_ABOUT.match(question) or _fragment(question)
    return bool(match and match["lead"])


def _whole(text: str) -> Completion:
    return Completion(text, text)


def _joined(last: Completion, question: str) -> Completion:
    """Both questions in one.

    >>> _joined(Completion("How hard is quartz?", "How hard is quartz?"), "Why?").text
    'How hard is quartz, and why?'
    """
    words = re.sub(_LEAD, "", question.strip(" ?.!"), flags=re.IGNORECASE)
    words = words if words[1:2].isupper() else words[:1].lower() + words[1:]
    return Completion(f"{last.core.rstrip(' ?.!')}, and {words}?", last.core)


def _code(last: Completion) -> Completion:
    """How to do what the last question is about."""
    deed = _deed(last.core)
    core = last.core.rstrip(" ?.!")
    text = f"How do I {deed}?" if deed else f"How do I do it: {core[:1].lower()}{core[1:]}?"
    return Completion(text, last.core)


def _deed(question: str) -> str:
    """What is done in a question; empty if nothing is.

    >>> _deed("How long does it take to deploy the stack?"), _deed("How hard is quartz?")
    ('deploy the stack', '')
    """
    match = _DEED.search(question.rstrip(" ?.!"))
    return match["deed"] if match else ""


def _name_one(question: str, last_question: str) -> str:
    """The question with "one" named: of its kind is what the last question is about.

    >>> _name_one("Does Requests have one too?", "Can I change the timeout in HTTPX?")
    'Does Requests have a timeout?'
    """
    one = _ONE.search(question)
    candidates = [each for each in phrases(last_question) if not each.name]
    kind = next((each for each in candidates if each.determined), None) or next(
        iter(candidates), None
    )
    if one is None or kind is None:
        return ""
    noun = _DETERMINER.sub("", kind.text)
    article = one["article"]
    if not article.lower().startswith(("a ", "an ")):
        article += "an " if noun[:1].lower() in "aeiou" else "a "
    else:
        noun = noun.split()[-1]
    return f"{question[: one.start()]}{article}{noun}{question[one.end() :]}"


def _too(question: str) -> re.Match[str] | None:
    """A question that asks the same of something else: "Is it the same for talc, too?"."""
    match = _TOO.match(question)
    return match if match and not _CLAUSE.search(match["fragment"]) else None


def _fragment(question: str) -> re.Match[str] | None:
    """A question without a clause of its own: "And in Fargate?", "GPU instances?"."""
    match = _FRAGMENT.match(question)
    if match is None or _CLAUSE.search(question):
        return None
    leaning = match["lead"] or _PREPOSITION.match(match["fragment"])
    longest = _LONGEST_FRAGMENT if leaning else _LONGEST_BARE_FRAGMENT
    return match if len(match["fragment"].split()) <= longest else None


def _replace(fragment: str, last_question: str) -> str:
    """The last question, asked of the fragment instead.

    >>> _replace("for layers", "What is the limit for functions?")
    'What is the limit for layers?'
    """
    if preposition := _PREPOSITION.match(fragment):
        same = re.search(rf"\b{preposition[1]}\b [^?,;]*(?=[?,;]|$)", last_question, re.IGNORECASE)
        if same:
            return last_question[: same.start()] + fragment + last_question[same.end() :]
        return f"{last_question.rstrip(' ?.')} {fragment}?"
    new = next(iter(phrases(fragment)), None)
    old = new and _like(new, phrases(last_question))
    about = topic(phrases(last_question))
    if new and about and about.name and not new.name and old in (None, about):
        return f"What about {fragment} of {about.text}?"
    if not old:
        return f"{last_question.rstrip(' ?.')}, and {fragment}?"
    return last_question[: old.start] + fragment + last_question[old.end :]


def _like(new: Phrase, olds: Sequence[Phrase]) -> Phrase | None:
    """The phrase that the new one replaces: with its head, else of its sort, else the last."""
    head = terms(new.text)[-1:]
    with_head = [old for old in olds if head and terms(old.text)[-1:] == head]
    of_sort = [old for old in olds if (old.name, old.determined) == (new.name, new.determined)]
    named = [old for old in olds if old.name == new.name]
    return next((names[-1] for names in (with_head, of_sort, named, olds) if names), None)


def _name_topic(question: str, last_question: str) -> str:
    """A question as bare as "What is the default?" is one about the topic.

    >>> _name_topic("What is the default?", "How long is the timeout?")
    'What is the default of the timeout?'
    """
    about = topic(phrases(last_question))
    bare = len(terms(question)) <= 1 and not any(one.name for one in phrases(question))
    if not (bare and about and _CLAUSE.search(question)):
        return question
    return f"{question.rstrip(' ?.')} {'about' if _TELL.match(question) else 'of'} {about.text}?"
