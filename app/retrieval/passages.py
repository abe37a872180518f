"""Reads passages from Retrieve's results."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from math import isfinite
from typing import TYPE_CHECKING, Any

from app.aws import well_formed
from app.events import MetadataValue, Passage

if TYPE_CHECKING:
    from mypy_boto3_bedrock_agent_runtime.type_defs import KnowledgeBaseRetrievalResultTypeDef

PAGE = "x-amz-bedrock-kb-document-page-number"
PAGE_LABEL = "outcrop-page-label"  # from the stand-in; Bedrock reports none
TITLE = "title"  # the attribute that a document's owner may give it
PAGES = (".md", ".html", ".htm")  # documents that customarily begin with their title as a heading
_FIRST_HEADING = re.compile(
    r"\s*(?:# +(?P<marked>[^\n]+?)[ #]*|(?P<underlined>\S[^\n]*)\n=+ *)(?:\n|$)"
)
RESERVED = "x-amz-bedrock"


def read_passages(
    results: Iterable["KnowledgeBaseRetrievalResultTypeDef"],
) -> Iterator[Passage]:
    """The passages of Retrieve's results, in their order, numbered from 1."""
    passages = list(_read(results))
    titles = _titles(passages)
    for passage in passages:
        yield replace(passage, own_title=titles.get(passage.uri))


def _read(results: Iterable["KnowledgeBaseRetrievalResultTypeDef"]) -> Iterator[Passage]:
    for number, result in enumerate(results, start=1):
        metadata = result.get("metadata") or {}
        yield Passage(
            number=number,
            text=well_formed((result.get("content") or {}).get("text") or ""),
            uri=well_formed(_uri(result.get("location", {}))),
            score=_finite(result.get("score")) or 0.0,
            page=int(page) if (page := _finite(metadata.get(PAGE))) is not None else None,
            page_label=_text(label) if (label := metadata.get(PAGE_LABEL)) else None,
            metadata=_attributes(metadata),
        )


def _titles(passages: Sequence[Passage]) -> dict[str, str]:
    """The titles of documents, by their addresses, as far as these passages tell them.

    Bedrock reports no title. It is the document's attribute `title`, or the heading of the first
    level with which a passage of a page begins. Two such headings are chapters, and no title.
    """
    headings: defaultdict[str, set[str]] = defaultdict(set)
    titles = {}
    for passage in passages:
        attribute = passage.metadata.get(TITLE)
        if isinstance(attribute, str) and attribute.strip():
            titles[passage.uri] = " ".join(attribute.split())
        elif passage.uri.lower().endswith(PAGES) and (match := _FIRST_HEADING.match(passage.text)):
            headings[passage.uri].add(match["marked"] or match["underlined"])
    return {uri: min(some) for uri, some in headings.items() if len(some) == 1} | titles


def _attributes(metadata: Mapping[str, Any]) -> dict[str, MetadataValue]:
    """The document's own attributes, without those that the Knowledge Base adds."""
    return {
        well_formed(key): _value(value)
        for key, value in metadata.items()
        if value is not None and key != PAGE_LABEL and not key.startswith(RESERVED)
    }


def _value(value: Any) -> MetadataValue:
    """An attribute's value. A Knowledge Base may return any JSON; other values become the text of
    their JSON.

    >>> _value(3), _value(["a", 1]), _value({"deep": [None]})
    (3, ['a', '1'], '{"deep": [null]}')
    """
    if isinstance(value, list):
        return [_text(each) for each in value]
    return value if isinstance(value, bool) or _finite(value) is not None else _text(value)


def _text(value: Any) -> str:
    return well_formed(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def _finite(value: Any) -> float | None:
    """A number that JSON can hold, or None: Python reads NaN and Infinity, other readers do not."""
    try:
        return value if isinstance(value, int | float) and isfinite(value) else None
    except OverflowError:
        return None


def _uri(location: Mapping[str, Any]) -> str:
    """The address of a passage's document.

    >>> _uri({"type": "S3", "s3Location": {"uri": "s3://docs/a.pdf"}})
    's3://docs/a.pdf'
    >>> _uri({"type": "CUSTOM", "customDocumentLocation": {"id": "s3://docs/a.pdf"}})
    's3://docs/a.pdf'
    """
    if s3 := location.get("s3Location"):
        return str(s3["uri"])
    if custom := location.get("customDocumentLocation"):
        return str(custom["id"])
    web: Mapping[str, Any] = next(
        (value for value in location.values() if isinstance(value, dict) and "url" in value), {}
    )
    return str(web.get("url", "unknown"))
