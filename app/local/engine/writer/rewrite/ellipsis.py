"""What an English follow-up leaves out, taken from the question before.

How do I add a watermark with pypdf?
Can I do it with an image?        ->  Can I add a watermark with pypdf with an image?
Show me the code                  ->  How do I add a watermark with pypdf?
Is that slow?                     ->  How do I add a watermark with pypdf, and is that slow?
Does qpdf have one too?           ->  Does qpdf have a watermark?
No, I meant qpdf                  ->  How do I add a watermark with qpdf?
What about the second one?        ->  the last question, asked of the item that is second
"""

from collections.abc import Sequence
from dataclasses import dataclass

from app.local import lazy_re as re
from app.local.engine.store.analysis import terms
from app.local.engine.writer.question.phrases import Phrase, phrases
from app.local.engine.writer.rewrite.moves import Move
from app.local.engine.writer.rewrite.ordinals import items_of, named_by_place
from app.local.engine.writer.rewrite.pronouns import judges, name_pronouns, topic
from app.local.engine.writer.rewrite.times import name_day, name_then

_LEAD = (
    r"^\s*+(?P<lead>(?:(?:and|but|or|so|ok|okay|then|also|thanks|thank you|great|cool"
    r"|not even|even|only)\b[,.!]?\s++){0,5})"
)
_WHAT_ABOUT = re.compile(_LEAD + r"(?:what|how) about (?P<fragment>[^?]++)\??\s*+$", re.I)
_TOO = re.compile(
    _LEAD + r"(?:(?:(?:is|are|does|do|did|has|have|can|was|were) )?(?:it|that|this|they|the same) "
    r"(?:also |too )?(?:the same |true |work |hold |possible |apply )?(?:for|with|in|on|of|to) )?"
    r"(?P<fragment>[^?,]{1,60}?),? (?:too|as well|also)\s*+\??\s*+$",
    re.IGNORECASE,
)
_BARE_WH = re.compile(
    _LEAD + r"(?P<fragment>(?:(?:since|until|by|for|from|to|at|with) )?"
    r"(?:(?:why|when|where|how|whom?|which)"
    r"(?: not| so| much| many| long| often| far| exactly| else| one| ones| then)?"
    r"|why so [a-z]+|why (?:is|was) (?:it|that|this)(?: so)?|how (?:many|much) [a-z]+"
    r"|(?:(?:on|at|in|by|for) )?(?:which|what) (?:days?|times?|months?|years?|hours?|sizes?"
    r"|colou?rs?|rooms?|floors?)"
    r"|(?:where|what|whom?) (?:from|to|for|with|by|about)|how so|how come|since when))\s*+\??\s*+$",
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
# "And the large one?" behind "How heavy is the small tent?"
_SUCH_A_ONE = re.compile(r"(?P<such>(?:(?:the|an?) )?(?:[\w-]+ ){0,1}[\w-]+) ones?", re.IGNORECASE)
_BEHIND_PREPOSITION = re.compile(
    r"\b(?:in|on|at|to|from|by|into|for|under|with|behind|beside|near|of)\s$", re.IGNORECASE
)
_OTHER_PLACE = "in|on|at|for|from|by|during"
# "And off?" behind "How do I switch on the lock?".
_OPPOSITES = {"on": "off", "off": "on", "in": "out", "out": "in", "up": "down", "down": "up"}
_PARTICLE = re.compile(
    _LEAD + rf"(?:(?:how|what) about )?(?P<particle>{'|'.join(_OPPOSITES)})(?: again)?\W*$", re.I
)
_TELL = re.compile(r"\W*(tell|explain|say|more|go on)\b", re.IGNORECASE)
_MEANT = re.compile(
    r"^\W*(?:(?:no|nope|sorry|oh|hm+|wait|actually)\b[,.!]?\s+){0,3}"
    r"(?:(?:i (?:meant|mean|was (?:asking|talking) about|asked (?:about|for)"
    r"|want(?:ed)? to know about)|rather)\s+(?P<fragment>[^?,]{1,60}?)"
    r"(?:,? (?:and )?(?:not|instead of|rather than) [^?]{1,60}|,? (?:instead|please))?"
    r"|not [^,?]{1,40}, (?:but )?(?P<fragment2>[^?,]{1,60}?))[?.!]*\s*$",
    re.IGNORECASE,
)
# What is said to be polite, and then the question.
_POLITE = re.compile(
    r"^\W*(?:(?:many )?thanks|thank you|great|cool|nice|perfect|good|alright|got it|ok(?:ay)?"
    r"|i see)(?: (?:a lot|very much|so much|for (?:that|this|the \w+)))?[,.!]+\s+(?=\S)",
    re.IGNORECASE,
)
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
    r"|make|made|delete|create|add|offer|provide|remove|is there|find|choose|buy|order|rent|borrow"
    r"|book|hire|bring|wear|replace|see|take) )"
    r"one\b(?! (?:of|more|or|day|hour|time|that)\b)(?P<too> too| as well| also)?",
    re.IGNORECASE,
)
# "What do I need for it?" behind "Which license does pypdf have?": for pypdf's license.
_FOR_IT = re.compile(r"\b(?P<for>for|about) (?:it|that|this)(?=\W*$)", re.IGNORECASE)
_WHICH = re.compile(
    r"^\W*(?:which|what) (?P<noun>[\w-]*[^\Ws])\s(?:does|do|did|can|should) "
    r"(?P<subject>[\w./-]+)\s(?!have to\b)\w",
    re.IGNORECASE,
)
_SAID_OTHERWISE = (
    (re.compile(r"\b(?:get|getting) rid of\b|\bdo away with\b", re.I), "remove"),
    (re.compile(r"\bthrow away\b", re.I), "delete"),
    (re.compile(r"\b(?:turn|switch) on\b", re.I), "enable"),
    (re.compile(r"\b(?:turn|switch) off\b", re.I), "disable"),
)
_THERE_TOO = re.compile(
    r"^(?P<asks>[^?]*\b(?:is|are) there (?:an?|any) [^?]{1,60}?)(?:,? (?:too|as well|also))\W*$",
    re.I,
)
# "And which is the most expensive one?" behind "Which dish is cheapest?".
_MOST = re.compile(
    r"^\W*(?:(?:and|but|so|ok|then)\W+)?(?:which|what)(?: one)? is (?P<most>(?:the )?"
    r"(?:(?:most|least) [\w-]+|\w{3,}est))(?: one)?\W*$",
    re.IGNORECASE,
)
_WHICH_NOUN = re.compile(
    r"\bwhich (?:of the )?"
    r"(?P<noun>(?!(?:is|are|was|were|do|does|did|has|have|can|one|of)\b)[\w-]+)",
    re.IGNORECASE,
)
_WHICH_ONE = re.compile(r"\bwhich ones?\b", re.IGNORECASE)
_DETERMINER = re.compile(r"^(?:an?|the|my|our|your|this|that|each|every|any) ", re.IGNORECASE)


@dataclass(frozen=True)
class Completion:
    """A question that stands alone, and `core`: the same without what was joined to it."""

    text: str
    core: str


def complete(question: str, last: Completion, answer: str, move: Move | None) -> Completion:
    """The question, given the one before it and its answer."""
    if correction := _MEANT.match(question):
        fragment = correction["fragment"] or correction["fragment2"]
        return _whole(_replace(fragment.strip(" ."), last.core))
    if not _CLAUSE.search(last.core) or _COURTESY.match(question):
        return Completion(question, question)
    question = _POLITE.sub("", question)
    if counted := named_by_place(question, last.core, answer):
        return _whole(_of_the_other(counted, last.core, answer))
    question = name_day(name_then(question, last.core), last.core)
    if turned := _with_other_particle(question, last.core):
        return _whole(turned)
    if move == "code":
        return _code(last)
    subject = topic(phrases(last.core))
    if subject and (there := _THERE_TOO.match(question)) and not _ONE.search(question):
        return _whole(f"{there['asks']} for {subject.text}?")
    if too := _too(question):
        return _whole(_replace(too["fragment"].strip(" ."), last.core))
    if bare := _BARE_WH.match(question):
        return _joined(last, bare["fragment"])
    if judges(question):
        return _joined(last, question)
    deed = _deed(last.core)
    if deed and (do := _DO_IT.search(question)):
        return _whole(f"{question[: do.start()]}{deed}{question[do.end() :]}")
    named = (
        _for_it(question, last.core)
        or _name_one(question, last.core)
        or name_pronouns(question, last.core, answer)
    )
    if named != question:
        return _whole(_plainly(named))
    if about := _WHAT_ABOUT.match(question) or _fragment(question):
        return _whole(_replace(about["fragment"].strip(" ."), last.core))
    if _INSTEAD.search(question) and len(terms(question)) <= 3 and not _names_a_thing(question):
        return _joined(last, question)
    return _whole(_name_topic(question, last.core))


def _of_the_other(counted: str, last_question: str, answer: str) -> str:
    """The last question, asked of the other thing that its answer names; else the turn, with what
    it counts named.
    """
    about = _WHAT_ABOUT.match(counted) or _fragment(counted)
    if about is None or items_of(answer) or " or " in last_question:
        return counted
    fragment = about["fragment"]
    return _replace(re.sub(r"^The\b", "the", fragment), last_question)


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
    if (most := _MOST.match(question)) and (asks := _WHICH_NOUN.search(last_question)):
        return f"Which {asks['noun']} is {most['most']}?"
    if which := _WHICH_ONE.search(question):
        several = [each.text for each in phrases(last_question) if each.plural]
        start, end = which.span()
        return f"{question[:start]}Which of the {several[0]}{question[end:]}" if several else ""
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


def _for_it(question: str, last_question: str) -> str:
    """The question with "for it" named: what was asked for, of what it was asked of.

    >>> _for_it("And what do I install for it?", "Which encryption does pypdf use?")
    'And what do I install for pypdf encryption?'
    """
    it, which = _FOR_IT.search(question), _WHICH.match(last_question)
    if it is None or which is None:
        return ""
    named = f"{it['for']} {which['subject']} {which['noun']}"
    return f"{question[: it.start()]}{named}{question[it.end() :]}"


def _plainly(question: str) -> str:
    """The question in the words of documents, which do not speak of getting rid of something."""
    for pattern, word in _SAID_OTHERWISE:
        question = pattern.sub(word, question)
    return question


def _too(question: str) -> re.Match[str] | None:
    """A question that asks the same of something else: "Is it the same for talc, too?"."""
    match = _TOO.match(question)
    return match if match and not _CLAUSE.search(match["fragment"]) else None


def _with_other_particle(question: str, last_question: str) -> str:
    """The last question with its particle turned over; empty where that is not asked.

    >>> _with_other_particle("And off again?", "How do I switch on the lock?")
    'How do I switch off the lock?'
    """
    match = _PARTICLE.match(question)
    if match is None:
        return ""
    particle = match["particle"].lower()
    other = re.compile(rf"\b{_OPPOSITES[particle]}\b", re.IGNORECASE)
    return other.sub(particle, last_question, count=1) if other.search(last_question) else ""


def _fragment(question: str) -> re.Match[str] | None:
    """A question without a clause of its own: "And in Fargate?", "GPU instances?"."""
    match = _FRAGMENT.match(question)
    if match is None or _CLAUSE.search(question):
        return None
    leaning = match["lead"] or _PREPOSITION.match(match["fragment"])
    if not leaning and "?" not in question and not _names_a_thing(question):
        return None  # words that are searched for
    longest = _LONGEST_FRAGMENT if leaning else _LONGEST_BARE_FRAGMENT
    return match if len(match["fragment"].split()) <= longest else None


def _replace(fragment: str, last_question: str) -> str:
    """The last question, asked of the fragment instead.

    >>> _replace("for layers", "What is the limit for functions?")
    'What is the limit for layers?'
    """
    if one := _SUCH_A_ONE.fullmatch(fragment):
        kinds = [each for each in phrases(last_question) if not _measures(each, last_question)]
        kind = topic(kinds)
        fragment = f"{one['such']} {kind.text.split()[-1]}" if kind else fragment
    if preposition := _PREPOSITION.match(fragment):
        fragment = fragment[:1].lower() + fragment[1:]
        same = re.search(
            rf"\b{preposition[1]}\b [^?,;]*?(?= (?:{_OTHER_PLACE}) (?=[A-Z\d])|[?,;]|$)",
            last_question,
            re.IGNORECASE,
        )
        if same:
            return last_question[: same.start()] + fragment + last_question[same.end() :]
        return f"{last_question.rstrip(' ?.')} {fragment}?"
    new = next(iter(phrases(fragment)), None)
    olds = [one for one in phrases(last_question) if not _measures(one, last_question)]
    old = new and _like(new, olds)
    about = topic(phrases(last_question))
    if new and about and about.name and not new.name and old in (None, about):
        return f"What about {fragment} of {about.text}?"
    alike = new and old and (new.name, new.determined) == (old.name, old.determined)
    of_place = old and _BEHIND_PREPOSITION.search(last_question[: old.start])
    if not old or (of_place and not alike and not _same_head(new, old)):
        return f"{last_question.rstrip(' ?.')}, and {fragment}?"
    return last_question[: old.start] + fragment + last_question[old.end :]


def _measures(phrase: Phrase, question: str) -> bool:
    """Whether it only says what is measured, or is done: "long" in "How long does wool take?",
    "park" in "Can I park here?".
    """
    before = question[: phrase.start]
    return bool(re.search(r"\b(?:how|i|we|you)\s$", before, re.IGNORECASE))


def _same_head(new: Phrase | None, old: Phrase) -> bool:
    return new is not None and terms(new.text)[-1:] == terms(old.text)[-1:]


def _names_a_thing(question: str) -> bool:
    """Whether a noun phrase in it surely names something."""
    return any(one.determined or (one.name and one.start > 0) for one in phrases(question))


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
    own = phrases(question)
    bare = len(terms(question)) <= 1 and not any(one.name or not one.determined for one in own)
    counted = about and not about.determined and not about.name
    if not (bare and about and _CLAUSE.search(question)) or counted:
        return question
    return f"{question.rstrip(' ?.')} {'about' if _TELL.match(question) else 'of'} {about.text}?"
