"""A question, and what kind of answer it expects."""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from app.local import lazy_re as re
from app.local.engine.store.analysis import terms
from app.local.engine.writer.question.phrases import is_verb, phrases

Kind = Literal["number", "date", "person", "place", "reason", "yes-no", "way", "thing"]

LONGEST = 8_000  # characters of a question that is looked at

_HOW = (
    "many|much|long|old|far|tall|large|big|high|fast|often|deep|heavy|wide|thick|hot|warm|cold|loud"
    "|expensive"
)

_KINDS: dict[Kind, str] = {
    "number": (
        rf"\bhow (?:{_HOW})\b"
        r"|\b(?:what|which)(?:['\u2019]s)?\b(?! (?:happen|cause|affect)\w*\b)(?: \S+){0,4}?"
        r" (?:number|percent\w*|amount"
        r"|size|limit|quota|maximum|minimum|max|min|rate|ratio|cost|price|population|default|length|age|timeout|score"
        r"|temperature|version|fraction|proportion|throughput)\b"
    ),
    "date": (
        r"(?:^|[,;] |\b(?:since|until|by) )when"
        r"(?: (?:is|was|were|are|did|do|does|will|can|could|has|had|have)\b|\?)"
        r"|\b(?:what|which) (?:\w+ )?(?:year|date|day|month|century|decade|time|era|period)s?\b"
    ),
    "person": r"^\W*who(?:se|m)?\b|\b(?-i:who(?:se|m)?)\b",
    "place": (
        r"\bwhere\b|\b(?:what|which) (?:\w+ )?(?:city|country|state|place|location|county|region"
        r"|continent|town|river|island|area|province|nation)\b"
    ),
    "reason": r"\bwhy\b|\bwhat (?:caused?|causes|was the (?:cause|reason))\b|\breason\b",
    "yes-no": (
        r"^\W*(?:is|are|was|were|do|does|did|can|could|will|would|has|have|had|should|may|must)\b"
    ),
    "way": r"\bhow\b",
}
_PATTERNS = [(kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _KINDS.items()]
_COUNTED = """
one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand
million billion trillion dozen half third quarter first second twice once zero both several
"""
_CALENDAR = """
january february march april may june july august september october november december
"""
_WEEK = re.compile(r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?", re.IGNORECASE)
_NUMBER = re.compile(r"\d[\d,.]*\d|\d")
_NUMBER_WORDS = frozenset(_COUNTED.split())
_YEAR = re.compile(r"\b(?:1\d{3}|20\d{2})s?\b")
_MONTHS = frozenset(_CALENDAR.split())
_HOW_MANY = re.compile(
    r"\bhow many ((?:\w[\w-]*\s+){1,3}?)(?:a|an|the|do|does|did|is|are|was|were|can|could|may|must"
    r"|will|would|should|has|have|had|per|of|in|on|at|to|for|i|you|we|it|there)\b",
    re.IGNORECASE,
)
_TALK = """
argument case class default example form idea kind list meaning name number option page parameter
part point purpose reason role side sort step term thing type value way word
"""
_ACT_ASKED = re.compile(
    r"\bhow (?:(?:do|can|could|should|would|must) (?:i|we|you|one)|to) (?:\w+ly )?(\w+)",
    re.IGNORECASE,
)
_THING_ASKED = re.compile(
    r"\b(?:which|what|how (?:much|many))(?:(?:['\u2019]s| is| are| was| were) (?:the|an?))?"
    r" (?:[\w-]+ ){0,2}?([\w-]+)(?= (?:of|for|in|on|at|do|does|did|is|are|was|were|can|could|may"
    r"|must|will|has|have|with|to|that)\b|\?)",
    re.IGNORECASE,
)
_OF_TALK = frozenset(_TALK.split())
_HOW_MANY_THINGS = re.compile(r"\bhow many (\w{2,}[^su\W]s)\b(?! \w+s\b)", re.IGNORECASE)
_IDENTIFIER = re.compile(r"(?:(?<![\w-])--?(?=[A-Za-z]))?\w(?:[\w./@-]{0,80}\w)?")
_VERSION = re.compile(r"v\d+(?:\.\d+)+")
_WHAT_IS = re.compile(
    r"\W*(?:what(?:'s|\u2019s| is| are| was| were)|who (?:is|was)"
    r"|tell me (?:something |more )?about|describe|explain|was (?:ist|sind)) "
    r"(?:an? |the |eine? |der |die |das )?"
    r"([^\s?]+(?: [^\s?]+){0,5})\W*$",
    re.IGNORECASE,
)
_CODE = re.compile(
    r"\bhow (?:do|can|could|would|should|must) (?:i|we|you|one)\b|\bhow (?:to|is|are)\b"
    r"|\b(?:what|which) (?:[\w-]+ ){0,2}(?:command|code|option|argument|parameter|flag|method"
    r"|function|snippet|statement|query)\b"
    r"|\b(?:what|which) (?:[\w-]+ ){0,2}(?:commands|statements) (?:do|must|can) (?:i|we|you)\b"
    r"|\bwhat (?:do|should|must|can|could) (?:i|we|you|one) (?:\w+ )?(?:run|type|pass|write|call"
    r"|enter|execute)\b|\bshow me\b|\bexamples?\b|\b(?:code|snippet)\b|\bway to\b|\bi want to\b",
    re.IGNORECASE,
)
_DETERMINER = r"(?:the|an?|my|your|our|its|it|each|every|any|all|me|us|them|how|what|when|whether)"
# "Which models write it?", but not "Which model writes it?" or "Which model do the chats have?"
_MANY = (
    r"\bwhich(?: of (?:the|these|those|my|your|our))?"
    rf"(?: (?!(?:{_DETERMINER}|i|is|are|do|does|did|can|has|have|in|of|on|to|for|from|with)\b)"
    rf"[^\s,;?]+){{0,3}}? (?!does\b|has\b|goes\b)(\w{{2,}}[^su\W]s)\b"
    rf"(?! (?:is|was|{_DETERMINER})\b)"
)
_LIST = re.compile(
    r"\b(?:list|name|enumerate|steps|all)\b"
    rf"|{_MANY}"
    r"|\bwhat\b(?: \S+){0,3}? (?!does\b|has\b|goes\b)(?:\w{2,}[^su\W]s)\b(?! (?:is|was|the)\b)"
    r"|\bwhat (?:are|kinds|sorts|types)\b"
    r"|\bwhat(?:['\u2019]s| is| was| were| has| did)?(?: \S+)? (?:new|fixed|changed?|added"
    r"|removed)\b",
    re.IGNORECASE,
)
_SEVERAL = re.compile(
    rf"{_MANY}|\b(?:what|list|name|all)\b(?: [^\s,;?]+){{0,3}}? (\w{{2,}}[^su\W]s)\b", re.IGNORECASE
)
_STEPS = re.compile(r"\b(?:steps?|stages|phases|procedure)\b", re.IGNORECASE)
_SUPERLATIVE_WORDS = (
    "most|least|best|worst|highest|lowest|largest|smallest|greatest|fewest|first|last|latest"
    "|earliest|newest|oldest|longest|shortest|cheapest|maximum|minimum"
)
_SUPERLATIVE = re.compile(  # but not that of "at most"
    rf"\b(?<!\bat )(?:{_SUPERLATIVE_WORDS}|\w{{3,}}est)\b", re.IGNORECASE
)
_SUPERLATIVE_WORD = re.compile(_SUPERLATIVE_WORDS, re.IGNORECASE)
_PRONOUN = re.compile(
    r"\b(?-i:I)\b(?:['\u2019](?:m|ve|d|ll)\b)?"
    r"|\b(?:you|we|they|he|she|it|who)['\u2019](?:ve|d|ll|re|s)\b",
    re.IGNORECASE,
)
_MEASURED = re.compile(
    rf"\b(?<=how )(?:{_HOW}|late|early)\b|(?-i:\bmay\b|^\W*May\b)"
    r"|\b(?:some|any)(?:one|body|thing)\b",
    re.IGNORECASE,
)
_DEFAULT = re.compile(r"\bdefaults?\b", re.IGNORECASE)
_RELEASE = re.compile(r"\b(?:version|release)s?\b|\bsince when\b", re.IGNORECASE)
_HOW_TO_USE = re.compile(r"\bhow (?:(?:do|can|should|could) (?:i|we|you)|to) use\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+(?:['\u2019.-][^\W_]+)*")


@dataclass(frozen=True)
class Question:
    """What is asked.

    >>> question = Question("How many layers can a Lambda function have in 2024?")
    >>> question.kind, sorted(question.names), sorted(question.numbers)
    ('number', ['lambda'], ['2024'])
    """

    text: str

    @cached_property
    def kind(self) -> Kind:
        return next((kind for kind, pattern in _PATTERNS if pattern.search(self.text)), "thing")

    @cached_property
    def wants_code(self) -> bool:
        """Whether a command, a call or an example of code is likely to answer it.

        >>> [Question(text).wants_code for text in ("How do I install it?", "Who invented it?")]
        [True, False]
        """
        return bool(_CODE.search(self.text))

    @cached_property
    def wants_list(self) -> bool:
        """Whether several things, or steps, are likely to answer it.

        >>> [Question(text).wants_list for text in ("Which formats are there?", "Which is best?")]
        [True, False]
        >>> Question("Which model writes the titles?").wants_list
        False
        """
        return bool(_LIST.search(self.text))

    @cached_property
    def several(self) -> str:
        """The things that it wants, as a term: of "which berths are free" it is "berth"; "" if it
        names none.

        >>> Question("Which of the berths are free?").several == terms("berths")[0]
        True
        """
        match = _SEVERAL.search(self.text)
        return next(iter(terms(match[match.lastindex or 0])), "") if match else ""

    @cached_property
    def wants_steps(self) -> bool:
        """Whether the steps of something are asked for."""
        return bool(_STEPS.search(self.text))

    @cached_property
    def definition(self) -> re.Pattern[str] | None:
        """How a sentence begins that defines what is asked for, if a definition is.

        >>> begins = Question("What is the stand-in?").definition
        >>> [bool(begins.match(text)) for text in ("A stand-in is a server.", "It is a stand-in.")]
        [True, False]
        """
        match = _WHAT_IS.match(self.text)
        if match is None:
            return None
        subject = re.escape(match[1])
        return re.compile(
            rf"(?:(?:an?|the) )?{subject}\b.{{0,30}}? (?:is|are|was|were|means|provides|helps"
            r"|supports|simplifies|lets|makes|offers|enables|aims|allows|ist|sind)\b",
            re.I,
        )

    @cached_property
    def terms(self) -> tuple[str, ...]:
        """What it is about, each term once."""
        every = dict.fromkeys(terms(_PRONOUN.sub(" ", self.text)))
        light = terms("use") if _HOW_TO_USE.search(self.text) and len(every) > 1 else ()
        return tuple(term for term in every if term not in light)

    @cached_property
    def names(self) -> frozenset[str]:
        return names(self.text)

    @cached_property
    def counted(self) -> str | None:
        """What is counted, as a term: of "how many hot meals are there" it is "meal".

        >>> Question("How many layers can a function have?").counted == terms("layers")[0]
        True
        """
        match = _HOW_MANY_THINGS.search(self.text) or _HOW_MANY.search(self.text)
        nouns = terms(match[1]) if match else []
        return nouns[-1] if nouns else None

    @cached_property
    def hinge(self) -> str:
        """The word that it hinges on: what is to be done, or the thing that is wanted; "" if that
        tells little.

        >>> Question("How do I sign a PDF with Quire?").hinge
        'sign'
        >>> Question("What is the salary of Ada?").hinge, Question("What kinds are there?").hinge
        ('salary', '')
        """
        match = _ACT_ASKED.search(self.text) or _THING_ASKED.search(self.text)
        word = match[1] if match else ""
        light = word.lower() in _OF_TALK or word.lower().removesuffix("s") in _OF_TALK
        return "" if light or word not in self.nouns else word

    @cached_property
    def heads(self) -> tuple[str, ...]:
        """The last term of each of its noun phrases: what an answer can hardly do without.

        >>> Question("How do I put a digital signature on a PDF?").heads == tuple(
        ...     terms("put signature PDF")
        ... )
        True
        """
        ends = (terms(one.text)[-1:] for one in phrases(self.text))
        return tuple(dict.fromkeys(term for end in ends for term in end))

    @cached_property
    def nouns(self) -> tuple[str, ...]:
        """Its words, as they are written, that are neither function words nor common verbs, nor
        only say how something is measured ("how high").

        >>> Question("How do I install it on Gentoo?").nouns
        ('Gentoo',)
        """
        text = _MEASURED.sub(" ", _PRONOUN.sub(" ", self.text))
        written = dict.fromkeys(_WORD.findall(text))
        return tuple(word for word in written if terms(word) and not is_verb(word))

    @cached_property
    def superlative(self) -> bool:
        """Whether it asks for the most, the least, the first or the last of several.

        >>> [Question(text).superlative for text in ("Which costs most?", "Who pays at most 5?")]
        [True, False]
        """
        return bool(_SUPERLATIVE.search(self.text))

    @cached_property
    def default(self) -> bool:
        """Whether it asks for the value that something has by default, which need be no number."""
        return bool(_DEFAULT.search(self.text))

    @cached_property
    def version(self) -> bool:
        """Whether it asks for a version, or for what belongs to one: "what changed in 1.3?"."""
        return bool(_RELEASE.search(self.text))

    @cached_property
    def identifiers(self) -> frozenset[str]:
        return identifiers(self.text)

    @cached_property
    def numbers(self) -> frozenset[str]:
        return numbers(self.text)


def shortened(text: str) -> str:
    """A question; of one that is longer than anybody asks, the beginning and the end.

    >>> shortened("Why?"), len(shortened("Why? " * 100_000))
    ('Why?', 8001)
    """
    if len(text) <= LONGEST:
        return text
    return f"{text[: LONGEST // 2]}\n{text[-LONGEST // 2 :]}"


def is_superlative(word: str) -> bool:
    """Whether it is a common superlative, or one of "first", "last", "maximum" and "minimum".

    >>> [word for word in ("Largest", "request", "first") if is_superlative(word)]
    ['Largest', 'first']
    """
    return bool(_SUPERLATIVE_WORD.fullmatch(word))


def words(text: str) -> frozenset[str]:
    """Its words, in lower case."""
    return frozenset(map(bare, _WORD.findall(text)))


def names(text: str) -> frozenset[str]:
    """Words with a capital, but for the first and "I": nearly all of them are names.

    >>> sorted(names("Which one if I'm in Rome?"))
    ['rome']
    """
    capitals = (word for word in _WORD.findall(text)[1:] if word[0].isupper())
    return frozenset(bare(word) for word in capitals if not _PRONOUN.fullmatch(word))


def numbers(text: str) -> frozenset[str]:
    """Numbers, in digits and in words."""
    return frozenset(_NUMBER.findall(text)) | (_lower_words(text) & _NUMBER_WORDS)


def identifiers(text: str) -> frozenset[str]:
    """Words that are written in one way only: with digits, with signs or capitals inside, or with
    the hyphens of an option. A version is the same with a "v" before it.

    >>> sorted(identifiers("Is the fee of berth B2750 paid by max_fee or maxFee in 2024?"))
    ['2024', 'b2750', 'max_fee', 'maxfee']
    >>> sorted(identifiers("Since v3.12, -o and --dry-run=all are well-known."))
    ['--dry-run', '-o', '3.12']
    """
    known = (
        word.rstrip(".,:").lower() for word in _IDENTIFIER.findall(text) if _is_written_so(word)
    )
    return frozenset(word[1:] if _VERSION.fullmatch(word) else word for word in known)


def _is_written_so(word: str) -> bool:
    if word.isalpha() and word[1:].islower():  # nearly all words
        return False
    return (
        word[0] == "-"
        or any(sign.isdigit() or sign in "_./@" for sign in word)
        or (any(sign.isupper() for sign in word[1:]) and not word.isupper())
    )


def is_calendar(word: str) -> bool:
    """Whether it is a month or a day of the week.

    >>> [is_calendar(word) for word in ("Wednesdays", "May", "Mayfair")]
    [True, True, False]
    """
    return word.lower() in _MONTHS or bool(_WEEK.fullmatch(word))


def dates(text: str) -> frozenset[str]:
    """Years and months."""
    return frozenset(_YEAR.findall(text)) | (_lower_words(text) & _MONTHS)


def bare(word: str) -> str:
    """A word in lower case, without the ending of what belongs to somebody."""
    return word.lower().removesuffix("'s").removesuffix("\u2019s")


def _lower_words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[a-z]+", text.lower()))
