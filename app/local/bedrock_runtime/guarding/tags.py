"""Input tags: what they mark in the texts of InvokeModel's body.

    <amazon-bedrock-guardrails-guardContent_xyz>What is basalt?</amazon-bedrock-guardrails-..>

A tag of another suffix is text like any other, so that nobody who writes a document can close a tag
whose suffix was drawn at random for this request. No model gets to see a tag.

https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-tagging.html
https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-contextual-grounding-check.html
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from app.local import lazy_re as re
from app.local.bedrock_runtime.bodies import InvalidBody
from app.local.judgement import Content
from app.local.wire import JSON

QUALIFIERS = {
    "guardContent": "guard_content",
    "groundingSource": "grounding_source",
    "query": "query",
}
_WRONG = "Guardrail was enabled but input is in incorrect format."  # as Bedrock begins it


def read_tags(body: JSON, suffix: str) -> list[Content]:
    """What the tags of a suffix mark in a body, in the order of its texts.

    Raises:
        InvalidBody: a tag stands within another, is not closed, or was never opened; or the body
            is nested too deeply to be read.
    """
    contents: list[Content] = []

    def collect(text: str) -> str:
        for part, kind in _parts(text, suffix):
            if kind:
                contents.append(Content(part, frozenset({QUALIFIERS[kind]})))
        return text

    try:
        _rewritten(body, collect)
    except RecursionError:
        raise InvalidBody(f"{_WRONG} It is nested too deeply.") from None
    return contents


def remove_tags(body: JSON, suffix: str, texts: Sequence[str]) -> JSON:
    """The body without its tags.

    Args:
        texts: what stands in place of each marked text, in the order of `read_tags`.
    """
    replacements = iter(texts)

    def remove(text: str) -> str:
        return "".join(next(replacements) if kind else part for part, kind in _parts(text, suffix))

    plain: JSON = _rewritten(body, remove)
    return plain


def _parts(text: str, suffix: str) -> Iterator[tuple[str, str]]:
    """The text, cut at its tags: each part with the kind of tag that it stands in, or ""."""
    if "amazon-bedrock-guardrails-" not in text:
        yield text, ""
        return
    kinds = "|".join(QUALIFIERS)
    end, inside = 0, ""
    for tag in re.finditer(rf"<(/?)amazon-bedrock-guardrails-({kinds})_{suffix}>", text):
        closes, kind = tag.groups()
        if closes and not inside:
            raise InvalidBody(f"{_WRONG} {tag[0]} closes a tag that was not opened.")
        if not closes and inside:
            raise InvalidBody(f"{_WRONG} {tag[0]} stands within another tag: they do not nest.")
        if closes and kind != inside:
            raise InvalidBody(f"{_WRONG} {tag[0]} closes a tag of the kind {inside}.")
        yield text[end : tag.start()], inside
        end, inside = tag.end(), "" if closes else kind
    if inside:
        raise InvalidBody(f"{_WRONG} A tag of the kind {inside} is not closed.")
    yield text[end:], ""


def _rewritten(value: Any, rewrite: Callable[[str], str]) -> Any:
    """A JSON value, each text in it rewritten; the names of members are none."""
    match value:
        case str():
            return rewrite(value)
        case dict():
            return {name: _rewritten(member, rewrite) for name, member in value.items()}
        case list():
            return [_rewritten(item, rewrite) for item in value]
        case _:
            return value
