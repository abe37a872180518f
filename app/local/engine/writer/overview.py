"""Questions about the documents as such: what they are about, what there is to ask."""

from collections.abc import Iterator, Sequence

from app.local import lazy_re as re
from app.local.engine.text import sentences
from app.local.engine.writer.candidates.blocks import blocks
from app.local.engine.writer.candidates.plain import plain
from app.local.engine.writer.message.records import Passage

_ABOUT_ALL = re.compile(
    r"\W*(?:(?:so |and )?what(?:'s| is| are) (?:this|these|it|all this|those|they)(?: documents?"
    r"| files?| pages?| texts?)?(?: all)? about"
    r"|what(?:'s| is) (?:in (?:here|there|it|these documents)|this(?: here)?|this place)"
    r"|(?:give me |show me |i need |can i (?:have|get) )?(?:an |a (?:short |quick |brief )?)?"
    r"(?:overview|summary)(?: of (?:this|it all|everything|the documents|all documents))?"
    r"|what (?:can|could|should|may) (?:i|we) ask(?: you)?(?: about| here)?"
    r"|(?:what|which) (?:documents|files|sources|topics|subjects) (?:are there|do you (?:have|know)"
    r"|can i ask about|are (?:covered|available))"
    r"|what do (?:you|these documents|the documents) (?:know|cover|say|contain)(?: about)?"
    r"|worum geht (?:es|'s)(?: hier)?|de quoi s'agit-il|de qu\u00e9 (?:se )?trata(?: esto)?)\W*",
    re.IGNORECASE,
)
_LONGEST = 160  # characters of what a document is said to be about


def asks_for_all(question: str) -> bool:
    """Whether a question is about all documents, and not about something in them.

    >>> [asks_for_all(text) for text in ("What is this all about?", "What is quartz about?")]
    [True, False]
    """
    return bool(_ABOUT_ALL.fullmatch(question))


def titles(passages: Sequence[Passage]) -> list[tuple[int, str]]:
    """Of each document its passage's index, and a line: its name and what it says first."""
    lines: dict[str, tuple[int, str]] = {}
    for place, passage in enumerate(passages):
        name = passage.name or passage.label
        first = next(_openings(passage.text), "")
        if name not in lines and first:
            lines[name] = place, f"{name}: {first}" if passage.name else first
    return list(lines.values())


def _openings(text: str) -> Iterator[str]:
    for block in blocks(text):
        if block.kind == "heading" and (title := plain(block.text)):
            yield title[:_LONGEST]
        if block.kind == "prose":
            for start, end in sentences(block.text):
                if len(words := plain(block.text[start:end])) > 20:
                    yield (
                        words
                        if len(words) <= _LONGEST
                        else f"{words[:_LONGEST].rsplit(' ', 1)[0]} .."
                    )
