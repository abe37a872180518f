"""What a guardrail judges in a Converse request.

By default the texts of the user's messages. A request that has `guardContent` blocks marks with
them what is judged instead, in messages and in the system prompt:

    {"guardContent": {"text": {"text": "..", "qualifiers": ["guard_content"]}}}    the default
    {"guardContent": {"text": {"text": "..", "qualifiers": ["grounding_source"]}}}  and "query"

Results of tools, definitions of tools and documents are not judged, as on AWS.

https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-use-converse-api.html
"""

from collections.abc import Iterator, Sequence
from copy import deepcopy

from app.local.judgement import Content, Mask
from app.local.wire import JSON

JUDGES_BESIDE_GROUNDS = True
"""Whether plain texts are judged beside blocks that mark nothing but a grounding source or a query.

AWS's page on contextual grounding says that where there are guardContent blocks, what they do not
mark is skipped. The page on Converse has an example in which a word filter judges a plain text
beside such blocks. This is the example's, in which less passes unjudged.
"""


def contents_of(params: JSON) -> list[Content]:
    """The contents of a request, marked as it marks them."""
    return [content for content, _ in _contents(params)]


def mask_contents(params: JSON, masks: Sequence[Mask]) -> JSON:
    """The request, its contents masked.

    Args:
        masks: by the numbers of `contents_of`.
    """
    copy = deepcopy(params)
    contents = _contents(copy)
    texts = mask_texts([content.text for content, _ in contents], masks)
    for (_, holder), text in zip(contents, texts, strict=True):
        holder["text"] = text
    return copy


def mask_texts(texts: Sequence[str], masks: Sequence[Mask]) -> list[str]:
    """Texts without what is masked in them.

    Args:
        masks: in order; those of contents beyond the texts are left out.

    >>> mask_texts(["Hi", "Write to a@b.org."], [Mask(1, 9, 16, "{EMAIL}")])
    ['Hi', 'Write to {EMAIL}.']
    """
    pieces: list[list[str]] = [[] for _ in texts]
    ends = [0] * len(texts)
    for mask in masks:
        if mask.content < len(texts):
            text = texts[mask.content]
            pieces[mask.content] += (text[ends[mask.content] : mask.start], mask.text)
            ends[mask.content] = mask.end
    return [
        "".join((*before, text[end:]))
        for before, text, end in zip(pieces, texts, ends, strict=True)
    ]


def _contents(params: JSON) -> list[tuple[Content, JSON]]:
    """The contents, each with the object whose member `text` it is."""
    slots = list(_slots(params))
    marks = [slot for slot in slots if slot[0].qualifiers]
    guards = any("guard_content" in content.qualifiers for content, _ in marks)
    only_marks = guards or (marks and not JUDGES_BESIDE_GROUNDS)
    return marks if only_marks else slots


def _slots(params: JSON) -> Iterator[tuple[Content, JSON]]:
    """Each text that is marked or judged by default, and the object whose member `text` it is."""
    parts = [("system", params.get("system", []))]
    parts += [(one["role"], one["content"]) for one in params.get("messages", [])]
    for role, blocks in parts:
        for block in blocks:
            if guard := block.get("guardContent", {}).get("text"):
                qualifiers = frozenset(guard.get("qualifiers") or ["guard_content"])
                yield Content(guard["text"], qualifiers), guard
            elif role == "user" and "text" in block:
                yield Content(block["text"]), block
