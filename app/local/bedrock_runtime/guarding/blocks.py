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
    return [content for content, _ in _chosen(params)]


def mask_contents(params: JSON, masks: Sequence[Mask]) -> JSON:
    """The request, its contents masked.

    Args:
        masks: by the numbers of `contents_of`.
    """
    masked = deepcopy(params)
    for number, (content, holder) in enumerate(_chosen(masked)):
        holder["text"] = mask_text(content.text, [one for one in masks if one.content == number])
    return masked


def mask_text(text: str, masks: Sequence[Mask]) -> str:
    """A text with its masks, which are in order.

    >>> mask_text("Write to a@b.org.", [Mask(0, 9, 16, "{EMAIL}")])
    'Write to {EMAIL}.'
    """
    pieces: list[str] = []
    end = 0
    for mask in masks:
        pieces += (text[end : mask.start], mask.text)
        end = mask.end
    return "".join((*pieces, text[end:]))


def _chosen(params: JSON) -> list[tuple[Content, JSON]]:
    """The contents, each with the object whose member `text` it is."""
    slots = list(_slots(params))
    marked = [slot for slot in slots if slot[0].qualifiers]
    guards = any("guard_content" in content.qualifiers for content, _ in marked)
    only_marked = guards or (marked and not JUDGES_BESIDE_GROUNDS)
    return marked if only_marked else slots


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
