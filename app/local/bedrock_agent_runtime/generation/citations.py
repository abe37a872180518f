"""The parts of an answer as Bedrock's citations.

A span's `end` is the place of the last character of its part, not the place behind it, as in AWS's
answers that are published whole. Places count characters (code points). Whether AWS counts those
beyond the Basic Multilingual Plane, such as emoji, once or as the two units of UTF-16 is not known.
"""

from collections.abc import Sequence

from app.local.bedrock_agent_runtime.generation.answer_parts import AnswerPart
from app.local.wire import JSON


def citation(part: AnswerPart, references: Sequence[JSON]) -> JSON:
    """Bedrock's Citation of a part.

    Args:
        references: to the search results, of which the part's numbers count from 1.
    """
    numbers = [number for number in part.numbers if 0 < number <= len(references)]
    span = {"start": part.start, "end": part.start + len(part.text) - 1}
    return {
        "generatedResponsePart": {"textResponsePart": {"text": part.text, "span": span}},
        "retrievedReferences": [references[number - 1] for number in numbers],
    }
