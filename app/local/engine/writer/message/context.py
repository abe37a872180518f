"""Where in a prompt its context stands, and the passages in it.

elements    <passage>..</passage>, <context>..</context>, [CONTEXT]..[/CONTEXT], <any repeated="">
blocks      START CONTEXT BLOCK .. END OF CONTEXT BLOCK
fences      "Context information is below.", and the text between two lines of "-----" or quotes
labels      "Context: ..", up to the next label
announced   a paragraph that speaks of "the following context", and goes on with it
numbered    "[1] ..", "Passage 1: ..", wherever it stands; lists that a program printed
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from app.local import lazy_re as re
from app.local.engine.writer.message.labels import ANNOUNCEMENT, CONTEXT
from app.local.engine.writer.message.markup import elements, without
from app.local.engine.writer.message.passages import (
    ANY,
    ONE,
    Split,
    from_elements,
    headed,
    numbered,
    split,
)
from app.local.engine.writer.message.records import Passage

_ALL = (
    r"contexts?",
    (
        r"(?:passage|document|doc|search_?result|result|source|excerpt|chunk|snippet|article"
        r"|reference|extract)s"
    ),
    "information",
    "data",
    "text",
    r"retrieved_\w+",
    r"knowledge\w*",
    r"\w+_(?:context|documents|results|passages|sources)",
    r"kontext|contexte|contexto|contesto",
)
_FOR_ALL = re.compile("|".join(_ALL), re.IGNORECASE)
_SINGLE = tuple(name for name in ONE if name not in ("source", "item", "result", "article"))
_OF_ANSWER = ("answer_part",)  # with which a prompt shows the form of the answer that it wants
_BRACKETED = re.compile(
    r"\[(/?)(context|documents?|sources|passages|question|query|search results|knowledge)\]", re.I
)
_BLOCK_NAMES = r"(context|documents|data|knowledge|sources|information|passages)"
_BLOCK_START = re.compile(
    rf"^[^\w\n]{{0,20}}(?:start|begin)(?:ning)?(?: of)?[ _-]*(?:the )?{_BLOCK_NAMES}\b[^\n]*$",
    re.MULTILINE | re.IGNORECASE,
)
_BLOCK_END = re.compile(
    rf"^[^\w\n]{{0,20}}end(?: of)?[ _-]*(?:the )?{_BLOCK_NAMES}\b[^\n]*$",
    re.MULTILINE | re.IGNORECASE,
)
_FENCE = re.compile(
    r"^[ \t]*(-{5,}|={5,}|\*{5,}|#{5,}|_{5,}|~{5,}|\"{3}|'{3}|`{3}\w*|-{3})[ \t]*$", re.M
)
SPOKEN = re.compile(
    r"\b(?:context|passages|documents?|excerpts|information|sources|search results|knowledge"
    r"|articles?|extracted parts|text|question)\b",
    re.IGNORECASE,
)
_CODE = re.compile(r"\b(?:code|script|function|program|sql|bug|error|log)\b", re.IGNORECASE)
_ANNOUNCED = re.compile(
    r"\b(following|below|provided|retrieved|given|these)\b[^.\n]{0,200}"
    r"\b(context|passages|documents|excerpts|information|sources|search results)\b",
    re.IGNORECASE,
)
_ANNOUNCED_BEFORE = re.compile(
    r"\b(context|passages|documents|excerpts|information|sources|search results)\b[^.\n]{0,40}"
    r"\b(below|that follows?|hereafter)\b",
    re.IGNORECASE,
)
# Where a context that nothing closes ends: with a line that speaks of it, or of the task.
_TRAILER = re.compile(
    r"^[ \t#*=_-]*(?:(?:(?:based|relying) (?:only )?on|given|using|use|from|with) (?:only )?"
    r"(?:the|this) (?:above|information above|context above|above context|documents above)"
    r"|the above (?:is|are|was)\b|end (?:of )?(?:the )?(?:context|documents|passages)"
    r"|instructions?[ \t*]*:|remember[ \t*]*[:,]|(?:answering )?(?:rules|guidelines)[ \t*]*:)",
    re.MULTILINE | re.IGNORECASE,
)
_RULES = re.compile(r"\b(?:rules|guidelines|instructions|steps|requirements)\b", re.IGNORECASE)
_LITERAL = re.compile(r"^[ \t]*(?:[\[{(]|\w+\()", re.MULTILINE)
_SHORTEST = 12  # words; less than that is no context, but an instruction
_NEAR = 300  # characters before a block, in which a prompt speaks of it
_NO_PASSAGE = """
instruction instructions rules guidelines example examples format output task thinking answer
question query scratchpad role persona tone system tools tool schema code p div span a b i u
ul ol li table td th tr h1 h2 h3 h4 body html head svg script style pre em strong br hr img
user assistant conversation history chat_history response input message user_query quotes
"""


def find(text: str) -> Split:
    """The passages of a text, in the first shape that it has.

    >>> find("Context: Quartz is hard.")[0]
    [Passage(label='', text='Quartz is hard.', name='')]
    """
    text = angled(text)
    shapes: tuple[Callable[[str], Split], ...] = (
        tagged,
        fenced,
        _labelled,
        _marked,
        _announced,
        _numbered,
        _printed,
        _any_tag,
    )
    readings = (shape(text) for shape in shapes)
    return next((one for one in readings if one[0]), ([], text))


def angled(text: str) -> str:
    """The text, its tags in brackets as tags.

    >>> angled("[CONTEXT]It is.[/CONTEXT]")
    '<CONTEXT>It is.</CONTEXT>'
    """
    closed = {match[2].lower() for match in _BRACKETED.finditer(text) if match[1]}
    return _BRACKETED.sub(
        lambda match: (
            f"<{match[1]}{match[2].replace(' ', '_')}>" if match[2].lower() in closed else match[0]
        ),
        text,
    )


def tagged(text: str) -> Split:
    """Passages in one tag for all, or in tags of their own.

    >>> tagged('<passage n="2" document="a.md">Quartz is hard.</passage> How hard is it?')
    ([Passage(label='2', text='Quartz is hard.', name='a.md')], ' How hard is it?')
    """
    forms = elements(text, _OF_ANSWER)
    outermost = [
        one
        for one in elements(text, (*_ALL, *_SINGLE))
        if not any(form.start < one.start < form.end for form in forms)
    ]
    if blocks := [one for one in outermost if _FOR_ALL.fullmatch(one.name)]:
        passages = [one for block in blocks for one in split(block.inner)]
        if passages:
            return passages, without(text, blocks)
    return from_elements(outermost), without(text, outermost)


def fenced(text: str) -> Split:
    """What stands between two fences, where the text before speaks of a context; a block."""
    if (start := _BLOCK_START.search(text)) and (end := _BLOCK_END.search(text, start.end())):
        return split(text[start.end() : end.start()]), text[: start.start()] + text[end.end() :]
    fences = list(_FENCE.finditer(text))
    for place, opening in enumerate(fences):
        if _is_context(text[max(0, opening.start() - _NEAR) : opening.start()].rstrip(), opening):
            pairs = list(_pairs([opening, *fences[place + 1 :]]))
            inner = [text[start.end() : end.start()] for start, end in pairs]
            if not pairs:
                inner, pairs = [text[opening.end() :]], [(opening, fences[-1])]
                rest = text[: opening.start()]
            else:
                rest = text[: opening.start()] + text[pairs[-1][1].end() :]
            passages = [one for part in inner for one in split(part)]
            if len(inner) > 1:
                passages = [replace(one, label=str(n)) for n, one in enumerate(passages, 1)]
            if passages:
                return passages, rest
    return [], text


def _is_context(before: str, fence: re.Match[str]) -> bool:
    line = before.rpartition("\n")[2]
    if fence[1] == "---" and not before.endswith(":"):
        return False
    if fence[1][0] in "`\"'":  # code stands between such fences, too
        before = line
    return bool(SPOKEN.search(before)) and not _CODE.search(line)


def _pairs(fences: Sequence[re.Match[str]]) -> Iterator[tuple[re.Match[str], re.Match[str]]]:
    """The first fence and the one that closes it; for quotes, all pairs like it. Short rules stand
    between passages, too: the last one closes.
    """
    opening, *others = fences
    kind = opening[1][:3]
    closing = kind if kind[0] in "`\"'" else opening[1]
    same = [opening, *(one for one in others if one[1] == closing)]
    if len(same) < 2:
        return
    if opening[1] == "---":
        yield opening, same[-1]
    elif kind[0] in "`\"'":
        yield from zip(same[::2], same[1::2], strict=False)
    else:
        yield opening, same[1]


def label(text: str) -> re.Match[str] | None:
    """Where a label says that the context begins."""
    lead, _, _ = text.partition("\n\n")
    labels = (
        one
        for one in CONTEXT.finditer(text)
        if one.start() <= len(lead) or text[one.start() - 1] == "\n"  # "Be brief. Context: .."
    )
    matches = [one for one in (next(labels, None), ANNOUNCEMENT.search(text)) if one]
    return min(matches, key=lambda match: match.end(), default=None)


def _labelled(text: str) -> Split:
    match = label(text)
    if match is None:
        return [], text
    context, trailer = cut(text[match.end() :])
    return split(context), f"{text[: match.start()]}\n{match[0]}\n{trailer}"


def cut(context: str) -> tuple[str, str]:
    r"""A context that nothing closes, up to the instructions behind it; and those.

    >>> cut("Quartz is hard.\nThe above is all.")
    ('Quartz is hard.\n', 'The above is all.')
    """
    match = _TRAILER.search(context)
    if match is None or not context[: match.start()].strip():
        return context, ""
    return context[: match.start()], context[match.start() :]


def _announced(text: str) -> Split:
    paragraphs = re.split(r"\n\s*\n", text)
    for place, paragraph in enumerate(paragraphs[:-1], 1):
        spoken = _ANNOUNCED.search(paragraph) or _ANNOUNCED_BEFORE.search(paragraph)
        if spoken and not _RULES.search(paragraph):
            rest, trailer = cut("\n\n".join(paragraphs[place:]))
            if len(rest.split()) >= _SHORTEST:
                return split(rest), "\n\n".join([*paragraphs[:place], trailer])
    return [], text


def _marked(text: str) -> Split:
    """Passages whose numbers can be nothing else: "[1]", "Passage 1:"."""
    passages, before = numbered(text, bare=False)
    return (passages, before) if len(passages) > 1 and not _ask(passages) else ([], text)


def _ask(passages: Sequence[Passage]) -> bool:
    """Whether they are a list of questions."""
    return all(one.text.endswith("?") for one in passages)


def _numbered(text: str) -> Split:
    """Numbered passages. A list with plain numbers may be anything, unless the text says what."""
    passages, before = numbered(text)
    if not passages:
        return headed(text)
    near = before[-_NEAR:]
    bare = not numbered(text, bare=False)[0]
    if bare and (_RULES.search(near) or not SPOKEN.search(near)):
        return [], text
    if _ask(passages):
        return [], text
    return passages, before


def _printed(text: str) -> Split:
    """A list or a record of passages, as a program prints it."""
    for start in _LITERAL.finditer(text):
        if SPOKEN.search(text[: start.start()]):
            passages = split(text[start.start() :])
            if len(passages) > 1 or (
                passages and passages[0].text != text[start.start() :].strip()
            ):
                return passages, text[: start.start()]
            break
    return [], text


def _any_tag(text: str) -> Split:
    """Tags of any name, where the same one stands more than once, or the text speaks of it."""
    blocks = [one for one in elements(text, ANY) if one.name not in _NO_PASSAGE.split()]
    names = [one.name for one in blocks]
    rest = without(text, blocks)
    repeated = [one for one in blocks if names.count(one.name) > 1]
    chosen = repeated or (blocks if SPOKEN.search(rest) else [])
    if sum(len(one.inner.split()) for one in chosen) < _SHORTEST:
        return [], text
    if repeated:
        return from_elements(chosen), without(text, chosen)
    passages: list[Passage] = [one for block in chosen for one in split(block.inner)]
    return passages, without(text, chosen)
