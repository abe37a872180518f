"""What an answer quotes, as Converse and Claude write it.

    Converse   {"title", "source", "sourceContent": [{"text"}], "location": {"documentPage":
               {"documentIndex", "start", "end"}}}
    Claude     {"type": "page_location", "cited_text", "document_index", "document_title",
               "start_page_number", "end_page_number"}

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_CitationLocation.html
"""

from app.local.bedrock_runtime.bodies.family import JSON
from app.local.engine.writer.content import Quote

_LOCATIONS = {
    "char": ("documentChar", "documentIndex"),
    "page": ("documentPage", "documentIndex"),
    "block": ("documentChunk", "documentIndex"),
    "search_result": ("searchResultLocation", "searchResultIndex"),
}
_CLAUDES = {
    "char": ("char_location", "char_index"),
    "page": ("page_location", "page_number"),
    "block": ("content_block_location", "block_index"),
}


def converse_citation(quote: Quote) -> JSON:
    location, index = _LOCATIONS[quote.kind]
    return {
        **({"title": quote.title} if quote.title else {}),
        **({"source": quote.origin} if quote.origin else {}),
        "sourceContent": [{"text": quote.text}],
        "location": {location: {index: quote.source, "start": quote.start, "end": quote.end}},
    }


def claude_citation(quote: Quote) -> JSON:
    if quote.kind == "search_result":
        return {
            "type": "search_result_location",
            "cited_text": quote.text,
            "source": quote.origin,
            "title": quote.title,
            "search_result_index": quote.source,
            "start_block_index": quote.start,
            "end_block_index": quote.end,
        }
    kind, counted = _CLAUDES[quote.kind]
    return {
        "type": kind,
        "cited_text": quote.text,
        "document_index": quote.source,
        "document_title": quote.title or None,
        f"start_{counted}": quote.start,
        f"end_{counted}": quote.end,
        "file_id": None,
    }
