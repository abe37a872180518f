"""What a part of a request says of things: the words that name them, and what stands for them.

"How much are two of the belay sets?" names belay sets; "What does the manual say about its rope?"
has something that stands for an order, and names the rope in it.
"""

from collections.abc import Iterable

from app.local import lazy_re as re
from app.local.engine.planner.choose import Known
from app.local.engine.planner.mentions import REQUEST_WORDS, Utterance
from app.local.engine.planner.selection import without_selection
from app.local.engine.planner.vocabulary import UNITS
from app.local.engine.planner.words import GENERAL, TOKEN, stems, word_set
from app.local.engine.store.analysis import STOP_WORDS

STANDS_FOR = re.compile(
    r"\b(?:it|its|this|that|them|those|these|they|their|there|one|ones|same|thereof|each|both|all)\b"
    r"|\bthe (?:products?|items?|things?|articles?|results?)\b",
    re.IGNORECASE,
)
_SAYS_NOTHING = word_set("""
thing things everything anything item items product products article articles piece pieces one
ones each every both all any some other total altogether together price prices cost costs costing
money now yet still already buy sell want need like take know again would could please thanks much
many times manual manuals handbook guide document documents documentation say says about mine me
us them new currently
""")
MONEY_WORDS = frozenset(UNITS["money"])
_PREPOSITIONS = word_set("in of from with within inside for on under")
_OWNING = word_set("the my this that our your")
_WHOLE = re.compile(
    r"\bwhat(?:'s|\u2019s| is| was| were| are) in (?:it|them|there)\b"
    r"|\b(?:the|its|their) (?:products?|items?|things?|articles?|contents)"
    r"(?: (?:in|of|from) (?:it|them))?\b"
    r"|\b(?:it|its|them|their|they|this|that|these|those)\b",
    re.IGNORECASE,
)
_NOUN_PHRASE = re.compile(r"\b(?:the|its|their|that) [a-z]+$", re.IGNORECASE)
_DETERMINER = re.compile(r"\b(?:the|its|their|my|this|that|a|an|these|those)\s+$", re.IGNORECASE)


def named_words(text: str, tool: Known, more: Iterable[str] = ()) -> list[str]:
    """The words of a text that name things: those that neither the tool says, nor any request, and
    that pick out none of several.

    Args:
        more: texts whose words do not count either, ids among them.
    """
    bare = without_selection(text)
    used = {word.lower() for one in more for word in TOKEN.findall(one)}
    utterance = Utterance(bare)
    apart = utterance.of("number", "id", "date", "time", "datetime")
    words = []
    for token in TOKEN.finditer(bare):
        word = token[0].lower().removesuffix("'s").removesuffix("\u2019s")
        inside = any(one.start <= token.start() < one.end for one in apart)
        if inside or word in used or word in STOP_WORDS or word in REQUEST_WORDS:
            continue
        if word in _SAYS_NOTHING or not stems(word) or set(stems(word)) <= tool.words | GENERAL:
            continue
        words.append(token[0])
    return words


def search_words(text: str) -> str:
    """What is looked for, in a few words.

    >>> search_words("Do you sell warm tents under 300 euros?")
    'warm tents'
    """
    bare = without_selection(text)
    words = [
        token[0]
        for token in TOKEN.finditer(bare)
        if token[0].lower() not in STOP_WORDS | REQUEST_WORDS | _SAYS_NOTHING | MONEY_WORDS
    ]
    return " ".join(words)


def stands_for_something(text: str) -> bool:
    return STANDS_FOR.search(text) is not None


def about(text: str, name: str, ids: Iterable[str] = ()) -> str:
    """The text as a question about the thing of this name, where it only refers to it.

    >>> about("what does the manual say about washing its rope?", "Single rope, 60 m")
    'what does the manual say about washing the Single rope, 60 m?'
    >>> about("How do I clean the tent in order A-7?", "Ridge tent", ["A-7"])
    'How do I clean the Ridge tent?'
    >>> about("What oil does the machine of ticket T-7 need?", "Band saw", ["T-7"])
    'What oil does the Band saw need?'
    >>> about("How long is its warranty?", "Belay set")
    'How long is the Belay set warranty?'
    """
    reference = None
    for one in ids:
        text, reference = _without_reference(text, one)
    stems_of_name = set(stems(f"{name} "))
    run: list[re.Match[str]] = []
    best: list[re.Match[str]] = []
    for token in TOKEN.finditer(text):
        own = set(stems(token[0]))
        run = [*run, token] if own and own <= stems_of_name else []
        best = run if len(run) > len(best) else best
    if best:
        start, end = best[0].start(), best[-1].end()
    elif whole := (
        _NOUN_PHRASE.search(text[:reference]) if reference is not None else None
    ) or _WHOLE.search(text):
        start, end = whole.span()
    else:
        return f"{text.rstrip(' ?.!')}: {name}"
    if lead := _DETERMINER.search(text[:start]):
        start = lead.start()
    return f"{text[:start]}the {name}{text[end:]}"


def _without_reference(text: str, sign: str) -> tuple[str, int | None]:
    """The text without "in my order A-7", and where that stood; None where it does not stand."""
    begin = text.find(sign)
    if begin < 0:
        return text, None
    tokens = list(TOKEN.finditer(text[:begin]))
    noun = bool(tokens) and tokens[-1][0].islower() and tokens[-1][0] not in _PREPOSITIONS
    if noun and (len(tokens) > 1 and tokens[-2][0].lower() in _PREPOSITIONS | _OWNING):
        begin = tokens.pop().start()
    if tokens and tokens[-1][0].lower() in _OWNING:
        begin = tokens.pop().start()
    if tokens and tokens[-1][0].lower() in _PREPOSITIONS:
        begin = tokens.pop().start()
    begin = len(text[:begin].rstrip())
    return text[:begin] + text[text.find(sign) + len(sign) :], begin
