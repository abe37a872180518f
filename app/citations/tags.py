"""Passages as a model reads them: numbered, in tags that no text of theirs can close.

<passages>
<passage n="1" document="minerals.pdf" page="3">
Quartz is hard.
</passage>
</passages>
"""

from collections.abc import Sequence

from app.citations.disguise import Disguise
from app.events import Passage

BEGIN, END = "<passages>\n", "</passages>"


def tag(passage: Passage, disguise: Disguise) -> tuple[str, str, str]:
    """What opens a passage's tag, the passage's text, and what closes the tag."""
    page = f' page="{passage.page}"' if passage.page else ""
    document = disguise.attribute(passage.document)
    return (
        f'<passage n="{passage.number}" document="{document}"{page}>\n',
        disguise.text(passage.text),
        "\n</passage>\n",
    )


def tagged_passages(passages: Sequence[Passage], disguise: Disguise) -> str:
    """Several passages as one text; empty without any."""
    if not passages:
        return ""
    return "".join((BEGIN, *("".join(tag(passage, disguise)) for passage in passages), END))
