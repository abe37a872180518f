"""A summary of one document or section: its key sentences, in the order in which they stand.

A sentence is a key one if it is near to the mean of all sentences: it says what the others say. No
sentence is made shorter, and none is put into other words.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from app.local import lazy_re as re
from app.local.engine.languages import Language
from app.local.engine.store.analysis import terms
from app.local.engine.transformer import Vectors
from app.local.engine.writer.candidates import Candidate
from app.local.engine.writer.rewrite.moves import ENDS

MOST = 5  # sentences
_SHORTEST = 30  # characters of a sentence
_SHORTEST_DENSE = 8  # the same, in a script without spaces
_LONGEST = 160  # characters of a question for a summary
_ENOUGH = 0.6  # of the subject's terms in the name of a document, or in a heading
_FIRST = 0.1  # in cosine: a passage often begins with what it is about
_SAME = 0.9  # cosine
_POINTS = r"(?:key|main|most important) (?:points|facts|ideas)|summary|gist|takeaways|highlights"
_SUBJECT = r"(?P<subject>[^?]{1,80}+)"
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"(?:please |can you |could you )?+(?:summari[sz]e|sum up) {_SUBJECT}",
        (
            r"(?:please |can you |could you )?+(?:give me |show me |list |what are |what is )?+"
            rf"(?:the |an? )?+(?:short |brief |quick )?+(?:{_POINTS}) (?:of|from|in) {_SUBJECT}"
        ),
        (
            r"what does the (?:section|chapter|page|document|file) (?:on|about|called|named) "
            r"(?P<subject>(?:(?! say)[^?]){1,80}+) say"
        ),
        r"what(?:['\u2019]s| is) (?:in )?(?P<subject>[\w./-]{1,120}\.\w{2,5})(?: about)?",
        r"what does (?P<subject>[\w./-]{1,120}\.\w{2,5}) (?:say|contain|cover|describe)",
    )
)
_FRAME = re.compile(
    r"\b(?:the|an?|section|chapter|page|document|file|part|docs?|on|about|called|named|for me"
    r"|please)\b",
    re.IGNORECASE,
)


def subject_of_summary(question: str) -> str:
    """What a summary is asked for of; empty if none is.

    >>> subject_of_summary("Give me the key points of the pricing page")
    'pricing'
    >>> subject_of_summary("What does the section on refunds say?"), subject_of_summary("Why?")
    ('refunds', '')
    """
    text = question.strip(" ?.!")
    match = next(filter(None, (form.fullmatch(text) for form in _FORMS)), None)
    return " ".join(_FRAME.sub(" ", match["subject"]).split()) if match else ""


def subject_in(question: str, language: Language) -> str:
    """The same, for a question in another language than English.

    >>> from app.local.engine.languages import language
    >>> subject_in("Fasse das Dokument über Pumpen zusammen.", language("de"))
    'das über Pumpen'
    """
    text = question.strip(ENDS)
    if len(text) > _LONGEST:
        return ""
    match = next(filter(None, (form.fullmatch(text) for form in language.summaries)), None)
    if match is None:
        return ""
    if not language.spaced:
        return match["subject"].strip()
    words = match["subject"].split()
    return " ".join(word for word in words if word.lower() not in language.frame)


def sentences_about(
    subject: str,
    candidates: Sequence[Candidate],
    names: Sequence[str],
    language: Language | None = None,
) -> list[Candidate]:
    """The sentences of the section that is called so, or else of the document: of the first that
    is, as search puts the best first.
    """
    needs = frozenset(terms(subject, language))
    if not needs:
        return []
    shortest = _SHORTEST if language is None or language.spaced else _SHORTEST_DENSE
    prose = [one for one in candidates if one.kind == "sentence" and len(one.text) >= shortest]

    def is_called(text: str) -> bool:
        return len(needs & frozenset(terms(text, language))) >= _ENOUGH * len(needs)

    exact = [one for one in prose if _is_path(subject, names[one.passage])]
    named = exact or [one for one in prose if is_called(names[one.passage])]
    headed = [one for one in prose if is_called(one.context)]
    chosen = named or headed
    source = names[chosen[0].passage] if chosen else ""
    return [one for one in chosen if names[one.passage] == source]


def _is_path(subject: str, name: str) -> bool:
    """Whether a document has this path, or ends with it: "budgets.md" of "docs/budgets.md"."""
    return f"/{name}".endswith(f"/{subject.removeprefix('./')}")


def key_sentences(vectors: Vectors, candidates: Sequence[Candidate]) -> list[int]:
    """The places of those that say most of what all say, in the order in which they stand."""
    return central(vectors, _FIRST * np.array([one.place == 0 for one in candidates], float))


def central(vectors: Vectors, bonus: NDArray[np.float64]) -> list[int]:
    """The places of the vectors that are nearest to the mean of all, in their order; none of them
    says the same as another.

    Args:
        bonus: what is added to the cosine of each.
    """
    mean = vectors.mean(axis=0)
    worth = vectors @ (mean / (np.linalg.norm(mean) or 1.0)) + bonus
    places: list[int] = []
    for place in np.argsort(-worth, kind="stable").tolist():
        new = all(float(vectors[place] @ vectors[other]) < _SAME for other in places)
        if new and len(places) < MOST:
            places.append(place)
    return sorted(places)
