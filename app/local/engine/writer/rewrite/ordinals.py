"""What "the second one" is: an item of the list, or a row of the table, that was said last."""

from collections.abc import Sequence

from app.local import lazy_re as re
from app.local.engine.store.analysis import terms
from app.local.engine.writer.candidates.blocks import ITEM, is_rule
from app.local.engine.writer.candidates.plain import plain
from app.local.engine.writer.candidates.rows import cells
from app.local.engine.writer.question.phrases import phrases

_PLACES = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
_ORDINAL = re.compile(
    rf"\bthe (?P<place>{'|'.join(_PLACES)}|last|latter|former)"
    r"(?: (?:one|item|option|point|step|of (?:them|these|those))\b| ?(?=[?.,]|$))",
    re.IGNORECASE,
)
_PLACE = re.compile(rf"\b(?:{'|'.join(_PLACES)}|last)\b(?= [a-z])", re.IGNORECASE)
_OTHER = re.compile(r"\bthe other(?: one)?\b(?=\W{0,5}$)", re.IGNORECASE)
_SIDES = re.compile(
    r"(?<![\w./+#-])(?P<a>[\w./+#-]{1,40}+) or (?P<b>[\w./+#-]{1,40}+)", re.IGNORECASE
)
_NAME = re.compile(r"[^:;,(\u2013\u2014]{1,60}")
_MOST_WORDS = 6
_MOST_TERMS = 4  # of a turn that names something by its place alone


def counts(question: str) -> bool:
    """Whether a turn names something by its place alone: "What about the second one?".

    >>> [counts(text) for text in ("And the last one?", "What about the other one?", "The end?")]
    [True, True, False]
    """
    if len(terms(question)) > _MOST_TERMS or "the one and" in question.lower():
        return False
    match = _ORDINAL.search(question)
    return bool(_OTHER.search(question) or (match and " " in match[0].strip()[4:]))


def named_by_place(question: str, last_question: str, last_answer: str) -> str | None:
    r"""The question with what it counts named; None if nothing tells what that is.

    >>> named_by_place("What about the second one?", "", "- Pine: soft\n- Oak: hard")
    'What about Oak?'
    >>> named_by_place("And the other one?", "Is pine or oak harder?", "Oak is a hard wood.")
    'And pine?'
    """
    if not counts(question):
        return None
    if other := _OTHER.search(question):
        name = _other(last_question, last_answer)
        return f"{question[: other.start()]}{name}{question[other.end() :]}" if name else None
    match = _ORDINAL.search(question)
    items = items_of(last_answer)
    if match is None:
        return None
    if len(items) < 2:
        return _with_another_place(last_question, match["place"])
    place = _place(match["place"].lower())
    if place >= len(items):
        return None
    return f"{question[: match.start()]}{items[place]}{question[match.end() :]}"


def _with_another_place(question: str, place: str) -> str | None:
    """The question about what comes first, asked about what comes last; None if it has no place.

    >>> _with_another_place("When does the first bus leave?", "last")
    'When does the last bus leave?'
    """
    named = _PLACE.search(question)
    return f"{question[: named.start()]}{place}{question[named.end() :]}" if named else None


def items_of(answer: str) -> list[str]:
    """What the items of a list, or the rows of a table, are called, in their order."""
    lines = answer.splitlines()
    items = [line for line in lines if ITEM.match(line)]
    if items:
        depth = min(len(line) - len(line.lstrip()) for line in items)
        own = [line for line in items if len(line) - len(line.lstrip()) == depth]
        return [_name(plain(line[match.end() :])) for line in own if (match := ITEM.match(line))]
    rows = [line for line in lines if line.strip().startswith("|")]
    if len(rows) > 2 and is_rule(rows[1]):
        return [plain(cells(row)[0]) for row in rows[2:]]
    return []


def _place(word: str) -> int:
    match word:
        case "last":
            return -1
        case "former":
            return 0
        case "latter":
            return 1
    return _PLACES.index(word)


def _name(text: str) -> str:
    match = _NAME.match(text)
    words = (match[0] if match else text).split()
    return " ".join(words[:_MOST_WORDS]).rstrip(".")


def _other(question: str, answer: str) -> str:
    """Of two things in a question the one that its answer does not name; or of two of a sort in an
    answer the one that its question does not name.

    >>> _other("How long is the Elm line?", "The Elm line has 3 km, the Oak line 5 km.")
    'the Oak line'
    """
    sides = _SIDES.search(question.rstrip(" ?.!"))
    if sides is None:
        return _of_the_same_sort(question, answer)
    low = answer.lower()
    unsaid = [side for side in (sides["a"], sides["b"]) if side.lower() not in low]
    return unsaid[0] if len(unsaid) == 1 else ""


def _of_the_same_sort(question: str, answer: str) -> str:
    """The only thing that an answer names with the last word of one that the question names; "" if
    there are several, or none.
    """
    known = {one.text.lower() for one in phrases(question)}
    sorts = {name.rpartition(" ")[2] for name in known if " " in name}
    others = dict.fromkeys(
        _thing(words, sort)
        for sort in sorts
        for one in phrases(answer)
        if sort in (words := one.text.split())[1:]
    )
    unsaid = [one for one in others if one.lower() not in known]
    return unsaid[0] if len(unsaid) == 1 else ""


def _thing(words: Sequence[str], sort: str) -> str:
    """The words of a phrase up to the one that tells its sort."""
    return " ".join(words[: words.index(sort) + 1])
