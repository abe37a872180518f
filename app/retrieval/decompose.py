"""Takes a question that compares two things apart, so that Retrieve is asked for each of them.

A search for both finds what is near to both, which is often a list that names them, and not what
the documents say of each. What else a question may be made of, it is asked as it is.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain, zip_longest

from app.citations.vocabulary import content_words
from app.events import Guardrail, Passage
from app.retrieval import Screening

# The stand-in's model takes comparisons apart by the same forms, but may not import them: it stands
# for a model of Bedrock's. `tests/retrieval/test_decompose.py` compares what both take apart.
# A side goes on up to what parts it from the other, or up to what is compared in both.
_ABOUT = r"in terms of|regarding|with regard to|concerning|when it comes to|in"
_PARTS = r"and|with|to|or|from|apart|vs\.?|versus|differ|compared?|different"
_A = rf"(?P<a>(?:(?! (?:{_PARTS}) )[^?,:;]){{1,60}}+)"
_B = rf"(?P<b>(?:(?!,? (?:{_ABOUT}) |,? how | (?:differ|different|compare)\b)[^?,:;]){{1,60}}+)"
_ASPECT = rf"(?P<aspect>(?:,? (?:{_ABOUT}) [^?]{{1,60}}+)?+)"
_IN = rf"(?P<within>(?:,? (?:{_ABOUT}) (?:(?! how )[^?,:;]){{1,60}}+)?+)"
_DIFFER = r"(?:differ|different|compare)"
_LEAD = r"(?P<lead>[^?,:]{1,60}+)"
_HOW = (
    r"(?:how|in what(?: way)?|where|in which way) (?:do|are) (?:they|these|those|the two|both) "
    rf"{_DIFFER}(?: from each other)?"
    r"|what(?:['\u2019]s| is| are) (?:the |their )?(?:main |key )?(?:differences?|different)"
    r"(?: between (?:them|the two))?"
)
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        (
            r"(?:what(?:['\u2019]s| is| are)? |explain |tell me |is there |are there )?+"
            r"(?:the |an? |any )?+(?:main |key )?+differences? "
            r"(?:in (?P<lead>(?:(?! between )[\w ]){1,40}+) )?+"
            rf"between {_A} and {_B}{_ASPECT}"
        ),
        (
            rf"(?:please |can you |could you )?+(?:compare|contrast) {_A}"
            rf" (?:and|with|to|versus|vs\.?) {_B}{_ASPECT}"
        ),
        rf"(?:what (?:distinguishes|sets)|how to tell) {_A}(?: apart)? from {_B}{_ASPECT}",
        (
            rf"how (?:does|do|is|are) {_A} (?:differ from|different from|compared? (?:to|with))"
            rf" {_B}{_ASPECT}"
        ),
        rf"how (?:do|are) {_A} and {_B} {_DIFFER}{_ASPECT}",
        rf"{_A} (?:and|or|vs\.?|versus) {_B}{_IN}[,:;]?+ (?:{_HOW}){_ASPECT}",
        (
            rf"should (?:i|we|one|you) (?:use|take|choose|pick|prefer) {_A} or "
            rf"(?P<b>(?:(?! (?:for|{_ABOUT}) )[^?,:;]){{1,60}}+)(?P<aspect>(?: [^?]{{1,60}}+)?+)"
        ),
        rf"{_A} or {_B}[,:] (?:which|what|how) {_LEAD}",
        rf"(?:which|what|who) {_LEAD}[,:] {_A} or {_B}",
        rf"{_A} (?:vs\.?|versus) {_B}",
    )
)
_BEGINNING = re.compile(r"\W*+(?:(?:and|so|ok)\W++)?+", re.IGNORECASE)
_OF_ASPECT = re.compile(rf",? (?:{_ABOUT}) ", re.IGNORECASE)


def decompose(question: str) -> tuple[str, ...]:
    """The question itself, and behind it a query for each of the two things that it compares, if it
    compares two.

    >>> decompose("What is the difference in price between pine and oak?")
    ('What is the difference in price between pine and oak?', 'pine price', 'oak price')
    >>> decompose("Which is faster, HTTP/1.1 or HTTP/2?")[1:]
    ('HTTP/1.1 is faster', 'HTTP/2 is faster')
    >>> decompose("What is oak?")
    ('What is oak?',)
    """
    text = _BEGINNING.sub("", question, count=1).rstrip(" ?.!")
    for form in _FORMS:
        if match := form.fullmatch(text):
            groups = match.groupdict()
            parts = (groups.get("within"), groups.get("aspect") or groups.get("lead"))
            aspect = [_OF_ASPECT.sub("", one, count=1) for one in parts if one]
            queries = [" ".join(" ".join((match[side], *aspect)).split()) for side in ("a", "b")]
            if all(map(content_words, queries)):
                return (question, *queries)
    return (question,)


def fuse(screenings: Sequence[Screening], limit: int) -> Screening:
    """The passages of several searches: the first of each, then the second of each, and so on, up
    to the limit and each text once; and what the guard did in any of them, once.
    """
    in_turn = zip_longest(*(one.passages for one in screenings))
    texts: dict[str, Passage] = {}
    for passage in filter(None, chain.from_iterable(in_turn)):
        texts.setdefault(passage.text, passage)
    passages = [
        replace(passage, number=number)
        for number, passage in enumerate(list(texts.values())[:limit], start=1)
    ]
    interventions: list[Guardrail] = []
    for event in chain.from_iterable(one.interventions for one in screenings):
        if event not in interventions:
            interventions.append(event)
    return Screening(tuple(passages), tuple(interventions))
