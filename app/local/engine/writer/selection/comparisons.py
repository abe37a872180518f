"""Questions that compare two things, taken apart into one question about each.

What is the difference between A and B?     A?                    B?
Which is faster, A or B?                    A faster?             B faster?
How do A and B differ in price?             A in price?           B in price?
A vs B                                      A?                    B?
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from app.local import lazy_re as re
from app.local.engine.languages import ENGLISH, Language
from app.local.engine.store.analysis import terms
from app.local.engine.writer.candidates import Candidate
from app.local.engine.writer.rewrite.moves import ENDS

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
_LONGEST = 160  # characters of a comparison
_MOST_OF_NAME = 0.6  # of the terms of a name: an identifier has some for its parts as well
_DIFFERENCES = re.compile(r"\b(?:differ\w*|compar\w+|versus|vs)\b", re.IGNORECASE)
_SHORTEST_STUMP = 4  # letters
_OF_COMPARISON = re.compile(
    rf"\b(?:{_ABOUT}|which|one|is|are|do|they|better|best|difference|differ|has|have)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Comparison:
    """Two things, and what is asked about both; empty if it is what they are."""

    sides: tuple[str, str]
    aspect: str

    def within(self, names: Sequence[str]) -> "Comparison":
        """The same comparison, without an aspect that is the name of what documents are about: "in
        httpx", where documents are called so.
        """
        needs = frozenset(terms(self.aspect))
        named = needs and any(needs <= frozenset(terms(name)) for name in names)
        return replace(self, aspect="") if named else self

    def question(self, side: str) -> str:
        """What is asked, of one side alone."""
        return f"{side} {self.aspect}".strip() if self.aspect else f"What is {side}?"


def comparison_in(question: str) -> Comparison | None:
    """What a question compares; None if it does not compare two things.

    >>> one = comparison_in("Which is faster, HTTP/1.1 or HTTP/2?")
    >>> one.sides, one.aspect
    (('HTTP/1.1', 'HTTP/2'), 'faster')
    >>> comparison_in("What is the difference in price between pine and oak?").question("oak")
    'oak price'
    """
    text = _BEGINNING.sub("", question, count=1).rstrip(" ?.!")
    for form in _FORMS:
        match = form.fullmatch(text)
        if match is None:
            continue
        groups = match.groupdict()
        parts = (groups.get("within"), groups.get("aspect") or groups.get("lead"))
        aspect = " ".join(filter(None, parts))
        sides = (match["a"].strip(), match["b"].strip())
        own = set(terms(sides[0], ENGLISH)), set(terms(sides[1], ENGLISH))
        if own[0] - own[1] and own[1] - own[0]:
            return Comparison(sides, " ".join(_OF_COMPARISON.sub(" ", aspect).split()).strip(" ,"))
    return None


def comparison_of(question: str, language: Language) -> Comparison | None:
    """What a question in another language than English compares.

    >>> from app.local.engine.languages import language
    >>> one = comparison_of("Was ist der Unterschied zwischen Kiefer und Eiche?", language("de"))
    >>> one and one.sides
    ('Kiefer', 'Eiche')
    """
    text = question.strip(ENDS)
    if len(text) > _LONGEST:
        return None
    for form in language.comparisons:
        if match := form.fullmatch(text):
            a, b = match["a"].strip(), match["b"].strip()
            own = frozenset(terms(a, language)), frozenset(terms(b, language))
            if own[0] - own[1] and own[1] - own[0]:
                return Comparison((a, b), match.groupdict().get("aspect") or "")
    return None


def names_side(one: Candidate, side: str, other: str, language: Language | None = None) -> bool:
    """Whether a candidate is about one side: it holds, itself or with the headings over it, most of
    what only this side is called.
    """
    return _names(f"{one.context} {one.text}", side, other, language)


def _names(text: str, side: str, other: str, language: Language | None) -> bool:
    language = language or ENGLISH  # two words, such as "npm ci", do not tell theirs
    own = frozenset(terms(side, language)) - frozenset(terms(other, language))
    held = frozenset(terms(text, language))
    count = sum(1 for term in own if term in held or _is_short_for(term, held))
    return count >= _MOST_OF_NAME * len(own) > 0


def candidates_of(
    candidates: Sequence[Candidate], side: str, other: str, language: Language | None = None
) -> list[Candidate]:
    """Those about one side: if there are any, those that do not name the other, and of these, those
    right under a heading that names it.
    """
    about = [one for one in candidates if names_side(one, side, other, language)]
    alone = [one for one in about if not names_side(one, other, side, language)] or about
    headed = [one for one in alone if _names(one.nearest, side, other, language)]
    return [one for one in headed if one.kind == "sentence"] or alone


def tells_both(
    candidates: Sequence[Candidate], comparison: Comparison, language: Language | None = None
) -> bool:
    """Whether one of some candidates names both sides itself. A list or code that does, may merely
    list them.
    """
    language = language or ENGLISH
    a, b = comparison.sides
    both = frozenset((*terms(a, language), *terms(b, language)))
    return any(
        both <= frozenset(terms(one.text, language))
        for one in candidates
        if one.kind not in ("list", "code")
    )


def told_differences(candidates: Sequence[Candidate], comparison: Comparison) -> Candidate | None:
    """The list or table that a lead-in or a heading sets out as the differences of both sides:
    "The main differences between pine and oak are:"; None if there is none.
    """
    sides = set(terms(" ".join(comparison.sides), ENGLISH))
    for one in candidates:
        over = f"{one.nearest} {one.lead}" if one.kind in ("list", "table") else ""
        if _DIFFERENCES.search(over) and sides <= set(terms(over, ENGLISH)):
            return one
    return None


def _is_short_for(term: str, others: Collection[str]) -> bool:
    """Whether a term is the beginning of another: "auth" of "authentication"."""
    return len(term) >= _SHORTEST_STUMP and any(other.startswith(term) for other in others)
