"""The parts of an answer as Bedrock's citations, in RetrieveAndGenerate and in turns of agents.

A span's `end` is the place of the last character of its part, not the place behind it, as in AWS's
answers that are published whole. Places count characters (code points). Whether AWS counts those
beyond the Basic Multilingual Plane, such as emoji, once or as the two units of UTF-16 is not known.
"""

from collections.abc import Iterable

from app.local.wire import JSON


def citation(text: str, start: int, references: Iterable[JSON]) -> JSON:
    """Bedrock's Citation of a part of an answer.

    Args:
        text: of the part.
        start: its place in the answer.
        references: to the search results that it is from.
    """
    span = {"start": start, "end": start + len(text) - 1}
    return {
        "generatedResponsePart": {"textResponsePart": {"text": text, "span": span}},
        "retrievedReferences": list(references),
    }
