"""Regular expressions, tried on the texts that would make them slow.

A pattern that backtracks takes time in the square of a text's length, or worse, on texts that are
made for it: a run of what one of its repeats takes, behind what leads there, and in front of what
makes it fail. Such texts are written from the pattern's own parse tree, and tried beside runs of
the signs that documents have. Time is the thread's own, which a busy machine does not add to; what
takes long is measured again, and at a quarter of the length it has to take an eighth at least.
"""

import importlib
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import product
from time import thread_time
from typing import Any

AnyPattern = re.Pattern[str] | re.Pattern[bytes]

LENGTH = 6000  # characters; a quadratic search of as many takes 8 ms at least, a linear one 0.3
QUICK = 0.004  # seconds: what takes less at this length is not quadratic
GROWTH = 8  # times as long as a quarter of the length: between 4 (linear) and 16 (quadratic)
TRIES = 3  # the best counts
FEW, SOME = 20, 300  # characters
ENDLESS = 5  # times QUICK for SOME characters: the whole length would take seconds, or not end
FASTER = 40  # times as long for SOME as for FEW: between 15 (linear) and 225 (quadratic)

_parser: Any = importlib.import_module("re._parser")  # no public module tells a pattern's tree
_MANY = 50  # times: a repeat that may go on so long is one to try
_SIGNS = "aA1 \n.,-|!*_é漢\"'<>()[]{}:#`\\/=\t~$&;?%+@^\x00"
RUNS = (
    *_SIGNS, "a ", "a.", "1.", ". ", "\n\n", "\n ", " \n", "| ", "|-", "a-", "[1]", "[1", "a\n",
    "](",
    "[a](", "- ", "a: ", "<a ", "**a", "[[", "A ", "1,", "\\a", "' ", "。", "a'",
)  # fmt: skip
_ENDS = ("", "\n!\x00")


def slowest(pattern: AnyPattern, use: str) -> str | None:
    """A text on which the pattern is not linear, told for a person; None where none was found.

    Args:
        use: `match`, `fullmatch`, or `search` for all that look for a pattern anywhere.
    """
    call = _use(pattern, use)
    for lead, run, end in attacks(pattern):

        def work(length: int, lead: str = lead, run: str = run, end: str = end) -> object:
            return call(lead + run * (length // len(run)) + end)

        if growth := nonlinear(work):
            return f"{lead!r} + {run!r} * n + {end!r}: {growth}"
    return None


def nonlinear(
    work: Callable[[int], object], length: int = LENGTH, quick: float = QUICK
) -> str | None:
    """How the work grows, if it is not in proportion to the length that it is given."""
    least = 0.0  # what grows exponentially would not end at the full length
    for few, most in ((FEW, quick), (SOME, ENDLESS * quick)):
        limit = max(most, FASTER * least)
        if (least := _seconds(work, few, tries=1)) >= limit:
            least = _seconds(work, few, TRIES)
        if least >= limit:
            return f"{1000 * least:.1f} ms at {few} characters"
    if _is_linear_while_short(work, length, quick):
        return None
    if (first := _seconds(work, length, tries=1)) < quick:
        return None
    if first < GROWTH * _seconds(work, length // 4, tries=1):
        return None  # not by the square, though it takes its time
    short, long = (_seconds(work, n, TRIES) for n in (length // 4, length))
    if long < max(GROWTH * short, quick):
        return None
    return f"{1000 * long:.1f} ms at {length} characters, {1000 * short:.1f} at a quarter of them"


def _is_linear_while_short(work: Callable[[int], object], length: int, quick: float) -> bool:
    """Whether a fifth of the length, and a twentieth, show that the whole is neither slow nor
    quadratic.

    Of time that is `a * n + b * n * n`, the whole length takes 25 times what a fifth takes at most,
    and what grows by less than 5 from the twentieth to the fifth grows by less than GROWTH at last.
    """
    fifth = _seconds(work, length // 5, tries=1)
    return fifth < quick / 25 or fifth < 5 * _seconds(work, length // 20, tries=1)


def _seconds(work: Callable[[int], object], length: int, tries: int) -> float:
    def once() -> float:
        began = thread_time()
        work(length)
        return thread_time() - began

    return min(once() for _ in range(tries))


def _use(pattern: AnyPattern, use: str) -> Callable[[str], object]:
    def call(text: str) -> object:
        value: Any = text if isinstance(pattern.pattern, str) else text.encode()
        if use == "search":
            return sum(1 for _ in pattern.finditer(value))
        return getattr(pattern, use)(value)

    return call


def attacks(pattern: AnyPattern) -> Iterator[tuple[str, str, str]]:
    """Leads, runs and ends that a pattern is tried on, each but once."""
    runs = {("", run) for run in RUNS}
    for lead, signs in _repeats(_tree(pattern), ""):
        runs.update((lead, run) for run in signs)
        runs.update(("", lead + run) for run in signs)
        if lead:
            runs.add(("", lead))
    yield from ((lead, run, end) for (lead, run), end in product(sorted(runs), _ENDS))


def _tree(pattern: AnyPattern) -> Any:
    source = pattern.pattern
    text = source if isinstance(source, str) else source.decode("latin-1")
    return _parser.parse(text, pattern.flags & ~re.UNICODE)


def _repeats(nodes: Iterable[Any], lead: str) -> Iterator[tuple[str, list[str]]]:
    """The repeats below these nodes: what leads to each, and what it may take."""
    for node in nodes:
        kind, value = str(node[0]), node[1]
        if kind.endswith("REPEAT"):
            _, most, item = value
            if int(most) >= _MANY:
                yield lead, _examples(item)
        for inner in _inner(node):
            yield from _repeats(inner, lead)
        lead += _examples([node])[0]


def _inner(node: Any) -> list[Any]:
    """The sequences of nodes within a node."""
    kind, value = str(node[0]), node[1]
    if kind == "BRANCH":
        return list(value[1])
    if kind == "SUBPATTERN":
        return [value[3]]
    if kind.endswith("REPEAT"):
        return [value[2]]
    if kind in ("ASSERT", "ASSERT_NOT"):
        return [value[1]]
    return [value] if kind == "ATOMIC_GROUP" else []


def _examples(nodes: Iterable[Any]) -> list[str]:
    """A few texts that a sequence of nodes takes; the first of each choice is the first there."""
    texts = [""]
    for node in nodes:
        texts = [text + more for text, more in product(texts, _of(node))][:12]
    return texts


def _of(node: Any) -> list[str]:
    kind, value = str(node[0]), node[1]
    if kind == "LITERAL":
        return [chr(value)]
    if kind in ("NOT_LITERAL", "ANY"):
        return [sign for sign in "a \n1" if kind == "ANY" or sign != chr(value)]
    if kind == "IN":
        return [sign for sign in (*_literals(value), *_SIGNS) if _takes(value, sign)][:6]
    if kind == "BRANCH":
        return [text for inner in value[1] for text in _examples(inner)[:2]]
    if kind.endswith("REPEAT"):
        times = max(int(value[0]), 1)
        return [text * times for text in _examples(value[2])]
    return _examples(_inner(node)[0]) if kind in ("SUBPATTERN", "ATOMIC_GROUP") else [""]


def _literals(items: Iterable[Any]) -> list[str]:
    """The signs that a set names, the first of each range."""
    named = [(str(kind), value) for kind, value in items]
    first = [chr(value[0]) for kind, value in named if kind == "RANGE"]
    return first + [chr(value) for kind, value in named if kind == "LITERAL"]


def _takes(items: Iterable[Any], sign: str) -> bool:
    """Whether a set takes a sign."""
    items = list(items)
    negated = str(items[0][0]) == "NEGATE"
    return any(_holds(str(kind), value, sign) for kind, value in items) != negated


def _holds(kind: str, value: Any, sign: str) -> bool:
    if kind == "LITERAL":
        return sign == chr(value)
    if kind == "RANGE":
        return bool(value[0] <= ord(sign) <= value[1])
    if kind == "CATEGORY":
        letter = {"DIGIT": r"\d", "SPACE": r"\s", "WORD": r"\w"}[str(value).rpartition("_")[2]]
        return (re.match(letter, sign) is not None) != ("NOT" in str(value))
    return False
